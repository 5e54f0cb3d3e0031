"""Digits → chains, each a number: by the links from digit to digit, and by what stands beside and within them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from inkdigits.locating.peaks import Found

_LINKED = 0.4  # probability from which a link is followed
_OFF = 0.6  # of a digit's height: how far from its place the next digit may be
_EVEN = 1.2  # by how much distances of digits may differ that are even, as in the squares of paper or a table's columns
_ROW = 3  # links, at least, of a row of digits at even distances
_APART = 0.25  # of a digit's height: the room between digits from which on they stand apart
_REACH = 3.0  # heights of a digit: from one to the next in such a row, at most
_LEVEL = 0.4  # of the lower one's height: by how much their middles may differ
_INTO = 0.35  # of a digit's height: a digit that is no further from the middle of a number's digits is one of them


def linked(found: Found, chosen: npt.NDArray[np.intp]) -> list[list[int]]:
    """Return the digits as numbers: each digit is followed by the one that its link points at, and by no other."""
    centres = found.centres[chosen].astype(np.float64)
    heights = np.maximum(found.boxes[chosen, 3] - found.boxes[chosen, 1], 1.0)
    widths = np.maximum(found.boxes[chosen, 2] - found.boxes[chosen, 0], 1.0)
    order = np.argsort(centres[:, 0])
    xs = centres[order, 0]
    offers: list[tuple[float, int, int]] = []
    together = _evenly_spaced(found, chosen)
    for i in range(len(chosen)):
        if i in together:
            j, odds = together[i]
            if odds >= 0:
                offers.append((-0.3, i, j))
            continue
        if found.goes_on[chosen[i]] < _LINKED:
            continue
        x, y = found.next[chosen[i]]
        reach = _OFF * heights[i]
        for j in order[np.searchsorted(xs, x - reach) : np.searchsorted(xs, x + reach)]:
            off = float(np.hypot(centres[j, 0] - x, centres[j, 1] - y)) / heights[i]
            if j != i and off < _OFF and centres[j, 0] > centres[i, 0] + 0.1 * min(widths[i], heights[i]):
                offers.append((off - 0.3 * float(found.goes_on[chosen[i]]), i, int(j)))
    following: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in sorted(offers):
        if i not in following and j not in taken:
            following[i] = j
            taken.add(j)
    made = []
    for i in range(len(chosen)):
        if i not in taken:
            chain = [i]
            while chain[-1] in following:
                chain.append(following[chain[-1]])
            made.append([int(chosen[k]) for k in chain])
    return made


def _evenly_spaced(found: Found, chosen: npt.NDArray[np.intp]) -> dict[int, tuple[int, float]]:
    """Return for digits that stand apart at even distances in a row the next one, and log-odds that it is of the number.

    In the squares of paper they are one number, in the columns of a table one each: what the links say of either is
    doubtful, and it is the same for the whole row. So their log-odds are averaged over it. Three links are a row. Digits
    are given by their places in `chosen`.
    """
    boxes = found.boxes[chosen].astype(np.float64)
    after = _neighbours(boxes)
    pitch: dict[int, float] = {}  # of digits that stand apart from the next one, in heights
    for i, j in after.items():
        size = max(float(boxes[i, 3] - boxes[i, 1] + boxes[j, 3] - boxes[j, 1]) / 2, 1.0)
        if boxes[j, 0] - boxes[i, 2] >= _APART * size:
            pitch[i] = float(boxes[j, 0] + boxes[j, 2] - boxes[i, 0] - boxes[i, 2]) / 2 / size
    goes_on = np.clip(found.goes_on[chosen].astype(np.float64), 0.02, 0.98)
    odds = np.log(goes_on / (1 - goes_on))
    going_on = {i for i, j in after.items() if _is_even(pitch.get(i), pitch.get(j))}
    together: dict[int, tuple[int, float]] = {}
    for head in going_on - {after[i] for i in going_on}:
        run = [head]
        while run[-1] in going_on:
            run.append(after[run[-1]])
        if len(run) >= _ROW:
            mean = float(odds[run].mean())
            together.update({i: (after[i], mean) for i in run})
    return together


def _neighbours(boxes: npt.NDArray[np.float64]) -> dict[int, int]:
    """Return for digits the next one to the right at their level, if they are the next one to its left."""
    x, y = ((boxes[:, :2] + boxes[:, 2:]) / 2).T
    heights = np.maximum(boxes[:, 3] - boxes[:, 1], 1.0)
    order = np.argsort(x)
    ordered = x[order]
    before: dict[int, int] = {}
    for i in order.tolist():  # from the left: the last one that names a digit is the nearest to it
        near = order[np.searchsorted(ordered, x[i], "right") : np.searchsorted(ordered, x[i] + _REACH * heights[i])]
        level = near[np.abs(y[near] - y[i]) < _LEVEL * np.minimum(heights[near], heights[i])]
        if len(level):
            before[int(level[0])] = i
    return {i: j for j, i in before.items()}


def _is_even(one: float | None, other: float | None) -> bool:
    """Tell whether two distances are even, as far as there are two."""
    return one is not None and other is not None and max(one, other) <= _EVEN * min(one, other)


def whole(chains: list[list[int]], boxes: npt.NDArray[np.float32]) -> list[list[int]]:
    """Return numbers, each with what stands within it at its level: two numbers are not written into each other.

    Such marks were left out of it by the links: a digit that was skipped, or the second of two marks on one digit.
    """
    ordered = sorted(chains, key=len, reverse=True)
    wholes = [list(chain) for chain in ordered if len(chain) > 1]
    if not wholes:
        return ordered
    starts, ends = boxes[[chain[0] for chain in wholes], 0], boxes[[chain[-1] for chain in wholes], 2]
    within: set[int] = set()
    for k, chain in enumerate(ordered):
        x = (boxes[chain, 0] + boxes[chain, 2]) / 2
        longer = np.flatnonzero((starts[:k] <= x.min()) & (ends[:k] >= x.max()))
        number = next(
            (int(i) for i in longer if int(i) not in within and _is_in_line(boxes[chain], boxes[wholes[i]])), None
        )
        if number is not None:
            within.add(k)
            wholes[number] = sorted([*wholes[number], *chain], key=lambda mark: float(boxes[mark, 0] + boxes[mark, 2]))
    alone = ordered[len(wholes) :]
    return [one for k, one in enumerate([*wholes, *alone]) if k not in within]


def _is_in_line(some: npt.NDArray[np.float32], number: npt.NDArray[np.float32]) -> bool:
    """Tell whether digits stand at the level of a number's own, boxes (N, 4) and (M, 4) from left to right."""
    x, y = ((some[:, :2] + some[:, 2:]) / 2).T
    height = float(np.median(number[:, 3] - number[:, 1]))
    level = np.interp(x, *((number[:, :2] + number[:, 2:]) / 2).T)
    return bool((np.abs(y - level) < _INTO * height).all())
