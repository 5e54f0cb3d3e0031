"""A line of a page → its lattice: what was read, what was left out, and what stands instead of something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from inkdigits.locating.alternatives import Alternatives, excludes, separators
from inkdigits.locating.locate import Located
from inkdigits.locating.maps import FIRST_SEPARATOR, SEPARATORS
from inkdigits.locating.numbers import Row
from inkdigits.recognising.combining import Combining, known
from inkdigits.recognising.lattice import Cut, Lattice, Node, Reading

_LEAST = 0.02  # probability of being a digit from which a mark that was left out may be taken in
_MOST_TAKEN_IN = 6  # of such marks, and of separators, in a line
_MOST_ALTERNATIVES = 3  # to the marks of one piece
# Score from which a separator is read by the marks alone, as in locating.numbers.
_EVEN = 0.3
# A point is a comma, and a comma a point, so often, whatever the maps say: in a small picture both are two pixels.
_POINT_OR_COMMA = 0.05


@dataclass(frozen=True, eq=False)
class Marks:
    """What is believed of all marks of a page, alternatives included; rows are those of `alternatives.located.found`.

    `read` bool (N,): whether it was read in one of the lines; `present` float64 (N,): the probability that it is a digit (0
    for separators, and for ink that is not read); `shares` float64 (N, 10): of each digit, given that.
    """

    alternatives: Alternatives
    read: npt.NDArray[np.bool_]
    present: npt.NDArray[np.float64]
    shares: npt.NDArray[np.float64]

    def is_digit(self, mark: int) -> bool:
        """Tell whether a mark is a digit, if it is anything."""
        return bool(self.alternatives.located.found.kinds[mark] < FIRST_SEPARATOR)


@dataclass(frozen=True, eq=False)
class Line:
    """A line's lattice; its marks and spaces (None) from left to right; and those of the marks that were read."""

    pieces: Lattice
    order: tuple[int | None, ...]
    read: frozenset[int]

    def doubtful(self, reading: Reading, marks: Marks, threshold: float) -> list[int]:
        """Return the digits that were read and are no part of a reading, but not nothing as surely as `threshold` says.

        Where something else stands on their ink, they are nothing.
        """
        found = marks.alternatives.located.found
        taken = found.pick(np.array(list(reading.signs), np.intp))
        return [
            mark
            for mark in self.read
            if mark not in reading.signs
            and marks.is_digit(mark)
            and 1 - reading.each[mark].sum() < threshold
            and not excludes(found.pick(np.array([mark])), taken).any()
        ]


def lattice(row: Row, marks: Marks) -> Line:
    """Return the lattice of a line that was read as `row`."""
    found = marks.alternatives.located.found
    places: list[tuple[float, int | None]] = []
    x = -np.inf
    for token, after in pairwise([*row.tokens, None]):
        assert token is not None
        mark = token.sign if token.mark is None else token.mark
        if mark is not None:
            x = max(x, float(found.centres[mark][0]))
            places.append((x, mark))
        elif after is not None and after.mark is not None:
            x = max(x, float(found.boxes[after.mark][0]) - 1e-3)
            places.append((x, None))
    read = [mark for _, mark in places if mark is not None]
    added = _added(read, row, marks)
    places += [(float(found.centres[mark][0]), mark) for mark in added]
    places.sort(key=lambda place: place[0])
    last = max(i for i, (_, mark) in enumerate(places) if mark is not None and marks.is_digit(mark))
    order = tuple(mark for i, (_, mark) in enumerate(places) if i <= last)
    return Line(_pieces([m for m in order if m is not None], set(read), marks), order, frozenset(read))


def _added(read: list[int], row: Row, marks: Marks) -> list[int]:
    """Return the marks in a line, or right beside it, that were not read: the most probable ones."""
    found = marks.alternatives.located.found
    digits = np.array([mark for mark in read if marks.is_digit(mark)])
    own = found.boxes[digits]
    height = float(np.median(own[:, 3] - own[:, 1]))
    x, y = found.centres.T
    order = np.argsort(found.centres[digits][:, 0], kind="stable")
    middle = np.interp(x, *found.centres[digits][order].T)
    near = (x > own[:, 0].min() - 0.8 * height) & (x < own[:, 2].max() + 0.8 * height)
    of_digits = near & (np.abs(y - middle) < 0.6 * height) & (marks.present >= _LEAST) & ~marks.read
    # A separator stands between two digits or before one, and no higher or lower than they do.
    of_separators = near & (np.abs(y - middle) < 0.85 * height) & (found.kinds >= FIRST_SEPARATOR)
    of_separators[read] = False
    other = np.flatnonzero(of_separators)
    twice = excludes(found.pick(other), found.pick(np.array([m for m in read if not marks.is_digit(m)], np.intp)))
    other = other[~twice.any(axis=1) & (found.scores[other] < _EVEN) | (other >= marks.alternatives.first)]
    new = np.flatnonzero(of_digits)
    new = new[np.argsort(-marks.present[new], kind="stable")][:_MOST_TAKEN_IN]
    return [*new.tolist(), *other[:_MOST_TAKEN_IN].tolist()]


