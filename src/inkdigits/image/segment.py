"""Ink → the digit in it: which connected strokes belong to it, and its box."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.image import printed
from inkdigits.image.ink import STROKE

Box = tuple[int, int, int, int]  # left, top, right, bottom; right and bottom are one past the last pixel

# Two halves of a broken digit are no further apart than this share of both together, which are no wider and no taller for
# each other than one digit (and two digits one above the other are taller).
_CRACK, _WIDE, _TALL = 0.12, 1.1, 1.8


@dataclass(frozen=True, eq=False)
class Segment:
    """One digit's ink, cut out: uint8 (h, w), everything that is not part of it erased; and its box in the picture.

    `beside` is what may be another digit beside it, as tall as it is, cut out in the same way.
    """

    strength: npt.NDArray[np.uint8]
    box: Box
    beside: npt.NDArray[np.uint8] | None = None


def main_digit(strength: npt.NDArray[np.uint8]) -> Segment | None:
    """Return the one digit of a picture, or None if the ink is only specks.

    The digit is the largest connected stroke, large and central ones first, and the pieces near it (a 5's detached bar).
    Specks, and lines that run along or across the frame while something better is there, are left out.
    """
    mask = (strength > STROKE).view(np.uint8)
    left, top, width, height = cv2.boundingRect(mask)
    # Most digits reach along no border from end to end: told by the box around all ink.
    if width >= 0.85 * mask.shape[1] or height >= 0.85 * mask.shape[0]:
        strength = printed.without_edges(strength, mask)
        mask = (strength > STROKE).view(np.uint8)
        left, top, width, height = cv2.boundingRect(mask)
    inked = mask[top : top + height, left : left + width]
    if cv2.countNonZero(inked) < 4:
        return None
    count, _ = cv2.connectedComponentsWithAlgorithm(inked, 8, cv2.CV_32S, cv2.CCL_GRANA)
    if count == 2:  # one piece: nothing to choose
        return _cut(strength, left, top, left + width, top + height)
    count, labels, stats, centres = cv2.connectedComponentsWithStatsWithAlgorithm(mask, 8, cv2.CV_32S, cv2.CCL_GRANA)
    stats, centres = stats[1:].astype(np.int64), centres[1:]
    foreign = printed.components(stats, labels, mask.shape)
    main = _main(stats, centres, mask.shape, foreign)
    if stats[main, cv2.CC_STAT_AREA] < 4:
        return None
    keep = _near(stats, main) & ~foreign
    keep[main] = True
    left, top = (int(v) for v in stats[keep, :2].min(axis=0))
    right, bottom = (int(v) for v in (stats[keep, :2] + stats[keep, 2:4]).max(axis=0))
    if keep.sum() == count - 1:
        return _cut(strength, left, top, right, bottom)
    digit = _cut_alone(strength, labels, keep, (left, top, right, bottom))
    other = _beside(stats, (left, top, right, bottom), ~keep & ~foreign)
    if other is None:
        return digit
    left, top, width, height, _ = (int(v) for v in stats[other])
    alone = _cut_alone(strength, labels, np.arange(count - 1) == other, (left, top, left + width, top + height))
    return replace(digit, beside=alone.strength)


def _beside(stats: npt.NDArray[np.int64], box: Box, others: npt.NDArray[np.bool_]) -> int | None:
    """Return the largest of the other components that may be a digit like the one in the box, if any.

    It stands in one line with it and is as tall; or it is as wide, and close above or below it.
    """
    starts, ends = stats[:, :2], stats[:, :2] + stats[:, 2:4]
    low, high = np.array(box[:2]), np.array(box[2:])
    size = high - low
    gaps = np.maximum(starts - high, low - ends)
    shared = np.minimum(ends, high) - np.maximum(starts, low)
    # For each of width and height: as large in it, and covering the same part of it.
    alike = (stats[:, 2:4] >= 0.6 * size) & (shared >= 0.6 * np.minimum(stats[:, 2:4], size))
    line = (gaps[:, 0] >= 0) & alike[:, 1]
    column = (gaps[:, 1] >= 0) & (gaps[:, 1] <= 0.25 * size[1]) & alike[:, 0]
    fits = others & (line | column)
    return int(np.argmax(np.where(fits, stats[:, 4], 0))) if fits.any() else None


def _cut(strength: npt.NDArray[np.uint8], left: int, top: int, right: int, bottom: int) -> Segment:
    """Cut strokes out, with their soft edge: two pixels hold it at any resolution that matters. Empty margins go."""
    left, top = max(0, left - 2), max(0, top - 2)
    return _trimmed(strength[top : bottom + 2, left : right + 2], left, top)


def _cut_alone(
    strength: npt.NDArray[np.uint8], labels: npt.NDArray[np.int32], keep: npt.NDArray[np.bool_], box: Box
) -> Segment:
    """Cut the kept components out, whose box is `box`, with their soft edge and without all the others."""
    left, top = max(0, box[0] - 2), max(0, box[1] - 2)
    part = slice(top, box[3] + 2), slice(left, box[2] + 2)
    chosen = np.concatenate(([False], keep))[labels[part]].astype(np.uint8)
    alone = cv2.multiply(strength[part], cv2.dilate(chosen, np.ones((3, 3), np.uint8)))
    return _trimmed(np.asarray(alone, np.uint8), left, top)


def _trimmed(part: npt.NDArray[np.uint8], left: int, top: int) -> Segment:
    """Return a part of a picture, cut out at (left, top), without its empty margins."""
    x, y, width, height = cv2.boundingRect(part)
    box = (left + x, top + y, left + x + width, top + y + height)
    return Segment(np.ascontiguousarray(part[y : y + height, x : x + width]), box)


def _main(
    stats: npt.NDArray[np.int64],
    centres: npt.NDArray[np.float64],
    shape: tuple[int, ...],
    foreign: npt.NDArray[np.bool_],
) -> int:
    """Return the index of the component that is most likely the digit: large, central, not `foreign`."""
    height, width = shape
    area = stats[:, cv2.CC_STAT_AREA].astype(np.float64)
    offset = np.hypot((centres[:, 0] - width / 2) / width, (centres[:, 1] - height / 2) / height)
    weight = np.where(foreign, 0.02, np.where(printed.touches(stats, shape), 0.5, 1.0))
    return int(np.argmax(area * weight * np.exp(-2 * offset)))


def _near(stats: npt.NDArray[np.int64], main: int) -> npt.NDArray[np.bool_]:
    """Return which components belong to the main one: no specks, and close to it or to what belongs to it, for its size."""
    left, top, width, height, area = stats[main, :5]
    found = np.zeros(len(stats), bool)
    found[main] = True
    large = stats[:, 4] >= 0.02 * area
    if np.count_nonzero(large) == 1:  # the others are specks
        return found
    ends = stats[:, :2] + stats[:, 2:4]

    def gaps(box: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        beyond = np.maximum(0, np.maximum(box[:2] - ends, stats[:, :2] - box[2:]))
        return beyond[:, 0], beyond[:, 1]

    own = np.array([left, top, left + width, top + height])
    gap_x, gap_y = gaps(own)
    # A piece as tall as the digit itself is another digit, unless it lies within its box. (A flat main piece is the bar of
    # what is below it.)
    beside = (gap_x > 0) | ((gap_y > 0) & (height > 0.5 * stats[:, 3]))
    another = (stats[:, 3] > 0.6 * height) & beside & (stats[:, 4] > 0.4 * area)
    # Or it is the other half of a broken digit: close by, and both together are no wider or taller than one digit.
    whole = np.maximum(own[2:], ends) - np.minimum(own[:2], stats[:, :2])
    crack = np.maximum(gap_x, gap_y) <= _CRACK * whole.max(axis=1)
    another &= ~(crack & (whole[:, 0] <= _WIDE * whole[:, 1]) & (whole[:, 1] <= _TALL * whole[:, 0]))
    while True:
        # A broken digit is a chain of pieces: its last may be far from the largest.
        box = np.concatenate((stats[found, :2].min(axis=0), ends[found].max(axis=0)))
        gap_x, gap_y = gaps(box)
        # A piece above or below belongs from further off than one beside: the pen leaves gaps in a digit, not around it.
        reach = np.where(gap_x == 0, 0.5, 0.25) * max(width, height)
        near = (np.hypot(gap_x, gap_y) <= reach) & large & ~another
        near |= found
        if (near == found).all():
            return found
        found = near
