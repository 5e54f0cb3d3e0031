"""A TOML file → a template that has been checked, and back; every error names the place in the file."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec
from msgspec import UNSET

from inkdigits.errors import InputError, nearest, one_line
from inkdigits.files import write_text
from inkdigits.forms import checking, template
from inkdigits.forms.checking import PlaceError
from inkdigits.forms.template import KINDS, Amount, Boxes, Date, Field, Mark, Table, Template

MOST_BYTES = 4 << 20  # of a template's file
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


def read(path: Path) -> Template:
    """Return the template in a TOML file. Raises InputError, which names the place in the file, for one that is none."""
    return parse(said_by(text_of(path), path), path)


def text_of(path: Path) -> str:
    """Return the text of a template's file. Raises InputError for one that is missing, too long or no text."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise InputError(path, "does not exist", "check the path") from None
    except OSError as error:
        raise InputError(path, f"cannot be opened ({error.strerror})", "check the path and its permissions") from None
    if len(data) > MOST_BYTES:
        raise InputError(path, f"is longer than {MOST_BYTES >> 20} MB", "give a template")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(path, f"is no TOML ({error})", "mend the file") from None


def said_by(text: str, source: object) -> dict[str, Any]:
    """Return the values in the text of a TOML file. Raises InputError for what is no TOML."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(source, f"is no TOML ({error})", "mend the file") from None


def parse(said: dict[str, Any], source: object) -> Template:
    """Return the template that TOML's values say. Raises InputError, naming `source`, for what is none."""
    try:
        made = converted(said)
    except PlaceError as error:
        raise InputError(source, f"{error.place}: {error.problem}", error.remedy) from None
    check(made, source)
    return made


def check(made: Template, source: object) -> None:
    """Raise InputError for fields that overlap, leave their page or contradict themselves."""
    try:
        checking.check(made)
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
        return f"{round(value, 6):.12g}"  # without what sums of millimetres leave behind
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


def converted(said: dict[str, Any]) -> Template:
    """Return the template that TOML's values say: each value by itself will do. Raises PlaceError for one that does not.

    `checking.check` tells what is wrong between them.
    """
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
