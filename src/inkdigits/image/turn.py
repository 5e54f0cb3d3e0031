"""Turning pictures upright: by right angles, and by the few degrees that a hand holds a camera or writes askew."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.image.load import Picture

LEAST_SKEW = 5.0  # degrees; less does not hinder reading, and turning blurs


def quarter(picture: Picture, quarters: int) -> Picture:
    """Return a picture turned by so many right angles, counter-clockwise."""
    size = picture.size if quarters % 2 == 0 else (picture.size[1], picture.size[0])
    return Picture(picture.name, np.ascontiguousarray(np.rot90(picture.pixels, quarters)), size)


def skewed(picture: Picture, strength: npt.NDArray[np.uint8], angle: float) -> tuple[Picture, npt.NDArray[np.uint8]]:
    """Return a picture and its ink, uint8 (H, W), turned by `angle` degrees counter-clockwise in a frame that holds all."""
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
    size = (round(across * x), round(down * y))
    return Picture(picture.name, np.asarray(pixels, np.uint8), size), np.asarray(turned, np.uint8)
