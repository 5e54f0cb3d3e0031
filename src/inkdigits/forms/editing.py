"""A template while its fields are edited: what a page needs to draw them, what is wrong, and the file, written whole."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from inkdigits.errors import InputError
from inkdigits.files import write_text
from inkdigits.forms import checking, constraints, loading, places, raster, rules
from inkdigits.forms.blank import of_picture
from inkdigits.forms.checking import PlaceError
from inkdigits.forms.places import Rect
from inkdigits.forms.template import Template
from inkdigits.locks import held

Values = Mapping[str, Any]  # a template as TOML and JSON have it

_MOST_CELLS = 2500  # of a field, drawn as rectangles; of one with more, only the outline


@dataclass(frozen=True)
class Problem:
    """The first thing that is wrong with a template: its place in the file, and a line: what, and what would do."""

    place: str
    text: str


class ChangedError(InputError):
    """The file was changed by somebody else since it was opened."""


class Editing:
    """A template's file while it is edited. Several pages may edit it: who saves on an old version is told."""

    def __init__(self, path: Path, start: Template | None = None) -> None:
        """Open a template, or begin with `start` where there is no file yet. Raises InputError for a file that is none.

        Fields that overlap, leave their page or contradict themselves are let in: the editor is there to mend them.
        """
        self.path, self._start = path, start
        self._values()

    def state(self) -> dict[str, Any]:
        """Return the template's values, the version that is saved ("" for none), and whether saving loses comments."""
        text = self._text()
        made = self._values()
        extents = [page.extent for page in made.pages]
        return {
            "template": msgspec.to_builtins(made, str_keys=True),
            "version": _version(text),
            "pages": [{"width": width, "height": height} for width, height in extents],
            "keepsOld": _is_by_hand(text),
        }

    def picture(self, page: int) -> npt.NDArray[np.uint8]:
        """Return the blank of a page, from 0, uint8 (H, W). Raises InputError for one that cannot be read.

        Only what the saved file names is opened. A page without a picture is drawn as it is printed, without its fields.
        """
        made = self._values()
        if not 0 <= page < len(made.pages):
            raise InputError(f"page {page + 1}", "is no page of the form", "load the page again")
        own = made.pages[page]
        if isinstance(own.blank, str):
            return of_picture(self.path.parent / own.blank, own.extent).grey
        return raster.blank(msgspec.structs.replace(made, fields={}), page).grey

    def problem(self, values: Values) -> Problem | None:
        """Return the first thing that is wrong with a template that is to be saved; None for one that is in order."""
        try:
            self._checked(values)
        except PlaceError as error:
            return Problem(error.place, f"{error.place}: {error.problem}; {error.remedy}")
        return None

    def save(self, values: Values, version: str) -> str:
        """Write a template, and return the version that is then there.

        A file with comments or a layout of its own is kept beside it, as NAME.toml.old, when it is replaced. Raises
        InputError for a template that is not in order, ChangedError where the file is no longer of `version`.
        """
        try:
            made = self._checked(values)
        except PlaceError as error:
            raise InputError(error.place, error.problem, error.remedy) from None
        with held(self.path.with_name(f".{self.path.name}.lock"), wait=True):
            before = self._text()
            if _version(before) != version:
                problem = "was changed by another program or page since it was opened here"
                raise ChangedError(self.path, problem, "load this page again to edit what is there now")
            text = loading.to_toml(made)
            if text != before:
                if _is_by_hand(before):
                    write_text(self.old, before)
                write_text(self.path, text)
        return _version(text)

    @property
    def old(self) -> Path:
        """Where a file that was written by hand is kept when it is replaced."""
        return self.path.with_name(f"{self.path.name}.old")

    def _text(self) -> str:
        if self._start is not None and not self.path.exists():
            return ""
        return loading.text_of(self.path)

    def _values(self) -> Template:
        text = self._text()
        if not text and self._start is not None:
            return self._start
        try:
            return loading.converted(loading.said_by(text, self.path))
        except PlaceError as error:
            raise InputError(self.path, f"{error.place}: {error.problem}", error.remedy) from None

    def _checked(self, values: Values) -> Template:
        """Return a template that `Form.load` would take. Raises PlaceError."""
        made = loading.converted(dict(values))
        self._check_files(made)
        checking.check(made)
        slots = places.slots(made)
        constraints.allowed(made, slots, constraints.Lists(self.path.parent))
        rules.parse(made.rules, slots)
        return made

    def _check_files(self, made: Template) -> None:
        """Raise PlaceError for files elsewhere that the saved template does not name: a page may not ask for any file."""
        known = {path for _, path in _files(self._values())}
        own = self.path.parent.resolve()
        for place, path in _files(made):
            if path not in known and not (self.path.parent / path).resolve().is_relative_to(own):
                problem = "is not in the template's folder"
                raise PlaceError(place, problem, "put it there, or write its path into the file by hand")


def _files(made: Template) -> list[tuple[str, str]]:
    """Return the files that a template names: the place of each, and its path."""
    blanks = [(f"pages[{i}].blank", page.blank) for i, page in enumerate(made.pages) if isinstance(page.blank, str)]
    lists = []
    for name, field in made.fields.items():
        parts: list[tuple[str, Any]] = [("", field)]
        if field.kind == "table":
            parts += [(f"table.columns[{i}].", one) for i, one in enumerate(getattr(field.area, "columns", ()))]
        for prefix, one in parts:
            listed = getattr(one, "listed", msgspec.UNSET)
            if listed is not msgspec.UNSET:
                lists.append((f"fields.{name}.{prefix}list.file", str(listed.file)))
    return blanks + lists


def cells(values: Values) -> dict[str, list[Rect]]:
    """Return the boxes or cells of each field, in millimetres, in its own axes; none of a field that will not do."""
    fields = values.get("fields")
    made: dict[str, list[Rect]] = {}
    for name, field in fields.items() if isinstance(fields, dict) else ():
        try:
            one = loading.converted({"name": "x", "fields": {"x": field}}).fields["x"]
            slots = places.slots_of("x", one)
        except (PlaceError, ValueError):
            continue
        rects = [rect for slot in slots for rect in slot.boxes or (slot.rect,)]
        made[str(name)] = rects if len(rects) <= _MOST_CELLS else []
    return made


def _version(text: str) -> str:
    """Return what tells one text of a file from another; "" for no file."""
    return hashlib.sha256(text.encode()).hexdigest()[:20] if text else ""


def _is_by_hand(text: str) -> bool:
    """Tell whether a file holds comments or a layout that would be lost: it is not as `loading` writes it."""
    if not text:
        return False
    try:
        return loading.to_toml(loading.converted(loading.said_by(text, "the file"))) != text
    except (PlaceError, InputError):
        return True
