"""Sheets, as the dicts of their JSON → rows and columns: CSV, XLSX, JSON lines and Parquet, wide or long."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias

from inkdigits.batch.rows import written
from inkdigits.errors import InputError, require
from inkdigits.files import written_aside

Shape: TypeAlias = Literal["wide", "long"]
Said: TypeAlias = Mapping[str, Any]  # a sheet as `Sheet.to_dict` has it

ENDINGS = (".csv", ".xlsx", ".jsonl", ".parquet")
_ABOUT = ("source", "page", "form", "copy", "entry")
_LONG = (
    "key",
    "field",
    "row",
    "column",
    "value",
    "status",
    "best",
    "text",
    "confidence",
    "reason",
    "decided_by",
    "decided_at",
    "read",
    "residual_mm",
)
_MOST_CROPS = 20_000  # pictures in a workbook
HIDDEN = ("sheet", "exported")  # columns of a workbook by which corrections are read back
_CROP_HEIGHT = 30  # pixels of a row with a picture


def sheet_id(sheet: Said) -> str:
    """Return what a sheet is known by: of its file's path and its number in that file, 20 hexadecimal digits."""
    place = f"{os.path.abspath(sheet['source'])}#{sheet.get('sheet', 1)}"  # noqa: PTH100
    return hashlib.sha256(place.encode()).hexdigest()[:20]


def keys(sheets: Sequence[Said]) -> list[str]:
    """Return the keys of all cells of some sheets, in their order."""
    return list(dict.fromkeys(cell["key"] for sheet in sheets for cell in sheet.get("cells", ())))


def wide(sheets: Sequence[Said]) -> tuple[list[str], list[list[Any]]]:
    """Return a row a sheet, a column a cell: the answers alone. What is for review is empty, and named in `review`."""
    names = keys(sheets)
    header = [*_ABOUT, *names, "review", "error"]
    rows = []
    for sheet in sheets:
        cells = {cell["key"]: cell for cell in sheet.get("cells", ())}
        review = " ".join(key for key, cell in cells.items() if cell["status"] == "review")
        values = [cells[name]["value"] if name in cells else None for name in names]
        rows.append([*_about(sheet), *values, review or None, sheet.get("error")])
    return header, rows


def long(sheets: Sequence[Said]) -> tuple[list[str], list[list[Any]]]:
    """Return a row a cell, with all that is known of it."""
    rows = [
        [*_about(sheet), *(cell.get(name, "reader" if name == "decided_by" else None) for name in _LONG)]
        for sheet in sheets
        for cell in sheet.get("cells", ())
    ]
    return [*_ABOUT, *_LONG], rows


def write(
    sheets: Sequence[Said], path: Path, shape: Shape = "wide", crop: Callable[[Said, Said], bytes | None] | None = None
) -> None:
    """Write sheets to a file by its ending, whole or not at all. `crop` gives the picture of a sheet's cell, as PNG.

    Raises InputError for an ending that is none of `ENDINGS`, and MissingExtraError where a package is missing.
    """
    kind = path.suffix.lower()
    if kind not in ENDINGS:
        raise InputError(path, "is no table's name", f"end it with {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}")
    header, rows = long(sheets) if shape == "long" else wide(sheets)
    with written_aside(path) as aside:
        if kind == ".csv":
            aside.write_text(to_csv(header, rows), encoding="utf-8-sig", newline="")
        elif kind == ".jsonl":
            aside.write_text("".join(json.dumps(sheet) + "\n" for sheet in sheets), encoding="utf-8")
        elif kind == ".parquet":
            _write_parquet(header, rows, aside)
        else:
            _write_xlsx(sheets, aside, crop)


