"""Touching digits: where a piece of ink might be cut, and which cuts give the best reading."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.image.components import Piece

_MOST_CUTS = 8
_CUT_COST = 0.7  # log-probability that each cut must win back: digits touch less often than one is odd


@dataclass(frozen=True, eq=False)
class Part:
    """A part of a piece, from column `first` to before column `last` of it."""

    piece: Piece
    first: int
    last: int


def candidates(piece: Piece, scale: float) -> list[Part]:
    """Return the whole piece first, then every part between two possible cuts that is as wide as a digit may be."""
    parts = [Part(piece, 0, piece.width)]
    if piece.width < 0.95 * max(piece.height, 0.7 * scale):
        return parts
    columns = [0, *_columns(piece), piece.width]
    for i, first in enumerate(columns):
        for last in columns[i + 1 :]:
            if 0.15 * piece.height <= last - first <= 1.1 * piece.height and (first, last) != (0, piece.width):
                part = _between(piece, first, last)
                if part is not None:
                    parts.append(Part(part, first, last))
    return parts


def best(parts: list[Part], confidence: npt.NDArray[np.float32]) -> list[int]:
    """Return the rows of `parts` that together make the most probable reading, left to right.

    A shortest path from the first column to the last: each part costs its improbability, each cut a little more.
    """
    scores = np.log(np.maximum(confidence.astype(np.float64), 1e-6))
    reached: dict[int, tuple[float, list[int]]] = {0: (0.0, [])}
    for i in sorted(range(len(parts)), key=lambda i: (parts[i].first, parts[i].last)):
        if parts[i].first not in reached:
            continue
        score, path = reached[parts[i].first]
        total = score + scores[i] - (_CUT_COST if path else 0.0)
        if parts[i].last not in reached or total > reached[parts[i].last][0]:
            reached[parts[i].last] = (total, [*path, i])
    return reached[parts[0].last][1]


def _columns(piece: Piece) -> list[int]:
    """Return columns at which little ink is cut through: the valleys of ink per column, the deepest few, apart."""
    ink = (piece.strength > 100).sum(axis=0).astype(np.float32)
    smooth = np.asarray(cv2.blur(ink[None, :], (3, 1))).ravel()
    margin = max(2, round(0.15 * piece.height))
    columns: list[int] = []
    for column in np.argsort(smooth, kind="stable"):
        inside = margin <= column <= piece.width - margin
        if inside and all(abs(int(column) - other) >= margin for other in columns):
            columns.append(int(column))
        if len(columns) == _MOST_CUTS:
            break
    return sorted(columns)


def _between(piece: Piece, first: int, last: int) -> Piece | None:
    """Return the ink between two columns, without slivers of the neighbours, or None if there is none."""
    strip = piece.strength[:, first:last]
    mask = (strip > 72).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count < 2:
        return None
    area = stats[1:, cv2.CC_STAT_AREA]
    kept = np.flatnonzero(area >= 0.15 * area.max()) + 1
    own = np.isin(labels, kept).astype(np.uint8)
    ink = cv2.multiply(np.ascontiguousarray(strip), cv2.dilate(own, np.ones((3, 3), np.uint8)))
    x, y, width, height = cv2.boundingRect(ink)
    left, top = piece.box[0] + first + x, piece.box[1] + y
    return Piece(np.ascontiguousarray(ink[y : y + height, x : x + width]), (left, top, left + width, top + height))
