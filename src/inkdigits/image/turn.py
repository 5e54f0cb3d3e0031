"""Turning pictures upright, by right angles and by the few degrees that a hand holds a camera or writes askew; and back."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.geometry import Box, Polygon, corners, polygon
from inkdigits.image.load import Picture

LEAST_SKEW = 5.0  # degrees; less does not hinder reading, and turning blurs

# float64 (2, 3): where a point of a turned picture, (x, y, 1), is in the picture before it was turned.
Back: TypeAlias = npt.NDArray[np.float64]
UNTURNED: Back = np.eye(2, 3)


def quarter(picture: Picture, quarters: int) -> tuple[Picture, Back]:
    """Return a picture turned by so many right angles, counter-clockwise, and the way back."""
    height, width = picture.pixels.shape[:2]
    backs = {
        0: [[1, 0, 0], [0, 1, 0]],
        1: [[0, -1, width], [1, 0, 0]],
        2: [[-1, 0, width], [0, -1, height]],
        3: [[0, 1, 0], [-1, 0, height]],
    }
    size = picture.size if quarters % 2 == 0 else (picture.size[1], picture.size[0])
    turned = replace(picture, pixels=np.ascontiguousarray(np.rot90(picture.pixels, quarters)), size=size)
    return turned, np.array(backs[quarters % 4], np.float64)


def skewed(
    picture: Picture, strength: npt.NDArray[np.uint8], angle: float
) -> tuple[Picture, npt.NDArray[np.uint8], Back]:
    """Return a picture and its ink, uint8 (H, W), turned by `angle` degrees counter-clockwise, and the way back.

    The frame is enlarged so that it holds all.
    """
    height, width = strength.shape
    radians = np.radians(angle)
    across = round(width * abs(np.cos(radians)) + height * abs(np.sin(radians)))
    down = round(width * abs(np.sin(radians)) + height * abs(np.cos(radians)))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    matrix[:, 2] += ((across - width) / 2, (down - height) / 2)
    turned = cv2.warpAffine(strength, matrix, (across, down), flags=cv2.INTER_LINEAR)
    pixels = cv2.warpAffine(
        picture.pixels, matrix, (across, down), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    x, y = picture.reduction
    upright = replace(picture, pixels=np.asarray(pixels, np.uint8), size=(round(across * x), round(down * y)))
    # OpenCV's whole numbers are the pixels' middles; ours are their edges, half a pixel before.
    back = np.asarray(cv2.invertAffineTransform(matrix), np.float64)
    back[:, 2] += 0.5 - 0.5 * back[:, :2].sum(axis=1)
    return upright, np.asarray(turned, np.uint8), back


def after(last: Back, first: Back) -> Back:
    """Return the way back from a picture that was turned twice: from the `last` turn, then from the `first`."""
    return np.asarray(first[:, :2] @ last + np.array([[0, 0, 1]]) * first[:, 2:], np.float64)


def turned_back(box: Box, back: Back, scale: tuple[float, float]) -> Polygon:
    """Return the corners of a box of a turned picture in the picture before it was turned, `scale` times its pixels."""
    points = np.array(corners(box)) @ back[:, :2].T + back[:, 2]
    return polygon(points * scale)
