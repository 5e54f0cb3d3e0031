"""Ink → the digit in it: which connected strokes belong to it, and its box."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Box = tuple[int, int, int, int]  # left, top, right, bottom; right and bottom are one past the last pixel

# Ink above this (of 255) is stroke; below it is the soft edge of one.
STROKE = 72


@dataclass(frozen=True, eq=False)
class Segment:
    """One digit's ink, cut out: uint8 (h, w), everything that is not part of it erased; and its box in the picture."""

    strength: npt.NDArray[np.uint8]
    box: Box


def main_digit(strength: npt.NDArray[np.uint8]) -> Segment | None:
    """Return the one digit of a picture, or None if the ink is only specks.

    The digit is the largest connected stroke, large and central ones first, and the pieces near it (a 5's detached bar).
    Specks, and lines that run along or across the frame while something better is there, are left out.
    """
    mask = (strength > STROKE).astype(np.uint8)
    count, labels, stats, centres = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count < 2:
        return None
    stats, centres = stats[1:].astype(np.int64), centres[1:]
    main = _main(stats, centres, mask.shape)
    if stats[main, cv2.CC_STAT_AREA] < 4:
        return None
    keep = _near(stats, main)
    left, top = stats[keep, :2].min(axis=0)
    right, bottom = (stats[keep, :2] + stats[keep, 2:4]).max(axis=0)
    # The soft edge of the strokes belongs to them; two pixels hold it at any resolution that matters.
    left, top = max(0, left - 2), max(0, top - 2)
    right, bottom = min(mask.shape[1], right + 2), min(mask.shape[0], bottom + 2)
    part = strength[top:bottom, left:right]
    if keep.sum() < count - 1:
        chosen = np.concatenate(([False], keep))[labels[top:bottom, left:right]].astype(np.uint8)
        part = part * cv2.dilate(chosen, np.ones((3, 3), np.uint8))
    return _trim(part, int(left), int(top))


def _main(stats: npt.NDArray[np.int64], centres: npt.NDArray[np.float64], shape: tuple[int, ...]) -> int:
    """Return the index of the component that is most likely the digit: large, central, not a line along the frame."""
    height, width = shape
    area = stats[:, cv2.CC_STAT_AREA].astype(np.float64)
    offset = np.hypot((centres[:, 0] - width / 2) / width, (centres[:, 1] - height / 2) / height)
    left, top = stats[:, 0], stats[:, 1]
    right, bottom = left + stats[:, 2], top + stats[:, 3]
    touches = (left == 0) | (top == 0) | (right == width) | (bottom == height)
    spans = (stats[:, 2] >= 0.9 * width) | (stats[:, 3] >= 0.9 * height)
    thin = np.minimum(stats[:, 2], stats[:, 3]) < 0.1 * np.maximum(stats[:, 2], stats[:, 3])
    weight = np.where(touches & spans & thin, 0.02, np.where(touches, 0.5, 1.0))
    return int(np.argmax(area * weight * np.exp(-2 * offset)))


def _near(stats: npt.NDArray[np.int64], main: int) -> npt.NDArray[np.bool_]:
    """Return which components belong to the main one: not specks, and close to it for their size."""
    left, top, width, height, area = stats[main, :5]
    right, bottom = left + width, top + height
    gap_x = np.maximum(0, np.maximum(left - (stats[:, 0] + stats[:, 2]), stats[:, 0] - right))
    gap_y = np.maximum(0, np.maximum(top - (stats[:, 1] + stats[:, 3]), stats[:, 1] - bottom))
    # A piece above or below belongs from further off than one beside: the pen leaves gaps within a digit, not around it.
    reach = np.where(gap_x == 0, 0.5, 0.25) * max(width, height)
    near = (np.hypot(gap_x, gap_y) <= reach) & (stats[:, 4] >= 0.02 * area)
    # A piece as tall as the digit itself is another digit, unless it lies within its box.
    another = (stats[:, 3] > 0.6 * height) & (gap_x + gap_y > 0) & (stats[:, 4] > 0.4 * area)
    near &= ~another
    near[main] = True
    return np.asarray(near, np.bool_)


def _trim(part: npt.NDArray[np.uint8], left: int, top: int) -> Segment:
    """Cut empty margins off."""
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    box = (left + int(columns[0]), top + int(rows[0]), left + int(columns[-1]) + 1, top + int(rows[-1]) + 1)
    return Segment(part[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], box)