def _pieces(order: list[int], read: set[int], marks: Marks) -> list[list[Cut]]:
    """Return the pieces of a line whose marks are given from left to right."""
    found = marks.alternatives.located.found
    own = found.pick(np.array(order, np.intp))
    conflicts = excludes(own, own)
    was_read = np.array([mark in read for mark in order])
    conflicts &= ~(was_read[:, None] & was_read[None])  # what was read together is not the same ink
    np.fill_diagonal(conflicts, False)
    pieces: list[list[Cut]] = []
    begin = 0
    while begin < len(order):
        end = begin + 1
        place = begin
        while place < end:  # a piece reaches to the last mark that excludes one in it
            end = max(end, int(np.flatnonzero(conflicts[place]).max(initial=0)) + 1)
            place += 1
        pieces.append(_cuts(order[begin:end], was_read[begin:end], conflicts[begin:end, begin:end], marks))
        begin = end
    return pieces


def _cuts(
    order: list[int], was_read: npt.NDArray[np.bool_], conflicts: npt.NDArray[np.bool_], marks: Marks
) -> list[Cut]:
    """Return the ways to cut a piece: what was read, and every largest set of marks that exclude none of each other.

    New marks are right, or those whose place they take, or neither: as probable as their odds to each other and to 1; where
    they are several, by the mean of their log-odds.
    """
    nodes = [_node(mark, marks) for mark in order]
    odds = np.array([np.log(max(n.taken.sum(), 1e-4) / max(1 - n.taken.sum(), 1e-4)) for n in nodes])
    disputed = conflicts.any(axis=1)
    new = np.flatnonzero(disputed & ~was_read)
    new = new[np.argsort(-odds[new], kind="stable")][:_MOST_ALTERNATIVES]
    left_out = disputed & ~was_read
    left_out[new] = False
    first = _first(was_read, odds, conflicts, left_out)
    ways: list[tuple[float, npt.NDArray[np.bool_]]] = [(1.0, first)]
    for chosen in range(1, 1 << len(new)):
        way = was_read | ~disputed
        extra = new[[bool(chosen >> i & 1) for i in range(len(new))]]
        way &= ~conflicts[extra].any(axis=0)
        way[extra] = True
        if conflicts[np.ix_(way, way)].any() or (way == first).all():
            continue
        free = ~way & ~left_out & ~conflicts[way].any(axis=0)
        if not free.any():
            gained, lost = odds[way & ~first], odds[first & ~way]
            ways.append((float(np.exp(gained.mean()) / (1 + (np.exp(lost.mean()) if len(lost) else 0.0))), way))
    total = sum(weight for weight, _ in ways)
    cuts = []
    for weight, way in ways:
        kept = tuple(_certain(node) if way[i] and not first[i] else node for i, node in enumerate(nodes) if way[i])
        cuts.append(Cut(weight / total, kept))
    return cuts


def _first(
    was_read: npt.NDArray[np.bool_],
    odds: npt.NDArray[np.float64],
    conflicts: npt.NDArray[np.bool_],
    left_out: npt.NDArray[np.bool_],
) -> npt.NDArray[np.bool_]:
    """Return the cut that was read, with what does not exclude it; the surest first."""
    way = was_read.copy()
    for i in np.argsort(-odds, kind="stable"):
        way[i] |= not left_out[i] and not (conflicts[i] & way).any()
    return way


def _certain(node: Node) -> Node:
    """Return a node as it is in a cut that needs it."""
    return replace(node, taken=node.taken / node.taken.sum(), left_out=0.0)


def _node(mark: int, marks: Marks) -> Node:
    located = marks.alternatives.located
    if marks.is_digit(mark):
        present = float(marks.present[mark])
        return Node(mark, "0123456789", present * marks.shares[mark], 1 - present)
    return separator(located, mark, known())


def separator(located: Located, mark: int, fitted: Combining) -> Node:
    """Return a mark that is a separator, if it is anything, as a node: what its peak and its maps say."""
    present = fitted.separator(float(located.found.scores[mark]))
    taken = present * separators(located, mark)
    point, comma = SEPARATORS.index("."), SEPARATORS.index(",")
    both = taken[point] + taken[comma]
    for one, other in ((point, comma), (comma, point)):
        taken[one] = max(taken[one], _POINT_OR_COMMA * both)
        taken[other] = min(taken[other], both - taken[one])
    return Node(mark, SEPARATORS, taken, 1 - present)


def written(order: Sequence[int | None], signs: dict[int, str]) -> list[int | None]:
    """Return the marks of a line that stand in a reading of it, with the spaces (None) between them, from left to right."""
    tokens: list[int | None] = []
    space = False
    for mark in order:
        if mark is None:
            space = bool(tokens)
        elif mark in signs:
            if space:
                tokens.append(None)
            tokens.append(mark)
            space = False
    return tokens
