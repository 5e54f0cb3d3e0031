"""Marks that were found against the marks that a synthetic page is known to hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkdigits.locating.maps import FIRST_SEPARATOR, HANDWRITTEN, PRINTED, SEPARATORS
from inkdigits.locating.peaks import Found
from inkdigits.synthetic.pages.truth import Mark, Truth

SCORE = 0.3  # from which a mark counts as said
_OFF = 0.3  # of a box's width and height: how far from its centre a mark may be found
_LEAST_OFF = 3.0  # pixels by which it may be off in any case


@dataclass(frozen=True)
class Counts:
    """Marks that were found rightly, of how many that were said, and of how many that are there."""

    right: int = 0
    said: int = 0
    there: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.right + other.right, self.said + other.said, self.there + other.there)

    @property
    def precision(self) -> float:
        """Share of what was said that is right; 0 if nothing was said."""
        return self.right / max(self.said, 1)

    @property
    def recall(self) -> float:
        """Share of what is there that was found; 0 if nothing is there."""
        return self.right / max(self.there, 1)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.right / max(self.said + self.there, 1)


@dataclass(frozen=True, eq=False)
class Agreement:
    """How the marks of one kind on a page were found.

    said    intp (S,)  rows in Found that count as said
    right   bool (S,)  whether each is a mark of the truth: in its place and, of a digit, of its class
    there   T marks    the truth of that kind
    found   bool (T,)  whether each was found
    """

    said: npt.NDArray[np.intp]
    right: npt.NDArray[np.bool_]
    there: list[Mark]
    found: npt.NDArray[np.bool_]

    @property
    def counts(self) -> Counts:
        """The numbers alone."""
        return Counts(int(self.right.sum()), len(self.said), len(self.there))


def agreement(found: Found, truth: Truth, kind: int = HANDWRITTEN) -> Agreement:
    """Return how the marks of a kind (as in Found) were found; both in the same pixels.

    A mark of the truth is found once, by the surest that fits. What is found where the truth is to be ignored does not
    count. Separators are of one kind each, whether written or printed.
    """
    there = [mark for mark in truth.marks if _kind(mark) == kind]
    chosen = np.flatnonzero((found.kinds == kind) & (found.scores >= SCORE))
    said = np.array([i for i in chosen if not _is_ignored(found.centres[i], truth)], np.intp)
    right, free = np.zeros(len(said), bool), np.ones(len(there), bool)
    for row, i in enumerate(said):
        sign = str(int(found.classes[i].argmax())) if kind < FIRST_SEPARATOR else None
        for j in np.flatnonzero(free):
            if _is_at(found.centres[i], there[j]) and sign in (None, there[j].sign):
                right[row], free[j] = True, False
                break
    return Agreement(said, right, there, ~free)


def _kind(mark: Mark) -> int:
    if mark.sign.isdigit():
        return HANDWRITTEN if mark.kind == "handwritten" else PRINTED
    return FIRST_SEPARATOR + SEPARATORS.index(mark.sign)


def _is_ignored(centre: npt.NDArray[np.float32], truth: Truth) -> bool:
    x, y = centre
    return any(left <= x <= right and top <= y <= bottom for left, top, right, bottom in truth.ignored)


def _is_at(centre: npt.NDArray[np.float32], mark: Mark) -> bool:
    (x, y), (left, top, right, bottom) = mark.centre, mark.box
    off_x, off_y = max(_LEAST_OFF, _OFF * (right - left)), max(_LEAST_OFF, _OFF * (bottom - top))
    return bool(abs(centre[0] - x) <= off_x and abs(centre[1] - y) <= off_y)
