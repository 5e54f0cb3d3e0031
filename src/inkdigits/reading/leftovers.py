"""What was read as digits and is rather the rest of something else: cut off by the picture's border; small and unsure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from inkdigits.image.load import Picture
from inkdigits.results import Digit

# Only what is lower than this share of the page's sure digits is suspected: people write one page in one size, roughly.
_LOW = 0.7
# A digit that is at least as sure as this is one, however low, unless the border cuts it.
_SURE = 0.85


def among(lines: Sequence[Sequence[Digit]], picture: Picture, *, straight: bool) -> set[Digit]:
    """Return the digits, of those in each line, that are left over from something else.

    They are lower than the sure digits that stand whole in the picture, and either every digit of their number touches the
    picture's border, which has cut off the rest of a neighbouring row or column, or no digit of their line is sure: a
    letter's stroke, small print, a piece of a rule. Where no sure digit stands free of the border, there are none. Where
    one of the usual height touches it, as in a tight crop, what touches it is suspected no more than the rest.
    `straight` tells whether the picture's sides are the border: not where it was turned by a few degrees.
    """
    cut = {d for line in lines for d in line if straight and _touches(d, picture)}
    whole = [_height(d) for line in lines for d in line if d not in cut and d.confidence >= _SURE]
    if not whole:
        return set()
    usual = float(np.median(whole))
    if any(d.confidence >= _SURE and _height(d) >= _LOW * usual for d in cut):
        cut = set()  # the main number itself touches the border: a tight crop, whose lines are all meant
    found: set[Digit] = set()
    for line in lines:
        if all(d.confidence < _SURE and _height(d) < _LOW * usual for d in line):
            found.update(line)
            continue
        for number in _numbers(line, usual):
            if all(d in cut and _height(d) < _LOW * usual for d in number):
                found.update(number)
    return found


def _numbers(line: Sequence[Digit], usual: float) -> list[list[Digit]]:
    """Return a line's digits, left to right, in groups that stand further apart than a digit is high."""
    numbers: list[list[Digit]] = []
    for digit in line:
        if numbers and digit.box and numbers[-1][-1].box and digit.box[0] - numbers[-1][-1].box[2] <= usual:
            numbers[-1].append(digit)
        else:
            numbers.append([digit])
    return numbers


def _touches(digit: Digit, picture: Picture) -> bool:
    """Tell whether a digit reaches the border, give or take a pixel of the working picture."""
    if digit.box is None:
        return False
    left, top, right, bottom = digit.box
    (x, y), (width, height) = picture.reduction, picture.size
    return left <= x or top <= y or right >= width - x or bottom >= height - y


def _height(digit: Digit) -> int:
    return 0 if digit.box is None else digit.box[3] - digit.box[1]
