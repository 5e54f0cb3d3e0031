"""Where each cell of a form is: fields → slots, one for each value that is read, in millimetres."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt
from msgspec import UNSET

from inkdigits.forms.template import Amount, Area, Boxes, Column, Date, Field, Table, Template

Affine = npt.NDArray[np.float64]  # (2, 3): (x, y, 1) → (x, y)
Points = npt.NDArray[np.float64]
Rect = tuple[float, float, float, float]  # left, top, width, height in millimetres

_ROWS = re.compile(r"^\s*(-?\d{1,6})\s*\.\.\s*(-?\d{1,6})\s*$")
MOST_ROWS = 200


@dataclass(frozen=True, eq=False)
class Slot:
    """The place of one value: a field, or a cell of a table.

    `frame` takes points of the field's own axes, in millimetres from its left upper corner, to the page's. `rect` is
    the slot and `boxes` its boxes for one digit each (none in free space), in the field's axes.
    """

    field: str
    row: str | None
    column: str | None
    page: int
    frame: Affine
    rect: Rect
    boxes: tuple[Rect, ...]

    @property
    def key(self) -> str:
        """The slot's name: `total`, `task[3]`, `weather[3].max`."""
        row = "" if self.row is None else f"[{self.row}]"
        return self.field + row + ("" if self.column is None else f".{self.column}")

    def corners(self, rect: Rect | None = None) -> Points:
        """Return the corners of the slot, or of a rectangle in its axes, on the page, (4, 2), clockwise."""
        return moved(self.frame, rect_corners(rect or self.rect))


def moved(frame: Affine, points: Points) -> Points:
    """Return points, (N, 2), as an affine map takes them."""
    return np.asarray(points @ frame[:, :2].T + frame[:, 2])


def rect_corners(rect: Rect) -> Points:
    """Return a rectangle's corners, (4, 2), clockwise from the left upper one."""
    left, top, width, height = rect
    return np.array([[left, top], [left + width, top], [left + width, top + height], [left, top + height]])


def frame_of(area: Area) -> Affine:
    """Return the map from an area's own axes to the page's."""
    c, s = np.cos(np.radians(area.angle)), np.sin(np.radians(area.angle))
    turn = np.array([[c, -s], [s, c]])
    middle = np.array([area.width, area.height]) / 2
    origin = np.array([area.left, area.top]) + middle - turn @ middle
    return np.concatenate([turn, origin[:, None]], axis=1)


def outline(area: Area) -> Points:
    """Return the corners of an area on the page, (4, 2), clockwise from its own left upper one."""
    return moved(frame_of(area), rect_corners((0.0, 0.0, area.width, area.height)))


def slots(template: Template) -> list[Slot]:
    """Return the slots of a form, field by field, those of a table row by row."""
    return [slot for name, field in template.fields.items() for slot in slots_of(name, field)]


def slots_of(name: str, field: Field) -> list[Slot]:
    """Return the slots of a field."""
    area, frame, page = field.area, frame_of(field.area), field.page - 1
    whole = (0.0, 0.0, area.width, area.height)
    if not isinstance(area, Table):
        return [Slot(name, None, None, page, frame, whole, tuple(boxes_in(area)))]
    rows, columns = row_names(area), column_names(area)
    down, across = row_edges(area), column_edges(area)
    made = []
    for row, (top, bottom) in zip(rows, pairwise(down), strict=True):
        for column, (left, right) in zip(columns, pairwise(across), strict=True):
            rect = (left, top, right - left, bottom - top)
            boxes = row_of_boxes(rect, [area.boxes], 0.0, 0.0) if area.boxes is not UNSET else []
            made.append(Slot(name, row, column if len(columns) > 1 else None, page, frame, rect, tuple(boxes)))
    return made


def boxes_in(area: Area) -> list[Rect]:
    """Return the boxes of an area that is no table, in its own axes; none in free space."""
    whole = (0.0, 0.0, area.width, area.height)
    if isinstance(area, Boxes):
        groups = [area.count] if area.groups is UNSET else list(area.groups)
        return row_of_boxes(whole, groups, area.gap, area.space)
    if isinstance(area, Date) and area.boxes:
        return row_of_boxes(whole, [len(part) for part in date_parts(area)], area.gap, area.space)
    if isinstance(area, Amount) and area.boxes is not UNSET:
        groups = [n for n in (area.boxes - area.decimals, min(area.decimals, area.boxes)) if n > 0]
        return row_of_boxes(whole, groups, area.gap, area.space)
    return []


def date_parts(date: Date) -> list[str]:
    """Return the parts of a date's format: "DD", "MM" and "YYYY" or "YY", in order."""
    return re.findall("D+|M+|Y+", date.format)


def row_of_boxes(rect: Rect, groups: list[int], gap: float, space: float) -> list[Rect]:
    """Return boxes that fill a rectangle: groups of them, `gap` between boxes, and `space` more between groups."""
    left, top, width, height = rect
    count = sum(groups)
    each = (width - gap * (count - 1) - space * (len(groups) - 1)) / count
    made, x = [], left
    for group in groups:
        for _ in range(group):
            made.append((x, top, each, height))
            x += each + gap
        x += space
    return made


def row_names(table: Table) -> list[str]:
    """Return the names of a table's rows. Raises ValueError for a range that is none."""
    if not isinstance(table.rows, str):
        return list(table.rows)
    found = _ROWS.match(table.rows)
    if found is None:
        raise ValueError(f'"{table.rows}" is no range such as "1..30"')
    first, last = int(found[1]), int(found[2])
    if not 0 <= last - first < MOST_ROWS:
        raise ValueError(f"{table.rows} has {max(last - first + 1, 0):,} rows; there may be 1 to {MOST_ROWS}")
    return [str(number) for number in range(first, last + 1)]


def column_names(table: Table) -> list[str]:
    """Return the names of a table's columns."""
    return [column.name if isinstance(column, Column) else column for column in table.columns]


def row_edges(table: Table) -> list[float]:
    """Return where a table's rows begin and end, in millimetres from its top."""
    count = len(row_names(table))
    return _edges(table.height, count) if table.row_edges is UNSET else list(table.row_edges)


def column_edges(table: Table) -> list[float]:
    """Return where a table's columns begin and end, in millimetres from its left."""
    count = len(table.columns)
    return _edges(table.width, count) if table.column_edges is UNSET else list(table.column_edges)


def _edges(extent: float, count: int) -> list[float]:
    return [extent * i / count for i in range(count + 1)]


def overlap(one: Area, other: Area) -> float:
    """Return by how many square millimetres two areas of a page overlap."""
    area, _ = cv2.intersectConvexConvex(outline(one).astype(np.float32), outline(other).astype(np.float32))
    return float(area)
