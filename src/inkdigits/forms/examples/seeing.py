"""A filled page → its picture by a phone, a scanner or a fax machine, and where each of its points is in it.

Ranges, drawn uniformly and independently: tilt to 12° (phone; 3° in a scanner, 1° in a fax machine), blur with a standard
deviation of up to 2 pixels but at most a twentieth of the height of digits of 5 millimetres, grain up to 0.03 of white;
a phone's corners are off by up to 5 % of the page's width, its paper is bent by up to 1.5 millimetres, light falls off by
up to two fifths, and JPEG has a quality of 50 to 92. One phone in ten holds the page upside down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Light = npt.NDArray[np.float32]
Points = npt.NDArray[np.float64]
Random = np.random.Generator
Camera: TypeAlias = Literal["phone", "scanner", "fax"]

CAMERAS: tuple[Camera, ...] = ("phone", "scanner", "fax")
_SOFT_DIGIT = 5.0  # millimetres of the digits that blur is bounded by


@dataclass(frozen=True, eq=False)
class Place:
    """Where a page is in a picture: bent by `curl` millimetres, then a homography from millimetres to pixels."""

    homography: npt.NDArray[np.float64]
    width: float
    curl: float

    def __call__(self, points: Points) -> Points:
        """Return points of the page, (N, 2) in millimetres, in the picture's pixels."""
        x, y = points.T
        bent = np.stack([x, y + self.curl * np.sin(np.pi * x / self.width)], axis=1)
        return np.asarray(cv2.perspectiveTransform(bent[None], self.homography)[0], np.float64)


@dataclass(frozen=True, eq=False)
class Seen:
    """A picture, uint8 (H, W), and where the page is in it."""

    picture: Grey
    place: Place


def see(page: Grey, extent: tuple[float, float], camera: Camera, random: Random) -> Seen:
    """Return a page, uint8 (H, W) of `extent` in millimetres, as a camera sees it."""
    px = page.shape[1] / extent[0]
    if camera == "phone":
        place, size = _held(extent, random)
    else:
        place, size = _laid(extent, camera, random)
    scale = float(np.sqrt(abs(np.linalg.det(place.homography[:2, :2]))))
    sharp = scale / px
    if sharp < 0.9:  # many pixels of the page become one
        page = np.asarray(cv2.GaussianBlur(page, (0, 0), 0.45 / sharp), np.uint8)
    light, on_page = _projected(page, px, extent, place, size)
    if camera == "phone":
        desk = random.uniform(0.05, 0.6) + random.uniform(0, 0.1) * _uneven(size, random, 40)
        light = light * on_page + desk * (1 - on_page)
        light *= _lighting(size, random)
    blur = random.uniform(0, min(2.0, _SOFT_DIGIT * scale / 20))
    if blur > 0.2:
        light = np.asarray(cv2.GaussianBlur(light, (0, 0), blur), np.float32)
    light += np.float32(random.uniform(0.002, 0.03)) * random.standard_normal(light.shape, np.float32)
    if camera == "fax":
        return Seen(np.where(light < random.uniform(0.55, 0.8), 0, 255).astype(np.uint8), place)
    white = random.uniform(0.85, 1.0)
    grey = np.clip(np.rint(light * white * 255), 0, 255).astype(np.uint8)
    _, data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(50, 93))])
    return Seen(np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8), place)


def _held(extent: tuple[float, float], random: Random) -> tuple[Place, tuple[int, int]]:
    """Return how a phone sees a page: 6.5 to 11 pixels a millimetre, tilted, in perspective, perhaps upside down."""
    width, height = extent
    scale = random.uniform(6.5, 11.0)
    angle = np.radians(random.uniform(-12, 12) + (180 if random.random() < 0.1 else 0))
    c, s = np.cos(angle), np.sin(angle)
    corners = np.array([[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]])
    seen = (corners - np.array([width, height]) / 2) @ np.array([[c, s], [-s, c]]) * scale
    seen += random.uniform(-0.05, 0.05, (4, 2)) * width * scale
    margin = random.uniform(0.01, 0.08) * width * scale
    seen -= seen.min(axis=0) - margin
    size = tuple(np.ceil(seen.max(axis=0) + margin).astype(int).tolist())
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), seen.astype(np.float32))
    curl = random.uniform(-1.5, 1.5)
    return Place(np.asarray(matrix, np.float64), width, curl), (size[0], size[1])


