"""Corrections that were made in an exported workbook → decisions about the batch that it came from."""

from __future__ import annotations

import datetime
import hashlib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from inkdigits.errors import InputError, one_line, require
from inkdigits.forms.correcting import Kinds, corrected
from inkdigits.forms.decisions import Decision, Decisions, now
from inkdigits.forms.tables import HIDDEN, Said, sheet_id

_NEEDED = ("key", "value", *HIDDEN)
_MOST_BYTES = 1 << 30  # of a workbook, unpacked
_MOST_ROWS = 1_048_576  # what a spreadsheet holds


def read(
    path: Path, sheets: Sequence[Said], decisions: Decisions, kinds: Kinds, by: str
) -> tuple[list[Decision], list[InputError]]:
    """Return what was corrected in the page `cells` of a workbook, and the rows that cannot be taken.

    A row is a correction if its value is no longer the one that was exported. Raises InputError for a file that is no
    workbook of `form export`.
    """
    current = decisions.current()
    known = {
        (sheet_id(sheet), cell["key"]): (sheet, cell)
        for sheet in corrected(sheets, current, kinds)
        for cell in sheet.get("cells", ())
    }
    made: list[Decision] = []
    errors: list[InputError] = []
    seen: set[tuple[str, str]] = set()
    for number, row in _rows(path):
        place = str(row["sheet"] or ""), str(row["key"] or "")
        where = f"{path}, row {number}"
        if place == ("", "") and row["value"] is None:
            continue
        if place not in known:
            errors.append(
                InputError(where, f"{one_line(place[1], 40)} is no field of this batch", "give the batch it came from")
            )
            continue
        text, exported = _text(row["value"]), _text(row["exported"])
        if text == exported:
            continue
        if place in seen:
            errors.append(InputError(where, f"{place[1]} of this sheet was there already", "leave one of the rows"))
            continue
        seen.add(place)
        sheet, cell = known[place]
        there = _text(cell["value"])
        if there == text:
            continue
        if there != exported:
            who = cell.get("decided_by", "the reader")
            errors.append(InputError(where, f"{place[1]} is {there or 'empty'} by {who} by now", "export it again"))
            continue
        is_empty = text == "" or (text == "-" and cell["value"] not in (True, False))
        try:
            if not is_empty:
                kinds.value(sheet["form"], place[1], text)
        except InputError as error:
            errors.append(InputError(where, f"{place[1]}: {error.reason}", "correct it and read the workbook again"))
            continue
        before = current.get(place)
        made.append(
            Decision(
                _id(place, text, before), *place, "empty" if is_empty else "value", None if is_empty else text,
                by, now(), False, None if before is None else before.id,
            )
        )  # fmt: skip
    return made, errors


def _id(place: tuple[str, str], text: str, before: Decision | None) -> str:
    """Return an id that is the same if the same workbook is read twice."""
    whole = "\0".join((*place, text, "" if before is None else before.id))
    return "xlsx-" + hashlib.sha256(whole.encode()).hexdigest()[:24]


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    require("reading an .xlsx file", "forms", "openpyxl")
    import openpyxl

    remedy = "give one that form export has written"
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(info.file_size for info in packed.infolist()) > _MOST_BYTES:
                raise InputError(path, "is larger than any workbook of form export", remedy)
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except InputError:
        raise
    except Exception:  # whatever a damaged workbook makes the package raise
        raise InputError(path, "is no workbook (.xlsx)", remedy) from None
    try:
        if "cells" not in book.sheetnames:
            raise InputError(path, "has no page named cells", remedy)
        rows = book["cells"].iter_rows(values_only=True, max_row=_MOST_ROWS)
        header = [str(name) for name in next(rows, ())]
        if missing := [name for name in _NEEDED if name not in header]:
            raise InputError(path, f"has no column {missing[0]} in its page cells", remedy)
        for number, values in enumerate(rows, 2):
            yield number, dict(zip(header, values, strict=False))
    finally:
        book.close()


def _text(value: Any) -> str:
    """Return a value of a workbook as text: 7.0 is 7, a date as ISO 8601 has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "x" if value else "-"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    text = str(value).strip()
    return {"True": "x", "False": "-", "TRUE": "x", "FALSE": "-"}.get(text, text)
