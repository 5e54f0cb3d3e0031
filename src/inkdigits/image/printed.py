"""What is printed in the picture of one digit, and not written: lines, frames, the edges of a cell, and their rests."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.image.ink import STROKE


def without_edges(strength: npt.NDArray[np.uint8], mask: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return ink, of which `mask` is stroke, without the edges of a cell that run along the border of the picture.

    A digit that touches an edge is one component with it, and components cannot tell them apart. An edge is a straight run
    of ink near a border, from end to end, thinner than the strokes of a tight crop. One alone may be a stroke of the digit
    (the bar of a 7), unless the rest keeps clear of all other borders; two that meet in a corner are edges.
    """
    height, width = strength.shape
    if min(height, width) < 24:
        return strength
    across, along = round(0.22 * width), round(0.22 * height)
    level, upright = (1, max(8, round(0.55 * width))), (max(8, round(0.55 * height)), 1)
    edges = np.zeros_like(mask)
    found = [
        _mark_edge(mask[:along], edges[:along], 0, level, height),
        _mark_edge(mask[-along:], edges[-along:], 0, level, height),
        _mark_edge(mask[:, :across], edges[:, :across], 1, upright, width),
        _mark_edge(mask[:, -across:], edges[:, -across:], 1, upright, width),
    ]
    if not any(found):
        return strength
    rest = np.where(cv2.dilate(edges, np.ones((3, 3), np.uint8)) > 0, np.uint8(0), strength)
    inner = (rest > STROKE).astype(np.uint8)
    if not (any(found[:2]) and any(found[2:])) and not _keeps_clear(inner, found):
        return strength
    # A box-like 0 that fills the picture is all edges: then they are the digit.
    return rest if cv2.countNonZero(inner) >= 0.2 * cv2.countNonZero(mask) else strength


def _mark_edge(
    band: npt.NDArray[np.uint8], edges: npt.NDArray[np.uint8], axis: int, run: tuple[int, int], side: int
) -> bool:
    """Mark in `edges` a cell's edge that lies in a band of a mask along one border, and tell whether there is one.

    It consists of straight runs of ink, at least as long as `run` (H, W), which together reach from end to end and are thin
    beside the picture's `side`, its extent across the band (`axis`).
    """
    reach = 0.85 * band.shape[1 - axis]
    if cv2.countNonZero(cv2.reduce(band, axis, cv2.REDUCE_MAX)) < reach:
        return False
    runs = cv2.morphologyEx(band, cv2.MORPH_OPEN, np.ones(run, np.uint8))
    thickness = np.sort(cv2.reduce(runs, axis, cv2.REDUCE_SUM, dtype=cv2.CV_32S), axis=None)
    present = thickness[thickness.searchsorted(0, "right") :]
    # The median, for which NumPy has a function that takes ten times as long.
    if len(present) < reach or int(present[(len(present) - 1) // 2] + present[len(present) // 2]) > 0.2 * side:
        return False
    edges |= runs
    return True


def _keeps_clear(mask: npt.NDArray[np.uint8], edges: list[bool]) -> bool:
    """Tell whether the largest component keeps clear of all borders (top, bottom, left, right) without an edge."""
    _, _, stats, _ = cv2.connectedComponentsWithStatsWithAlgorithm(mask, 8, cv2.CV_32S, cv2.CCL_GRANA)
    if len(stats) < 2:
        return False
    left, top, across, down, _ = stats[1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))]
    height, width = mask.shape
    gaps = (top / height, 1 - (top + down) / height, left / width, 1 - (left + across) / width)
    return all(gap >= 0.08 or edge for gap, edge in zip(gaps, edges, strict=True))


def components(
    stats: npt.NDArray[np.int64], labels: npt.NDArray[np.int32], shape: tuple[int, ...]
) -> npt.NDArray[np.bool_]:
    """Return which components are printed and not written: lines, frames, the edges of a cell and their rests."""
    height, width = shape
    found = _margins(stats, shape)
    # Mostly nothing is as long as they ask for at least: edges 0.85 of a side, lines 0.9, frames 0.7 of both.
    across, down = (int(extent) for extent in stats[:, 2:4].max(axis=0))
    if across >= 0.85 * width or down >= 0.85 * height:
        found |= _lines(stats, shape) | _edges(stats, labels, shape)
    if across >= 0.7 * width and down >= 0.7 * height:
        found |= _frames(stats, labels, shape)
    return found


