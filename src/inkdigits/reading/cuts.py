"""Touching digits: where a piece of ink might be cut, and which cuts give the best reading."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.image.components import Piece
from inkdigits.image.segment import STROKE

_MOST_CUTS = 8
_CUT_COST = 2.5  # log-probability that each cut must win back: digits touch less often than one is odd
# The most that a reading with a cut can score: a piece that is likelier than that to be one digit need not be cut.
BEST_CUT = float(np.exp(-_CUT_COST))
# Columns per row by which slanting handwriting is set upright before it is cut: upright cuts would go through its digits.
_SLANTS = (0.0, 0.25, 0.5)


@dataclass(frozen=True, eq=False)
class Part:
    """A part of a piece, from column `first` to before column `last` of it, with the piece set upright by `slant`."""

    piece: Piece
    first: int
    last: int
    slant: float
    whole: bool = False


def whole(piece: Piece) -> Part:
    """Return the piece, uncut."""
    return Part(piece, 0, piece.width, 0.0, whole=True)


def _set_upright(piece: Piece, slant: float) -> Part:
    """Return the whole piece, set upright by a slant."""
    ink = _upright(piece.strength, slant)
    x, y, width, height = cv2.boundingRect(ink)
    return Part(Piece(np.ascontiguousarray(ink[y : y + height, x : x + width]), piece.box), 0, width, slant, whole=True)


def candidates(piece: Piece) -> list[Part]:
    """Return the whole piece first, then every part between two possible cuts that is as wide as a digit may be."""
    parts = [whole(piece)]
    if piece.height < 8:
        return parts
    for slant in _SLANTS[1:]:
        parts.append(_set_upright(piece, slant))
    if piece.width < 0.55 * piece.height:
        return parts
    for slant in _SLANTS:
        upright = piece.strength if slant == 0 else _upright(piece.strength, slant)
        width = upright.shape[1]
        columns = [0, *_columns(upright), width]
        for i, first in enumerate(columns):
            for last in columns[i + 1 :]:
                if 0.12 * piece.height <= last - first <= 1.1 * piece.height and (first, last) != (0, width):
                    part = _between(piece, upright, first, last, slant)
                    if part is not None:
                        parts.append(Part(part, first, last, slant))
    return parts


def best(parts: list[Part], confidence: npt.NDArray[np.float32]) -> list[int]:
    """Return the rows of `parts` that together make the most probable reading, left to right.

    For each slant a shortest path from the first column to the last: each part costs its improbability, each cut a little
    more. The whole piece, uncut, competes with the best of them.
    """
    scores = np.log(np.maximum(confidence.astype(np.float64), 1e-6))
    wholes = [i for i, part in enumerate(parts) if part.whole]
    best_path = [max(wholes, key=lambda i: float(scores[i]))]
    best_score = float(scores[best_path[0]])
    for slant in _SLANTS:
        rows = [i for i in range(1, len(parts)) if parts[i].slant == slant and not parts[i].whole]
        if not rows:
            continue
        reached: dict[int, tuple[float, list[int]]] = {0: (0.0, [])}
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
    return best_path


def _upright(strength: npt.NDArray[np.uint8], slant: float) -> npt.NDArray[np.uint8]:
    """Return ink with each row moved left by `slant` columns for every row that it is above the lowest."""
    height, width = strength.shape
    matrix = np.array([[1.0, slant, 0.0], [0.0, 1.0, 0.0]])
    return np.asarray(cv2.warpAffine(strength, matrix, (width + int(np.ceil(slant * height)), height)), np.uint8)


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