def _laid(extent: tuple[float, float], camera: Camera, random: Random) -> tuple[Place, tuple[int, int]]:
    """Return how a scanner (150 to 300 dots an inch) or a fax machine (204 × 196) sees a page."""
    width, height = extent
    fax = camera == "fax"
    dpi = np.array([204.0, 196.0]) if fax else np.full(2, random.uniform(150, 300))
    # Rollers pull paper a little faster or slower than they should.
    scale = dpi / 25.4 * (1 + random.uniform(-0.01, 0.01, 2))
    angle = np.radians(random.uniform(-1, 1) * (1 if fax else 3))
    c, s = np.cos(angle), np.sin(angle)
    size = (round(width * dpi[0] / 25.4), round(height * dpi[1] / 25.4))
    turn = np.array([[c, -s], [s, c]])
    middle = np.array([width, height]) / 2
    off = middle - turn @ middle + random.uniform(-2, 2, 2)
    matrix = np.eye(3)
    matrix[:2, :2], matrix[:2, 2] = np.diag(scale) @ turn, scale * off
    return Place(matrix, width, 0.0), size


def _projected(
    page: Grey, px: float, extent: tuple[float, float], place: Place, size: tuple[int, int]
) -> tuple[Light, Light]:
    """Return how light a picture of a page is, 0 to 1, and how much of each of its pixels is the page."""
    back = np.linalg.inv(place.homography).astype(np.float32)
    x, y = np.arange(size[0], dtype=np.float32)[None] + 0.5, np.arange(size[1], dtype=np.float32)[:, None] + 0.5
    across, down, depth = (row[0] * x + row[1] * y + row[2] for row in back)
    across, down = across / depth, down / depth
    down -= np.float32(place.curl) * np.sin(np.float32(np.pi / place.width) * across)
    at = np.stack([across, down], axis=-1) * np.float32(px) - np.float32(0.5)
    seen = cv2.remap(page, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=255)
    inside = ((across > 0) & (across < extent[0]) & (down > 0) & (down < extent[1])).astype(np.float32)
    return seen.astype(np.float32) / 255, np.asarray(cv2.GaussianBlur(inside, (0, 0), 0.7), np.float32)


def _lighting(size: tuple[int, int], random: Random) -> Light:
    """Return the light on a page in a room: it falls off to one side, and a shadow with soft edges lies on it."""
    # Light is smooth: it is computed in every eighth pixel.
    across, down = (np.linspace(-1, 1, max(2, side // 8), dtype=np.float32) for side in size)
    x, y = np.meshgrid(across, down)
    angle = random.uniform(0, 2 * np.pi)
    away = x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle))
    light = 1 - random.uniform(0, 0.2) * (1 + away / np.sqrt(2))
    if random.random() < 0.5:
        angle, at, soft = random.uniform(0, 2 * np.pi), random.uniform(-0.6, 0.6), random.uniform(0.03, 0.3)
        edge = x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle)) - np.float32(at)
        light = light * (1 - random.uniform(0.05, 0.4) / (1 + np.exp(-edge / np.float32(soft))))
    return np.asarray(cv2.resize(light.astype(np.float32), size, interpolation=cv2.INTER_LINEAR), np.float32)


def _uneven(size: tuple[int, int], random: Random, cells: int) -> Light:
    """Return a smooth random picture, −1 to 1."""
    coarse = random.uniform(-1, 1, (cells, cells)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC), np.float32)
