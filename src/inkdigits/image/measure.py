"""What pictures are measured by: reduced copies, how many pixels are how bright, and how wide strokes are."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

# The longer side, in pixels, of the largest reduced picture: thin strokes are still seen in it.
SIDE = 512


def reduced(picture: npt.NDArray[np.uint8], side: int) -> npt.NDArray[np.uint8]:
    """Return a picture, uint8 (H, W) or (H, W, 3), with its longer side at most `side` pixels.

    Each is the mean of a whole number of pixels: whole numbers are many times faster than fractions. Up to one of the new
    pixels is lost at the right and the bottom.
    """
    height, width = picture.shape[:2]
    factor = -(-max(height, width) // side)
    if factor == 1:
        return picture
    down, across = min(factor, max(1, height // 2)), min(factor, max(1, width // 2))
    size = width // across, height // down
    whole = picture[: size[1] * down, : size[0] * across]
    return np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.uint8)


def cumulative(picture: npt.NDArray[np.uint8], mask: npt.NDArray[np.uint8] | None = None) -> npt.NDArray[np.float32]:
    """Return how many pixels (of a mask) are of each value or less, float32 (256,): quantiles are a search in it."""
    counts = np.asarray(cv2.calcHist([picture], [0], mask, [256], [0, 256]), np.float32)
    return counts.cumsum()


def stroke_width(mask: npt.NDArray[np.bool_]) -> float:
    """Return the mean width of a mask's strokes in pixels: twice its area over the length of its outline."""
    height, width = mask.shape
    padded = np.zeros((height + 2, width + 2), np.bool_)
    padded[1:-1, 1:-1] = mask
    # Row after row, a pixel's neighbours are the next one and the one a row on: between two rows lies no ink.
    flat, row = padded.ravel(), width + 2
    edges = np.count_nonzero(flat[1:] != flat[:-1]) + np.count_nonzero(flat[row:] != flat[:-row])
    # Counting pixel edges overstates a slanting outline by 4/π on average over all directions.
    return float(2 * np.count_nonzero(flat) / max(edges * np.pi / 4, 1.0))
