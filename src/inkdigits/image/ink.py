"""Picture → ink: how much pen there is at each pixel, whatever the paper, the pen's polarity and the light."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.image import black_and_white, colour, measure, polarity

# Ink above this strength (of 255) is stroke; below it is the soft edge of one.
STROKE = 72
# Less contrast than this (of 255) between pen and paper is no pen: JPEG blocks and sensor noise reach it.
MIN_CONTRAST = 14.0
# Brightness is measured against the paper's, which is this level: what is lighter, half of its grain, has room above.
_PAPER = 224
_LEVELS = np.arange(256.0)
# The least and the largest side, in pixels, of the picture that tells the brightness of paper: light varies slowly.
_LEAST_PAPER, _PAPER_SIZE = 48, 128
# Where the strongest stroke is not this many times stronger than the paper's grain, the grain is smoothed away. (Among a
# million pixels of grain alone, the strongest is 5 times stronger than usual.)
_FAINT = 10
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


def extract(
    pixels: npt.NDArray[np.uint8], watch: Watch = unwatched, *, hairlines: bool = True, dark: bool | None = None
) -> Ink | None:
    """Return the ink of a grey (H, W) or RGB (H, W, 3) picture, or None if there is none (a blank picture).

    `watch` is shown each step by name. Black and white is softened; lines about a pixel wide only with `hairlines`.
    `dark` says that ink is darker than paper, or lighter, where that is not to be told from the picture.
    """
    grey = colour.grey(pixels)
    watch("grey", grey)
    darkest, lightest, _, _ = cv2.minMaxLoc(grey)
    if lightest - darkest < MIN_CONTRAST:
        return None
    softened = black_and_white.softened(grey, hairlines=hairlines)
    if softened is not None:
        grey = softened
        watch("softened", grey)
    # What light and paper are is told from reduced pictures: that is precise enough, and most of the speed.
    view = measure.reduced(grey, measure.SIDE)
    dark = polarity.is_dark_on_light(view) if dark is None else dark
    if not dark:
        grey, view = cv2.bitwise_not(grey), cv2.bitwise_not(view)
    level = _level(grey, _paper(view))
    watch("light evened out" if dark else "inverted, light evened out", level)
    is_large = min(level.shape) > 64
    smooth = np.asarray(cv2.blur(level, (3, 3)), np.uint8) if is_large else level
    cumulative = measure.cumulative(level)
    floor, noise = _noise(cumulative)
    peak = _PAPER - cv2.minMaxLoc(smooth)[0]
    # The strongest stroke must stand clear of the paper's own grain.
    is_clear = peak - floor >= 5 * noise
    if is_large and peak - floor < _FAINT * noise:
        # Faint pencil is hardly stronger than the grain of a photo, but the grain is finer than its strokes.
        level, smooth = smooth, np.asarray(cv2.blur(smooth, (3, 3)), np.uint8)
        cumulative = measure.cumulative(level)
        floor, noise = _noise(cumulative)
        peak = _PAPER - cv2.minMaxLoc(smooth)[0]
        is_clear |= peak - floor >= _FAINT * noise
    if not is_clear or peak - floor < MIN_CONTRAST * _PAPER / 255:
        return None
    low = floor + min(3 * noise, 0.3 * (peak - floor))
    # Full stroke is what 4 in 10 pixels of the strokes' cores reach.
    half = int(_PAPER - low - 0.5 * (peak - low))
    cores = _without_table(level, half, cumulative)
    full = max(_PAPER - int(cores.searchsorted(0.4 * cores[half])), low + 1)
    ramp = np.interp(_LEVELS, (_PAPER - full, _PAPER - low), (255, 0))
    strength = np.asarray(cv2.LUT(level, np.rint(ramp).astype(np.uint8)), np.uint8)
    watch("ink", strength)
    return Ink(strength, dark)


def _paper(view: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return the brightness of the paper under dark ink, uint8, on a reduced picture: light varies slowly.

    The first estimate takes everything dark for ink that is not wider than the widest stroke there can be. With it the
    strokes are known well enough to tell how wide they are, and an element not much wider follows the light more closely:
    the edge of a shadow, too.
    """
    small = measure.reduced(view, min(max(max(view.shape) // 2, _LEAST_PAPER), _PAPER_SIZE))
    if small is not view:
        # A line along the frame (the edge of a cell) is seen for itself: past the frame it goes on as dark as it is there.
        (height, width), depth = small.shape, max(1, view.shape[0] // small.shape[0] // 2)
        rows, columns = cv2.vconcat((view[:depth], view[-depth:])), cv2.hconcat((view[:, :depth], view[:, -depth:]))
        small[0], small[-1] = cv2.resize(rows, (width, 2), interpolation=cv2.INTER_AREA)
        small[:, 0], small[:, -1] = cv2.resize(columns, (2, height), interpolation=cv2.INTER_AREA).T
    widest = max(5, round(_WIDEST * max(small.shape))) | 1
    paper = _closing(small, widest)
    level = _level(small, paper)
    width = measure.stroke_width(
        level < math.ceil((_PAPER + cv2.minMaxLoc(level)[0]) / 2)
    )  # whole: NumPy compares as uint8
    narrower = max(5, round(5 * width)) | 1
    return _closing(small, narrower) if narrower < 0.8 * widest else paper


def _closing(small: npt.NDArray[np.uint8], side: int) -> npt.NDArray[np.uint8]:
    """Return what is left of a picture without the dark structures narrower than `side` pixels, smoothed.

    It is a grey closing by a square. Past the frame the light goes on as it was: point reflection (twice the border less
    the mirror image) continues a slope, where a plain border would bend it.
    """
    around = side // 2
    edge = cv2.copyMakeBorder(small, around, around, around, around, cv2.BORDER_REPLICATE)
    mirror = cv2.copyMakeBorder(small, around, around, around, around, cv2.BORDER_REFLECT_101)
    wide = cv2.addWeighted(edge, 2.0, mirror, -1.0, 0.0)
    _, wide = cv2.threshold(wide, cv2.minMaxLoc(small)[1], 0, cv2.THRESH_TRUNC)  # no lighter than the lightest
    wide = cv2.morphologyEx(wide, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    if side >= 12:
        wide = cv2.blur(wide, (side // 6 | 1, side // 6 | 1))
    paper = np.asarray(wide[around:-around, around:-around], np.uint8)
    # Where no paper shows (inside a marker's stroke, on the table beside the page) the page's own brightness
    # serves: what is far darker than that is dark all over, and its grain is no ink.
    darkest, lightest, _, _ = cv2.minMaxLoc(paper)
    if darkest >= max(round(0.2 * lightest), 1):
        return paper
    rank = int(0.9 * (paper.size - 1))
    least = max(round(0.2 * float(np.partition(paper, rank, axis=None)[rank])), 1)
    return np.asarray(np.maximum(paper, np.uint8(least)), np.uint8)


def _level(grey: npt.NDArray[np.uint8], paper: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return brightness as a share of the paper's, which is _PAPER: dividing takes shadows and uneven light out."""
    if paper.shape != grey.shape:
        paper = np.asarray(cv2.resize(paper, grey.shape[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)
    return np.asarray(cv2.divide(grey, paper, scale=float(_PAPER)), np.uint8)


def _without_table(
    level: npt.NDArray[np.uint8], half: int, cumulative: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """Return the `cumulative` of a picture's levels without a dark table beside the paper: it says nothing about the pen.

    A table is darker than `half`, wider than strokes are, and lies along a whole side of a picture that is more than one
    digit.
    """
    if max(level.shape) < 2 * _PAPER_SIZE // 3:
        return cumulative
    height, width = (min(side, _PAPER_SIZE) for side in level.shape)
    small = cv2.resize(level, (width, height), interpolation=cv2.INTER_NEAREST)
    table = cv2.morphologyEx((small < half).astype(np.uint8), cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    if max(table[0].mean(), table[-1].mean(), table[:, 0].mean(), table[:, -1].mean()) < 0.9:
        return cumulative
    beside = cv2.bitwise_not(cv2.dilate(table, np.ones((5, 5), np.uint8)) * np.uint8(255))
    beside = cv2.resize(beside, level.shape[::-1], interpolation=cv2.INTER_NEAREST)
    rest = measure.cumulative(level, np.asarray(beside, np.uint8))
    return rest if rest[half] > 0.0005 * level.size else cumulative


def _noise(cumulative: npt.NDArray[np.float32]) -> tuple[float, float]:
    """Return how dark bare paper is and its spread (one standard deviation), from the lighter half of the pixels."""
    # Between whole levels: the spread of smooth paper is less than one.
    ranks = [0.6 * cumulative[-1], 0.8 * cumulative[-1], 0.9 * cumulative[-1]]
    middle, lower, lowest = (_PAPER - 0.5 - float(v) for v in np.interp(ranks, cumulative, _LEVELS))
    # In a normal distribution of paper values, the 40th percentile lies 0.59 standard deviations from the 20th and 1.03
    # from the 10th. The halo of a dark area can be a tenth of the picture, and paper can have a texture: the smaller holds.
    spread = min((middle - lower) / 0.59, (middle - lowest) / 1.03, 21.0)
    return middle if middle < 42 else lower, spread
