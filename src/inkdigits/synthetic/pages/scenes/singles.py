"""The picture of one digit, as people hand it in: a crop, a cell of a form, a photo; and what is none in its place."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.synthetic.pages.annotations import MARKS, around, mark
from inkdigits.synthetic.pages.layout import Layout
from inkdigits.synthetic.pages.scenes.lines import ground
from inkdigits.synthetic.pages.texts import digits, letter
from inkdigits.synthetic.pages.truth import Box
from inkdigits.synthetic.pages.writing import Writer, hand

_BROAD = 0.25  # share of digits by a pen of more than a sixth of their height
_HOLLOW = 0.04  # share of digits of which the outline alone is drawn
_BITMAPS = 0.25  # share of pictures of few pixels
_STRETCHED = 0.25  # share of pictures that are as wide or narrow as no pen wrote them


def single(layout: Layout) -> None:
    """Write one digit in the middle, in a cell, ring or box, or alone; in one picture of four something else instead."""
    random, height = layout.random, layout.height
    left, top, right, bottom = layout.region
    x, y = (left + right) / 2 - 0.3 * height, (top + bottom) / 2 + 0.5 * height
    if random.random() < 0.12:
        ground(layout, y, height * random.uniform(1.0, 2.0))
    writer = layout.writer
    if random.random() < _BROAD:
        broad = hand(layout.sources, random, pen=float(random.uniform(0.17, 0.3)))
        writer = Writer(layout.canvas, layout.truth, layout.sources, broad, random, writer.heavy)
    way = random.random()
    end = x + 0.6 * height
    if way < 0.76:
        end = writer.number(digits(random, 1), x, y, height)
    elif way < 0.8:
        writer.number(digits(random, int(random.integers(2, 4))), x - 0.3 * height, y, height)
    elif way < 0.88:
        writer.word(letter(random), x, y, height)
    elif way < 0.93:
        sign = letter(random) if random.random() < 0.6 else str(random.choice(list("$$€£§&#@%?!+=")))
        layout.press.text(sign, x, y, height, layout.press.font())
    else:
        mark(layout, int(random.integers(MARKS)), x + 0.3 * height, y - 0.5 * height, height)
    if random.random() < _HOLLOW:
        layout.canvas.ink[:] = cv2.morphologyEx(layout.canvas.ink, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    if random.random() < 0.12:
        around(layout, layout.writer, x, y, end, height)
    if random.random() < 0.3:
        _cell(layout, (x - 0.1 * height, y - height, end + 0.1 * height, y))


def _cell(layout: Layout, inner: Box) -> None:
    """Draw one to four sides of the cell that something stands in."""
    random, height = layout.random, layout.height
    left, top, right, bottom = np.array(inner) + np.abs(random.normal(0.1, 0.25, 4)) * height * (-1, -1, 1, 1)
    far = 3 * height
    sides = (
        (left, top - far, left, bottom + far),
        (left - far, top, right + far, top),
        (right, top - far, right, bottom + far),
        (left - far, bottom, right + far, bottom),
    )
    for i in random.permutation(4)[: int(random.integers(1, 5))]:
        layout.ruler.line(*(float(v) for v in sides[i]))


def turn(linear: npt.NDArray[np.float64], random: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return a page's linear map, (2, 2), for some pictures one that stretches or squeezes it, as bitmaps are."""
    if random.random() >= _STRETCHED:
        return linear
    factor = float(np.exp(random.uniform(np.log(0.75), np.log(1.5))))
    return np.diag([factor, 1 / factor]) @ linear


def frame(box: Box, size: tuple[int, int], random: np.random.Generator) -> tuple[int, int, int, int]:
    """Return the part of a picture of `size` (height, width) that is kept of one digit in `box`: tight or with room."""
    left, top, right, bottom = box
    height, width = size
    tall = max(bottom - top, right - left)
    way = random.random()
    if way < 0.25:  # a tight crop
        margins = np.abs(random.normal(0, 0.05, 4)) * tall
    elif way < 0.35:  # one that cuts strokes
        margins = random.uniform(-0.07, 0.05, 4) * tall
    else:
        margins = random.uniform(0.05, 0.7) * random.uniform(0.5, 1.5, 4) * tall
    places = np.array(box) + margins * (-1, -1, 1, 1)
    first = np.clip(places[:2], 0, (width - 12, height - 12)).astype(int)
    end = np.clip(np.ceil(places[2:]), first + 12, (width, height)).astype(int)
    return int(first[0]), int(first[1]), int(end[0]), int(end[1])


def as_bitmap(
    grey: npt.NDArray[np.uint8], kept: tuple[int, int, int, int], tall: float, random: np.random.Generator
) -> None:
    """Bring the kept part of some pictures, in place, down to digits of 8 to 20 pixels and back: soft, or in two levels.

    `tall` is the digit's height in pixels.
    """
    if random.random() >= _BITMAPS:
        return
    left, top, right, bottom = kept
    part = grey[top:bottom, left:right]
    factor = min(1.0, float(random.uniform(8, 20)) / max(tall, 1.0))
    size = (max(4, round(part.shape[1] * factor)), max(4, round(part.shape[0] * factor)))
    small = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
    if random.random() < 0.6:
        _, small = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    way = cv2.INTER_CUBIC if random.random() < 0.8 else cv2.INTER_NEAREST
    grey[top:bottom, left:right] = cv2.resize(small, part.shape[::-1], interpolation=way)
