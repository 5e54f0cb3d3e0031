"""Other ways to cut the ink of a page: marks that non-maximum suppression has left out although they are another cut.

One wide mark or two narrow ones on the same ink, a slash or a 1: the locator often sees both, and suppression leaves the
surer one. The others are looked for only where something is expected of the lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkdigits.locating.locate import Located
from inkdigits.locating.maps import FIRST_SEPARATOR, SEPARATORS, STRIDE, sigmoid
from inkdigits.locating.peaks import Found, joined, overlap

_LEAST = 0.1  # score of a mark
_MOST = 40  # of a page
_LOOKED_AT = 300  # marks of a pass that suppression has left out, the surest ones
_SAME = 0.5  # share of the union of two boxes from which they are the same cut
_ONE_SPOT, _WITHIN = (
    0.5,
    0.6,
)  # shares of the union, and of the smaller box, from which only one of two marks can be right


@dataclass(frozen=True, eq=False)
class Alternatives:
    """The marks of a page, alternatives from row `first` on; `instead_of` has the marks that each of these excludes."""

    located: Located
    first: int
    instead_of: dict[int, npt.NDArray[np.intp]]


def look(located: Located, kinds: Sequence[int]) -> Alternatives:
    """Return the marks of a page with its alternatives: digits of some kinds, and separators."""
    found = located.found
    parts, passes = [found.pick(np.zeros(0, np.intp))], [np.zeros(0, np.intp)]
    for number, one in enumerate(located.passes):
        mine = found.pick(located.of_pass == number)
        if not len(mine):
            continue
        every = one.every_peak(_LEAST)
        every = every.pick(np.isin(every.kinds, kinds) | (every.kinds >= FIRST_SEPARATOR))
        every = every.pick(~_among(every, mine) & (every.boxes[:, 2:] > every.boxes[:, :2]).all(axis=1))
        every = every.pick(np.arange(min(len(every), _LOOKED_AT)))
        digit, mine_digit = (every.kinds < FIRST_SEPARATOR)[:, None], (mine.kinds < FIRST_SEPARATOR)[None]
        same_cut = (overlap(every.boxes, mine.boxes)[0] > _SAME) & (digit == mine_digit)
        other_cut = excludes(every, mine) & (digit | mine_digit)
        parts.append(_apart(every.pick(other_cut.any(axis=1) & ~same_cut.any(axis=1))))
        passes.append(np.full(len(parts[-1]), number))
    spare, of_pass = joined(parts), np.concatenate(passes).astype(np.intp)
    order = np.argsort(-np.concatenate([part.scores for part in parts]), kind="stable")[:_MOST]
    spare, of_pass = spare.pick(np.arange(len(order))), of_pass[order]
    whole = Found(*(np.concatenate([vars(f)[name] for f in (found, spare)]) for name in vars(found)))
    excluded = excludes(spare, whole)
    excluded[np.arange(len(spare)), len(found) + np.arange(len(spare))] = False
    instead_of = {len(found) + i: np.flatnonzero(row) for i, row in enumerate(excluded)}
    of_pass = np.concatenate([located.of_pass, of_pass])
    return Alternatives(Located(located.grey, whole, located.passes, of_pass), len(found), instead_of)


def excludes(some: Found, others: Found) -> npt.NDArray[np.bool_]:
    """Tell which of N marks and M others cannot both be right, as they are on the same ink, bool (N, M).

    A separator within a digit's box is another mark.
    """
    of_union, of_smaller = overlap(some.boxes, others.boxes)
    same = (some.kinds < FIRST_SEPARATOR)[:, None] == (others.kinds < FIRST_SEPARATOR)[None]
    return np.asarray((of_union > _ONE_SPOT) | (same & (of_smaller > _WITHIN)), np.bool_)


def _among(some: Found, others: Found) -> npt.NDArray[np.bool_]:
    """Tell which marks are among others: of the same kind, in the same place."""
    names = [
        [(kind, *box) for kind, box in zip(found.kinds.tolist(), np.round(found.boxes, 1).tolist(), strict=True)]
        for found in (some, others)
    ]
    known = set(names[1])
    return np.array([name in known for name in names[0]], bool)


def _apart(found: Found) -> Found:
    """Return marks, the surest first, without those that are the same cut as a surer one."""
    alike = np.tril(overlap(found.boxes, found.boxes)[0] > _SAME, -1)
    kept = np.ones(len(found), bool)
    for i in range(len(found)):
        kept[i] = not (alike[i] & kept).any()
    return found.pick(kept)


def separators(located: Located, row: int) -> npt.NDArray[np.float64]:
    """Return how probably a mark that is a separator is each of SEPARATORS, float64 (5,): as their maps stand there."""
    one = located.passes[located.of_pass[row]]
    x, y = located.found.centres[row] * np.array(one.scale) + np.array(one.corner)
    down, across = one.maps.centres.shape[1:]
    i, j = min(int(y // STRIDE), down - 1), min(int(x // STRIDE), across - 1)
    around = one.maps.centres[FIRST_SEPARATOR:, max(i - 1, 0) : i + 2, max(j - 1, 0) : j + 2]
    heights = np.clip(sigmoid(around.reshape(len(SEPARATORS), -1).max(axis=1)).astype(np.float64), 1e-4, 0.999)
    own = int(located.found.kinds[row]) - FIRST_SEPARATOR
    heights[own] = np.clip(located.found.scores[row], heights[own], 0.999)
    odds = (heights / (1 - heights)) ** 2  # where there is nothing, maps are not quite 0: low heights count for less
    return np.asarray(odds / odds.sum(), np.float64)
