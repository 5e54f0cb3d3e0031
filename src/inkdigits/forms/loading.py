"""A TOML file → a template that has been checked, and back; every error names the place in the file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from msgspec import UNSET

from inkdigits.errors import InputError, nearest, one_line
from inkdigits.files import write_text
from inkdigits.forms import layout, marks, places, template
from inkdigits.forms.template import KINDS, Amount, Boxes, Date, Field, Mark, Table, Template

_MOST_BYTES = 4 << 20
_LEAST_SIDE = 2.0  # millimetres of a cell: what is smaller can hold no digit
_TOUCHING = 0.5  # square millimetres: areas that share an edge overlap by the width of a line
# Which struct stands at a place of the file, by the last part of its path.
_STRUCTS: dict[str, type[msgspec.Struct]] = {
    "": Template,
    "pages": template.Page,
    "boxes": Boxes,
    "number": template.Number,
    "table": Table,
    "date": Date,
    "amount": Amount,
    "mark": Mark,
    "list": template.ListFile,
    "columns": template.Column,
}
_TYPES = {
    "int": "a whole number",
    "float": "a number",
    "str": "a text in quotes",
    "bool": "true or false",
    "array": "a list",
    "object": "a table of names and values",
    "null": "nothing",
}


class PlaceError(Exception):
    """A value of a template that will not do: its place, what is wrong, and what would do."""

    def __init__(self, place: str, problem: str, remedy: str) -> None:
        super().__init__(f"{place}: {problem}")
        self.place, self.problem, self.remedy = place, problem, remedy


def read(path: Path) -> Template:
    """Return the template in a TOML file. Raises InputError, which names the place in the file, for one that is none."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        raise InputError(path, "does not exist", "check the path") from None
    except OSError as error:
        raise InputError(path, f"cannot be opened ({error.strerror})", "check the path and its permissions") from None
    if len(data) > _MOST_BYTES:
        raise InputError(path, f"is longer than {_MOST_BYTES >> 20} MB", "give a template")
    try:
        said = tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(path, f"is no TOML ({error})", "mend the file") from None
    return parse(said, path)


def parse(said: dict[str, Any], source: object) -> Template:
    """Return the template that TOML's values say. Raises InputError, naming `source`, for what is none."""
    try:
        made = _converted(said)
    except PlaceError as error:
        raise InputError(source, f"{error.place}: {error.problem}", error.remedy) from None
    check(made, source)
    return made


def check(made: Template, source: object) -> None:
    """Raise InputError for fields that overlap, leave their page or contradict themselves."""
    try:
        _check(made)
    except PlaceError as error:
        raise InputError(source, f"{error.place}: {error.problem}", error.remedy) from None


def to_toml(made: Template) -> str:
    """Return a template as the text of a TOML file."""
    values = msgspec.to_builtins(made, str_keys=True)
    lines = [f"{key} = {_toml(values[key])}" for key in ("format", "name", "title", "trust") if key in values]
    if "format" not in values:
        lines.insert(0, f"format = {template.FORMAT}")
    if made.rules:
        lines += ["rules = [", *(f"    {_toml(rule)}," for rule in made.rules), "]"]
    for page in values.get("pages", [{}]):
        lines += ["", "[[pages]]", *(f"{key} = {_toml(value)}" for key, value in page.items())]
    for name, field in values["fields"].items():
        lines += ["", f"[fields.{name}]", *(f"{key} = {_toml(value)}" for key, value in field.items())]
    return "\n".join(lines) + "\n"


def write(made: Template, path: Path) -> None:
    """Write a template to a TOML file, whole or not at all."""
    write_text(path, to_toml(made))


def _toml(value: Any) -> str:
    """Return a value as TOML has it; msgspec needs another package for that."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{round(value, 3):g}" if abs(value) < 1e5 else repr(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        escaped = "".join(
            f"\\u{ord(c):04x}" if ord(c) < 32 or ord(c) == 127 else f"\\{c}" if c in '"\\' else c for c in value
        )
        return f'"{escaped}"'
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return f"{{ {', '.join(f'{key} = {_toml(each)}' for key, each in value.items())} }}"


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a template's file."""
    made = msgspec.json.schema(Template)
    made["$defs"]["Field"]["oneOf"] = [{"required": [kind]} for kind in KINDS]
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return made


