"""Ink → handwriting: what is printed or no paper at all (rules, frames, edges of cells, the table) is taken out of it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.image.segment import STROKE

_Mask = npt.NDArray[np.uint8]
_Boxes = npt.NDArray[np.int64]  # (N, 5): left, top, width, height, area, as OpenCV gives them

# What is shorter than this share of the picture's side is no rule of the page.
_SPAN = 0.35
# A straight run of ink this many times as long as the digits are high is no stroke of one: a long bar of a 7 is 1.5.
_LONG = 2.5


@dataclass(frozen=True, eq=False)
class Components:
    """The connected strokes of a picture: labels int32 (H, W), 0 for none; boxes int64 (N, 5), row i for label i + 1."""

    labels: npt.NDArray[np.int32]
    boxes: _Boxes


def connected(strength: npt.NDArray[np.uint8]) -> Components:
    """Return the connected strokes of ink, uint8 (H, W)."""
    mask = (strength > STROKE).view(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return Components(np.asarray(labels, np.int32), stats[1:].astype(np.int64))


def without(strength: npt.NDArray[np.uint8], found: Components) -> npt.NDArray[np.uint8]:
    """Return ink, uint8 (H, W), without what the pen has not drawn: tables, frames, rules. The rest stays as it is.

    `found` are its components. Only those that span much of the picture are touched, so that strips and tight crops keep
    their ones; where a stroke crosses a rule, it is kept across. Where nothing is printed, the same array comes back.
    """
    labels, boxes = found.labels, found.boxes
    if not _spanning(boxes, labels.shape).any():
        return strength
    mask = (strength > STROKE).view(np.uint8)
    printed = _solid(boxes, mask.shape)
    spanning = _spanning(boxes, mask.shape)
    # The height of the digits; of thin ones, if there are no others; 0 where all hangs together, as on squared paper.
    scale = scale_of(boxes[~printed & ~_hollow(boxes)]) or scale_of(boxes[~printed & _thin(boxes)])
    erased = np.zeros_like(mask)
    for i in np.flatnonzero(spanning):
        left, top, width, height = (int(v) for v in boxes[i, :4])
        window = slice(top, top + height), slice(left, left + width)
        own = (labels[window] == i + 1).astype(np.uint8)
        if printed[i]:
            erased[window] |= own
        else:
            erased[window] |= _straight(own, scale, mask.shape)
    rim = _widened(erased, 0.012)
    if printed.any():
        rim |= _widened((np.concatenate(([False], printed))[labels]).astype(np.uint8), 0.03)
    if not erased.any():
        return strength
    edge = cv2.dilate(erased, np.ones((3, 3), np.uint8))
    rest = np.where((edge > 0) & ((mask == 0) | (erased > 0)), np.uint8(0), strength)
    rest = _without_rim(rest, rim)
    # Something is handwriting: where everything looks printed, a tight crop has fooled the rules.
    return rest if (rest > STROKE).any() else strength


def _widened(mask: _Mask, share: float) -> _Mask:
    """Return a mask grown on all sides by a share of the picture's longer side."""
    side = 2 * max(2, round(share * max(mask.shape))) + 1
    return np.asarray(cv2.dilate(mask, np.ones((side, side), np.uint8)), np.uint8)


def _without_rim(strength: npt.NDArray[np.uint8], rim: _Mask) -> npt.NDArray[np.uint8]:
    """Return ink without the components that lie almost wholly along what was erased: its rough edge, its grain."""
    left = connected(strength)
    labels, boxes = left.labels, left.boxes
    near = np.bincount(labels[rim > 0], minlength=len(boxes) + 1)[1:] / boxes[:, 4]
    thin = np.minimum(boxes[:, 2], boxes[:, 3]) < 0.35 * np.maximum(boxes[:, 2], boxes[:, 3])
    gone = np.concatenate(([False], (near >= 0.9) | (thin & (near >= 0.5))))
    if not gone.any():
        return strength
    edge = cv2.dilate(gone[labels].view(np.uint8), np.ones((3, 3), np.uint8))
    return np.where((edge > 0) & ((labels == 0) | gone[labels]), np.uint8(0), strength)


