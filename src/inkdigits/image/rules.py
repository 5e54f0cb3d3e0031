"""Ink → handwriting: what is printed or no paper at all (rules, frames, edges of cells, the table) is taken out of it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.image.ink import STROKE

_Mask = npt.NDArray[np.uint8]
_Boxes = npt.NDArray[np.int64]  # (N, 5): left, top, width, height, area, as OpenCV gives them

# What is shorter than this share of the picture's side is no rule of the page.
_SPAN = 0.35
# A straight run of ink this many times as long as the digits are high is no stroke of one: a long bar of a 7 is 1.5.
_LONG = 2.5
# A grid has at least so many lines each way; paler than this share of full ink, it is told from the pen by that.
_LINES, _PALE = 3, 0.7


@dataclass(frozen=True, eq=False)
class Components:
    """The connected strokes of a picture: labels int32 (H, W), 0 for none; boxes int64 (N, 5), row i for label i + 1."""

    labels: npt.NDArray[np.int32]
    boxes: _Boxes


def connected(strength: npt.NDArray[np.uint8]) -> Components:
    """Return the connected strokes of ink, uint8 (H, W)."""
    mask = (strength > STROKE).view(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStatsWithAlgorithm(mask, 8, cv2.CV_32S, cv2.CCL_GRANA)
    return Components(np.asarray(labels, np.int32), stats[1:].astype(np.int64))


def without(strength: npt.NDArray[np.uint8], found: Components) -> npt.NDArray[np.uint8]:
    """Return ink, uint8 (H, W), without what the pen has not drawn: tables, frames, rules. The rest stays as it is.

    `found` are its components. Only those that span much of the picture are touched, so that strips and tight crops keep
    their ones; where a stroke crosses a rule, it is kept across. Where nothing is printed, the same array comes back.
    """
    page = _without_pale_grid(strength, found)
    if page is not strength:
        strength, found = page, connected(page)
    labels, boxes = found.labels, found.boxes
    spanning = _spanning(boxes, labels.shape)
    if not spanning.any():
        return strength
    mask = (strength > STROKE).view(np.uint8)
    printed = _solid(boxes, mask.shape)
    # The height of the digits; of thin ones, or ones by a fine pen, if there are no others; 0 where all hangs together, as
    # on squared paper.
    across = (boxes[:, 2] >= 0.85 * mask.shape[1]) | (boxes[:, 3] >= 0.85 * mask.shape[0])
    hollow = _hollow(boxes)
    scale = scale_of(boxes[~printed & ~hollow]) or scale_of(boxes[~printed & (_thin(boxes) | (hollow & ~across))])
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


def _without_pale_grid(strength: npt.NDArray[np.uint8], found: Components) -> npt.NDArray[np.uint8]:
    """Return ink without squared paper's grid: what is no stronger than its lines is no pen. The same array without one.

    All digits hang together with a grid, so that nothing tells how high they are; but it is paler than the pen.
    """
    mask = (strength > STROKE // 2).view(np.uint8)  # pale lines are broken where they are thought to be strokes
    # Most pages have nothing that is as long as lines are, nor rows and columns as full as the lines of upright paper.
    if not _spanning(found.boxes, mask.shape).any() and min(_full(mask, 1), _full(mask, 0)) < _LINES:
        return strength
    lines = np.zeros_like(mask)
    for axis in (1, 0):
        runs = _runs(mask, axis, max(12, round(_SPAN * mask.shape[axis])))
        if cv2.connectedComponents(runs)[0] - 1 < _LINES:
            return strength
        lines |= runs
    # Pen crosses the lines here and there: four in five of their pixels are theirs alone.
    level = float(np.quantile(strength[lines > 0], 0.8)) + 8
    if level > _PALE * 255:
        return strength
    ramp = np.interp(np.arange(256), (level, 255), (0, 255))
    return np.asarray(cv2.LUT(strength, np.rint(ramp).astype(np.uint8)), np.uint8)


def _full(mask: _Mask, axis: int) -> int:
    """Return how many rows (`axis` 1) or columns (0) of a mask hold as much as a line of a grid would."""
    counts = cv2.reduce(mask, axis, cv2.REDUCE_SUM, dtype=cv2.CV_32S)
    return int(np.count_nonzero(counts >= 2 * _SPAN * mask.shape[axis]))


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


def rests(boxes: _Boxes, strength: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Return which components a faint or broken rule has left: thin, with a trace of ink that goes on beyond them.

    `boxes` are what is left without rules, `strength` is the ink, uint8 (H, W), that they were found in.
    """
    height, width = strength.shape
    found = np.zeros(len(boxes), bool)
    scale = scale_of(boxes[~_hollow(boxes)])
    if scale == 0:
        return found
    for axis in (0, 1):
        along, across = boxes[:, 3 - axis], boxes[:, 2 + axis]
        page = strength if axis == 0 else strength.T
        for i in np.flatnonzero((across < 0.4 * along) & (across < 0.35 * scale)):
            found[i] = _goes_on(page, boxes[i, 1 - axis], along[i], boxes[i, axis], across[i], round(4 * scale))
    # What is left of a rule at the border of the picture, which cuts it: no whole digit is as thin there.
    if scale < 0.5 * min(strength.shape):
        left, top, across, down, _ = boxes.T
        near = 0.03 * width
        sides = (left < near) | (left + across > width - near) | (top <= 1) | (top + down >= height - 1)
        found |= (across < 0.4 * down) & sides
    return found & ~found.all()


def _goes_on(page: npt.NDArray[np.uint8], top: int, down: int, left: int, across: int, reach: int) -> bool:
    """Tell whether most rows above and below a box have a trace of ink in its columns, up to `reach` rows away."""
    columns = page[:, max(0, left - 1) : left + across + 1]
    around = np.concatenate([columns[max(0, top - reach) : top], columns[top + down : top + down + reach]])
    return len(around) >= reach // 2 and float((around.max(axis=1) > STROKE // 4).mean()) >= 0.6


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
        runs = _runs(own, axis, length)
        thick = max(3, round(0.35 * scale or 0.03 * side))
        fat = np.ones((thick, 1) if axis else (1, thick), np.uint8)
        found |= cv2.subtract(runs, cv2.morphologyEx(runs, cv2.MORPH_OPEN, fat))
    return found


def _runs(own: _Mask, axis: int, length: int) -> _Mask:
    """Return the straight runs of ink, level (`axis` 1) or upright (0), that are at least so long."""
    along = np.ones((1, length) if axis else (length, 1), np.uint8)
    across = np.ones((3, 1) if axis else (1, 3), np.uint8)
    # A rule that is a little askew steps from row to row: rows are taken three together.
    return np.asarray(cv2.morphologyEx(cv2.dilate(own, across), cv2.MORPH_OPEN, along) & own, np.uint8)
