"""Digits of writers whom nobody has learned from, drawn with pens of any width: what the pages of `made_pages.py` are written with.

The writers are MNIST's validation writers. A page has one writer. Half of the pages have the strokes as they are (MNIST's are
fat: about a seventh of the height); on the others each digit is thinned to its skeleton and drawn again with a round pen.
Training never calls this module.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.datasets import mnist
from inkdigits.datasets.dataset import Dataset
from inkdigits.training import split

Ink = npt.NDArray[np.float32]  # (H, W): how much of a pixel the pen covers, 0 to 1
Mask = npt.NDArray[np.bool_]
FINE = 2  # fine pixels to a pixel: everything is drawn so much larger, and reduced at the end
_LARGE = 4  # MNIST's digits are thinned so much larger
_BOX = 20 * _LARGE  # the longer side of an MNIST digit, then


@dataclass(frozen=True)
class Glyph:
    """One sign in ink, trimmed, in fine pixels. `rise` is how far its foot lies above the line that is written on."""

    sign: str
    ink: Ink
    rise: float = 0.0

    @property
    def width(self) -> int:
        """Columns."""
        return self.ink.shape[1]

    @property
    def height(self) -> int:
        """Rows."""
        return self.ink.shape[0]


@lru_cache(maxsize=1)
def held_out() -> tuple[Dataset, list[npt.NDArray[np.intp]]]:
    """Return the digits of MNIST's validation writers, and the rows of each writer who has written all ten digits.

    A 0, 6, 8 or 9 whose loop has run full of ink is left out: its skeleton would not be that digit.
    """
    data = split.by_writer(mnist.train(), 0.1)[1]
    assert data.writers is not None
    legible = np.array([_has_its_loop(row, data) for row in range(len(data))])
    people = [np.flatnonzero((data.writers == writer) & legible) for writer in np.unique(data.writers)]
    return data, [rows for rows in people if len(np.unique(data.labels[rows])) == 10]


def _shape(image: npt.NDArray[np.uint8]) -> Mask:
    """Return a digit, enlarged, as black and white, without its specks."""
    large = cv2.resize(np.pad(image, 6), None, fx=_LARGE, fy=_LARGE, interpolation=cv2.INTER_CUBIC)
    shape = cv2.GaussianBlur(large, (0, 0), 1.5) > 110
    _, parts, stats, _ = cv2.connectedComponentsWithStats(shape.astype(np.uint8))
    areas = stats[:, cv2.CC_STAT_AREA]
    return np.asarray(shape & (areas >= 0.09 * areas[1:].sum())[parts])


def _without_specks(row: int) -> npt.NDArray[np.float32]:
    """Return a digit's ink, 0 to 1, with a border of 6 pixels, without its specks."""
    image = held_out()[0].images[row]
    kept = cv2.dilate(_shape(image).astype(np.uint8), np.ones((2 * _LARGE + 1, 2 * _LARGE + 1), np.uint8))
    near = cv2.resize(kept, None, fx=1 / _LARGE, fy=1 / _LARGE, interpolation=cv2.INTER_NEAREST)
    return np.pad(image, 6).astype(np.float32) / 255 * near


def _has_its_loop(row: int, data: Dataset) -> bool:
    """Tell whether a digit that has a loop shows it, at least a hundredth of its box large."""
    if data.labels[row] not in (0, 6, 8, 9):
        return True
    _, _, stats, _ = cv2.connectedComponentsWithStats((~_shape(data.images[row])).astype(np.uint8), connectivity=4)
    return int((stats[1:, cv2.CC_STAT_AREA] >= _BOX * _BOX / 100).sum()) >= 2  # the ground around it is one


def thinned(shape: Mask) -> Mask:
    """Return a shape's skeleton, one pixel wide. Source: Zhang and Suen, "A fast parallel algorithm for thinning", 1984."""
    left = np.pad(shape, 1)
    while True:
        before = int(left.sum())
        for first in (True, False):
            n, ne, e, se, s, sw, w, nw = (
                np.roll(left, (-y, -x), (0, 1))
                for y, x in ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
            )
            around = [n, ne, e, se, s, sw, w, nw, n]
            count = np.sum(around[:8], axis=0)
            changes = np.sum([~a & b for a, b in pairwise(around)], axis=0)
            corner = ~(n & e & s) & ~(e & s & w) if first else ~(n & e & w) & ~(n & s & w)
            left = left & ~((count >= 2) & (count <= 6) & (changes == 1) & corner)
        if int(left.sum()) == before:
            return np.asarray(left[1:-1, 1:-1])


