"""A second look at a doubtful digit: its picture cleaned in several ways, all read at once, and the surest believed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits import network
from inkdigits.image import clean, colour, ink, normalise, segment
from inkdigits.image.load import Picture
from inkdigits.network import tta
from inkdigits.recognising import decide
from inkdigits.recognising.decide import Beliefs

Box = tuple[int, int, int, int]

# Digits of at least this confidence are not looked at again: 96 of 100 as they come.
SURE = 0.96
# A cleaned form of less confidence than this is not believed.
_CONVINCING = 0.2
# The longer side of the picture that is cleaned, in pixels, whatever the size of the one that came.
_SIDE = 48
# Values in a view that is kept as it is until its digit is known to be sure: most are, and it need not be made small.
_SMALL = 128 * 128


@dataclass(frozen=True, eq=False)
class View:
    """What a second look needs of a picture: the part around the digit, uint8 (h, w) or (h, w, 3).

    `dark` tells dark ink on light paper. `corner` is where its left upper corner is in the full picture, (x, y) in pixels,
    and `scale` how many of them one of its own is, across and down.
    """

    pixels: npt.NDArray[np.uint8]
    dark: bool
    corner: tuple[float, float]
    scale: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Look:
    """What a second look came to: beliefs of one row; and the name, glyph and box of the form that was believed.

    Name, glyph and box are None where the picture as it was is still the surest. `cleaned` is the ink of that form,
    uint8 (h, w).
    """

    beliefs: Beliefs
    name: str | None = None
    cleaned: npt.NDArray[np.uint8] | None = None
    glyph: npt.NDArray[np.uint8] | None = None
    box: Box | None = None


@dataclass(frozen=True, eq=False)
class _Tried:
    """A cleaned form of the doubtful picture at `place`: its name, its ink, and the digit in that."""

    place: int
    name: str
    strength: npt.NDArray[np.uint8]
    part: segment.Segment


def view(picture: Picture, box: Box, dark: bool) -> View:
    """Cut a picture to the digit's box, in its own pixels, and half the digit's size around it."""
    left, top, right, bottom = box
    margin = max(right - left, bottom - top) // 2
    left, top = max(0, left - margin), max(0, top - margin)
    part = picture.pixels[top : bottom + margin, left : right + margin]
    x, y = picture.reduction
    corner, scale = (left * x, top * y), (x, y)
    if part.size > _SMALL:
        return reduced(View(part, dark, corner, scale))
    # A copy: a part of an array would keep all of it in memory.
    return View(part.copy(), dark, corner, scale)


def reduced(seen: View) -> View:
    """Return a view whose longer side is at most 48 pixels."""
    height, width = seen.pixels.shape[:2]
    factor = _SIDE / max(height, width)
    if factor >= 1:
        return seen
    size = (max(2, round(width * factor)), max(2, round(height * factor)))
    small = np.asarray(cv2.resize(seen.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    across, down = seen.scale
    return View(small, seen.dark, seen.corner, (across * width / size[0], down * height / size[1]))


def look(views: list[View], glyphs: npt.NDArray[np.uint8], beliefs: Beliefs, net: network.Network) -> dict[int, Look]:
    """Return what a second look came to, for those rows of the beliefs that are not sure.

    `glyphs`, uint8 (N, 28, 28), are what the beliefs are of. A doubtful one is asked about again as it is, moved and turned
    a little (`network.tta`), beside the cleaned forms of its picture. The surest form tells the digit. Its confidence is
    lessened by the surest form that speaks for another digit (times 1 less that one's), and it is never more than the
    picture as it was left for any digit: what looked like none is not answered for having been cleaned until it does.
    """
    unsure = np.flatnonzero(beliefs.confidence < SURE)
    if not len(unsure):
        return {}
    as_it_was = decide.believe(tta.probabilities(net, glyphs[unsure]), net.temperature)
    doubtful = [reduced(views[row]) for row in unsure]
    tried = [
        _Tried(place, name, strength, part)
        for place, seen in enumerate(doubtful)
        for name, strength in forms(seen)
        if (part := segment.main_digit(strength)) is not None
    ]
    cleaned = [normalise.glyph(form.part.strength) for form in tried]
    theirs = decide.believe(net.probabilities(np.stack(cleaned)), net.temperature) if tried else None
    looks = {}
    for place, row in enumerate(unsure):
        own = [k for k, form in enumerate(tried) if form.place == place]
        digits, confidence = as_it_was.digits[[place]], as_it_was.confidence[[place]]
        if theirs is not None:
            digits = np.concatenate([digits, theirs.digits[own]])
            confidence = np.concatenate([confidence, theirs.confidence[own]])
        surest = int(confidence.argmax())
        if confidence[surest] < _CONVINCING:
            surest = 0  # the picture as it came
        best = digits.argmax(axis=1)
        against = float(confidence[best != best[surest]].max(initial=0))
        not_digit = as_it_was.not_digit[[place]]
        left = np.minimum(confidence[[surest]] * np.float32(1 - against), 1 - not_digit)
        belief = Beliefs(digits[[surest]], np.asarray(left, np.float32), not_digit)
        if surest == 0:
            looks[int(row)] = Look(belief)
        else:
            k = own[surest - 1]
            form = tried[k]
            looks[int(row)] = Look(
                belief, form.name, form.strength, cleaned[k], _placed(form.part.box, doubtful[place])
            )
    return looks


def forms(seen: View) -> Iterator[tuple[str, npt.NDArray[np.uint8]]]:
    """Yield the ink of a picture cleaned in up to eleven ways, each with its name: uint8 (h, w), 255 full stroke.

    What can be told for sure (strips of other paper, hollow strokes, specks) is seen to first and once for all; what may be
    the matter besides (grain, a foreign line, stains) is tried, each by itself.
    """
    grey = colour.grey(seen.pixels)
    light = _stretched(np.asarray(cv2.bitwise_not(grey), np.uint8) if seen.dark else grey)
    even = clean.evened(light)
    # Thin lines may be outlines, to be filled: they are left as sharp as they are.
    found = ink.extract(light if even is None else even, hairlines=False)
    if found is None:
        return
    base, done = found.strength, ""
    if even is not None:
        done = "strips of paper evened"
        yield done, base
    for name, cleaning in (
        ("hollow strokes filled", clean.filled),
        ("specks out", clean.unspecked),
        ("thick strokes thinned", clean.thinned),
    ):
        cleaned = cleaning(base)
        if cleaned is not None:
            base, done = cleaned, f"{done}, {name}" if done else name
            yield done, base
    for name, tried in _attempts(base):
        yield (f"{done}, {name}" if done else name), _stretched(tried)


def _attempts(base: npt.NDArray[np.uint8]) -> Iterator[tuple[str, npt.NDArray[np.uint8]]]:
    """Yield ink without what may be the matter with it."""
    without = clean.without_line(base)
    for name, cleaned in (
        ("smoothed", clean.smoothed(base, 0.6)),
        ("smoothed more", clean.smoothed(base, 1.0)),
        ("thin strokes out", clean.opened(base)),
        ("faint ink out", clean.strong(base)),
        ("gaps closed", clean.closed(base)),
        ("line out", without),
        ("line and thin strokes out", None if without is None else clean.opened(without)),
    ):
        if cleaned is not None:
            yield name, cleaned


def _stretched(grey: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Stretch brightness to all of 0 to 255."""
    low, high, _, _ = cv2.minMaxLoc(grey)
    if high <= low:
        return grey
    scale = 255 / (high - low)
    return np.asarray(cv2.convertScaleAbs(grey, alpha=scale, beta=-low * scale), np.uint8)


def _placed(box: Box, seen: View) -> Box:
    """Return a box in a view as one in the full picture."""
    (x, y), (across, down) = seen.corner, seen.scale
    left, top, right, bottom = box
    return int(x + left * across), int(y + top * down), round(x + right * across), round(y + bottom * down)
