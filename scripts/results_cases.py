"""The page docs/cases.md: for each kind of small case the right answer and today's, and every file's answer."""

from __future__ import annotations

from typing import Any

from results_parts import results, source

_LONGEST = 160  # letters of an answer that are shown
_ENTITIES = {ord("|"): "&#124;", ord("<"): "&lt;", ord("*"): "&#42;", ord("_"): "&#95;", ord("`"): "&#96;"}


def cell(text: str) -> str:
    """Return a text as it stands in a table's cell."""
    short = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return "".join(sign if sign.isprintable() else "�" for sign in short).translate(_ENTITIES)


def kind_rows(kinds: dict[str, Any]) -> list[str]:
    """Return a row for each kind: its right answer, the first edition's, and how many are right today."""
    rows = []
    for name, kind in kinds.items():
        right = sum(file["right"] for file in kind["files"].values())
        rows.append(f"| {name} | {cell(kind['wanted'])} | {cell(kind['before'])} | {right} of {len(kind['files'])} |")
    return rows


def file_rows(kinds: dict[str, Any]) -> list[str]:
    """Return a row for each different answer to the files of a kind: those that get the same answer share it."""
    rows = []
    for name, kind in kinds.items():
        for said, right in dict.fromkeys((file["said"], file["right"]) for file in kind["files"].values()):
            names = [n for n, file in kind["files"].items() if (file["said"], file["right"]) == (said, right)]
            rows.append(f"| {name} | {cell(', '.join(names))} | {cell(said)} | {'yes' if right else '**no**'} |")
    return rows


def cases_page() -> str:
    """Return the page."""
    document = results("cases")
    kinds = document["kinds"]
    files = [file for kind in kinds.values() for file in kind["files"].values()]
    return f"""<!-- made by scripts/make_results.py -->
# Small cases

{len(files)} small files that the first edition answered wrongly, or that stand beside such a file: what a file says of itself, folders, damaged files, recipes, and pages of
digits. All are made by script, nobody's handwriting, and not part of the project. Today {sum(file["right"] for file in files)} are answered right, with the default model and
trust; `benchmarks/cases.py` asks them all.

| kind | right answer | the first edition's | right today |
|---|---|---|---|
{chr(10).join(kind_rows(kinds))}

{source(document)}
## Every answer

Pages are parted by a bar, lines by commas; ? is a digit without an answer. A number that is read wrongly, or as nothing, is a fault of finding or telling digits, not of
opening the file.

| kind | files | today's answer | right |
|---|---|---|---|
{chr(10).join(file_rows(kinds))}
"""
