"""TOML tables → settings: every value is checked by its name, its type and then its own rules, and named if it is wrong."""

from __future__ import annotations

import dataclasses
import difflib
import json
from typing import Any, get_args, get_type_hints

from inkdigits.errors import InputError, nearest, one_line

Sections = dict[str, type[Any]]  # a recipe's tables by name, and the settings that each is read into


def read(sections: Sections, values: dict[str, Any], others: tuple[str, ...], source: str) -> dict[str, Any]:
    """Return the settings of each section. `others` are keys beside the tables, which are the caller's to read.

    Raises InputError, naming `source` and the setting at fault.
    """
    _check_names(values, (*others, *sections), "", source, sections)
    return {name: _table(kind, values.get(name, {}), name, source, sections) for name, kind in sections.items()}


def reference(sections: Sections, notes: dict[str, str]) -> list[str]:
    """Return every setting with its default and what it means, as lines of TOML. `notes` go behind a section's name."""
    lines = []
    for name, kind in sections.items():
        lines += ["", f"[{name}]{notes.get(name, '')}"]
        for setting in dataclasses.fields(kind):
            value = "classic" if setting.default is dataclasses.MISSING else setting.default
            text = json.dumps(list(value) if isinstance(value, tuple) else value)
            lines.append(f"{f'{setting.name} = {text}':<32}# {setting.metadata['what']}")
    return lines


def changed(settings: Any) -> dict[str, Any]:
    """Return the settings of a section that do not have their default."""
    fields = dataclasses.fields(settings)
    return {f.name: getattr(settings, f.name) for f in fields if getattr(settings, f.name) != f.default}


def _table(kind: type[Any], values: Any, section: str, source: str, sections: Sections) -> Any:
    """Return a settings object from one TOML table, every value checked by type and then by its own rules."""
    if not isinstance(values, dict):
        raise InputError(source, f"has {section} = {values!r}", f"make it a table: [{section}]")
    hints = get_type_hints(kind)
    _check_names(values, tuple(hints), section, source, sections)
    checked = {key: _typed(value, hints[key], f"{section}.{key}", source) for key, value in values.items()}
    try:
        return kind(**checked)
    except TypeError:
        missing = [
            f.name for f in dataclasses.fields(kind) if f.default is dataclasses.MISSING and f.name not in values
        ]
        raise InputError(source, f"lacks {section}.{missing[0]}", "add the setting") from None
    except ValueError as error:
        setting, wanted = error.args
        value = checked.get(setting, getattr(kind, setting, None))
        raise InputError(source, f"has {section}.{setting} = {value!r}", f"give {wanted}") from None


def _typed(value: Any, hint: Any, setting: str, source: str) -> Any:
    """Return a TOML value as the type of its setting: int where float is wanted, list where a tuple is."""
    if hint is float and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1e300:
        return float(value)
    member = get_args(hint)[0] if get_args(hint) else None  # of tuple[float, ...], tuple[str, ...] and tuple[int, int]
    if (
        isinstance(value, list)
        and member is float
        and all(isinstance(v, int | float) and not isinstance(v, bool) and abs(v) < 1e300 for v in value)
    ):
        return tuple(float(v) for v in value)
    if isinstance(value, list) and member is str and all(isinstance(v, str) for v in value):
        return tuple(value)
    if isinstance(value, list) and member is int and all(isinstance(v, int) and not isinstance(v, bool) for v in value):
        return tuple(value)
    if hint in (int, float, str, bool) and (
        not isinstance(value, hint) or (hint is not bool and isinstance(value, bool))
    ):
        words = {int: "a whole number", float: "a number", str: "a word in quotes", bool: "true or false"}
        raise InputError(source, f"has {setting} = {one_line(repr(value))}", f"give {words[hint]}")
    if member and not isinstance(value, tuple):
        what = {float: "numbers", int: "whole numbers", str: "words in quotes"}[member]
        raise InputError(source, f"has {setting} = {one_line(repr(value))}", f"give a list of {what}")
    return value


def _check_names(values: dict[str, Any], known: tuple[str, ...], section: str, source: str, sections: Sections) -> None:
    for key in values:
        if key not in known:
            where = f"[{section}] " if section else ""
            raise InputError(source, f"has an unknown setting {where}{key}", _meant(key, known, sections))


def _meant(key: str, known: tuple[str, ...], sections: Sections) -> str:
    """Return which setting was meant: one of this table that is spelt nearly so, else one of another, else the nearest."""
    homes = {f.name: name for name, kind in sections.items() for f in dataclasses.fields(kind)}
    if not difflib.get_close_matches(key, known, 1):
        near = difflib.get_close_matches(key, homes, 1)
        if near == [key]:
            return f"it belongs in [{homes[key]}]"
        if near:
            return f"did you mean {near[0]}, in [{homes[near[0]]}]?"
    return f"did you mean {nearest(key, known)}?"
