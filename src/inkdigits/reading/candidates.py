"""What a doubtful picture's digit may be instead: its ink cleaned or told in other ways, and what the locator finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.image import clean, colour, ink, measure, normalise, segment
from inkdigits.image.load import Picture
from inkdigits.image.segment import Box
from inkdigits.locating.main_mark import main_mark

# The longer side, in pixels, of the part around a digit that is cleaned, whatever the size of the picture that came.
_SIDE = 48
# And of the whole picture as the locator reads it, at most.
_WHOLE = 160
# Values in a view that is kept as it is until its digit is known to be sure: most are, and it need not be made small.
_SMALL = 128 * 128


@dataclass(frozen=True, eq=False)
class View:
    """A part of a picture, uint8 (h, w) or (h, w, 3).

    `corner` is where its left upper corner is in the full picture, (x, y) in pixels, and `scale` how many of them one of
    its own is, across and down.
    """

    pixels: npt.NDArray[np.uint8]
    corner: tuple[float, float]
    scale: tuple[float, float]

    def in_full(self, box: tuple[float, float, float, float]) -> Box:
        """Return a box in this view as one in the full picture."""
        (x, y), (across, down) = self.corner, self.scale
        left, top, right, bottom = box
        return int(x + left * across), int(y + top * down), round(x + right * across), round(y + bottom * down)


@dataclass(frozen=True, eq=False)
class Views:
    """What is kept of a picture until its digit is known to be sure: the part around it, and the whole, reduced.

    `dark` tells whether its ink was taken to be dark on light paper.
    """

    around: View
    whole: View
    dark: bool


@dataclass(frozen=True, eq=False)
class Candidate:
    """What may be the digit of a picture: how it was found, its glyph, uint8 (28, 28), and its box in the full picture.

    `strength` is the ink that it was cut from, uint8 (h, w); None where the locator found it. `beside` says how surely
    there is another digit beside it, 0 to 1.
    """

    name: str
    glyph: npt.NDArray[np.uint8]
    box: Box
    strength: npt.NDArray[np.uint8] | None = None
    beside: float = 0.0


def views(picture: Picture, box: Box, dark: bool) -> Views:
    """Return what is kept of a picture whose digit is in `box` of its pixels: half the digit's size around it, and all."""
    left, top, right, bottom = box
    margin = max(right - left, bottom - top) // 2
    left, top = max(0, left - margin), max(0, top - margin)
    part = picture.pixels[top : bottom + margin, left : right + margin]
    x, y = picture.reduction
    around = View(part, (left * x, top * y), (x, y))
    # Copies: a part of an array would keep all of it in memory.
    around = reduced(around, _SIDE) if part.size > _SMALL else View(part.copy(), around.corner, around.scale)
    return Views(around, _whole(picture), dark)


def _whole(picture: Picture) -> View:
    small = measure.reduced(picture.pixels, _WHOLE)
    height, width = small.shape[:2]
    scale = picture.size[0] / width, picture.size[1] / height
    return View(small.copy() if small is picture.pixels else small, (0, 0), scale)


def reduced(seen: View, side: int) -> View:
    """Return a view whose longer side is at most `side` pixels."""
    height, width = seen.pixels.shape[:2]
    factor = side / max(height, width)
    if factor >= 1:
        return seen
    size = (max(2, round(width * factor)), max(2, round(height * factor)))
    small = np.asarray(cv2.resize(seen.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    across, down = seen.scale
    return View(small, seen.corner, (across * width / size[0], down * height / size[1]))


def candidates(seen: Views) -> Iterator[Candidate]:
    """Yield up to sixteen candidates for a doubtful picture's digit."""
    around = reduced(seen.around, _SIDE)
    for name, strength in cleaned(around, seen.dark):
        part = segment.main_digit(strength)
        if part is not None:
            yield Candidate(name, normalise.glyph(part.strength), around.in_full(part.box), strength)
    whole = colour.grey(seen.whole.pixels)
    exchanged = ink.extract(whole, dark=not seen.dark)
    if exchanged is not None:
        part = segment.main_digit(exchanged.strength)
        if part is not None:
            box = seen.whole.in_full(part.box)
            yield Candidate("light and dark exchanged", normalise.glyph(part.strength), box, exchanged.strength)
    mark = main_mark(whole)
    if mark is not None:
        yield Candidate("found by the locator", mark.glyph, seen.whole.in_full(mark.box), beside=mark.beside)


def cleaned(seen: View, dark: bool) -> Iterator[tuple[str, npt.NDArray[np.uint8]]]:
    """Yield the ink of a picture cleaned in up to fourteen ways, each with its name: uint8 (h, w), 255 full stroke.

    Strips of other paper and hollow strokes, which can be told for sure, are seen to first; the rest is tried.
    """
    grey = colour.grey(seen.pixels)
    light = _stretched(np.asarray(cv2.bitwise_not(grey), np.uint8) if dark else grey)
    evened = [even for across in (False, True) if (even := clean.evened(light, across=across)) is not None]
    for base in evened or [light]:
        # Thin lines may be outlines, to be filled: they are left as sharp as they are.
        found = ink.extract(base, hairlines=False)
        if found is None:
            continue
        done = ["strips of paper evened"] if evened else []
        filled = clean.filled(found.strength)
        strength = found.strength if filled is None else filled
        done += [] if filled is None else ["hollow strokes filled"]
        if done:
            yield ", ".join(done), strength
        for name, tried in _attempts(strength):
            yield ", ".join([*done, name]), _stretched(tried)


def _attempts(strength: npt.NDArray[np.uint8]) -> Iterator[tuple[str, npt.NDArray[np.uint8]]]:
    """Yield ink without what may be the matter with it."""
    without = clean.without_line(strength)
    for name, tried in (
        ("smoothed", clean.smoothed(strength, 1.0)),
        ("specks out", clean.unspecked(strength)),
        ("gaps closed", clean.closed(strength)),
        ("line out", without),
        ("line and thin strokes out", None if without is None else clean.opened(without)),
    ):
        if tried is not None:
            yield name, tried


def _stretched(grey: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Stretch brightness to all of 0 to 255."""
    low, high, _, _ = cv2.minMaxLoc(grey)
    if high <= low:
        return grey
    scale = 255 / (high - low)
    return np.asarray(cv2.convertScaleAbs(grey, alpha=scale, beta=-low * scale), np.uint8)
