"""Ink → pieces: what the pen drew in one go, with fragments joined to what they belong to, and specks left out."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.image.segment import STROKE, Box


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


def find(strength: npt.NDArray[np.uint8]) -> Pieces:
    """Return the pieces of ink in a picture, uint8 (H, W). Printed lines, frames and specks are left out.

    Small marks (points, dashes) stay pieces of their own unless they lie over or under a larger one, close by.
    """
    mask = (strength > STROKE).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    boxes = stats[1:].astype(np.int64)
    if count < 2:
        return Pieces([], 0.0)
    printed = _printed(boxes, labels, mask.shape)
    kept = np.flatnonzero(~printed)
    scale = _scale(boxes[kept])
    kept = kept[~_rests_of_lines(boxes[kept], boxes[printed], scale, mask.shape)]
    scale = _scale(boxes[kept])
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


def _printed(
    boxes: npt.NDArray[np.int64], labels: npt.NDArray[np.int32], shape: tuple[int, ...]
) -> npt.NDArray[np.bool_]:
    """Return which components are no handwriting: lines and frames that span the picture, and its dark edges."""
    height, width = shape
    across, down, area = boxes[:, 2], boxes[:, 3], boxes[:, 4]
    level = (across >= 0.5 * width) & (down < 0.06 * across)
    # An upright line may be a 1; it is not if it is long in the picture and the rest is far smaller.
    upright = (down >= 0.35 * height) & (across < 0.1 * down)
    others = down[~upright & (across > 0.2 * down) & (area >= 12)]
    upright &= len(others) > 0 and float(np.sort(others)[-min(3, len(others))]) < 0.6 * down
    right, bottom = boxes[:, 0] + across, boxes[:, 1] + down
    sides = (boxes[:, 0] == 0).astype(int) + (boxes[:, 1] == 0) + (right == width) + (bottom == height)
    # The table under the paper, a shadow: along two sides of the picture, and filled.
    solid = (sides >= 2) & (area > 0.6 * across * down) & ((across >= 0.5 * width) | (down >= 0.5 * height))
    solid |= sides >= 3
    printed = level | upright | solid
    # What lies in its rough edge, or in its grain, is part of it.
    centre_x, centre_y, rim = boxes[:, 0] + across / 2, boxes[:, 1] + down / 2, 0.02 * max(shape)
    for i in np.flatnonzero(solid & (area > 0.3 * across * down)):
        inside_x = (centre_x > boxes[i, 0] - rim) & (centre_x < right[i] + rim)
        inside_y = (centre_y > boxes[i, 1] - rim) & (centre_y < bottom[i] + rim)
        printed |= inside_x & inside_y
    for i in np.flatnonzero((across >= 0.6 * width) & (down >= 0.6 * height)):
        edge = max(1, int(across[i]) // 10), max(1, int(down[i]) // 10)
        inner = labels[
            boxes[i, 1] + edge[1] : bottom[i] - edge[1],
            boxes[i, 0] + edge[0] : right[i] - edge[0],
        ]
        printed[i] |= np.count_nonzero(inner == i + 1) < 0.1 * area[i]
    # Something is handwriting: where everything looks printed, a tight crop has fooled the rules.
    return np.asarray(printed & ~printed.all(), np.bool_)


def _rests_of_lines(
    boxes: npt.NDArray[np.int64], printed: npt.NDArray[np.int64], scale: float, shape: tuple[int, ...]
) -> npt.NDArray[np.bool_]:
    """Return which components a faint rule has left: upright, thin, and in line with a rule, at the border, or long."""
    across, down = boxes[:, 2], boxes[:, 3]
    thin = across < 0.16 * down
    centre, near = boxes[:, 0] + across / 2, 0.02 * shape[1]
    ruled = printed[(printed[:, 2] < 0.1 * printed[:, 3]) & (printed[:, 3] >= 0.35 * shape[0])]
    rule_centres = ruled[:, 0] + ruled[:, 2] / 2
    in_line = (np.abs(centre[:, None] - rule_centres[None, :]) < near).any(axis=1)
    # In a strip no higher than its digits everything is at the border.
    at_border = ((centre < 2 * near) | (centre > shape[1] - 2 * near)) & (scale < 0.5 * shape[0])
    return np.asarray(thin & (in_line | at_border | (down > 2.2 * scale)), np.bool_)


def _scale(boxes: npt.NDArray[np.int64]) -> float:
    """Return the height of the digits: the median height of components, each weighing as much as it is high."""
    if not len(boxes):
        return 0.0
    heights = np.sort(boxes[:, 3].astype(np.float64))
    weights = np.cumsum(heights**2)
    return float(heights[np.searchsorted(weights, weights[-1] / 2)])


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
        over = larger & (shared >= 0.6 * boxes[i, 2]) & (gap <= 0.2 * scale) & (boxes[:, 3] >= 0.4 * scale)
        if over.any():
            candidates = np.flatnonzero(over)
            owner[i] = candidates[np.argmin(gap[candidates])]
    roots = np.array([_root(owner, i) for i in range(len(owner))])
    return [np.flatnonzero(roots == root) for root in np.unique(roots)]


def _root(owner: npt.NDArray[np.intp], i: int) -> int:
    while owner[i] != i:
        i = int(owner[i])
    return i