def rests(boxes: _Boxes, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Return which components a faint or broken rule has left: thin, and long or in line with others of their kind."""
    height, width = shape
    found = np.zeros(len(boxes), bool)
    for axis in (0, 1):
        along, across = boxes[:, 3 - axis], boxes[:, 2 + axis]
        start, centre = boxes[:, 1 - axis], boxes[:, axis] + across / 2
        others = boxes[~_hollow(boxes) & (boxes[:, 4] >= 6)]
        scale = scale_of(others)
        thin = (across < 0.34 * along) & (across < 0.35 * scale) | (along < 0.25 * scale)
        # Dashes of one rule: each begins where the last has ended, nearly, and no further to the side than a rule may lean.
        order = np.flatnonzero(thin)[np.argsort(start[thin], kind="stable")]
        rows: list[list[int]] = []
        for i in order:
            for row in rows:
                last = row[-1]
                gap = start[i] - (start[last] + along[last])
                aside = abs(centre[i] - centre[last])
                if gap <= 0.5 * scale and aside <= 1.5 + 0.04 * along[i]:
                    row.append(int(i))
                    break
            else:
                rows.append([int(i)])
        for row in rows:
            first, last = row[0], row[-1]
            length = start[last] + along[last] - start[first]
            if length >= _LONG * scale and length >= 0.2 * shape[axis] and scale > 0:
                found[row] = True
    # What is left of a rule at the border of the picture, which cuts it: no whole digit is as thin there.
    scale = scale_of(boxes[~_hollow(boxes)])
    if 0 < scale < 0.5 * min(shape):
        left, top, across, down, _ = boxes.T
        near = 0.03 * width
        sides = (left < near) | (left + across > width - near) | (top <= 1) | (top + down >= height - 1)
        found |= (across < 0.4 * down) & sides
    return found & ~found.all()


def scale_of(boxes: _Boxes) -> float:
    """Return the height of the digits: the median height of components, each weighing as much as it is high."""
    if not len(boxes):
        return 0.0
    heights = np.sort(boxes[:, 3].astype(np.float64))
    weights = np.cumsum(heights**2)
    return float(heights[np.searchsorted(weights, weights[-1] / 2)])


def _spanning(boxes: _Boxes, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    height, width = shape
    return np.asarray((boxes[:, 2] >= _SPAN * width) | (boxes[:, 3] >= _SPAN * height), np.bool_)


def _solid(boxes: _Boxes, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Return which components are the table under the paper, or a shadow: along two sides of the picture, and filled."""
    height, width = shape
    left, top, across, down, area = boxes.T
    sides = (left == 0).astype(int) + (top == 0) + (left + across == width) + (top + down == height)
    filled = (area > 0.6 * across * down) & ((across >= 0.5 * width) | (down >= 0.5 * height))
    thick = area > 0.1 * across * down  # a dark surround; a frame or a grid of lines is thinner
    return np.asarray(((sides >= 3) & thick) | ((sides >= 2) & filled), np.bool_)


def _hollow(boxes: _Boxes) -> npt.NDArray[np.bool_]:
    """Return which components are thin or leave their box nearly empty: rules and frames, and sometimes a 1."""
    return np.asarray(_thin(boxes) | (boxes[:, 4] < 0.08 * boxes[:, 2] * boxes[:, 3]), np.bool_)


def _thin(boxes: _Boxes) -> npt.NDArray[np.bool_]:
    return np.asarray(boxes[:, 2:4].min(axis=1) < 0.15 * boxes[:, 2:4].max(axis=1), np.bool_)


def _straight(own: _Mask, scale: float, shape: tuple[int, ...]) -> _Mask:
    """Return the long, straight, thin runs of a component, level and upright: its rules."""
    height, width = shape
    found = np.zeros_like(own)
    for axis, side in ((1, width), (0, height)):
        length = round(max(_LONG * scale, (0.2 if scale else _SPAN) * side, 12))
        if own.shape[axis] < length:
            continue
        along = np.ones((1, length) if axis else (length, 1), np.uint8)
        across = np.ones((3, 1) if axis else (1, 3), np.uint8)
        # A rule that is a little askew steps from row to row: rows are taken three together.
        runs = cv2.morphologyEx(cv2.dilate(own, across), cv2.MORPH_OPEN, along) & own
        thick = max(3, round(0.35 * scale or 0.03 * side))
        fat = np.ones((thick, 1) if axis else (1, thick), np.uint8)
        found |= cv2.subtract(runs, cv2.morphologyEx(runs, cv2.MORPH_OPEN, fat))
    return found
