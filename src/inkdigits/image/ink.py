"""Picture → ink: how much pen there is at each pixel, whatever the paper, the pen's polarity and the light."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

# Less contrast than this (of 255) between pen and paper is no pen: JPEG blocks and sensor noise reach it.
MIN_CONTRAST = 14.0
# The side, in pixels, that the paper's brightness is estimated at: light varies slowly.
_PAPER_SIZE = 160
# The widest stroke there can be, as a share of the picture's longer side: a marker's, in a tight crop.
_WIDEST = 0.4


@dataclass(frozen=True, eq=False)
class Ink:
    """Pen strength per pixel: uint8 (H, W), 0 bare paper, 255 full stroke. `dark` tells dark ink on light paper."""

    strength: npt.NDArray[np.uint8]
    dark: bool


def extract(pixels: npt.NDArray[np.uint8]) -> Ink | None:
    """Return the ink of a grey (H, W) or RGB (H, W, 3) picture, or None if there is none (a blank picture)."""
    grey = pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    if int(grey.max()) - int(grey.min()) < MIN_CONTRAST:
        return None
    dark = is_dark_on_light(grey)
    page = grey if dark else cv2.bitwise_not(grey)
    relief = contrast(page, _WIDEST)
    # Now the strokes are known well enough to tell how wide they are, and an element not much wider follows the light more
    # closely: the edge of a shadow, too.
    width = stroke_width(relief > 0.5 * float(relief.max()))
    relief = contrast(page, min(_WIDEST, 5 * width / max(relief.shape)))
    floor, noise = _noise(relief)
    smooth = cv2.blur(relief, (3, 3)) if min(relief.shape) > 64 else relief
    peak = float(smooth.max())
    # The strongest stroke must stand clear of the paper's own grain.
    if peak - floor < max(MIN_CONTRAST, 5 * noise):
        return None
    low = floor + min(3 * noise, 0.3 * (peak - floor))
    core = relief[relief > low + 0.5 * (peak - low)]
    full = float(np.percentile(core, 60)) if core.size else peak
    strength = (relief - low) * (255.0 / max(full - low, 1.0))
    return Ink(np.clip(np.rint(strength), 0, 255).astype(np.uint8), dark)


def is_dark_on_light(grey: npt.NDArray[np.uint8]) -> bool:
    """Tell whether the pen is darker than the paper.

    Two witnesses vote. Strokes cover less than half of any large window, so a wide median filter shows the paper under
    any light, and the pen is on the side of it that sticks out further. And the border of the picture is mostly paper:
    it tells by which side of Otsu's threshold it lies on, as far as the picture falls into two levels at all (a smooth
    change of light alone explains 3/4 of a picture's variance by two levels; pen on evenly lit paper, nearly all).
    """
    small = _reduce(grey, 96)
    side = max(3, round(0.5 * max(small.shape))) | 1
    residual = small.astype(np.float32) - np.asarray(cv2.medianBlur(small, side), np.float32)
    below, above = float((np.minimum(residual, 0) ** 2).sum()), float((np.maximum(residual, 0) ** 2).sum())
    strokes = (below - above) / max(below + above, 1e-6)

    threshold, bright = cv2.threshold(small, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    lit = small > threshold
    share = float(lit.mean())
    between = (
        share * (1 - share) * (float(small[lit].mean()) - float(small[~lit].mean())) ** 2 if 0 < share < 1 else 0.0
    )
    two_levels = min(max((between / max(float(small.var()), 1e-6) - 0.75) / 0.15, 0.0), 1.0)
    ring = max(1, min(small.shape) // 20)
    inner = bright[ring:-ring, ring:-ring]
    border = (float(bright.sum()) - float(inner.sum())) / max(bright.size - inner.size, 1)
    return bool(strokes + two_levels * (2 * (2 * border - 1) + (2 * share - 1)) > 0)


def contrast(grey: npt.NDArray[np.uint8], element: float) -> npt.NDArray[np.float32]:
    """Return how much darker than the paper around it each pixel is, up to 255, for dark ink on light paper.

    What is lighter than the paper (its grain, half of it) is negative. The paper's brightness is a morphological closing
    with an element wider than any stroke, `element` as a share of the picture's longer side, taken on a reduced picture
    and smoothed; dividing by it takes shadows and uneven light out.
    """
    height, width = grey.shape
    small = _reduce(grey, _PAPER_SIZE)
    if min(small.shape) >= 32:
        small = np.asarray(cv2.medianBlur(small, 3), np.uint8)
    side = max(5, round(element * max(small.shape))) | 1
    # Past the frame the light goes on as it was: point reflection continues a slope, where a plain border would bend it.
    wide = np.pad(small.astype(np.float32), side // 2, mode="reflect", reflect_type="odd")
    wide = np.clip(wide, 0, float(small.max()))
    wide = cv2.morphologyEx(wide, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_RECT, (side, side)))
    smoothing = side // 6 | 1
    paper = cv2.blur(wide, (smoothing, smoothing))[side // 2 : -(side // 2), side // 2 : -(side // 2)]
    if paper.shape != grey.shape:
        paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    ratio = grey.astype(np.float32) / np.maximum(paper, 1.0)
    return np.asarray((1.0 - ratio) * np.float32(255), np.float32)


def stroke_width(mask: npt.NDArray[np.bool_]) -> float:
    """Return the mean width of a mask's strokes in pixels: twice its area over the length of its outline."""
    padded = np.pad(mask, 1).astype(np.int8)
    edges = int(np.count_nonzero(np.diff(padded, axis=0))) + int(np.count_nonzero(np.diff(padded, axis=1)))
    # Counting pixel edges overstates a slanting outline by 4/π on average over all directions.
    return 2 * float(mask.sum()) / max(edges * np.pi / 4, 1.0)


def _noise(relief: npt.NDArray[np.float32]) -> tuple[float, float]:
    """Return the level and the spread (one standard deviation) of bare paper, from the lighter half of the pixels."""
    sample = relief[:: max(1, relief.shape[0] // 256), :: max(1, relief.shape[1] // 256)]
    lower, middle = (float(v) for v in np.percentile(sample, (10, 40)))
    # For a normal distribution of paper values, the 10th and 40th percentiles lie 1.03 standard deviations apart.
    return middle if middle < 48 else lower, min((middle - lower) / 1.03, 24.0)


def _reduce(grey: npt.NDArray[np.uint8], side: int) -> npt.NDArray[np.uint8]:
    """Return the picture with its longer side at most `side` pixels."""
    factor = side / max(grey.shape)
    if factor >= 1:
        return grey
    size = (max(2, round(grey.shape[1] * factor)), max(2, round(grey.shape[0] * factor)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
