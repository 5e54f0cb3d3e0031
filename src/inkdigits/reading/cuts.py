"""A doubtful piece of ink: ways to see it (set upright, without its underline), where to cut it, and which is best."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.image.components import Piece
from inkdigits.image.ink import STROKE
from inkdigits.image.measure import stroke_width

_MOST_CUTS = 8
_CUT_COST = 2.5  # log-probability that each cut must win back: digits touch less often than one is odd
_LINE_COST = 0.3  # and what taking an underline away must
# Columns per row by which slanting handwriting is set upright before it is cut: upright cuts would go through its digits.
_SLANTS = (0.0, 0.25, 0.5)


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

    An underline is the lowest ink of most columns, no thicker than a stroke, and goes on from column to column; where a
    digit runs into it, it goes on below at the same height.
    """
    mask = strength > STROKE
    height, width = mask.shape
    pen = stroke_width(mask)
    lowest = height - 1 - np.argmax(mask[::-1], axis=0)
    rows = np.arange(height)[:, None]
    # The run of ink that ends at the lowest row of each column begins below the last gap above it.
    gaps = np.where(~mask & (rows < lowest), rows, -1).max(axis=0)
    flat = mask.any(axis=0) & (lowest - gaps <= 1.8 * pen + 1) & (lowest > 0.4 * height)
    columns = np.flatnonzero(flat)
    if len(columns) < 2:
        return None
    steps = np.abs(np.diff(lowest[columns])) > np.maximum(1, np.diff(columns)) * 0.6 + 1
    chain = max(np.split(columns, np.flatnonzero(steps) + 1), key=lambda c: c[-1] - c[0])
    if chain[-1] - chain[0] < 0.6 * width or len(chain) < 0.4 * width:
        return None
    across = np.arange(chain[0], chain[-1] + 1)
    foot = np.interp(across, chain, lowest[chain])
    rest = strength.copy()
    rest[:, across] = np.where((rows > foot - pen - 1) & (rows <= foot + 2), np.uint8(0), rest[:, across])
    return rest if (rest > STROKE).any() else None


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
    count, labels, stats, _ = cv2.connectedComponentsWithStatsWithAlgorithm(mask, 8, cv2.CV_32S, cv2.CCL_GRANA)
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