def _converted(said: dict[str, Any]) -> Template:
    rest = {key: value for key, value in said.items() if key != "fields"}
    fields = said.get("fields", {})
    if not isinstance(fields, dict):
        raise PlaceError("fields", "is no table", "write [fields.NAME] for each field")
    made: Template = _convert({**rest, "fields": {}}, Template, "")
    if not fields:
        raise PlaceError("fields", "is missing", "write [fields.NAME] for each field")
    for name, value in fields.items():
        place = f"fields.{name}"
        if not re.fullmatch("[A-Za-z][A-Za-z0-9_]{0,39}", name):
            remedy = "begin with a letter; letters, digits and _ may follow, 40 in all"
            raise PlaceError(place, "is no name for a field", remedy)
        made.fields[name] = _convert(value, Field, place)
        _check_kind(made.fields[name], place)
    return made


def _convert(value: Any, kind: type[Any], place: str) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise _explained(str(error), value, place) from None


def _explained(message: str, value: Any, place: str) -> PlaceError:
    """Return msgspec's message in words for people, with the place and what would do."""
    text, _, path = message.partition(" - at `$")
    path = path.rstrip("`").removeprefix(".")
    where = f"{place}.{path}" if place and path and not path.startswith("[") else f"{place}{path}"
    last = re.sub(r"\[.*", "", path.rsplit(".", 1)[-1])
    struct = Field if place and not path else _STRUCTS.get(last, Template)
    keys = [f.encode_name for f in msgspec.structs.fields(struct)]
    if found := re.match("Object contains unknown field `(.*)`$", text, re.DOTALL):
        key = one_line(found[1], 60)
        near = nearest(key, keys)
        return PlaceError(
            f"{where}.{key}".lstrip("."), "is no setting", f"did you mean {near}? There are {', '.join(keys)}"
        )
    if found := re.match("Object missing required field `(.*)`$", text):
        return PlaceError(f"{where}.{found[1]}".lstrip("."), "is missing", "add it")
    if found := re.match("Invalid enum value (.*)$", text, re.DOTALL):
        choices = _choices(last)
        near = f"did you mean {nearest(found[1].strip(chr(39)), choices)}? " if choices else ""
        return PlaceError(where, f"is {one_line(found[1], 60)}", f"{near}There are {', '.join(choices) or 'others'}")
    words = re.sub("`([a-z]+(?: \\| [a-z]+)*)`", lambda m: " or ".join(_TYPES[w] for w in m[1].split(" | ")), text)
    words = words.replace("Expected ", "must be ").replace(", got ", ", and is ").replace("`", "")
    words = re.sub(r" of length (>=|<=) ", lambda m: " with at least " if m[1] == ">=" else " with at most ", words)
    words = words.replace(" >= ", " of at least ").replace(" <= ", " of at most ").replace(" > ", " above ")
    return PlaceError(where or "the file", words, "mend the value")


def _choices(name: str) -> list[str]:
    """Return the values that a setting may have, if it is one of few."""
    known = {
        "trust": ("strict", "normal", "always"),
        "check": ("luhn", "mod11", "mod97"),
        "ink": ("handwritten", "printed", "any"),
        "size": ("A4", "Letter", "[width, height]"),
        "format": ("1",),
    }
    return list(known.get(name, ()))


def _check_kind(field: Field, place: str) -> None:
    given = [kind for kind in KINDS if getattr(field, kind) is not UNSET]
    if len(given) != 1:
        problem = "is of no kind" if not given else f"is of {len(given)} kinds, {' and '.join(given)}"
        raise PlaceError(place, problem, f"give one of {', '.join(KINDS)}")


def _check(made: Template) -> None:
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
