"""Ink → a photograph of it: paper or board, pen colour, uneven light, a shadow, perspective, grain and blur."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Colour = tuple[int, int, int]  # red, green, blue


@dataclass(frozen=True)
class Scene:
    """How a page is lit and photographed. Shares are of the paper's brightness; angles in degrees.

    `light` is how much darker the dimmest corner is, `shadow` how much darker the shaded side of a soft edge,
    `grain` the noise, `tilt` the perspective as a share of the width, `blur` in pixels.
    """

    paper: Colour = (238, 235, 226)
    pen: Colour = (28, 36, 92)
    light: float = 0.25
    shadow: float = 0.0
    grain: float = 0.015
    tilt: float = 0.04
    turn: float = 0.0
    blur: float = 0.7
    ruled: int = 0  # pixels between ruled lines, 0 for plain paper


def photograph(
    ink: npt.NDArray[np.uint8], size: tuple[int, int], place: tuple[int, int], scene: Scene, random: np.random.Generator
) -> npt.NDArray[np.uint8]:
    """Return an RGB photograph, uint8 (height, width, 3), of ink (white on black) laid on paper at (left, top).

    `size` is (width, height) of the photograph.
    """
    width, height = size
    cover = np.zeros((height, width), np.float32)
    left, top = place
    part = ink[: height - top, : width - left]
    cover[top : top + part.shape[0], left : left + part.shape[1]] = part.astype(np.float32) / 255
    page = np.full((height, width, 3), scene.paper, np.float32)
    if scene.ruled:
        page[scene.ruled // 2 :: scene.ruled] *= np.array([0.78, 0.84, 0.93], np.float32)
    page += (np.array(scene.pen, np.float32) - page) * cover[..., None]
    page = _warp(page, scene, random)
    page *= _light(height, width, scene, random)[..., None]
    if scene.blur:
        page = np.asarray(cv2.GaussianBlur(page, (0, 0), scene.blur), np.float32)
    page += random.normal(0, 255 * scene.grain, (height, width, 1)).astype(np.float32)
    return np.clip(np.rint(page), 0, 255).astype(np.uint8)


def _warp(page: npt.NDArray[np.float32], scene: Scene, random: np.random.Generator) -> npt.NDArray[np.float32]:
    height, width = page.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = corners + random.uniform(-1, 1, (4, 2)).astype(np.float32) * scene.tilt * width
    turned = cv2.getRotationMatrix2D((width / 2, height / 2), scene.turn, 1.0)
    moved = (moved @ turned[:, :2].T + turned[:, 2]).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(corners, moved)
    border = tuple(float(v) for v in scene.paper)
    warped = cv2.warpPerspective(page, matrix, (width, height), flags=cv2.INTER_LINEAR,
                                 borderMode=cv2.BORDER_CONSTANT, borderValue=border)  # fmt: skip
    return np.asarray(warped, np.float32)


def _light(height: int, width: int, scene: Scene, random: np.random.Generator) -> npt.NDArray[np.float32]:
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    angle = random.uniform(0, 2 * np.pi)
    across = (np.cos(angle) * (x / width - 0.5) + np.sin(angle) * (y / height - 0.5)) * np.float32(1.4)
    light = 1 - scene.light * (across + 0.5)
    if scene.shadow:
        edge = np.cos(angle + 1.2) * (x / width - 0.5) + np.sin(angle + 1.2) * (y / height - 0.5)
        light = light * (1 - scene.shadow / (1 + np.exp(-edge * 40)))
    return np.asarray(light, np.float32)
