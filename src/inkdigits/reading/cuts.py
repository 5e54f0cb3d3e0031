"""A doubtful piece of ink: ways to see it (set upright, without its underline), where to cut it, and which is best."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.image.components import Piece
from inkdigits.image.segment import STROKE

_MOST_CUTS = 8
_CUT_COST = 2.5  # log-probability that each cut must win back: digits touch less often than one is odd
_LINE_COST = 1.0  # and what taking an underline away must
# Columns per row by which slanting handwriting is set upright before it is cut: upright cuts would go through its digits.
_SLANTS = (0.0, 0.25, 0.5)
_SLOPES = (0.0, -0.15, 0.15)  # rows per column by which underlines climb or fall


@dataclass(frozen=True, eq=False)
class Part:
    """A part of a piece, from column `first` to before column `last` of one way to see it, number `view`.

    `cost` is what this way must win back, `whole` tells whether the part is all that is seen this way.
    """

    piece: Piece
    first: int
    last: int
    view: int = 0
    cost: float = 0.0
    whole: bool = True


def candidates(piece: Piece) -> list[Part]:
    """Return the piece first, then set upright and without an underline, each whole and in every part between two cuts."""
    parts = [Part(piece, 0, piece.width)]
    if piece.height < 8:
        return parts
    without = _without_underline(piece.strength)
    views = [(piece.strength, slant, 0.0) for slant in _SLANTS]
    if without is not None:
        views += [(without, slant, _LINE_COST) for slant in _SLANTS]
    for view, (strength, slant, cost) in enumerate(views):
        upright = strength if slant == 0 else _upright(strength, slant)
        height, width = upright.shape
        columns = [0, *_columns(upright), width] if width >= 0.55 * height else [0, width]
        for i, first in enumerate(columns):
            for last in columns[i + 1 :]:
                everything = (first, last) == (0, width)
                if everything and view == 0:
                    continue
                if everything or 0.12 * height <= last - first <= 1.1 * height:
                    part = _between(piece, upright, first, last, slant)
                    if part is not None:
                        parts.append(Part(part, first, last, view, cost, everything))
    return parts


def best(parts: list[Part], confidence: npt.NDArray[np.float32]) -> tuple[list[int], float]:
    """Return the rows of `parts` that together make the most probable reading, left to right, and its log-probability.

    For each way to see the piece a shortest path from the first column to the last: each part costs its improbability, each
    cut a little more.
    """
    scores = np.log(np.maximum(confidence.astype(np.float64), 1e-6))
    best_score, best_path = -np.inf, [0]
    for view in sorted({part.view for part in parts}):
        rows = [i for i, part in enumerate(parts) if part.view == view]
        reached: dict[int, tuple[float, list[int]]] = {0: (-parts[rows[0]].cost, [])}
        for i in sorted(rows, key=lambda i: (parts[i].first, parts[i].last)):
            if parts[i].first not in reached:
                continue
            score, path = reached[parts[i].first]
            total = score + scores[i] - (_CUT_COST if path else 0.0)
            if parts[i].last not in reached or total > reached[parts[i].last][0]:
                reached[parts[i].last] = (total, [*path, i])
        end = max(parts[i].last for i in rows)
        if end in reached and reached[end][0] > best_score:
            best_score, best_path = reached[end]
    return best_path, best_score


def _upright(strength: npt.NDArray[np.uint8], slant: float) -> npt.NDArray[np.uint8]:
    """Return ink with each row moved left by `slant` columns for every row that it is above the lowest."""
    height, width = strength.shape
    matrix = np.array([[1.0, slant, 0.0], [0.0, 1.0, 0.0]])
    return np.asarray(cv2.warpAffine(strength, matrix, (width + int(np.ceil(slant * height)), height)), np.uint8)


def _without_underline(strength: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8] | None:
    """Return ink without the stroke under it, or None where there is no such stroke.

    An underline is a flat stroke as wide as what stands on it, with less ink just above it: rows are counted along slopes.
    """
    height, width = strength.shape
    found: tuple[float, npt.NDArray[np.uint8]] | None = None
    for slope in _SLOPES:
        rise = int(np.ceil(abs(slope) * width))
        matrix = np.array([[1.0, 0.0, 0.0], [-slope, 1.0, rise if slope > 0 else 0.0]])
        level = np.asarray(cv2.warpAffine(strength, matrix, (width, height + rise)), np.uint8)
        ink = np.count_nonzero(level > STROKE, axis=1)
        below = np.maximum.accumulate(ink[::-1])[::-1]  # the widest row from each one down
        rows = np.arange(round(0.45 * len(ink)), round(0.92 * len(ink)))
        rows = rows[below[rows] >= 0.6 * width]
        if not len(rows):
            continue
        ratio = ink[rows] / below[rows]
        row = int(rows[int(np.argmin(ratio))])
        if ratio.min() < 0.45 and (found is None or ratio.min() < found[0]):
            level[row + 1 :] = 0
            back = np.array([[1.0, 0.0, 0.0], [slope, 1.0, -rise if slope > 0 else 0.0]])
            found = float(ratio.min()), np.asarray(cv2.warpAffine(level, back, (width, height)), np.uint8)
    if found is None or not (found[1] > STROKE).any():
        return None
    return found[1]


def _columns(strength: npt.NDArray[np.uint8]) -> list[int]:
    """Return columns at which little ink is cut through: the valleys of ink per column, the deepest few, apart."""
    height, width = strength.shape
    ink = (strength > 100).sum(axis=0).astype(np.float32)
    smooth = np.asarray(cv2.blur(ink[None, :], (3, 1))).ravel()
    margin = max(2, round(0.12 * height))
    columns: list[int] = []
    for column in np.argsort(smooth, kind="stable"):
        inside = margin <= column <= width - margin
        if inside and all(abs(int(column) - other) >= margin for other in columns):
            columns.append(int(column))
        if len(columns) == _MOST_CUTS:
            break
    return sorted(columns)


def _between(piece: Piece, upright: npt.NDArray[np.uint8], first: int, last: int, slant: float) -> Piece | None:
    """Return the ink between two columns of the upright piece, without slivers of its neighbours; None if there is none."""
    strip = upright[:, first:last]
    mask = (strip > STROKE).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count < 2:
        return None
    area = stats[1:, cv2.CC_STAT_AREA]
    kept = np.flatnonzero(area >= 0.15 * area.max()) + 1
    own = np.isin(labels, kept).astype(np.uint8)
    ink = cv2.multiply(np.ascontiguousarray(strip), cv2.dilate(own, np.ones((3, 3), np.uint8)))
    x, y, width, height = cv2.boundingRect(ink)
    # Back from the upright piece to the picture: its rows were moved right by `slant` times their number.
    left = piece.box[0] + first + x - round(slant * (y + height))
    right = piece.box[0] + first + x + width - round(slant * y)
    top = piece.box[1] + y
    box = (max(left, piece.box[0]), top, min(max(right, left + 1), piece.box[2]), top + height)
    return Piece(np.ascontiguousarray(ink[y : y + height, x : x + width]), box)