def to_csv(header: Iterable[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table as RFC 4180 has it; nothing in it is a formula to a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([_harmless(value) for value in row])
    return text.getvalue()


def _harmless(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    # A negative number is no formula; other texts that begin like one get a sign before it.
    is_number = value.startswith("-") and value[1:].replace(".", "", 1).isdigit()
    return value if is_number else written(value, "csv")


def _about(sheet: Said) -> list[Any]:
    pages = sheet.get("pages") or [sheet]
    return [sheet["source"], pages[0].get("number"), sheet["form"], sheet.get("copy"), sheet.get("entry")]


def _write_parquet(header: Sequence[str], rows: Sequence[Sequence[Any]], path: Path) -> None:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise InputError("a .parquet file", "needs the package pyarrow", "install it, or name a .csv file") from None

    columns = {name: [None if row[i] is None else str(row[i]) for row in rows] for i, name in enumerate(header)}
    parquet.write_table(pyarrow.table(columns), path)


def _write_xlsx(sheets: Sequence[Said], path: Path, crop: Callable[[Said, Said], bytes | None] | None) -> None:
    """Write a workbook: `answers`, a row a sheet, and `cells`, a row a cell with its picture."""
    require("an .xlsx file", "forms", "xlsxwriter")
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        plain = book.add_format({"num_format": "@", "valign": "vcenter"})
        head = book.add_format({"bold": True, "bottom": 1})
        colours = {
            "review": book.add_format({"bg_color": "#FFE3B0", "num_format": "@", "valign": "vcenter"}),
            "corrected": book.add_format({"bg_color": "#D6E9FF", "num_format": "@", "valign": "vcenter"}),
        }
        _answers(book.add_worksheet("answers"), sheets, plain, head, colours)
        _cells(book.add_worksheet("cells"), sheets, plain, head, colours, crop)


def _answers(page: Any, sheets: Sequence[Said], plain: Any, head: Any, colours: Mapping[str, Any]) -> None:
    names = keys(sheets)
    for column, name in enumerate([*_ABOUT, *names, "error"]):
        page.write_string(0, column, name, head)
    page.freeze_panes(1, 1)
    for row, sheet in enumerate(sheets, 1):
        for column, value in enumerate(_about(sheet)):
            _write_cell(page, row, column, value, plain)
        cells = {cell["key"]: cell for cell in sheet.get("cells", ())}
        for column, name in enumerate(names, len(_ABOUT)):
            cell = cells.get(name)
            if cell is None:
                continue
            if cell["status"] == "review":
                # What is not settled is told apart by more than its colour, and is no number to add up.
                page.write_string(row, column, f"{cell['text']}?", colours["review"])
            else:
                _write_cell(page, row, column, cell["value"], colours["corrected"] if _is_corrected(cell) else plain)
        _write_cell(page, row, len(_ABOUT) + len(names), sheet.get("error"), plain)


def _cells(
    page: Any,
    sheets: Sequence[Said],
    plain: Any,
    head: Any,
    colours: Mapping[str, Any],
    crop: Callable[[Said, Said], bytes | None] | None,
) -> None:
    header = ["source", "copy", "key", "picture", "value", "read as", "probability", "status", "decided by", "reason"]
    header += [*HIDDEN]
    for column, name in enumerate(header):
        page.write_string(0, column, name, head)
    page.freeze_panes(1, 0)
    page.set_column(3, 3, 26)
    page.set_column(len(header) - len(HIDDEN), len(header) - 1, None, None, {"hidden": True})
    row = 0
    for sheet in sheets:
        for cell in sheet.get("cells", ()):
            row += 1
            format_ = (
                colours["review"]
                if cell["status"] == "review"
                else colours["corrected"]
                if _is_corrected(cell)
                else plain
            )
            values = [sheet["source"], sheet.get("copy"), cell["key"], None, cell["value"], cell["text"]]
            values += [cell["confidence"], cell["status"], cell.get("decided_by", "reader"), cell["reason"]]
            values += [sheet_id(sheet), None if cell["value"] is None else str(cell["value"])]
            for column, value in enumerate(values):
                _write_cell(page, row, column, value, format_)
            picture = crop(sheet, cell) if crop is not None and row <= _MOST_CROPS else None
            if picture is not None:
                page.set_row_pixels(row, _CROP_HEIGHT + 4)
                place = {"image_data": io.BytesIO(picture), "x_offset": 2, "y_offset": 2, "object_position": 1}
                scale = _CROP_HEIGHT / max(_png_height(picture), 1)
                page.insert_image(row, 3, "crop.png", {**place, "x_scale": scale, "y_scale": scale})
    page.autofilter(0, 0, max(row, 1), len(header) - 1)


def _is_corrected(cell: Said) -> bool:
    return bool(cell.get("decided_by", "reader") != "reader")


def _png_height(data: bytes) -> int:
    return int.from_bytes(data[20:24], "big")


def _write_cell(page: Any, row: int, column: int, value: Any, format_: Any) -> None:
    """Write a value: texts as texts, so that leading zeros stay and nothing is a formula."""
    if value is None:
        page.write_blank(row, column, None, format_)
    elif isinstance(value, bool):
        page.write_boolean(row, column, value, format_)
    elif isinstance(value, int | float):
        page.write_number(row, column, value, format_)
    else:
        page.write_string(row, column, str(value), format_)


def settled(sheets: Sequence[Said]) -> list[Said]:
    """Return sheets among which a value that may occur once does so: where it stands on several, all are for review."""
    claims: dict[tuple[str, str, Any], list[tuple[int, int]]] = {}
    for i, sheet in enumerate(sheets):
        for k, cell in enumerate(sheet.get("cells", ())):
            if cell.get("once") is not None and cell["status"] == "answered":
                claims.setdefault((sheet["form"], cell["once"], cell["value"]), []).append((i, k))
    made = list(sheets)
    for (_, _, value), places in claims.items():
        if len(places) < 2:
            continue
        for i, k in places:
            if _is_corrected(made[i]["cells"][k]):
                continue  # a person has seen it
            cells = [dict(cell) for cell in made[i]["cells"]]
            others = len(places) - 1
            reason = f"{value} stands on {others} other {'sheet' if others == 1 else 'sheets'}, too"
            cells[k] |= {"status": "review", "value": None, "reason": reason}
            made[i] = {**made[i], "cells": cells}
    return made


def summary(sheets: Sequence[Said]) -> str:
    """Return in a line how many fields were answered, how many of these may be wrong, and how many are for review."""
    cells = [cell for sheet in sheets for cell in sheet.get("cells", ())]
    answered = [cell for cell in cells if cell["status"] == "answered"]
    review = sum(cell["status"] == "review" for cell in cells)
    wrong = sum(1 - cell["confidence"] for cell in answered if not _is_corrected(cell))
    filled = len(answered) + review
    return (
        f"Of {filled:,} filled fields on {sum('cells' in sheet for sheet in sheets):,} sheets {len(answered):,} answered; "
        f"about {wrong:.1f} wrong among them; {review:,} to review."
    )
