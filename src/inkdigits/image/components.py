"""Ink → pieces: what the pen drew in one go, with fragments joined to what they belong to, and specks left out."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.image import rules
from inkdigits.image.segment import Box


@dataclass(frozen=True, eq=False)
class Piece:
    """A piece of ink: uint8 (h, w), nothing but its own, and its box (left, top, right, bottom) in the working picture."""

    strength: npt.NDArray[np.uint8]
    box: Box

    @property
    def width(self) -> int:
        """Columns."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> int:
        """Rows."""
        return self.box[3] - self.box[1]

    @property
    def middle(self) -> float:
        """Row of its centre."""
        return (self.box[1] + self.box[3]) / 2


@dataclass(frozen=True, eq=False)
class Pieces:
    """The pieces of a picture, and `scale`: the height in pixels that its digits have, as far as the ink tells."""

    pieces: list[Piece]
    scale: float


def joined(pieces: list[Piece]) -> Piece:
    """Return several pieces as one."""
    boxes = np.array([p.box for p in pieces])
    left, top, right, bottom = (int(v) for v in (*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)))
    strength = np.zeros((bottom - top, right - left), np.uint8)
    for p in pieces:
        place = strength[p.box[1] - top : p.box[3] - top, p.box[0] - left : p.box[2] - left]
        np.maximum(place, p.strength, out=place)
    return Piece(strength, (left, top, right, bottom))


def find(strength: npt.NDArray[np.uint8]) -> Pieces:
    """Return the pieces of ink in a picture, uint8 (H, W). Printed lines, frames and specks are left out.

    Small marks (points, dashes) stay pieces of their own unless they lie over or under a larger one, close by.
    """
    page, found = strength, rules.connected(strength)
    strength = rules.without(page, found)
    if strength is not page:
        found = rules.connected(strength)
    labels, boxes = found.labels, found.boxes
    if not len(boxes):
        return Pieces([], 0.0)
    kept = np.flatnonzero(~rules.rests(boxes, page))
    scale = rules.scale_of(boxes[kept])
    # A speck is far smaller than the point of a pen that writes digits of this size.
    kept = kept[boxes[kept, 4] >= max(2.0, (0.03 * scale) ** 2 * 3)]
    groups = _joined(boxes[kept], scale)
    pieces = []
    for group in groups:
        members = kept[group]
        left, top = (int(v) for v in boxes[members, :2].min(axis=0))
        right, bottom = (int(v) for v in (boxes[members, :2] + boxes[members, 2:4]).max(axis=0))
        window = slice(max(0, top - 1), bottom + 1), slice(max(0, left - 1), right + 1)
        own = np.isin(labels[window], members + 1).astype(np.uint8)
        # Soft edges belong to the stroke that they surround.
        part = cv2.multiply(strength[window], cv2.dilate(own, np.ones((3, 3), np.uint8)))
        x, y, width, height = cv2.boundingRect(part)
        start = window[1].start + x, window[0].start + y
        box = (start[0], start[1], start[0] + width, start[1] + height)
        pieces.append(Piece(np.ascontiguousarray(part[y : y + height, x : x + width]), box))
    return Pieces(pieces, scale)


def _joined(boxes: npt.NDArray[np.int64], scale: float) -> list[npt.NDArray[np.intp]]:
    """Return groups of components that are one sign: fragments that lie over, under or within a larger piece."""
    order = np.argsort(-boxes[:, 4], kind="stable")
    owner = np.arange(len(boxes))
    left, top = boxes[:, 0], boxes[:, 1]
    right, bottom = left + boxes[:, 2], top + boxes[:, 3]
    for i in order[::-1]:
        larger = boxes[:, 4] > boxes[i, 4]
        if boxes[i, 3] > 0.55 * scale or not larger.any():
            continue
        shared = np.minimum(right, right[i]) - np.maximum(left, left[i])
        gap = np.maximum(np.maximum(top, top[i]) - np.minimum(bottom, bottom[i]), 0)
        # A flat stroke below a digit is no fragment of it but underlines it.
        under = (boxes[i, 3] < 0.4 * boxes[i, 2]) & (top[i] + boxes[i, 3] / 2 > bottom - 0.15 * boxes[:, 3])
        over = larger & ~under & (shared >= 0.6 * boxes[i, 2]) & (gap <= 0.2 * scale) & (boxes[:, 3] >= 0.4 * scale)
        if over.any():
            candidates = np.flatnonzero(over)
            owner[i] = candidates[np.argmin(gap[candidates])]
    roots = np.array([_root(owner, i) for i in range(len(owner))])
    return [np.flatnonzero(roots == root) for root in np.unique(roots)]


def _root(owner: npt.NDArray[np.intp], i: int) -> int:
    while owner[i] != i:
        i = int(owner[i])
    return i
