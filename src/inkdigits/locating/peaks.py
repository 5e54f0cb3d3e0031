"""Maps → marks: the peaks of the centre maps, with what the other maps say there; of two on one spot the surer stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.locating.maps import FIRST_SEPARATOR, HANDWRITTEN, PRINTED, Maps, sigmoid

Shares = npt.NDArray[np.float64]

MOST = 2000  # marks of a page
DIGITS = (HANDWRITTEN, PRINTED)
_WITHIN = 0.8  # share of a box within another at which the two are one mark


@dataclass(frozen=True, eq=False)
class Found:
    """N marks, the surest first.

    kinds   int64 (N,)        0 a handwritten digit, 1 a printed one, from 2 on a separator (see maps.SEPARATORS)
    scores  float32 (N,)      height of the peak: how surely there is one
    classes float32 (N, 10)   probability of each digit
    boxes   float32 (N, 4)    left, top, right, bottom in pixels of the picture that the network read
    goes_on float32 (N,)      probability that a digit of the same number follows
    next    float32 (N, 2)    x and y of its centre, in the same pixels
    """

    kinds: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float32]
    classes: npt.NDArray[np.float32]
    boxes: npt.NDArray[np.float32]
    goes_on: npt.NDArray[np.float32]
    next: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.kinds)

    def pick(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Found:
        """Return some of the marks."""
        return Found(*(values[rows] for values in vars(self).values()))

    def mapped(self, scale: tuple[float, float], shift: tuple[float, float]) -> Found:
        """Return the marks in other pixels: shifted, then scaled, across and down."""
        factor, offset = np.array(scale, np.float32), np.array(shift, np.float32)
        boxes = np.concatenate([(self.boxes[:, :2] + offset) * factor, (self.boxes[:, 2:] + offset) * factor], axis=1)
        return Found(self.kinds, self.scores, self.classes, boxes, self.goes_on, (self.next + offset) * factor)

    @property
    def centres(self) -> npt.NDArray[np.float32]:
        """The middles of the boxes, (N, 2)."""
        return np.asarray((self.boxes[:, :2] + self.boxes[:, 2:]) / 2, np.float32)


def peaks(maps: Maps, least: float = 0.1, kinds: Sequence[int] = DIGITS) -> Found:
    """Return the marks whose centre map rises to `least` or more, of those on one spot the surest.

    `kinds` are the digits that are asked for, as in `suppressed`.
    """
    found = every_peak(maps, least)
    return found.pick(suppressed(found, kinds)[:MOST])


def every_peak(maps: Maps, least: float) -> Found:
    """Return all cells of the centre maps that are higher than their neighbours, and not below `least`, as marks."""
    threshold = float(np.log(least / (1 - least)))
    which, rows, columns = [], [], []
    for kind, centre in enumerate(maps.centres):
        row, column = np.nonzero((centre >= threshold) & (centre == cv2.dilate(centre, np.ones((3, 3), np.uint8))))
        which.append(np.full(len(row), kind))
        rows.append(row)
        columns.append(column)
    places = np.stack([np.concatenate(parts) for parts in (which, rows, columns)])
    scores = sigmoid(maps.centres[places[0], places[1], places[2]])
    order = np.argsort(-scores, kind="stable")[: 2 * MOST]
    kinds_found, row_found, column_found = places[:, order]
    cells = maps.cells(row_found, column_found)
    return Found(kinds_found.astype(np.int64), scores[order], cells.classes, cells.boxes, cells.goes_on, cells.next)


def joined(parts: list[Found]) -> Found:
    """Return the marks of several pictures of one page, in one system of pixels, the surest first."""
    whole = Found(*(np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])))
    return whole.pick(np.argsort(-whole.scores, kind="stable"))


def overlap(boxes: npt.NDArray[np.float32], others: npt.NDArray[np.float32]) -> tuple[Shares, Shares]:
    """Return what each of N boxes shares with each of M others, (N, M): of their union, and of the smaller one's area."""
    a, b = boxes[:, None].astype(np.float64), others[None].astype(np.float64)
    across = np.minimum(a[..., 2], b[..., 2]) - np.maximum(a[..., 0], b[..., 0])
    down = np.minimum(a[..., 3], b[..., 3]) - np.maximum(a[..., 1], b[..., 1])
    shared = np.maximum(across, 0) * np.maximum(down, 0)
    area, other = (np.maximum((v[..., 2] - v[..., 0]) * (v[..., 3] - v[..., 1]), 1e-3) for v in (a, b))
    return shared / (area + other - shared), shared / np.minimum(area, other)


def suppressed(found: Found, kinds: Sequence[int] = DIGITS, most: float = 0.5) -> npt.NDArray[np.intp]:
    """Return the rows that stay when of two marks whose boxes overlap by more than `most` of their union the surer stays.

    A slash on a 1 goes, too; but a separator within a digit's box is another mark. Clean strokes may be handwriting or
    print: a digit that is not of the `kinds` that are asked for counts as half as sure as it is. Rows come in order.
    The work grows with the number of marks that lie near each other, not with its square.
    """
    boxes = found.boxes
    size = max(8.0, float(np.median(boxes[:, 3] - boxes[:, 1]))) if len(boxes) else 8.0
    grid: dict[tuple[int, int], list[int]] = {}
    kept: list[int] = []
    asked = np.isin(found.kinds, kinds) | (found.kinds >= FIRST_SEPARATOR)
    places = boxes.tolist()
    for i in np.argsort(-found.scores * np.where(asked, 1.0, 0.5), kind="stable").tolist():
        left, top, right, bottom = places[i]
        is_digit = found.kinds[i] < FIRST_SEPARATOR
        cell = (int((left + right) / 2 // size), int((top + bottom) / 2 // size))
        near = [j for dx in (-1, 0, 1) for dy in (-1, 0, 1) for j in grid.get((cell[0] + dx, cell[1] + dy), ())]
        area = max(1e-3, (right - left) * (bottom - top))
        for j in near:
            same = (found.kinds[j] < FIRST_SEPARATOR) == is_digit
            l2, t2, r2, b2 = places[j]
            shared = max(0.0, min(right, r2) - max(left, l2)) * max(0.0, min(bottom, b2) - max(top, t2))
            other = max(1e-3, (r2 - l2) * (b2 - t2))
            if shared > most * (area + other - shared) or (same and shared > _WITHIN * min(area, other)):
                break
        else:
            grid.setdefault(cell, []).append(i)
            kept.append(i)
    return np.array(sorted(kept), np.intp)
