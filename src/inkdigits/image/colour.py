"""Colour → grey, in which the pen can be seen: of two colours that are equally bright, grey tells nothing."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.image.measure import reduced

# The side, in pixels, of the reduced picture whose colours are looked at.
_SIDE = 96
# A colour is asked where it varies by this many times the spread of grey (standard deviations), and by so many levels of
# 255: a blue pen on white paper is dark as well, and a camera's noise has colours.
_TIMES, _LEAST = 3.0, 8.0


def grey(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return a picture, uint8 (H, W) or RGB (H, W, 3), in grey, uint8 (H, W).

    Grey is brightness, or, where pen and paper are equally bright, how far a colour is from one to the other: the first
    principal component of the colours.
    """
    if pixels.ndim == 2:
        return pixels
    direction = _direction(pixels)
    if direction is None:
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    # The weights' absolute values sum to 1: no colour leaves 0 to 255.
    offset = -255 * float(direction.clip(max=0).sum())
    weights = np.append(direction, offset)[None]
    return np.asarray(cv2.transform(pixels, weights), np.uint8)


def _direction(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64] | None:
    """Return the weights of red, green and blue in which the picture varies most, or None where brightness will do."""
    small = reduced(pixels, _SIDE)
    bright = cv2.meanStdDev(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY))[1].item()
    least = max(_LEAST, _TIMES * bright)
    # No mixture of three channels varies more than the one that varies most.
    if float(cv2.meanStdDev(small)[1].max()) < least:
        return None
    covariance = np.cov(small.reshape(-1, 3).astype(np.float64), rowvar=False)
    _, vectors = np.linalg.eigh(covariance)
    direction = vectors[:, -1] / np.abs(vectors[:, -1]).sum()
    if float(direction @ covariance @ direction) ** 0.5 < least:
        return None
    return np.asarray(direction * np.sign(direction[np.abs(direction).argmax()]), np.float64)
