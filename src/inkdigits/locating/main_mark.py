"""The one digit of a picture, found by the locator: what a doubtful picture is asked about beside its whole ink."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkdigits.locating import glyphs, locate
from inkdigits.locating.maps import FIRST_SEPARATOR, HANDWRITTEN, PRINTED

_AS_TALL = 0.5  # share of the main digit's height that another one has at least


@dataclass(frozen=True, eq=False)
class MainMark:
    """A digit that the locator found: its glyph, uint8 (28, 28), and its box in the picture.

    `beside` is the score, 0 to 1, of the surest other digit that is not much smaller and has a place of its own; 0 without.
    """

    glyph: npt.NDArray[np.uint8]
    box: tuple[float, float, float, float]
    beside: float


def main_mark(grey: npt.NDArray[np.uint8]) -> MainMark | None:
    """Return the main digit of a grey picture, uint8 (H, W), written or printed, or None where none is found.

    Of several it is the one whose score times height is largest.
    """
    located = locate.locate(grey, (HANDWRITTEN, PRINTED))
    found = located.found
    digits = np.flatnonzero(found.kinds < FIRST_SEPARATOR)
    if not len(digits):
        return None
    boxes, scores = found.boxes[digits], found.scores[digits]
    heights = boxes[:, 3] - boxes[:, 1]
    main = int(np.argmax(scores * heights))
    made = glyphs.glyphs(located, digits[[main]])[0]
    if not made.any():
        return None
    left, top, right, bottom = (float(v) for v in boxes[main])
    x, y = found.centres[digits].T
    apart = (x < left) | (x > right) | (y < top) | (y > bottom)
    others = scores[apart & (heights >= _AS_TALL * heights[main])]
    return MainMark(made, (left, top, right, bottom), float(others.max(initial=0)))