def _lines(stats: npt.NDArray[np.int64], shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Return which components are lines across the whole picture, as ruled paper and the edges of cells leave them."""
    height, width = shape
    spans = (stats[:, 2] >= 0.9 * width) | (stats[:, 3] >= 0.9 * height)
    thin = np.minimum(stats[:, 2], stats[:, 3]) < 0.1 * np.maximum(stats[:, 2], stats[:, 3])
    return np.asarray(spans & thin & touches(stats, shape), np.bool_)


def _frames(
    stats: npt.NDArray[np.int64], labels: npt.NDArray[np.int32], shape: tuple[int, ...]
) -> npt.NDArray[np.bool_]:
    """Return which components are a box drawn around the rest, or corners of one: nearly all their ink is at their rim."""
    height, width = shape
    found = np.zeros(len(stats), bool)
    for i in np.flatnonzero((stats[:, 2] >= 0.7 * width) & (stats[:, 3] >= 0.7 * height)):
        left, top, across, down, area = (int(v) for v in stats[i])
        rim = max(1, across // 10), max(1, down // 10)
        inner = labels[top + rim[1] : top + down - rim[1], left + rim[0] : left + across - rim[0]]
        found[i] = np.count_nonzero(inner == i + 1) < 0.1 * area
    return found


def _edges(
    stats: npt.NDArray[np.int64], labels: npt.NDArray[np.int32], shape: tuple[int, ...]
) -> npt.NDArray[np.bool_]:
    """Return which components are edges of a cell that was cut out with them: along the border, from end to end."""
    height, width = shape
    found = (stats[:, 2] >= 0.85 * width) | (stats[:, 3] >= 0.85 * height)
    found &= touches(stats, shape)
    inner = labels[round(0.2 * height) : round(0.8 * height), round(0.2 * width) : round(0.8 * width)]
    for i in np.flatnonzero(found):
        # An edge at one side crosses the middle of the picture in a strip of that side only.
        found[i] = np.count_nonzero(inner == i + 1) < 0.1 * stats[i, cv2.CC_STAT_AREA]
    return np.asarray(found, np.bool_)


def _margins(stats: npt.NDArray[np.int64], shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Return which components are rests of a cell's edges: at the very border, or pieces of a line from end to end near it.

    Not in a tight crop, where the digit itself reaches the borders.
    """
    (height, width), (left, top, across, down) = shape, stats[np.argmax(stats[:, 4]), :4].tolist()
    right, bottom = left + across, top + down
    if (left < 0.04 * width) + (top < 0.04 * height) + (right > 0.96 * width) + (bottom > 0.96 * height) > 1:
        return np.zeros(len(stats), bool)
    starts, extents, frame = stats[:, :2].T, stats[:, 2:4].T, np.array([[width], [height]])
    ends = starts + extents
    # How far each reaches from the left, the top, the right and the bottom: (4, N).
    reach, side = np.concatenate((ends, frame - starts)), np.concatenate((frame, frame))
    found = np.asarray((reach <= 0.07 * side).any(axis=0), np.bool_)
    thin = (extents < 0.1 * frame) & (extents < 0.34 * extents[::-1])
    flat = (reach <= 0.22 * side) & np.concatenate((thin, thin))
    for border in np.flatnonzero(flat.any(axis=1)):
        along, rows = 1 - border % 2, np.flatnonzero(flat[border])
        first, last, length = starts[along, rows], ends[along, rows], int(frame[along, 0])
        if first.min() <= 0.06 * length and last.max() >= 0.94 * length and (last - first).sum() >= 0.5 * length:
            found[rows] = True
    return found & ~found.all()


def touches(stats: npt.NDArray[np.int64], shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Return which components touch the border of the picture."""
    right, bottom = stats[:, 0] + stats[:, 2], stats[:, 1] + stats[:, 3]
    touching = (stats[:, 0] == 0) | (stats[:, 1] == 0) | (right == shape[1]) | (bottom == shape[0])
    return np.asarray(touching, np.bool_)
