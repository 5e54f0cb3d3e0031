"""Marks → numbers and lines: chains of digits, with separators between them, laid out in rows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from inkdigits.locating import chains
from inkdigits.locating.maps import FIRST_SEPARATOR, SEPARATORS
from inkdigits.locating.peaks import Found

_LEVEL = 0.4  # share of the lower one's height that two numbers of a row have in common, up and down
_BESIDE = 1.3  # of a digit's height: a separator joins two numbers that are no further apart
_ABOVE = 0.2  # of a digit's height: separators that are less apart stand above each other, and are one sign


@dataclass(frozen=True, eq=False)
class Token:
    """What stands in a line: a digit (`mark` is its row in Found), a separator (`sign` is its row) or a space."""

    text: str
    mark: int | None = None
    sign: int | None = None


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
    chained = chains.linked(found, chosen)
    turned = _turned(found, _angle(found, chained))
    chained = chains.whole(chained, turned)
    joined, joints = _with_separators(found, chained, turned, separator_score)
    return [_row(row, joints, found) for row in _rows(joined, turned)]


def angle(found: Found, least: float = 0.3) -> float:
    """Return by how much the lines of a page fall to the right, in radians; 0 where there are no numbers of two digits."""
    chosen = np.flatnonzero((found.kinds < FIRST_SEPARATOR) & (found.scores >= least))
    return _angle(found, chains.linked(found, chosen)) if len(chosen) else 0.0


def _angle(found: Found, chained: list[list[int]]) -> float:
    """Return by how much lines fall to the right, in radians: the slope that fits the numbers best, long ones most."""
    along = across = 0.0
    for chain in chained:
        x, y = (found.centres[chain] - found.centres[chain].mean(axis=0)).astype(np.float64).T
        along += float(x @ x)
        across += float(x @ y)
    return float(np.arctan2(across, along)) if along else 0.0


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
    found: Found, chained: list[list[int]], boxes: npt.NDArray[np.float32], least: float
) -> tuple[list[list[int]], Joints]:
    """Return numbers and what stands between their digits; numbers that a separator joins become one."""
    marks = np.flatnonzero((found.kinds >= FIRST_SEPARATOR) & (found.scores >= least))
    pairs = np.array([pair for chain in chained for pair in pairwise(chain)], np.intp).reshape(-1, 2)
    ends = np.array([chain[-1] for chain in chained]), np.array([chain[0] for chain in chained])
    joints: dict[tuple[int, int], list[tuple[float, int]]] = {}
    joined: dict[int, int] = {}
    begun: set[int] = set()  # heads of numbers that are joined to another one before them
    for m in marks:
        x, y = float(boxes[m, 0] + boxes[m, 2]) / 2, float(boxes[m, 1] + boxes[m, 3]) / 2
        pair = _within(x, y, pairs, boxes)
        if pair is None and (pair := _beside(x, y, *ends, boxes)) is not None:
            before, after = pair
            if before >= 0 and joined.get(before, after) == after and (after not in begun or before in joined):
                joined[before] = after
                begun.add(after)
            elif before >= 0:  # one of the two is joined to another already
                pair = None
        if pair is not None:
            joints.setdefault(pair, []).append((x, int(m)))
    left = {chain[0]: chain for chain in chained}
    merged = []
    for head in [*(head for head in left if head not in begun), *begun]:
        whole: list[int] = []
        following = head
        while following in left:
            whole += left.pop(following)
            following = joined.get(whole[-1], -1)
        if whole:
            merged.append(whole)
    return merged, {pair: _signs(signs, found, boxes[pair[1]]) for pair, signs in joints.items()}


def _signs(marks: list[tuple[float, int]], found: Found, digit: npt.NDArray[np.float32]) -> list[int]:
    """Return separators, (x, row), from left to right: of those above each other the surest one, or a colon if any is."""
    colon = FIRST_SEPARATOR + SEPARATORS.index(":")
    apart = _ABOVE * max(float(digit[3] - digit[1]), 1.0)
    kept: list[tuple[float, int]] = []
    for x, m in sorted(marks, key=lambda mark: (found.kinds[mark[1]] != colon, -found.scores[mark[1]])):
        if all(abs(x - other) >= apart for other, _ in kept):
            kept.append((x, m))
    return [m for _, m in sorted(kept)]


def _within(x: float, y: float, pairs: npt.NDArray[np.intp], boxes: npt.NDArray[np.float32]) -> tuple[int, int] | None:
    """Return the digit and the next one of its number between which a separator stands; None if there are none."""
    first, second = boxes[pairs[:, 0]], boxes[pairs[:, 1]]
    between = (first[:, 0] + first[:, 2] <= 2 * x) & (2 * x < second[:, 0] + second[:, 2])
    rows = np.flatnonzero(between & (_is_level(y, first) | _is_level(y, second)))
    if not len(rows):
        return None
    off = np.abs((first[rows, 1] + first[rows, 3] + second[rows, 1] + second[rows, 3]) / 4 - y)
    before, after = pairs[rows[off.argmin()]]
    return int(before), int(after)


def _beside(
    x: float, y: float, tails: npt.NDArray[np.intp], heads: npt.NDArray[np.intp], boxes: npt.NDArray[np.float32]
) -> tuple[int, int] | None:
    """Return the last digit of one number and the first of the next around a separator, -1 where none is before it.

    None if no number follows.
    """
    nearest = []
    for ends, way in ((tails, 1), (heads, -1)):
        own = boxes[ends]
        gaps = way * (x - (own[:, 0] + own[:, 2]) / 2) / np.maximum(own[:, 3] - own[:, 1], 1.0)
        fits = np.flatnonzero((gaps >= 0) & (gaps < 0.5 * _BESIDE + 0.6) & _is_level(y, own))
        nearest.append(int(ends[fits[gaps[fits].argmin()]]) if len(fits) else -1)
    return (nearest[0], nearest[1]) if nearest[1] >= 0 else None


def _is_level(y: float, boxes: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Tell which digits a separator at this height may belong to."""
    heights = np.maximum(boxes[:, 3] - boxes[:, 1], 1.0)
    return np.asarray((boxes[:, 1] - 0.35 * heights < y) & (y < boxes[:, 3] + 0.5 * heights), np.bool_)


