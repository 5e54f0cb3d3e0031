"""Records of several runs → one: of the shards that several machines have read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from inkdigits.batch import rows
from inkdigits.batch.rows import Form, Verb
from inkdigits.errors import InputError
from inkdigits.files import written_aside

_FORMS: dict[str, Form] = {".jsonl": "json", ".ndjson": "json", ".csv": "csv"}


def join(records: Sequence[Path], out: Path, on_warning: Callable[[str], None]) -> int:
    """Write the lines of all records to one file, whole or not at all, and return how many inputs are in it.

    An input that is in several records is taken from the first. What a run that was stopped has left of its last input is
    left out and told to `on_warning`. Raises InputError for a file that is no record, for records of different verbs or
    runs, and for endings other than .jsonl and .csv, which must be the same for all.
    """
    forms = {_form(path) for path in (*records, out)}
    if len(forms) > 1:
        raise InputError(out, "has another ending than what is to be joined", "join .jsonl to .jsonl, or .csv to .csv")
    if any(path.resolve() == out.resolve() for path in records):
        raise InputError(out, "is one of the records", "name another file")
    (form,) = forms
    verb = _verb(records[0], form)
    seen: set[str] = set()
    run: str | None = None
    with written_aside(out) as aside, aside.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(line + "\n" for line in rows.header(verb, form, recorded=True))
        for path in records:
            for source, its_run, lines in _inputs(path, verb, form, on_warning):
                if its_run != (run := run or its_run):
                    raise InputError(path, f"is of another run ({its_run}, and the first is {run})", "join like runs")
                if source not in seen:
                    seen.add(source)
                    file.writelines(line + "\n" for line in lines)
    return len(seen)


def _form(path: Path) -> Form:
    form = _FORMS.get(path.suffix.lower())
    if form is None:
        raise InputError(path, "is no record by its name", "give names that end in .jsonl or .csv")
    return form


def _verb(path: Path, form: Form) -> Verb:
    """Return the verb that a record is of: by its columns, or by its first line."""
    with path.open(encoding="utf-8", errors="replace") as file:
        first = file.readline().rstrip("\r\n")
    if form == "json":
        return "classify" if '"probabilities": ' in first else "read"
    for verb in ("classify", "read"):
        if rows.header(verb, "csv", recorded=True)[0] == first:
            return verb
    raise InputError(path, "does not hold the columns of a record", "give a file that --out has written")


def _inputs(
    path: Path, verb: Verb, form: Form, on_warning: Callable[[str], None]
) -> Iterator[tuple[str, str, list[str]]]:
    """Yield each input of a record: what it is known by, its run, and its lines."""
    lines: list[str] = []
    source = ""
    with path.open(encoding="utf-8", newline="\n") as file:
        for number, raw in enumerate(file, 1):
            if (number == 1 and form == "csv") or not raw.endswith("\n"):
                lines += [raw] * (number > 1)
                continue
            try:
                entry = rows.parse(raw, verb, form)
            except (ValueError, TypeError, RecursionError, StopIteration):
                raise InputError(path, f"line {number} is no result", "give a file that --out has written") from None
            source = entry.source
            lines.append(raw.rstrip("\r\n"))
            if entry.last:
                yield os.path.abspath(source), entry.run, lines  # noqa: PTH100 (a Path's would follow links)
                lines = []
    if lines:
        on_warning(f"{path}: its last input is not all there, and is left out: its run was stopped, --resume ends it")
