"""What reading a form gives: a `Sheet`, with a `Cell` for each field and each cell of a table."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from inkdigits.errors import InputError
from inkdigits.forms.cell import Cell, no_sheet
from inkdigits.forms.constraints import Value

if TYPE_CHECKING:
    from pandas import DataFrame
    from PIL import Image


SCHEMA = 1  # of the JSON of a Sheet


@dataclass(frozen=True, eq=False)
class Row:
    """A row of a table with several columns: `row["max"]`."""

    cells: Mapping[str, Cell]

    def __getitem__(self, column: str) -> Cell:
        return self.cells[column]

    def __iter__(self) -> Iterator[str]:
        return iter(self.cells)

    def __len__(self) -> int:
        return len(self.cells)


@dataclass(frozen=True, eq=False)
class TableCells:
    """The cells of a table: `table[3]` is the cell of row 3, or with several columns the row: `table[3]["max"]`."""

    name: str
    rows: Mapping[str, Mapping[str | None, Cell]]

    def __getitem__(self, row: int | str) -> Any:
        cells = self.rows.get(str(row))
        if cells is None:
            raise KeyError(f"{self.name} has no row {row!r}; there are {', '.join(list(self.rows)[:6])} …")
        return cells[None] if None in cells else Row({str(name): cell for name, cell in cells.items()})

    def __iter__(self) -> Iterator[str]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class PageOfSheet:
    """A page of a sheet: its picture's name and page there, which page of the form it is, and how well it fits.

    `residual` is in millimetres, `share` the share of the form's print that was found; `way` is how it was aligned: by
    "marks", "features" or "edges".
    """

    source: str
    number: int
    page: int
    residual: float
    share: float
    way: str


@dataclass(frozen=True, eq=False, repr=False)
class Sheet:
    """A filled form.

    form     the form's name
    cells    every field and cell, in the template's order, by its key
    source   the name of the picture or document
    pages    its pages
    copy     the number printed on it, None if there is none
    error    why nothing could be read; there are no cells then
    number   the page of the document that could not be read, from 1; None of a document that could not be opened
    warnings lines for people: a page that is missing, or is there twice
    pictures uint8 (H, W) or (H, W, 3) by page of the form, with the size of the given picture, for `draw`
    """

    form: str
    cells: Mapping[str, Cell]
    source: str
    pages: tuple[PageOfSheet, ...] = ()
    copy: int | None = None
    entry: str | None = None
    error: InputError | None = None
    warnings: tuple[str, ...] = ()
    pictures: Mapping[int, tuple[npt.NDArray[np.uint8], tuple[int, int]]] = dataclasses.field(default_factory=dict)
    number: int | None = None

    def __getitem__(self, name: str) -> Any:
        """Return a field's cell, or the cells of a table: `sheet["total"]`, `sheet["task"][3]`, `sheet["task[3]"]`."""
        if name in self.cells:
            return self.cells[name]
        own = [cell for cell in self.cells.values() if cell.field == name]
        if not own:
            names = list(dict.fromkeys(cell.field for cell in self.cells.values()))
            raise KeyError(f"{self.form} has no field {name!r}; there are {', '.join(names)}")
        rows: dict[str, dict[str | None, Cell]] = {}
        for cell in own:
            rows.setdefault(cell.row or "", {})[cell.column] = cell
        return TableCells(name, rows)

    def __iter__(self) -> Iterator[Cell]:
        return iter(self.cells.values())

    def __len__(self) -> int:
        return len(self.cells)

    @property
    def review(self) -> list[Cell]:
        """The cells that a person should look at."""
        return [cell for cell in self.cells.values() if cell.status == "review"]

    def values(self) -> dict[str, Value | None]:
        """Return the answers by key, None where there is none."""
        return {key: cell.value for key, cell in self.cells.items()}

    def to_dict(self) -> dict[str, Any]:
        """Return everything but pictures as plain Python values."""
        said: dict[str, Any] = {"source": self.source, "schema": SCHEMA, "form": self.form}
        if self.error is not None:
            return {**said, **({} if self.number is None else {"number": self.number}), "error": self.error.reason}
        return {
            **said,
            "copy": self.copy,
            "entry": self.entry,
            "pages": [
                {
                    "source": page.source,
                    "number": page.number,
                    "page": page.page,
                    "residual_mm": round(page.residual, 3),
                    "share": round(page.share, 3),
                    "way": page.way,
                }
                for page in self.pages
            ],
            "warnings": list(self.warnings),
            "cells": [cell.to_dict() for cell in self.cells.values()],
        }

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Sheet:
        """Return the sheet that `to_dict` has made a dict of, without pictures: a line of a batch's record, for one.

        `Sheet.from_dict(said).to_dict()` is `said` again. Raises InputError for what is no such dict.
        """
        try:
            if said["schema"] != SCHEMA:
                raise ValueError(f"schema {said['schema']!r}")
            if "error" in said:
                problem, _, remedy = said["error"].partition("; ")
                error = InputError(said["source"], problem, remedy)
                return cls(said["form"], {}, said["source"], error=error, number=said.get("number"))
            return cls(
                said["form"],
                {one["key"]: Cell.from_dict(one) for one in said["cells"]},
                said["source"],
                tuple(
                    PageOfSheet(
                        page["source"], page["number"], page["page"], page["residual_mm"], page["share"], page["way"]
                    )
                    for page in said["pages"]
                ),
                said["copy"],
                said["entry"],
                None,
                tuple(map(str, said["warnings"])),
            )
        except InputError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise no_sheet(error) from None

    def to_json(self) -> str:
        """Return `to_dict()` as one line of JSON, in ASCII."""
        return json.dumps(self.to_dict())

    def to_pandas(self) -> DataFrame:
        """Return a table with a row a cell, in which `key` is its name and the rest is as in `Cell`. Needs pandas."""
        import pandas as pd

        columns = ("key", "field", "row", "column", "value", "status", "confidence", "text", "reason")
        rows = [[getattr(cell, name) for name in columns] for cell in self.cells.values()]
        return pd.DataFrame(rows, columns=list(columns))

    def draw(self, page: int = 1) -> Image.Image:
        """Return the picture of a page, RGB, with what was read on it. Raises InputError where there is none."""
        from inkdigits.forms.drawing import drawn

        if page not in self.pictures:
            raise self.error or InputError(self.source, f"has no picture of page {page}", "read the sheet again")
        return drawn(self, page)

    def __str__(self) -> str:
        if self.error is not None:
            return f"? ({self.error.reason})"
        return "\n".join(f"{cell.key}: {cell}" for cell in self.cells.values())

    def __repr__(self) -> str:
        if self.error is not None:
            return f"Sheet({self.form!r}, source={self.source!r}, error={self.error.reason!r})"
        return f"Sheet({self.form!r}, source={self.source!r}, {len(self.cells)} cells, {len(self.review)} to review)"
