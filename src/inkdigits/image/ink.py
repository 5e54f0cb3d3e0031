"""Picture → ink: how much pen there is at each pixel, whatever the paper, the pen's polarity and the light."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

# Less contrast than this (of 255) between pen and paper is no pen: JPEG blocks and sensor noise reach it.
MIN_CONTRAST = 14.0
# The side, in pixels, that the paper's brightness is estimated at: light varies slowly.
_PAPER_SIZE = 128
# And the side that the pen's polarity is told at.
_POLARITY_SIZE = 40
_STROKE_SIZE = 400
# The widest stroke there can be, as a share of the picture's longer side: a marker's, in a tight crop.
_WIDEST = 0.4


Watch = Callable[[str, npt.NDArray[Any]], None]  # is shown a step's name and its picture, (H, W), 0 to 255


def unwatched(_name: str, _picture: npt.NDArray[Any]) -> None:
    """Look at nothing."""


@dataclass(frozen=True, eq=False)
class Ink:
    """Pen strength per pixel: uint8 (H, W), 0 bare paper, 255 full stroke. `dark` tells dark ink on light paper."""

    strength: npt.NDArray[np.uint8]
    dark: bool


def extract(pixels: npt.NDArray[np.uint8], watch: Watch = unwatched) -> Ink | None:
    """Return the ink of a grey (H, W) or RGB (H, W, 3) picture, or None if there is none (a blank picture).

    `watch` is shown each step by name.
    """
    grey = pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    watch("grey", grey)
    darkest, lightest, _, _ = cv2.minMaxLoc(grey)
    if lightest - darkest < MIN_CONTRAST:
        return None
    dark = is_dark_on_light(grey)
    page = grey if dark else np.asarray(cv2.bitwise_not(grey), np.uint8)
    relief = contrast(page, _WIDEST)
    # Now the strokes are known well enough to tell how wide they are, and an element not much wider follows the light more
    # closely: the edge of a shadow, too.
    width = stroke_width(relief > 0.5 * cv2.minMaxLoc(relief)[1])
    narrower = 5 * width / max(relief.shape)
    if narrower < 0.8 * _WIDEST:
        relief = contrast(page, narrower)
    watch("contrast to the paper" if dark else "contrast to the board", relief)
    floor, noise = _noise(relief)
    smooth = cv2.blur(relief, (3, 3)) if min(relief.shape) > 64 else relief
    peak = cv2.minMaxLoc(smooth)[1]
    # The strongest stroke must stand clear of the paper's own grain.
    if peak - floor < max(MIN_CONTRAST, 5 * noise):
        return None
    low = floor + min(3 * noise, 0.3 * (peak - floor))
    core = relief[_strokes(relief > low + 0.5 * (peak - low))]
    full = float(np.partition(core, int(0.6 * len(core)))[int(0.6 * len(core))]) if core.size else peak
    scale = 255.0 / max(full - low, 1.0)
    # Rounds, and clips to 0-255.
    strength = cv2.convertScaleAbs(cv2.max(relief, low), alpha=scale, beta=-low * scale)
    watch("ink", np.asarray(strength, np.uint8))
    return Ink(np.asarray(strength, np.uint8), dark)


def is_dark_on_light(grey: npt.NDArray[np.uint8]) -> bool:
    """Tell whether the pen is darker than the paper.

    Three witnesses vote. Thick strokes: they cover less than half of any large window, so a wide median filter shows the
    paper under any light, and the pen is on the side of it that sticks out further. Thin strokes, as in a photo of a page:
    narrow dark structures stand out more than narrow light ones, or less. And the border of the picture is mostly paper: it
    tells by which side of Otsu's threshold it lies on, as far as the picture falls into two levels at all (a smooth change
    of light alone explains 3/4 of a picture's variance by two levels; pen on evenly lit paper, nearly all).
    """
    small = _reduce(grey, _POLARITY_SIZE)
    side = max(3, round(0.5 * max(small.shape))) | 1
    paper = np.asarray(cv2.medianBlur(small, side), np.uint8)
    # Unsigned subtraction stops at 0: one witness for each side.
    below = float(cv2.norm(cv2.subtract(paper, small), cv2.NORM_L2SQR))
    above = float(cv2.norm(cv2.subtract(small, paper), cv2.NORM_L2SQR))
    strokes = (below - above) / max(below + above, 1e-6)
    if max(grey.shape) > 3 * _POLARITY_SIZE:
        strokes += _thin_strokes(grey)

    _, bright = cv2.threshold(small, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    share = cv2.countNonZero(bright) / bright.size
    spread = cv2.meanStdDev(small)[1].item() ** 2
    if not 0 < share < 1 or spread == 0:
        return strokes > 0
    lit, unlit = cv2.mean(small, mask=bright)[0], cv2.mean(small, mask=1 - bright)[0]
    two_levels = min(max((share * (1 - share) * (lit - unlit) ** 2 / spread - 0.75) / 0.15, 0.0), 1.0)
    ring = max(1, min(small.shape) // 20)
    inner = bright[ring:-ring, ring:-ring]
    border = (cv2.countNonZero(bright) - cv2.countNonZero(inner)) / max(bright.size - inner.size, 1)
    return bool(strokes + two_levels * (2 * (2 * border - 1) + (2 * share - 1)) > 0)


def _thin_strokes(grey: npt.NDArray[np.uint8]) -> float:
    """Return how much more narrow dark structures stand out than narrow light ones in a large picture, -6 to 6.

    Where there are any, no other witness knows better; where there are none, it is 0.
    """
    page = cv2.blur(_reduce(grey, _STROKE_SIZE), (2, 2))
    # What lies between two strokes is narrow and lighter than they are, but not lighter than the paper all around, which a
    # wide median shows; a table beside the paper, and its edge, are in the median themselves.
    around = cv2.medianBlur(_reduce(page, _STROKE_SIZE // 4), 15)
    around = cv2.resize(around, page.shape[::-1], interpolation=cv2.INTER_LINEAR)
    below, above = cv2.subtract(around, page), cv2.subtract(page, around)
    (dark, light), (wide_dark, wide_light) = (_relief(page, side, below, above) for side in (7, 31))
    # Thin are strokes that an element of 7 pixels shows as well as one of 31: it is narrower than the hole of a 0.
    thin = max(dark, light) / max(wide_dark, wide_light, 1.0)
    weight = 6 * min(max(2 * thin - 1, 0.0), 1.0) * min(max(dark, light) / 40, 1.0)
    return weight * (dark - light) / max(dark + light, 1e-6)


def _relief(
    page: npt.NDArray[np.uint8], side: int, below: npt.NDArray[np.uint8], above: npt.NDArray[np.uint8]
) -> tuple[float, float]:
    """Return how far the strongest thousandth of dark and of light structures narrower than `side` stand out.

    `below` and `above` say how far each pixel lies from its surroundings: no structure stands out further. A digit that is
    small in a large page has no more than a thousandth of its pixels. Past the border the picture is mirrored: a strip
    between a rule and the border is no narrow structure.
    """
    element, rank = np.ones((side, side), np.uint8), int(0.999 * page.size)
    found = []
    for kind, beyond in ((cv2.MORPH_BLACKHAT, below), (cv2.MORPH_TOPHAT, above)):
        hat = cv2.morphologyEx(page, kind, element, borderType=cv2.BORDER_REFLECT)
        found.append(float(np.partition(cv2.min(hat, beyond).ravel(), rank)[rank]))
    return found[0], found[1]


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
    paper = _closing(small, side)
    if paper.shape != grey.shape:
        paper = np.asarray(cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    # Where no paper shows (inside a marker's stroke, on the table beside the page) the page's own brightness
    # serves: what is far darker than that is dark all over, and its grain is no ink.
    sample = paper[:: max(1, height // 32), :: max(1, width // 32)].ravel()
    rank = int(0.9 * (len(sample) - 1))
    least = max(0.2 * float(np.partition(sample, rank)[rank]), 1.0)
    ratio = cv2.divide(grey, cv2.max(paper, least), scale=-255.0, dtype=cv2.CV_32F)
    return np.asarray(cv2.add(ratio, 255.0), np.float32)


def _closing(small: npt.NDArray[np.uint8], side: int) -> npt.NDArray[np.float32]:
    """Return a grey closing by a square of `side` pixels, smoothed, as float32.

    Past the frame the light goes on as it was: point reflection (twice the border less the mirror image) continues a slope,
    where a plain border would bend it.
    """
    around = side // 2
    edge = cv2.copyMakeBorder(small, around, around, around, around, cv2.BORDER_REPLICATE)
    mirror = cv2.copyMakeBorder(small, around, around, around, around, cv2.BORDER_REFLECT_101)
    wide = cv2.min(cv2.addWeighted(edge, 2.0, mirror, -1.0, 0.0), cv2.minMaxLoc(small)[1])
    wide = cv2.morphologyEx(wide, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    smoothing = side // 6 | 1
    wide = cv2.blur(wide, (smoothing, smoothing))
    return np.asarray(wide[around:-around, around:-around], np.float32)


def _strokes(core: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return the core of the ink, bool (H, W), without a dark table beside the paper: it says nothing about the pen.

    A table is wider than strokes are, and lies along a whole side of a picture that is more than one digit.
    """
    if max(core.shape) < 2 * _PAPER_SIZE // 3:
        return core
    height, width = (min(side, _PAPER_SIZE) for side in core.shape)
    small = cv2.resize(core.view(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    table = cv2.morphologyEx(small, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    if max(table[0].mean(), table[-1].mean(), table[:, 0].mean(), table[:, -1].mean()) < 0.9:
        return core
    table = cv2.resize(cv2.dilate(table, np.ones((5, 5), np.uint8)), core.shape[::-1], interpolation=cv2.INTER_NEAREST)
    strokes = core & (table == 0)
    return strokes if np.count_nonzero(strokes) > 0.0005 * core.size else core


def stroke_width(mask: npt.NDArray[np.bool_]) -> float:
    """Return the mean width of a mask's strokes in pixels: twice its area over the length of its outline."""
    padded = cv2.copyMakeBorder(mask.view(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    edges = cv2.countNonZero(cv2.absdiff(padded[1:], padded[:-1]))
    edges += cv2.countNonZero(cv2.absdiff(padded[:, 1:], padded[:, :-1]))
    # Counting pixel edges overstates a slanting outline by 4/π on average over all directions.
    return 2 * cv2.countNonZero(padded) / max(edges * np.pi / 4, 1.0)


def _noise(relief: npt.NDArray[np.float32]) -> tuple[float, float]:
    """Return the level and the spread (one standard deviation) of bare paper, from the lighter half of the pixels."""
    step = max(1, max(relief.shape) // 128)
    sample = relief[::step, ::step].ravel()
    ranks = int(0.1 * len(sample)), int(0.4 * len(sample))
    lower, middle = (float(v) for v in np.partition(sample, ranks)[list(ranks)])
    # For a normal distribution of paper values, the 10th and 40th percentiles lie 1.03 standard deviations apart.
    return middle if middle < 48 else lower, min((middle - lower) / 1.03, 24.0)


def _reduce(grey: npt.NDArray[np.uint8], side: int) -> npt.NDArray[np.uint8]:
    """Return the picture with its longer side at most `side` pixels."""
    factor = side / max(grey.shape)
    if factor >= 1:
        return grey
    size = (max(2, round(grey.shape[1] * factor)), max(2, round(grey.shape[0] * factor)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
