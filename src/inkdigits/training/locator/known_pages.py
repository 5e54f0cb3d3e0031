"""Synthetic pages as they are read: which of the marks that the locator finds are which of the digits that stand there."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from inkdigits.locating import glyphs, locate
from inkdigits.locating.locate import Located
from inkdigits.locating.maps import HANDWRITTEN
from inkdigits.locating.peaks import Found
from inkdigits.network.session import Network
from inkdigits.synthetic.pages.truth import Mark, SyntheticPage

Values = npt.NDArray[np.float32]

UNMATCHED, IGNORED = -1, -2  # instead of a truth's index


@dataclass(eq=False)
class ReadPage:
    """A page as it was read: its marks, what the digit network says of them, and which truth each of them is."""

    known: SyntheticPage
    located: Located
    rows: npt.NDArray[np.intp]
    raw: Values
    truth: npt.NDArray[np.intp]
    digits: list[Mark] = field(default_factory=list)

    @property
    def found(self) -> Found:
        """Its marks."""
        return self.located.found


def read(page: SyntheticPage, net: Network) -> ReadPage:
    """Return a page as it is read, with what is known of it."""
    located = locate.locate(page.grey)
    found = located.found
    rows = np.flatnonzero(found.kinds == HANDWRITTEN)
    raw = net.probabilities(glyphs.glyphs(located, rows)) if len(rows) else np.zeros((0, 11), np.float32)
    digits = [m for m in page.truth.marks if m.sign.isdigit() and m.kind == "handwritten"]
    return ReadPage(page, located, rows, raw, matched(found, rows, digits, page), digits)


def matched(found: Found, rows: npt.NDArray[np.intp], digits: list[Mark], page: SyntheticPage) -> npt.NDArray[np.intp]:
    """Return for each mark which of the true digits it is: the nearest within its box, each digit's surest mark alone."""
    truth = np.full(len(rows), UNMATCHED, np.intp)
    taken: set[int] = set()
    for i, row in enumerate(rows):  # the surest first
        x, y = found.centres[row]
        best = None
        for j, mark in enumerate(digits):
            left, top, right, bottom = mark.box
            off = max(abs(x - (left + right) / 2) / max(right - left, 8), abs(y - (top + bottom) / 2) / (bottom - top))
            if j not in taken and off < 0.4 and (best is None or off < best[0]):
                best = (off, j)
        if best is not None:
            truth[i] = best[1]
            taken.add(best[1])
        elif any(left <= x <= r and top <= y <= b for left, top, r, b in page.truth.ignored):
            truth[i] = IGNORED
    return truth
