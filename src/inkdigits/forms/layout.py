"""A template → what is printed on a page: marks, QR code, title, labels and pale boxes, as shapes in millimetres.

The same shapes are printed (`pdf`) and drawn as the picture of the blank (`raster`), so that sheets can be laid on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from inkdigits.forms import marks, places
from inkdigits.forms.places import frame_of, moved, rect_corners
from inkdigits.forms.template import Area, Mark, Table, Template

Points = npt.NDArray[np.float64]

PALE = 0.62  # brightness of boxes: seen by people and by scanners, and lighter than any pen
LINE = 0.25  # millimetres
QR_SIDE = 18.0  # millimetres, beside the right upper mark
_LABEL, _TITLE, _HEAD = 3.2, 5.0, 2.8  # millimetres: heights of letters, with what reaches below the line
_ABOVE = 1.0  # between a label and its field


@dataclass(frozen=True, eq=False)
class Outline:
    """A line around four corners, (4, 2)."""

    corners: Points
    brightness: float = PALE
    width: float = LINE


@dataclass(frozen=True, eq=False)
class Filled:
    """A black rectangle."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, eq=False)
class Label:
    """A text: where its line begins, ends ("right") or has its middle, its height, and its angle, clockwise."""

    x: float
    y: float
    text: str
    size: float
    anchor: str = "left"
    angle: float = 0.0


Shape: TypeAlias = "Outline | Filled | Label"


def shapes(template: Template, page: int) -> Iterator[Shape]:
    """Yield what is printed on a page, from 0, but for the QR code."""
    own = template.pages[page]
    if own.has_marks:
        for corner, square in enumerate(marks.places(own.extent)):
            yield from _mark(square[0], marks.identity(page, corner))
    title = own.title if isinstance(own.title, str) else template.title
    if title:
        left = marks.MARGIN + marks.SIDE + 4 if own.has_marks else marks.MARGIN
        yield Label(left, marks.MARGIN + _TITLE, title, _TITLE)
    for slot in places.slots(template):
        if slot.page == page:
            for rect in slot.boxes or (slot.rect,):
                yield Outline(slot.corners(rect))
    for name, field in template.fields.items():
        if field.page - 1 == page:
            yield from _labels(field.label or name, field.area)


def _mark(corner: Points, number: int) -> Iterator[Shape]:
    side = marks.SIDE / marks.CELLS
    for row, cells in enumerate(marks.cells(number)):
        # Cells beside each other are one rectangle: printers leave hairlines between two.
        starts = np.flatnonzero(np.diff(np.concatenate([[0], cells.astype(int), [0]])) == 1)
        ends = np.flatnonzero(np.diff(np.concatenate([[0], cells.astype(int), [0]])) == -1)
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            yield Filled(float(corner[0]) + start * side, float(corner[1]) + row * side, (end - start) * side, side)


def _labels(text: str, area: Area) -> Iterator[Shape]:
    frame = frame_of(area)

    def at(x: float, y: float, said: str, size: float, anchor: str = "left") -> Label:
        point = moved(frame, np.array([[x, y]]))[0]
        return Label(float(point[0]), float(point[1]), said, size, anchor, area.angle)

    if isinstance(area, Mark):
        yield at(area.width + 1.5, area.height / 2 + 0.35 * _LABEL, text, _LABEL)
        return
    above = -_ABOVE
    if isinstance(area, Table):
        columns, across = places.column_names(area), places.column_edges(area)
        if len(columns) > 1:
            for column, left, right in zip(columns, across, across[1:], strict=False):
                yield at((left + right) / 2, above, column, min(_HEAD, (right - left) * 0.4), "middle")
            above -= _HEAD + 1.0
        down = places.row_edges(area)
        for row, top, bottom in zip(places.row_names(area), down, down[1:], strict=False):
            size = min(_LABEL, 0.7 * (bottom - top))
            yield at(-1.0, (top + bottom) / 2 + 0.35 * size, row, size, "right")
    yield at(0.0, above, text, _LABEL)


def qr_place(extent: tuple[float, float]) -> tuple[float, float]:
    """Return where the QR code's left upper corner is."""
    return extent[0] - marks.MARGIN - marks.SIDE - 4.0 - QR_SIDE, marks.MARGIN


def corners_of(shape: Filled) -> Points:
    """Return a rectangle's corners."""
    return rect_corners((shape.left, shape.top, shape.width, shape.height))
