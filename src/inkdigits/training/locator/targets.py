"""A synthetic page's truth → what the network should say of it: one array for each head, and where nothing is learned."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.locating.maps import (
    BOX_UNIT,
    CENTRES,
    FIRST_SEPARATOR,
    HANDWRITTEN,
    INK_STRIDE,
    LINK_UNIT,
    PRINTED,
    SEPARATORS,
    STRIDE,
)
from inkdigits.synthetic.pages.truth import Mark, SyntheticPage

NOTHING = 255  # in `classes`: no digit here
_SPREAD = 0.15  # of a centre's peak, as a share of the box
_NEAR = 0.4  # cells where the peak is higher than this learn class, box and link
_COVERED = 64  # of 255: a pixel with more ink than this counts as ink in the ink map


class Targets(NamedTuple):
    """All for one page of H × W pixels; h = H / 4, w = W / 4.

    centres  uint8 (h, w, 7)     255 at each mark's centre cell, falling off around it
    classes  uint8 (h, w)        the digit near its centre, else NOTHING
    boxes    float16 (h, w, 4)   in BOX_UNIT, as maps.Maps has them
    links    float16 (h, w, 3)   1 where the number goes on, else 0; in LINK_UNIT
    near     uint8 (h, w)        1 where boxes are learned, 2 where classes and links are, too
    open     uint8 (h, w)        1 where centres are learned, 0 in what is ignored
    turns    uint8 (h, w)        right angles by which the page is turned, where there is ink or print, else NOTHING
    ink      uint8 (H/2, W/2, 3) share covered by each layer, 0 to 255
    """

    centres: npt.NDArray[np.uint8]
    classes: npt.NDArray[np.uint8]
    boxes: npt.NDArray[np.float16]
    links: npt.NDArray[np.float16]
    near: npt.NDArray[np.uint8]
    open: npt.NDArray[np.uint8]
    turns: npt.NDArray[np.uint8]
    ink: npt.NDArray[np.uint8]


def targets(page: SyntheticPage) -> Targets:
    """Return the targets of a page whose sides are multiples of 4."""
    height, width = page.grey.shape[0] // STRIDE, page.grey.shape[1] // STRIDE
    centres = np.zeros((height, width, CENTRES), np.float32)
    highest = np.zeros((height, width), np.float32)
    classes = np.full((height, width), NOTHING, np.uint8)
    boxes, links = np.zeros((height, width, 4), np.float32), np.zeros((height, width, 3), np.float32)
    near, open_ = np.zeros((height, width), np.uint8), np.ones((height, width), np.uint8)
    ink = _ink(page)
    inked = cv2.resize(ink[..., :2].max(axis=-1), (width, height), interpolation=cv2.INTER_AREA) > 30
    turns = np.where(inked, page.quarters, NOTHING).astype(np.uint8)
    if page.quarters:  # only that is learned from it: which digits stand there is not asked before it is upright
        open_[:] = 0
        page_marks: list[Mark] = []
    else:
        page_marks = page.truth.marks
    following = _following(page_marks)
    for left, top, right, bottom in page.truth.ignored:
        open_[int(top // STRIDE) : int(bottom // STRIDE) + 1, int(left // STRIDE) : int(right // STRIDE) + 1] = 0
    for i, mark in enumerate(page_marks):
        x, y = mark.centre
        rows, columns, peak = _peak(mark, height, width)
        if not peak.size:
            continue
        kind = _kind(mark)
        part = centres[rows, columns, kind]
        np.maximum(part, peak, out=part)
        row, column = min(int(y // STRIDE), height - 1), min(int(x // STRIDE), width - 1)
        wins = (peak > _NEAR) & (peak > highest[rows, columns])
        own = np.zeros((height, width), bool)
        own[rows, columns] = wins
        own[row, column] = True
        highest[rows, columns] = np.where(wins, peak, highest[rows, columns])
        r, c = np.nonzero(own)
        cell_x, cell_y = (c + 0.5) * STRIDE, (r + 0.5) * STRIDE
        left, top, right, bottom = mark.box
        boxes[r, c] = np.stack([cell_x - left, cell_y - top, right - cell_x, bottom - cell_y], axis=1) / BOX_UNIT
        near[r, c] = 2 if kind < FIRST_SEPARATOR else 1
        classes[r, c] = int(mark.sign) if kind < FIRST_SEPARATOR else NOTHING
        links[r, c] = 0
        if i in following:
            nx, ny = following[i].centre
            links[r, c, 0] = 1
            links[r, c, 1:] = np.stack([nx - cell_x, ny - cell_y], axis=1) / LINK_UNIT
    return Targets(
        np.rint(centres * 255).astype(np.uint8),
        classes,
        boxes.astype(np.float16),
        links.astype(np.float16),
        near,
        open_,
        turns,
        ink,
    )


def _kind(mark: Mark) -> int:
    if mark.sign.isdigit():
        return HANDWRITTEN if mark.kind == "handwritten" else PRINTED
    return FIRST_SEPARATOR + SEPARATORS.index(mark.sign)


def _peak(mark: Mark, height: int, width: int) -> tuple[slice, slice, npt.NDArray[np.float32]]:
    """Return where a mark's peak lies, and its values: a Gaussian as broad as the box, 1 in the centre's own cell."""
    left, top, right, bottom = mark.box
    x, y = mark.centre
    spread_x = float(np.clip(_SPREAD * (right - left) / STRIDE, 0.45, 2.0))
    spread_y = float(np.clip(_SPREAD * (bottom - top) / STRIDE, 0.45, 2.0))
    row, column = min(int(y // STRIDE), height - 1), min(int(x // STRIDE), width - 1)
    reach_x, reach_y = int(3 * spread_x) + 1, int(3 * spread_y) + 1
    rows = slice(max(0, row - reach_y), min(height, row + reach_y + 1))
    columns = slice(max(0, column - reach_x), min(width, column + reach_x + 1))
    down = np.exp(-0.5 * ((np.arange(rows.start, rows.stop) - row) / spread_y) ** 2)
    across = np.exp(-0.5 * ((np.arange(columns.start, columns.stop) - column) / spread_x) ** 2)
    return rows, columns, np.asarray(np.outer(down, across), np.float32)


def _following(marks: list[Mark]) -> dict[int, Mark]:
    """Return for each digit that has one the next digit of its number: separators between them do not part a number."""
    last: dict[int, int] = {}
    following = {}
    for i in sorted(range(len(marks)), key=lambda i: (marks[i].number, marks[i].place)):
        mark = marks[i]
        if not mark.sign.isdigit():
            continue
        before = last.get(mark.number)
        if before is not None:
            following[before] = mark
        last[mark.number] = i
    return following


def _ink(page: SyntheticPage) -> npt.NDArray[np.uint8]:
    covered = np.stack([page.ink, page.print, page.ruling], axis=-1) > _COVERED
    height, width = covered.shape[0] // INK_STRIDE, covered.shape[1] // INK_STRIDE
    return np.asarray(
        cv2.resize(covered.astype(np.uint8) * np.uint8(255), (width, height), interpolation=cv2.INTER_AREA), np.uint8
    )