def _rows(chained: list[list[int]], boxes: npt.NDArray[np.float32]) -> list[list[list[int]]]:
    """Return numbers in rows, from top to bottom: where one ends the next begins at the same level, to its right."""
    first, last = (
        [_extent(boxes[part]) for part in parts] for parts in ([c[:2] for c in chained], [c[-2:] for c in chained])
    )
    lefts, rights = (
        [float(v) for v in ends]
        for ends in ([boxes[c, 0].min() for c in chained], [boxes[c, 2].max() for c in chained])
    )
    made: list[list[int]] = []
    for k in sorted(range(len(chained)), key=lambda k: lefts[k]):
        top, bottom = first[k]
        best: tuple[float, list[int]] | None = None
        for row in made:
            t, b = last[row[-1]]
            shared = min(bottom, b) - max(top, t)
            if shared > _LEVEL * min(bottom - top, b - t) and rights[row[-1]] <= lefts[k] + 0.5 * (bottom - top):
                off = abs((top + bottom) - (t + b)) / 2
                if best is None or off < best[0]:
                    best = (off, row)
        if best is None:
            made.append([k])
        else:
            best[1].append(k)
    made.sort(key=lambda row: float(np.mean([sum(first[k]) + sum(last[k]) for k in row])))
    return [[chained[k] for k in row] for row in made]


def _extent(boxes: npt.NDArray[np.float32]) -> tuple[float, float]:
    """Return between which levels some digits stand: around their middle, as high as they are on average."""
    middle = float((boxes[:, 1] + boxes[:, 3]).mean()) / 2
    half = float((boxes[:, 3] - boxes[:, 1]).mean()) / 2
    return middle - half, middle + half


def _row(numbers: list[list[int]], joints: Joints, found: Found) -> Row:
    tokens: list[Token] = []
    for chain in numbers:
        if tokens:
            tokens.append(Token(" "))
        before = -1
        for i in chain:
            signs = joints.get((before, i), ())
            tokens += [Token(SEPARATORS[int(found.kinds[m]) - FIRST_SEPARATOR], sign=m) for m in signs]
            tokens.append(Token("", i))
            before = i
    return Row(tokens, numbers)
