"""Decisions applied to sheets: tables with corrections in them, each marked with who made it."""

from __future__ import annotations

import dataclasses
import datetime
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from inkdigits.errors import InputError
from inkdigits.forms import constraints, loading, places
from inkdigits.forms.cell import plain
from inkdigits.forms.checking import PlaceError
from inkdigits.forms.constraints import Allowed, Lists
from inkdigits.forms.decisions import Decision, Place
from inkdigits.forms.tables import Said, settled, sheet_id
from inkdigits.forms.template import Mark

_TICKED = {"x": True, "true": True, "1": True, "yes": True, "-": False, "false": False, "0": False, "no": False}


class _NoLists(Lists):
    """Lists of people stay outside of batch folders; that a field has one makes it a text."""

    def values(self, file: str, column: str | None, place: str) -> frozenset[str]:
        """Return a list that is never asked."""
        return frozenset("0")


class Kinds:
    """What may stand in each cell of a batch, by the templates in its folder.

    A person's word stands above ranges and lists: it is what the paper says. What is no number or date is refused.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "templates"

    @cached_property
    def _known(self) -> dict[tuple[str, str], Allowed | None]:
        found: dict[tuple[str, str], Allowed | None] = {}
        for path in sorted(self._folder.glob("*.toml")):
            template = loading.read(path)
            slots = places.slots(template)
            try:
                allowed = constraints.allowed(template, slots, _NoLists(self._folder))
            except PlaceError as error:
                raise InputError(path, f"{error.place}: {error.problem}", error.remedy) from None
            for slot, one in zip(slots, allowed, strict=True):
                if isinstance(template.fields[slot.field].area, Mark):
                    found[template.name, slot.key] = None
                elif one is not None:
                    found[template.name, slot.key] = dataclasses.replace(one, bounds=None, listed=None)
        return found

    def order(self) -> Mapping[tuple[str, str], int]:
        """Return the place of each (form, key) in its template."""
        return {name: i for i, name in enumerate(self._known)}

    def boxes(self, form: str, key: str) -> bool:
        """Tell whether a cell has a box for each digit."""
        one = self._known.get((form, key))
        return one is not None and one.boxed

    def value(self, form: str, key: str, text: str) -> Any:
        """Return the value that a text means in a cell, as JSON has it. Raises InputError for one that means none."""
        text = text.strip()
        if (form, key) not in self._known:
            raise InputError(key, f"is no field of form {form}", "choose one of the form")
        one = self._known[form, key]
        if one is None:
            if text.lower() not in _TICKED:
                raise InputError(key, f"{text!r} does not say whether it is ticked", "give x or -")
            return _TICKED[text.lower()]
        if one.dated is not None and re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            with suppress(ValueError):
                return plain(datetime.date.fromisoformat(text))
        if one.boxed and any(sign in text for sign in ".,-/"):
            one = dataclasses.replace(one, boxed=False)
        value = one.value(text)
        if value is None:
            what = "date" if one.dated is not None else "number" if one.numeric else "text"
            example = " such as 31.12.2026, in the form's order" if one.dated is not None else ""
            raise InputError(key, f"{text!r} is no {what} of this field", f"give a {what}{example}, or - for empty")
        return plain(value)


def corrected(sheets: Sequence[Said], current: Mapping[Place, Decision], kinds: Kinds) -> list[Said]:
    """Return sheets with what was decided in them, each such cell with `decided_by` and `decided_at`.

    What was read stays in `read`, so that it can be compared. Values that may occur once are settled again.
    """
    made: list[Said] = []
    for sheet in sheets:
        known = sheet_id(sheet)
        cells = [
            _cell(sheet, cell, current[place], kinds) if (place := (known, cell["key"])) in current else cell
            for cell in sheet.get("cells", ())
        ]
        whole = current.get((known, ""))
        about: dict[str, Any] = {**sheet, "cells": cells} if "cells" in sheet else dict(sheet)
        if whole is not None:
            about |= {"settled": whole.action, "decided_by": whole.by, "decided_at": whole.at}
        made.append(about)
    return settled(made)


def _cell(sheet: Said, cell: Said, one: Decision, kinds: Kinds) -> Said:
    changed: dict[str, Any] = {**cell, "decided_by": one.by, "decided_at": one.at, "read": cell.get("best")}
    if one.action == "value":
        value = kinds.value(sheet["form"], cell["key"], one.value or "")
        return changed | {"status": "answered", "value": value, "text": one.value, "confidence": 1.0, "reason": None}
    if one.action == "empty":
        return changed | {"status": "empty", "value": None, "text": "", "confidence": 1.0, "reason": None}
    return changed | {"status": "review", "value": None, "reason": f"{one.by} could not read it"}
