"""What may be written in a slot: the automata that follow it sign by sign, and the value that a text means."""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
from msgspec import UNSET

from inkdigits.errors import nearest
from inkdigits.forms.checking import PlaceError
from inkdigits.forms.places import Slot, date_parts
from inkdigits.forms.template import Amount, Boxes, Column, Constraints, Date, Field, Mark, Table, Template
from inkdigits.options import AskedInk, Trust
from inkdigits.recognising import pattern
from inkdigits.recognising.automata import Automaton, Length, Luhn, Mod11, Mod97, Values

Value: TypeAlias = "str | int | Decimal | datetime.date | bool"

_CHECKS: dict[str, type[Automaton[Any]]] = {"luhn": Luhn, "mod11": Mod11, "mod97": Mod97}
_MOST_LISTED = 1_000_000
_MOST_LIST_BYTES = 64 << 20
_IN_LIST = re.compile(r"[0-9.,/:-]{1,40}")


@dataclass(frozen=True, eq=False)
class Allowed:
    """What a slot may hold.

    automata     all that its text must satisfy
    numeric      whether the value is a number (leading zeros mean nothing) or a text of digits
    decimals     digits after the point; in boxes no point is written, and these are the last ones
    bounds       the least and greatest value, or None
    dated        the format of a date, or None
    boxed        whether there is a box for each digit
    listed       whether the values are those of a list
    once         the name of a list of which each value occurs at most once, or None
    """

    automata: tuple[Automaton[Any], ...]
    numeric: bool
    decimals: int
    bounds: tuple[float, float] | None
    dated: tuple[str, ...] | None
    boxed: bool
    listed: frozenset[str] | None
    once: str | None
    required: bool
    empty: str | None
    ink: AskedInk
    trust: Trust

    def value(self, text: str) -> Value | None:
        """Return the value that a text means; None if it means none, or one that may not be."""
        if self.dated is not None:
            return _date(text, self.dated, self.boxed)
        if not self.numeric:
            return text if text and (self.listed is None or text in self.listed) else None
        number = _number(text, self.decimals, self.boxed)
        if number is None or (self.bounds is not None and not self.bounds[0] <= number <= self.bounds[1]):
            return None
        return number


def _number(text: str, decimals: int, boxed: bool) -> int | Decimal | None:
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    if boxed:
        if not digits.isdigit():
            return None
        digits = digits.rjust(decimals + 1, "0")
        digits = f"{digits[: len(digits) - decimals]}.{digits[len(digits) - decimals :]}" if decimals else digits
    elif decimals:
        found = re.fullmatch(rf"(\d+|\d{{1,3}}(?:[.,]\d{{3}})+)(?:[.,/:-](\d{{1,{decimals}}}|-))?", digits)
        if found is None:
            return None
        whole = re.sub("[.,]", "", found[1])
        digits = f"{whole}.{(found[2] or '').replace('-', '').ljust(decimals, '0')}"
    else:
        digits = re.sub(r"(?<=\d)[.,](?=\d{3}(?:[.,]|$))", "", digits)
    try:
        return Decimal(sign + digits) if decimals else int(sign + digits)
    except (ValueError, InvalidOperation):
        return None


def _date(text: str, parts: Sequence[str], boxed: bool) -> datetime.date | None:
    if boxed:
        widths = [len(part) for part in parts]
        if len(text) != sum(widths) or not text.isdigit():
            return None
        starts = [sum(widths[:i]) for i in range(3)]
        written = [text[start : start + width] for start, width in zip(starts, widths, strict=True)]
    else:
        written = re.split("[./,:-]", text)
        if len(written) != 3 or not all(part.isdigit() for part in written):
            return None
    said = {part[0]: int(number) for part, number in zip(parts, written, strict=True)}
    if "YY" in parts or len(written[[part[0] for part in parts].index("Y")]) == 2:
        said["Y"] += 2000 if said["Y"] < 70 else 1900
    try:
        return datetime.date(said["Y"], said["M"], said["D"])
    except ValueError:
        return None


