"""Marks → numbers and lines: digits are chained by their links, separators put between them, numbers laid out in rows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from inkdigits.locating.maps import FIRST_SEPARATOR, SEPARATORS
from inkdigits.locating.peaks import Found

_LINKED = 0.4  # probability from which a link is followed
_OFF = 0.6  # of a digit's height: how far from its place the next digit may be
_BESIDE = 1.3  # of a digit's height: a separator joins two numbers that are no further apart


@dataclass(frozen=True, eq=False)
class Token:
    """What stands in a line: a digit (its text is empty), a separator or a space; `mark` is its row in Found, of a space None."""

    text: str
    mark: int | None


@dataclass(frozen=True, eq=False)
class Row:
    """A line of the page, left to right; `numbers` are its numbers, each the rows of its digits in Found."""

    tokens: list[Token]
    numbers: list[list[int]]


def rows(found: Found, digits: npt.NDArray[np.bool_], separator_score: float = 0.3) -> list[Row]:
    """Return the lines of a page from top to bottom. `digits` tells which of the marks are digits to be read."""
    chosen = np.flatnonzero(digits)
    if not len(chosen):
        return []
    chains = _chains(found, chosen)
    turned = _turned(found, _angle(found, chains))
    chains, joints = _with_separators(found, chains, turned, separator_score)
    return [_row(row, joints, found) for row in _rows(chains, turned, found)]


def angle(found: Found, least: float = 0.3) -> float:
    """Return by how much the lines of a page fall to the right, in radians; 0 where there are no numbers of two digits."""
    chosen = np.flatnonzero((found.kinds < FIRST_SEPARATOR) & (found.scores >= least))
    return _angle(found, _chains(found, chosen)) if len(chosen) else 0.0


def _chains(found: Found, chosen: npt.NDArray[np.intp]) -> list[list[int]]:
    """Return the digits as numbers: each digit is followed by the one that its link points at, and by no other."""
    centres = found.centres[chosen].astype(np.float64)
    heights = np.maximum(found.boxes[chosen, 3] - found.boxes[chosen, 1], 1.0)
    widths = np.maximum(found.boxes[chosen, 2] - found.boxes[chosen, 0], 1.0)
    order = np.argsort(centres[:, 0])
    xs = centres[order, 0]
    offers: list[tuple[float, int, int]] = []
    for i in range(len(chosen)):
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
    chains = []
    for i in range(len(chosen)):
        if i not in taken:
            chain = [i]
            while chain[-1] in following:
                chain.append(following[chain[-1]])
            chains.append([int(chosen[k]) for k in chain])
    return chains


def _angle(found: Found, chains: list[list[int]]) -> float:
    """Return by how much lines fall to the right, in radians: the middle one of the angles from digit to digit."""
    steps = [
        found.centres[b] - found.centres[a]
        for chain in chains
        for a, b in zip(chain, chain[2:] or chain[1:], strict=False)
    ]
    if not steps:
        return 0.0
    angles = np.arctan2([s[1] for s in steps], [max(float(s[0]), 1e-3) for s in steps])
    return float(np.median(angles))


def _turned(found: Found, angle: float) -> npt.NDArray[np.float32]:
    """Return boxes, turned about the origin so that lines are level: centres turned, sizes kept."""
    c, s = np.cos(-angle), np.sin(-angle)
    x, y = found.centres.T
    half = (found.boxes[:, 2:] - found.boxes[:, :2]) / 2
    middle = np.stack([c * x - s * y, s * x + c * y], axis=1)
    return np.asarray(np.concatenate([middle - half, middle + half], axis=1), np.float32)


Joints = dict[
    tuple[int, int], list[int]
]  # (a digit, the next one) → separators between them; (-1, a digit) → before it


def _with_separators(
    found: Found, chains: list[list[int]], boxes: npt.NDArray[np.float32], least: float
) -> tuple[list[list[int]], Joints]:
    """Return numbers and what stands between their digits; numbers that a separator joins become one."""
    marks = np.flatnonzero((found.kinds >= FIRST_SEPARATOR) & (found.scores >= least))
    joints: dict[tuple[int, int], list[tuple[float, int]]] = {}
    joined: dict[int, int] = {}
    for m in marks:
        x, y = (boxes[m, 0] + boxes[m, 2]) / 2, (boxes[m, 1] + boxes[m, 3]) / 2
        pair = _around(x, y, chains, boxes)
        if pair is None:
            continue
        before, after = pair
        joints.setdefault((before, after), []).append((float(x), int(m)))
        if before >= 0 and not any(a == before and b == after for chain in chains for a, b in pairwise(chain)):
            joined[before] = after
    heads = {chain[0]: chain for chain in chains}
    merged = []
    for chain in chains:
        if chain[0] in joined.values():
            continue
        whole = list(chain)
        while whole[-1] in joined and joined[whole[-1]] in heads:
            whole += heads[joined[whole[-1]]]
        merged.append(whole)
    return merged, {pair: [m for _, m in sorted(signs)] for pair, signs in joints.items()}


def _around(x: float, y: float, chains: list[list[int]], boxes: npt.NDArray[np.float32]) -> tuple[int, int] | None:
    """Return the digits before and after a separator in its line, -1 where there is none before it; None if it is alone."""
    before: tuple[float, int] | None = None
    after: tuple[float, int] | None = None
    for chain in chains:
        for i in chain:
            left, top, right, bottom = boxes[i]
            height = max(float(bottom - top), 1.0)
            if not top - 0.35 * height < y < bottom + 0.5 * height:
                continue
            middle = (left + right) / 2
            gap = float(x - middle) / height
            if 0 <= gap < 0.5 * _BESIDE + 0.6 and (before is None or gap < before[0]):
                before = (gap, i)
            if 0 < -gap < 0.5 * _BESIDE + 0.6 and (after is None or -gap < after[0]):
                after = (-gap, i)
    if after is None or (before is None and y < 0):
        return None
    return (before[1] if before else -1), after[1]


def _rows(chains: list[list[int]], boxes: npt.NDArray[np.float32], found: Found) -> list[list[list[int]]]:
    """Return numbers in rows: one that overlaps with a row's last number by more than half of the lower one is in it."""
    extents = []
    for chain in chains:
        own = boxes[chain]
        heights = own[:, 3] - own[:, 1]
        middle = float(np.median((own[:, 1] + own[:, 3]) / 2))
        half = float(np.median(heights)) / 2
        extents.append((float(own[:, 0].min()), middle - half, float(own[:, 2].max()), middle + half))
    order = sorted(range(len(chains)), key=lambda k: extents[k][0])
    made: list[list[int]] = []
    for k in order:
        _, top, _, bottom = extents[k]
        best: tuple[float, list[int]] | None = None
        for row in made:
            _, t, r, b = extents[row[-1]]
            shared = min(bottom, b) - max(top, t)
            if shared > 0.5 * min(bottom - top, b - t) and r <= extents[k][0] + 0.5 * (bottom - top):
                off = abs((top + bottom) - (t + b)) / 2
                if best is None or off < best[0]:
                    best = (off, row)
        if best is None:
            made.append([k])
        else:
            best[1].append(k)
    made.sort(key=lambda row: float(np.mean([extents[k][1] + extents[k][3] for k in row])))
    return [[chains[k] for k in row] for row in made]


def _row(numbers: list[list[int]], joints: Joints, found: Found) -> Row:
    tokens: list[Token] = []
    for chain in numbers:
        if tokens:
            tokens.append(Token(" ", None))
        before = -1
        for i in chain:
            signs = joints.get((before, i), ())
            tokens += [Token(SEPARATORS[int(found.kinds[m]) - FIRST_SEPARATOR], m) for m in signs]
            tokens.append(Token("", i))
            before = i
    return Row(tokens, numbers)