@lru_cache(maxsize=4096)
def _from_skeleton(row: int) -> npt.NDArray[np.float32]:
    """Return how far each pixel of an enlarged digit lies from its skeleton."""
    skeleton = thinned(_shape(held_out()[0].images[row]))
    return cv2.distanceTransform((~skeleton).astype(np.uint8), cv2.DIST_L2, 5)


def trimmed(sign: str, ink: Ink, rise: float = 0.0) -> Glyph:
    """Return ink without its empty borders."""
    left, top, width, height = cv2.boundingRect((ink > 0.3).astype(np.uint8))
    return Glyph(sign, ink[max(0, top - 1) : top + height + 1, max(0, left - 1) : left + width + 1], rise)


class Hand:
    """A writer with a pen: makes glyphs of digits and separators, `height` pixels high.

    `pen` is the pen's width as a share of the height; None for the strokes as MNIST has them. No pen is thinner than a pixel.
    """

    def __init__(self, random: np.random.Generator, height: float, pen: float | None) -> None:
        data, people = held_out()
        self._random, self._data = random, data
        self._rows = people[int(random.integers(len(people)))]
        self.height = height * FINE
        self._redrawn = pen is not None
        self.pen = max(FINE * 1.0, (0.14 if pen is None else pen) * self.height)

    def glyph(self, sign: str, scale: float = 1.0) -> Glyph:
        """Return a digit or separator in this hand; a digit of `scale` times its height."""
        return self._digit(int(sign), scale) if sign.isdigit() else self._separator(sign)

    def _digit(self, label: int, scale: float) -> Glyph:
        rows = self._rows[self._data.labels[self._rows] == label]
        row = int(rows[int(self._random.integers(len(rows)))])
        if self._redrawn:
            return self._drawn_again(row, str(label), scale)
        part = _without_specks(row)
        factor = scale * self.height / 20
        how = cv2.INTER_CUBIC if factor > 1 else cv2.INTER_AREA
        ink = cv2.resize(part, None, fx=factor, fy=factor, interpolation=how)
        return trimmed(str(label), np.clip(ink, 0, 1).astype(np.float32))

    def _drawn_again(self, row: int, label: str, scale: float) -> Glyph:
        """Return a digit's skeleton drawn with the pen; thinning has shortened the strokes, so the pen's width is added.

        A digit smaller than the others is drawn with no more than a sixth of its own height.
        """
        pen = self.pen if scale == 1 else min(self.pen, scale * self.height / 6)
        factor = (scale * self.height - pen) / (_BOX - 3 * _LARGE)
        away = cv2.GaussianBlur(_from_skeleton(row), (0, 0), 1.0) - 0.6
        how = cv2.INTER_LINEAR if factor > 1 else cv2.INTER_AREA
        away = cv2.resize(away, None, fx=factor, fy=factor, interpolation=how) * factor
        return trimmed(label, np.clip(pen / 2 - away + 0.5, 0, 1).astype(np.float32))

    def _separator(self, sign: str) -> Glyph:
        """Return one of . , : - / drawn with this hand's pen, a dot at least an eighth of the height across."""
        random, high = self._random, self.height
        dot = max(0.13 * high, 2.2 * FINE, 1.1 * self.pen)
        if sign in ".:":
            feet = [0.0] if sign == "." else [0.12 * high, random.uniform(0.55, 0.7) * high]
            return self._strokes(sign, [((0.0, foot + dot / 2), (0.0, foot + dot / 2)) for foot in feet], dot)
        if sign == ",":
            foot = random.uniform(0.16, 0.26) * high
            return self._strokes(sign, [((0.09 * high, 0.06 * high), (0.0, -foot))], max(self.pen, 1.6 * FINE))
        if sign == "-":
            middle, tilt = random.uniform(0.38, 0.55) * high, random.uniform(-0.05, 0.05) * high
            return self._strokes(sign, [((0.0, middle), (random.uniform(0.3, 0.5) * high, middle + tilt))], self.pen)
        over, lean = random.uniform(0.0, 0.25) * high, math.tan(math.radians(random.uniform(18, 35)))
        return self._strokes(sign, [((0.0, -over), ((high + 2 * over) * lean, high + over))], self.pen)

    def _strokes(self, sign: str, strokes: list[tuple[tuple[float, float], tuple[float, float]]], pen: float) -> Glyph:
        """Return straight strokes in ink, each from (x, height above the line) to another such point."""
        points = np.array(strokes)
        low, high = points.min(axis=(0, 1)), points.max(axis=(0, 1))
        border = pen / 2 + 2
        width, height = (int(v) for v in np.ceil(high - low + 2 * border))
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        away = np.full((height, width), np.inf, np.float32)
        for a, b in points:
            (ax, ay), (bx, by) = ((p[0] - low[0] + border, high[1] - p[1] + border) for p in (a, b))
            long = max((bx - ax) ** 2 + (by - ay) ** 2, 1e-6)
            along = np.clip(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / long, 0, 1)
            away = np.minimum(away, np.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay)))
        glyph = trimmed(sign, np.clip(pen / 2 - away + 0.5, 0, 1).astype(np.float32))
        return Glyph(sign, glyph.ink, float(low[1] - pen / 2))