class Lists:
    """The list files of a template: each is read once."""

    def __init__(self, folder: Path, replaced: Mapping[str, Path] | None = None) -> None:
        self._folder, self._replaced = folder, replaced or {}
        self._read: dict[tuple[Path, str | None], frozenset[str]] = {}

    def values(self, file: str, column: str | None, place: str) -> frozenset[str]:
        """Return the values of a column of a CSV file. Raises PlaceError."""
        path = self._replaced.get(file, self._folder / file)
        key = (path, column)
        if key not in self._read:
            self._read[key] = _listed(path, column, place)
        return self._read[key]


def _listed(path: Path, column: str | None, place: str) -> frozenset[str]:
    try:
        if path.exists() and not path.is_file():
            raise PlaceError(f"{place}.file", f"{path} is no file", "give a CSV file")
        with path.open("rb") as file:
            data = file.read(_MOST_LIST_BYTES + 1)
        if len(data) > _MOST_LIST_BYTES:
            raise PlaceError(
                f"{place}.file", f"{path} is longer than {_MOST_LIST_BYTES >> 20} MB", "give a shorter list"
            )
        text = data.decode("utf-8-sig")
    except FileNotFoundError:
        raise PlaceError(f"{place}.file", f"{path} does not exist", "give a path relative to the template") from None
    except OSError as error:
        raise PlaceError(f"{place}.file", f"{path} cannot be opened ({error.strerror})", "check the path") from None
    except UnicodeDecodeError:
        raise PlaceError(f"{place}.file", f"{path} is no text in UTF-8", "save it as CSV in UTF-8") from None
    try:
        rows = [row for row in csv.reader(text.splitlines(), _dialect(text)) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise PlaceError(f"{place}.file", f"{path} is no CSV ({error})", "save it as CSV") from None
    if not rows:
        raise PlaceError(f"{place}.file", f"{path} is empty", "give a list with values")
    header = [cell.strip() for cell in rows[0]]
    at = 0
    if column is not None:
        if column not in header:
            remedy = f"did you mean {nearest(column, header)}? There are {', '.join(header)}"
            raise PlaceError(f"{place}.column", f"{path} has no column {column}", remedy)
        at, rows = header.index(column), rows[1:]
    elif not _IN_LIST.fullmatch(header[0]):
        rows = rows[1:]  # names of columns
    values = {row[at].strip() for row in rows if at < len(row) and row[at].strip()}
    if odd := sorted(value for value in values if not _IN_LIST.fullmatch(value)):
        problem = f"{path} holds {odd[0][:40]!r}, which is no number"
        raise PlaceError(f"{place}.file", problem, "name the right column with column, or mend the list")
    if not values or len(values) > _MOST_LISTED:
        raise PlaceError(f"{place}.file", f"{path} holds {len(values):,} values", f"give 1 to {_MOST_LISTED:,}")
    return frozenset(values)


def _dialect(text: str) -> type[csv.Dialect] | str:
    first = text.splitlines()[0] if text else ""
    counts = {sign: first.count(sign) for sign in ",;\t"}
    best = max(counts, key=lambda sign: counts[sign])

    class Found(csv.excel):
        delimiter = best if counts[best] else ","

    return Found


def allowed(template: Template, slots: Sequence[Slot], lists: Lists) -> list[Allowed | None]:
    """Return what each slot may hold, None for marks. Raises PlaceError for a list that cannot be used."""
    made: dict[tuple[str, str | None], Allowed | None] = {}
    for slot in slots:
        key = (slot.field, slot.column)
        if key not in made:
            made[key] = _allowed(template, slot, lists)
    return [made[slot.field, slot.column] for slot in slots]


def _allowed(template: Template, slot: Slot, lists: Lists) -> Allowed | None:
    field = template.fields[slot.field]
    area = field.area
    if isinstance(area, Mark):
        return None
    said: dict[str, Any] = {
        f.name: value for f in msgspec.structs.fields(Constraints) if (value := getattr(field, f.name)) is not UNSET
    }
    column = _column(field, slot)
    if column is not None:
        said |= {
            f.name: value
            for f in msgspec.structs.fields(Constraints)
            if (value := getattr(column, f.name)) is not UNSET
        }
    place = f"fields.{slot.field}"
    listed: frozenset[str] | None = None
    once = None
    if "values" in said:
        listed = frozenset(text.strip() for text in said["values"])
    if "listed" in said:
        file = said["listed"]
        name = None if file.column is UNSET else file.column
        listed = lists.values(file.file, name, f"{place}.list")
        once = f"{file.file}:{name or ''}" if file.once else None
    decimals = int(area.decimals if isinstance(area, Amount) else said.get("decimals", 0))
    bounds = (float(said["bounds"][0]), float(said["bounds"][1])) if "bounds" in said else None
    boxed = bool(slot.boxes)
    identifier = listed is not None or any(name in said for name in ("length", "pattern", "check"))
    numeric = isinstance(area, Amount) or decimals > 0 or bounds is not None
    numeric = numeric or not (isinstance(area, Boxes | Date) or identifier)
    dated = tuple(date_parts(area)) if isinstance(area, Date) else None
    automata: list[Automaton[Any]] = []
    if dated is not None:
        automata.append(_followed(_date_pattern(dated, boxed), place))
    elif listed is not None and not numeric:
        automata.append(Values(listed))
    elif numeric:
        automata.append(_followed(_number_pattern(slot, decimals, bounds), place))
    elif "pattern" not in said and (boxed or "length" not in said):
        automata.append(_followed(r"\d+", place))
    if "length" in said or (boxed and not numeric and dated is None and listed is None and "pattern" not in said):
        automata.append(Length(int(said.get("length", len(slot.boxes)))))
    if "pattern" in said:
        automata.append(_followed(said["pattern"], f"{place}.pattern"))
    if "check" in said:
        automata.append(_CHECKS[said["check"]]())
    return Allowed(
        tuple(automata),
        numeric and dated is None,
        decimals,
        bounds,
        dated,
        boxed,
        listed,
        once,
        bool(said.get("required", False)),
        said.get("empty"),
        said.get("ink", "handwritten"),
        said.get("trust", template.trust),
    )


def _column(field: Field, slot: Slot) -> Column | None:
    if not isinstance(field.area, Table):
        return None
    columns = field.area.columns
    if slot.column is None:
        return columns[0] if isinstance(columns[0], Column) else None
    return next((c for c in columns if isinstance(c, Column) and c.name == slot.column), None)


def _followed(text: str, place: str) -> Automaton[Any]:
    """Return the automaton of a pattern. Raises PlaceError for a text that is none."""
    try:
        return pattern.automaton(re.compile(text))
    except (re.error, ValueError, OverflowError, RecursionError) as error:
        raise PlaceError(place, f"is no regular expression ({error})", r"give one such as \d{5}") from None


def _number_pattern(slot: Slot, decimals: int, bounds: tuple[float, float] | None) -> str:
    """Return what numbers look like as people write them: thousands may be divided, decimals follow a point or a comma."""
    if slot.boxes:
        return rf"\d{{1,{len(slot.boxes)}}}"
    sign = "-?" if bounds is not None and bounds[0] < 0 else ""
    most = 12 if bounds is None else len(str(int(max(abs(bounds[0]), abs(bounds[1])))))
    whole = rf"(\d{{1,{max(most, 2)}}}|\d{{1,3}}([.,]\d{{3}})+)"
    part = rf"([.,/:-](\d{{1,{decimals}}}|-))?" if decimals else ""
    return sign + whole + part


def _date_pattern(parts: Sequence[str], boxed: bool) -> str:
    if boxed:
        ways = {"DD": r"(0[1-9]|[12]\d|3[01])", "MM": r"(0[1-9]|1[0-2])", "YY": r"\d\d", "YYYY": r"(1[5-9]|20|21)\d\d"}
        return "".join(ways[part] for part in parts)
    ways = {
        "DD": r"(0?[1-9]|[12]\d|3[01])",
        "MM": r"(0?[1-9]|1[0-2])",
        "YY": r"\d\d",
        "YYYY": r"((1[5-9]|20|21)\d\d|\d\d)",
    }
    return "[./,:-]".join(ways[part] for part in parts)
