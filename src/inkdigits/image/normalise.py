"""A digit's ink → the 28×28 of MNIST: longer side 20 pixels, aspect kept, centre of mass in the middle.

Source: LeCun, Cortes and Burges' description of MNIST: size-normalised to fit a 20×20 box with anti-aliasing, then placed
so that the centre of mass is at the centre of a 28×28 field.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.image.ink import Watch, unwatched
from inkdigits.image.measure import stroke_width

SIDE = 28
BOX = 20
# The centre of the field in pixel coordinates, as MNIST's own digits have it (measured over all 60,000 of them).
CENTRE = 14.0
# Widths of strokes in a 20-pixel box: thinner ones are widened, since MNIST's pen never drew them.
MIN_STROKE = 1.8
_MIDDLE_SIZE = 4 * BOX
# Beyond this, NumPy's matrix products are shared between threads, which costs more than it brings.
_PRODUCT_SIZE = 5 * BOX


def glyph(strength: npt.NDArray[np.uint8], watch: Watch = unwatched) -> npt.NDArray[np.uint8]:
    """Return the digit as a network sees it, uint8 (28, 28), from its ink cut to its box, uint8 (h, w).

    `watch` is shown each step by name.
    """
    wide = widen(_reduce(strength))
    watch("pen widened" if wide.shape != strength.shape else "pen as it is", wide)
    fitted = fit(wide)
    watch("20 pixels", fitted)
    return place(fitted)


def _reduce(strength: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Bring a large digit down to 80 pixels: enough for everything that follows, and fast."""
    factor = _MIDDLE_SIZE / max(strength.shape)
    if factor >= 0.75:
        return strength
    small = _resize(strength, factor).astype(np.float32)
    return np.asarray(np.minimum(small * (255.0 / max(float(small.max()), 1.0)), 255), np.uint8)


def widen(strength: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Widen strokes that would be thinner than MNIST's at 20 pixels (a fine pen in a large drawing)."""
    scale = BOX / max(strength.shape)
    if scale > 0.75:
        return strength
    missing = (MIN_STROKE - stroke_width(strength > 127) * scale) / scale
    if missing < 0.5:
        return strength
    margin = round(missing / 2) + 1
    side = 2 * round(missing / 2) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    padded = cv2.copyMakeBorder(strength, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(cv2.dilate(padded, kernel), np.uint8)


def fit(strength: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Resize ink to the 20-pixel box, uint8 (h, w) with max(h, w) = 20; ink that already has that size is left alone."""
    longest = max(strength.shape)
    if longest in (BOX - 1, BOX):
        return strength
    fitted = _resize(strength, BOX / longest)
    inked = fitted[fitted > 0]
    if not inked.size:
        return fitted
    rank = round(0.9 * (inked.size - 1))
    inked.partition(rank)
    return np.asarray(
        cv2.convertScaleAbs(fitted, alpha=255.0 / float(inked[rank])), np.uint8
    )  # rounds, and stops at 255


def place(fitted: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Lay ink of at most 20×20 into an empty 28×28, its centre of mass at the centre; uint8."""
    height, width = fitted.shape
    field = np.zeros((SIDE, SIDE), np.uint8)
    moments = cv2.moments(fitted)
    if moments["m00"] == 0:
        return field
    top = min(max(round(CENTRE - moments["m01"] / moments["m00"]), 0), SIDE - height)
    left = min(max(round(CENTRE - moments["m10"] / moments["m00"]), 0), SIDE - width)
    field[top : top + height, left : left + width] = fitted
    return field


def _resize(strength: npt.NDArray[np.uint8], factor: float) -> npt.NDArray[np.uint8]:
    height, width = strength.shape
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    if factor >= 1:
        return np.asarray(cv2.resize(strength, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    if max(height, width) > _PRODUCT_SIZE:
        return np.asarray(cv2.resize(strength, size, interpolation=cv2.INTER_AREA), np.uint8)
    # For what is small, averaging is two products with weights that are kept: the same answer, several times as fast.
    averaged = _averaging(height, size[1]) @ strength.astype(np.float32) @ _averaging(width, size[0]).T
    return np.asarray(cv2.convertScaleAbs(averaged), np.uint8)  # rounds


@lru_cache(maxsize=1024)
def _averaging(before: int, after: int) -> npt.NDArray[np.float32]:
    """Return the weights, float32 (after, before), with which pixels are averaged to fewer: the share of each in each."""
    edges = np.arange(after + 1) * (before / after)
    pixels = np.arange(before)
    shares = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    return np.asarray(shares.clip(0) * (after / before), np.float32)
