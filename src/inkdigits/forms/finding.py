"""The picture of an empty form → its fields: boxes, combs, table grids and marks, by the lines printed around them.

The inside of a box is a piece of paper with print all around it. Pieces of the right size that are rectangles are
cells; cells that share lines are a comb or a table, equal ones beside each other are boxes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from inkdigits.forms.blank import PX, Blank
from inkdigits.forms.joining import ALIKE, ANGLE, joined, turned
from inkdigits.forms.template import Area, Boxes, Field, Mark, Number, Table

Points = npt.NDArray[np.float64]
Mask = npt.NDArray[np.uint8]

_LEAST, _MOST = (2.2, 3.0), (190.0, 60.0)  # millimetres of a cell: width and height
_FILLED = 0.86  # share of its rectangle that a cell fills
_PRINT = 0.004  # share of a cell's inside that print may cover, such as a speck; a label covers more
_RIM = 0.4  # millimetres inside a cell's border that are not looked at for that
_LINE = 1.0  # millimetres of the thickest line between two cells
_WIDE = 1.5  # times its height: a wider cell holds more than a digit
_MARK = 6.5  # millimetres of the largest box that stands alone to be ticked
_MOST_CELLS = 4000


@dataclass(frozen=True, eq=False)
class Cell:
    """A rectangle of paper with print around it, in millimetres; `angle` in degrees; `printed`: print stands in it."""

    middle: Points
    width: float
    height: float
    angle: float
    printed: bool

    @property
    def fits_digit(self) -> bool:
        """Whether it has room for one digit, and no more."""
        return self.width <= _WIDE * self.height


def fields(blank: Blank, page: int = 1, named: Iterable[str] = ()) -> dict[str, Field]:
    """Return the fields of a page, named by their kind, in reading order; `named` are names that are taken."""
    found = [area for group in _touching(cells(blank)) for area in _areas(group)]
    areas = sorted(joined(found), key=_reading_order)
    taken, made = set(named), {}
    for area in areas:
        kind = type(area).__name__.lower()
        number = 1
        while f"{kind}{number}" in taken:
            number += 1
        taken.add(f"{kind}{number}")
        of_kind: dict[str, Any] = {kind: _rounded(area)}
        made[f"{kind}{number}"] = Field(page=page, **of_kind)
    return made


def _rounded(area: Area) -> Area:
    """Return an area in whole micrometres: what a person can read in the file."""
    values = msgspec.structs.asdict(area).items()
    return msgspec.structs.replace(area, **{key: round(v, 3) for key, v in values if isinstance(v, float)})


def cells(blank: Blank) -> list[Cell]:
    """Return the cells of a page."""
    lines = cv2.morphologyEx(blank.printed.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    contours, levels = cv2.findContours(lines, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    if levels is None:
        return []
    made = []
    for contour, (_, _, _, parent) in zip(contours, levels[0], strict=True):
        if parent < 0:  # the outside of print; holes in it have a parent
            continue
        _, _, across, down = cv2.boundingRect(contour)
        if min(across, down) < min(_LEAST) * PX:
            continue
        cell = _cell(contour, blank)
        if cell is not None:
            made.append(cell)
    return made[:_MOST_CELLS]


def _cell(contour: npt.NDArray[np.int32], blank: Blank) -> Cell | None:
    (x, y), (width, height), angle = cv2.minAreaRect(contour)
    if angle > 45:
        angle, width, height = angle - 90, height, width
    elif angle < -45:
        angle, width, height = angle + 90, height, width
    size = width / PX, height / PX
    if not all(low <= side <= high for low, side, high in zip(_LEAST, size, _MOST, strict=True)):
        return None
    if cv2.contourArea(contour) < _FILLED * width * height:
        return None
    left, top, across, down = cv2.boundingRect(contour)
    inside = np.zeros((down, across), np.uint8)
    shrunk = max(float(width) - 2 * _RIM * PX, 1.0), max(float(height) - 2 * _RIM * PX, 1.0)
    corners = cv2.boxPoints(((x - left, y - top), shrunk, angle))
    cv2.fillConvexPoly(inside, np.round(corners).astype(np.int32), 1)
    dark = blank.printed[top : top + down, left : left + across] & (inside > 0)
    # The contour of a hole runs through the print around it; the half of a pixel takes OpenCV's middles to edges.
    middle = (np.array([x, y]) + 0.5) / PX
    printed = np.count_nonzero(dark) > _PRINT * max(int(np.count_nonzero(inside)), 1)
    return Cell(middle, (width - 1) / PX, (height - 1) / PX, float(angle), bool(printed))


def _touching(every: Sequence[Cell]) -> list[list[Cell]]:
    """Return cells in groups that share lines, and are turned alike."""
    if not every:
        return []
    sets = list(range(len(every)))

    def root(i: int) -> int:
        while sets[i] != i:
            sets[i] = sets[sets[i]]
            i = sets[i]
        return i

    middles = np.array([cell.middle for cell in every])
    halves = np.array([[cell.width, cell.height] for cell in every]) / 2
    angles = np.array([cell.angle for cell in every])
    for i, cell in enumerate(every):
        turn = turned(-cell.angle)
        off = np.abs((middles[i + 1 :] - cell.middle) @ turn.T) - halves[i + 1 :] - halves[i]
        near = (off.max(axis=1) <= _LINE) & (off.min(axis=1) < -0.5 * halves[i].min())
        for j in np.flatnonzero(near & (np.abs(angles[i + 1 :] - cell.angle) <= ANGLE)):
            sets[root(i + 1 + int(j))] = root(i)
    groups: dict[int, list[Cell]] = {}
    for i, cell in enumerate(every):
        groups.setdefault(root(i), []).append(cell)
    return list(groups.values())


@dataclass(frozen=True, eq=False)
class _Grid:
    """Cells that share lines, on axes of their own: where lines stand, and which cell is in each row and column."""

    angle: float
    across: list[tuple[float, float]]  # left and right of each column
    down: list[tuple[float, float]]
    cells: dict[tuple[int, int], Cell]

    def area(self, rows: range, columns: range) -> tuple[float, float, float, float]:
        """Return left, top, width, height on the page of a part, before it is turned about its middle."""
        left, right = self.across[columns[0]][0], self.across[columns[-1]][1]
        top, bottom = self.down[rows[0]][0], self.down[rows[-1]][1]
        middle = turned(self.angle) @ np.array([(left + right) / 2, (top + bottom) / 2])
        width, height = right - left, bottom - top
        return float(middle[0] - width / 2), float(middle[1] - height / 2), float(width), float(height)

    def is_full(self, rows: range, columns: range) -> bool:
        """Tell whether there is an empty cell in every place of a part."""
        places = ((r, c) for r in rows for c in columns)
        return all((place in self.cells) and not self.cells[place].printed for place in places)


def _grid(group: Sequence[Cell]) -> _Grid | None:
    """Return cells as a grid, None if they are none: a cell reaches over several rows or columns."""
    angle = float(np.median([cell.angle for cell in group]))
    level = np.array([cell.middle for cell in group]) @ turned(-angle).T
    half = np.array([[cell.width, cell.height] for cell in group]) / 2
    sides = []
    for axis in (0, 1):
        order = np.argsort(level[:, axis])
        ranges: list[list[int]] = []
        for i in order.tolist():
            if ranges and abs(level[i, axis] - level[ranges[-1][0], axis]) < 0.5 * half[i, axis]:
                ranges[-1].append(i)
            else:
                ranges.append([i])
        sides.append(ranges)
        ends = [
            (float(np.median((level - half)[part, axis])), float(np.median((level + half)[part, axis])))
            for part in ranges
        ]
        if any(after[0] < before[1] - 0.3 for before, after in pairwise(ends)):
            return None
        if axis == 0:
            across = ends
        else:
            down = ends
    column_of = {i: c for c, part in enumerate(sides[0]) for i in part}
    row_of = {i: r for r, part in enumerate(sides[1]) for i in part}
    placed = {(row_of[i], column_of[i]): cell for i, cell in enumerate(group)}
    return _Grid(angle, across, down, placed) if len(placed) == len(group) else None


def _areas(group: Sequence[Cell]) -> list[Area]:
    """Return the areas of cells that share lines."""
    grid = _grid(group)
    if grid is None:
        return [_single(cell) for cell in group if not cell.printed]
    rows, columns = range(len(grid.down)), range(len(grid.across))
    if len(rows) > 1:
        body = _body(grid)
        if body is not None and len(body[0]) > 1:
            return [_table(grid, *body)]
    found: list[Area] = []
    for row in rows:
        run: list[int] = []
        for column in [*columns, -1]:
            cell = grid.cells.get((row, column))
            if cell is not None and not cell.printed and (not run or _is_alike(grid.cells[row, run[-1]], cell)):
                run.append(column)
                continue
            found += _run(grid, row, run)
            run = [column] if cell is not None and not cell.printed else []
    return found


def _run(grid: _Grid, row: int, run: list[int]) -> list[Area]:
    """Return the areas of equal cells beside each other: a comb, or one number each."""
    cells_of_run = [grid.cells[row, column] for column in run]
    if len(run) < 2 or not all(cell.fits_digit for cell in cells_of_run):
        return [_single(cell) for cell in cells_of_run]
    left, top, width, height = grid.area(range(row, row + 1), range(run[0], run[-1] + 1))
    return [Boxes(left=left, top=top, width=width, height=height, angle=grid.angle, count=len(run))]


def _body(grid: _Grid) -> tuple[range, range] | None:
    """Return the rows and columns of a table that are to be filled in: without heads and labels, which are printed."""
    empty = np.zeros((len(grid.down), len(grid.across)), bool)
    for place, cell in grid.cells.items():
        empty[place] = not cell.printed
    rows = np.flatnonzero(empty.sum(axis=1) >= 0.5 * max(empty.sum(axis=1).max(), 1))
    columns = np.flatnonzero(empty.sum(axis=0) >= 0.5 * max(empty.sum(axis=0).max(), 1))
    if not len(rows) or not len(columns):
        return None
    body = range(int(rows[0]), int(rows[-1]) + 1), range(int(columns[0]), int(columns[-1]) + 1)
    return body if grid.is_full(*body) else None


def _table(grid: _Grid, rows: range, columns: range) -> Table:
    left, top, width, height = grid.area(rows, columns)
    return Table(
        left=left,
        top=top,
        width=width,
        height=height,
        angle=grid.angle,
        rows=f"1..{len(rows)}",
        columns=[f"column{i + 1}" for i in range(len(columns))],
        row_edges=_edges([grid.down[r] for r in rows], height),
        column_edges=_edges([grid.across[c] for c in columns], width),
    )


def _edges(ends: list[tuple[float, float]], extent: float) -> list[float]:
    """Return where lines stand between cells, from the first one's begin."""
    middles = [(before[1] + after[0]) / 2 - ends[0][0] for before, after in pairwise(ends)]
    return [0.0, *(round(float(v), 2) for v in middles), round(extent, 2)]


def _is_alike(one: Cell, other: Cell) -> bool:
    return (
        abs(np.log(one.width / other.width)) < ALIKE
        and abs(np.log(one.height / other.height)) < ALIKE
        and abs(one.angle - other.angle) <= ANGLE
    )


def _single(cell: Cell) -> Area:
    """Return the area of a cell that stands alone."""
    place: dict[str, Any] = {
        "left": float(cell.middle[0] - cell.width / 2),
        "top": float(cell.middle[1] - cell.height / 2),
        "width": cell.width,
        "height": cell.height,
        "angle": cell.angle,
    }
    if not cell.fits_digit:
        return Number(**place)
    if max(cell.width, cell.height) <= _MARK and abs(cell.width - cell.height) < 0.25 * cell.height:
        return Mark(**place)
    return Boxes(**place, count=1)


def _reading_order(area: Area) -> tuple[float, float]:
    """Return what areas are sorted by: rows of about the height of a field, from top to bottom, then left to right."""
    return round((area.top + min(area.height, 10.0) / 2) / 6.0), area.left