@dataclass(frozen=True)
class Row:
    """Glyphs beside each other; `lefts` is where each begins, `rises` how far each foot lies above the line."""

    text: str
    glyphs: tuple[Glyph, ...]
    lefts: tuple[float, ...]
    rises: tuple[float, ...]

    @property
    def width(self) -> float:
        """From the first glyph's left to the last one's right."""
        return max(left + glyph.width for left, glyph in zip(self.lefts, self.glyphs, strict=True))


def written(
    hand: Hand,
    text: str,
    random: np.random.Generator,
    touching: Literal["none", "one pair", "all"] = "none",
    least_scale: float = 1.0,
) -> Row:
    """Return a text in a hand, its numbers 1.2 to 3 heights apart. `touching` tells how many neighbours touch.

    Gaps are a twentieth to two fifths of the height; touching digits overlap by up to the pen's width. Feet lie up to a
    twentieth of the height above or below the line. Each digit has `least_scale` to 1 times the hand's height.
    """
    pair = int(random.integers(1, max(2, len(text)))) if touching == "one pair" else None
    glyphs: list[Glyph] = []
    lefts: list[float] = []
    rises: list[float] = []
    at, close = 0.0, random.uniform(0.05, 0.4)
    for sign in text:
        if sign == " ":
            at += random.uniform(1.2, 3.0) * hand.height
            continue
        glyph = hand.glyph(sign, random.uniform(least_scale, 1.0))
        rise = glyph.rise + random.uniform(-0.05, 0.05) * hand.height
        if glyphs and (touching == "all" or pair == len(glyphs)):
            distance = _distance(glyphs[-1], rises[-1], glyph, rise, reach=round(hand.pen / 2))
            at = lefts[-1] - distance - random.uniform(0, hand.pen)
        glyphs.append(glyph)
        lefts.append(at)
        rises.append(rise)
        at += glyph.width + max(2.0 * FINE, close * random.uniform(0.7, 1.3) * hand.height)
    first = min(lefts)
    return Row(text, tuple(glyphs), tuple(left - first for left in lefts), tuple(rises))


def _distance(a: Glyph, a_rise: float, b: Glyph, b_rise: float, reach: int) -> float:
    """Return the x at which b's ink, measured from b's left, would lie on a's, measured from a's left, just touching: negated."""
    top = max(a.height + a_rise, b.height + b_rise)
    foot = min(a_rise, b_rise)
    rows = math.ceil(top - foot) + 1
    ends, starts = np.full(rows, -np.inf), np.full(rows, np.inf)
    for glyph, rise, edge in ((a, a_rise, ends), (b, b_rise, starts)):
        dark = glyph.ink > 0.5
        first = round(top - rise - glyph.height)
        for y in np.flatnonzero(dark.any(axis=1)):
            columns = np.flatnonzero(dark[y])
            edge[min(first + y, rows - 1)] = columns[-1] + 1 if glyph is a else columns[0]
    near = np.max(
        [np.roll(ends, shift) for shift in range(-reach, reach + 1)], axis=0
    )  # strokes that pass each other closely
    gap = float(np.min(starts - near))
    return gap if math.isfinite(gap) else -float(a.width)
