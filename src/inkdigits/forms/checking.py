"""What is wrong with a template whose values are of the right kinds: places that overlap, constraints that contradict."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations, pairwise

import msgspec
import numpy as np
from msgspec import UNSET

from inkdigits.errors import one_line
from inkdigits.forms import layout, marks, places, template
from inkdigits.forms.template import Amount, Boxes, Date, Field, Table, Template

_LEAST_SIDE = 2.0  # millimetres of a cell: what is smaller can hold no digit
_TOUCHING = 0.5  # square millimetres: areas that share an edge overlap by the width of a line


class PlaceError(Exception):
    """A value of a template that will not do: its place, what is wrong, and what would do."""

    def __init__(self, place: str, problem: str, remedy: str) -> None:
        super().__init__(f"{place}: {problem}")
        self.place, self.problem, self.remedy = place, problem, remedy


def check(made: Template) -> None:
    """Raise PlaceError for the first thing that is wrong."""
    for name, field in made.fields.items():
        for place, problem, remedy in _problems(field, made):
            raise PlaceError(f"fields.{name}.{place}", problem, remedy)
    for (first, one), (second, other) in combinations(made.fields.items(), 2):
        if one.page == other.page and (shared := places.overlap(one.area, other.area)) > _TOUCHING:
            place = f"fields.{second}.{other.kind}"
            raise PlaceError(place, f"overlaps fields.{first}.{one.kind} by {shared:.0f} mm²", "move one of the two")


def _problems(field: Field, made: Template) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with a field: where in it, what, and what would do."""
    if field.page > len(made.pages):
        pages = "there is one page" if len(made.pages) == 1 else f"there are {len(made.pages)} pages"
        yield "page", f"is {field.page}, and {pages}", "add [[pages]], or give another page"
        return
    kind, area = field.kind, field.area
    width, height = made.pages[field.page - 1].extent
    corners = places.outline(area)
    if (corners < -0.05).any() or (corners > np.array([width, height]) + 0.05).any():
        low, high = corners.min(axis=0), corners.max(axis=0)
        reach = f"reaches from ({low[0]:.1f}, {low[1]:.1f}) to ({high[0]:.1f}, {high[1]:.1f}) mm"
        yield kind, f"{reach}, and the page is {width:g} × {height:g} mm", "move it onto the page"
    if made.pages[field.page - 1].has_marks:
        for what, taken in _reserved((width, height)):
            if places.overlap(area, taken) > _TOUCHING:
                yield kind, f"covers {what}", "move it, or set marks = false in its page"
    if isinstance(area, Boxes) and area.groups is not UNSET and sum(area.groups) != area.count:
        yield f"{kind}.groups", f"are {sum(area.groups)} boxes, and count is {area.count}", "make them agree"
    if isinstance(area, Date) and sorted(part[0] for part in places.date_parts(area)) != ["D", "M", "Y"]:
        yield f"{kind}.format", f"is {area.format}", "give day, month and year once each, such as DD.MM.YYYY"
    if isinstance(area, Amount) and area.boxes is not UNSET and area.boxes <= area.decimals:
        yield f"{kind}.boxes", f"are {area.boxes}, with {area.decimals} decimals", "give more boxes"
    if isinstance(area, Table):
        broken = list(_table_problems(area))
        if broken:
            yield from broken
            return
    for rect in _cells(area):
        if min(rect[2:]) < _LEAST_SIDE:
            size = f"{max(rect[2], 0):.1f} × {max(rect[3], 0):.1f} mm"
            yield kind, f"leaves {size} for a digit", f"make it larger: at least {_LEAST_SIDE:g} mm each way"
            break
    yield from _constraint_problems(field)


def _reserved(extent: tuple[float, float]) -> Iterator[tuple[str, template.Area]]:
    """Yield what is printed on a page besides its fields: marks and code, with white around them."""
    around = 1.0
    for place in marks.places(extent):
        left, top = place[0] - around
        side = marks.SIDE + 2 * around
        yield "one of the page's ArUco marks", template.Area(left=float(left), top=float(top), width=side, height=side)
    left, top = layout.qr_place(extent)
    side = layout.QR_SIDE + 2 * around
    yield "the page's QR code", template.Area(left=left - around, top=top - around, width=side, height=side)


def _cells(area: template.Area) -> Iterator[places.Rect]:
    if isinstance(area, Table):
        for top, bottom in pairwise(places.row_edges(area)):
            for left, right in pairwise(places.column_edges(area)):
                yield left, top, right - left, bottom - top
        return
    boxes = places.boxes_in(area)
    yield from boxes or [(0.0, 0.0, area.width, area.height)]


def _table_problems(table: Table) -> Iterator[tuple[str, str, str]]:
    try:
        rows = places.row_names(table)
    except ValueError as error:
        yield "table.rows", str(error), 'give names, or a range such as "1..30"'
        return
    columns = places.column_names(table)
    for place, names in (("rows", rows), ("columns", columns)):
        if twice := sorted({name for name in names if names.count(name) > 1}):
            yield f"table.{place}", f"has {twice[0]} twice", "give each its own name"
    for name in columns:
        if not re.fullmatch("[A-Za-z][A-Za-z0-9_]{0,39}", name):
            yield (
                "table.columns",
                f"{one_line(name, 60)!r} is no name",
                "begin with a letter; letters, digits and _ follow",
            )
    sides = (
        ("row_edges", table.row_edges, rows, table.height),
        ("column_edges", table.column_edges, columns, table.width),
    )
    for place, edges, names, extent in sides:
        if edges is UNSET:
            continue
        if len(edges) != len(names) + 1:
            yield f"table.{place}", f"has {len(edges)} edges for {len(names)} of them", f"give {len(names) + 1}"
        elif any(after <= before for before, after in pairwise(edges)) or edges[-1] > extent + 0.05:
            yield f"table.{place}", "do not grow, or leave the table", f"let them grow from 0 to {extent:g}"


def _constraint_problems(field: Field) -> Iterator[tuple[str, str, str]]:
    given = {f.encode_name for f in msgspec.structs.fields(template.Constraints) if getattr(field, f.name) is not UNSET}
    useless = {
        "mark": given - {"required", "trust"},
        "date": given - {"required", "empty", "ink", "trust"},
        "amount": given - {"range", "required", "empty", "ink", "trust"},
    }.get(field.kind, set())
    for key in sorted(useless):
        yield key, f"means nothing for a field of kind {field.kind}", "remove it"
    parts: list[tuple[str, template.Constraints]] = [("", field)]
    if isinstance(field.area, Table):
        columns = field.area.columns
        parts += [(f"table.columns[{i}].", c) for i, c in enumerate(columns) if isinstance(c, template.Column)]
    for prefix, one in parts:
        if one.bounds is not UNSET and one.bounds[0] > one.bounds[1]:
            yield f"{prefix}range", f"is {one.bounds[0]:g} to {one.bounds[1]:g}", "give the lower bound first"
        if one.values is not UNSET and one.listed is not UNSET:
            yield f"{prefix}list", "stands beside values", "give one of the two"
        if one.pattern is not UNSET:
            try:
                re.compile(one.pattern)
            except (re.error, RecursionError, OverflowError) as error:
                yield f"{prefix}pattern", f"is no regular expression ({error})", r"give one such as \d{5}"
    boxes = places.boxes_in(field.area)
    if boxes and field.length is not UNSET and field.length > len(boxes):
        yield "length", f"is {field.length}, and there are {len(boxes)} boxes", "make them agree"
