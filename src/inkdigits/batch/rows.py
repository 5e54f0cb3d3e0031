"""Answers as lines of text: for people, as JSON, or as rows of a table; in a record with the run that they are from."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from inkdigits.errors import InputError, one_line
from inkdigits.results import Digit, Page

Verb = Literal["classify", "read"]
Form = Literal["text", "json", "csv"]

_BOX = ("left", "top", "right", "bottom")
_COLUMNS: dict[Verb, tuple[str, ...]] = {
    "classify": ("source", "label", "best", "confidence", "reason", *_BOX),
    "read": ("source", "page", "pages", "line", "lines", "text", "digits", "confidence", "expected", *_BOX),
}
# What only a record has: why an input has no answer, and the run that the line is from.
_RECORDED = ("error", "run")

# What would break a line or is no character at all (a byte of a file's name that no encoding has); and a backslash before
# something that makes it look like the escape of one, so that no two names are written alike.
_BREAKING = "\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
_UNWRITABLE = re.compile(rf"[{_BREAKING}]|\\(?=[nrtxuU\\{_BREAKING}])")


@dataclass(frozen=True)
class Entry:
    """What a line of a record says: of which input, by which run, whether it failed, and whether its last line this is."""

    source: str
    run: str
    failed: bool
    last: bool


def columns(verb: Verb, recorded: bool = False) -> tuple[str, ...]:
    """Return the names of a table's columns."""
    return (*_COLUMNS[verb], *_RECORDED) if recorded else _COLUMNS[verb]


def header(verb: Verb, form: Form, recorded: bool = False) -> list[str]:
    """Return the lines that come before all others: a table's columns, or none."""
    return [",".join(columns(verb, recorded))] if form == "csv" else []


def lines(answer: Digit | Page, form: Form, run: str | None = None) -> list[str]:
    """Return an answer as lines, at least one; with a `run`, as lines of a record."""
    if form == "text":
        return [_text(answer)]
    if form == "json":
        return [answer.to_json() if run is None else json.dumps({**answer.to_dict(), "run": run})]
    verb: Verb = "classify" if isinstance(answer, Digit) else "read"
    rows = _digit_row(answer) if isinstance(answer, Digit) else _page_rows(answer)
    extra = {} if run is None else {"run": run}
    return [_row({**row, **extra}, columns(verb, run is not None)) for row in rows]


def text(page: Page, between: str = "\n") -> str:
    """Return a page's lines for people: what is not as it was expected is marked."""
    return between.join(line.text + "  (not as expected)" * (line.expected is False) for line in page.lines)


def warned(answer: Digit | Page) -> list[str]:
    """Return what of an answer's source was not looked at, a line each, for people."""
    place = f", page {answer.number}" if isinstance(answer, Page) and answer.pages > 1 else ""
    return [f"{one_line(answer.source)}{place}: {one_line(text)}" for text in answer.warnings]


def failure(source: str, error: InputError, verb: Verb, form: Form, run: str) -> str:
    """Return the line of a record that says why an input has no answer, or no more answers."""
    row = {"source": source, "error": error.reason, "run": run}
    return json.dumps(row) if form == "json" else _row(row, columns(verb, True))


def parse(line: str, verb: Verb, form: Form) -> Entry:
    """Return what a line of a record says. Raises ValueError if it is none."""
    if form == "json":
        row = json.loads(line)
        if not isinstance(row, dict):
            raise ValueError("it is no object")
    else:
        cells = next(csv.reader([line], strict=True))
        row = {name: cell for name, cell in zip(columns(verb, True), cells, strict=True) if cell}
    source, run = row.get("source"), row.get("run")
    if not isinstance(source, str) or not isinstance(run, str):
        raise TypeError("it has no source or no run")
    failed = "error" in row
    last = row.get("page") == row.get("pages") and (form == "json" or row.get("line") == row.get("lines"))
    return Entry(source, run, failed, failed or last)


def written(source: str, form: Form) -> str:
    """Return an input's name as it stands in lines of this form: two names never look the same."""
    if form == "json":
        return source  # JSON's own escapes hold every name, and give it back exactly
    if source.startswith(("=", "+", "-", "@")):
        source = f"./{source}"  # the same file, and no formula to a spreadsheet
    return _UNWRITABLE.sub(lambda match: match[0].encode("unicode_escape").decode(), source)


def _text(answer: Digit | Page) -> str:
    if isinstance(answer, Digit):
        return f"{one_line(answer.source)}: {answer}"
    place = f", page {answer.number}" if answer.pages > 1 else ""
    return f"{one_line(answer.source)}{place}: {text(answer, ' | ') or '-'}"


def _row(row: dict[str, Any], names: Iterable[str]) -> str:
    """Return a row as RFC 4180 quotes it, on one line."""
    text = io.StringIO()
    cells = [written(row["source"], "csv"), *(row.get(name) for name in names if name != "source")]
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()


def _digit_row(digit: Digit) -> Iterator[dict[str, Any]]:
    box = digit.box or (None,) * 4
    yield {
        "source": digit.source,
        "label": digit.label,
        "best": digit.best,
        "confidence": round(digit.confidence, 6),
        "reason": digit.reason,
        **dict(zip(_BOX, box, strict=True)),
    }


def _page_rows(page: Page) -> Iterator[dict[str, Any]]:
    """Yield a row a line; for a page without digits, one that says so: line 0 of 0."""
    about = {"source": page.source, "page": page.number, "pages": page.pages, "lines": len(page.lines)}
    if not page.lines:
        yield {**about, "line": 0}
    for number, line in enumerate(page.lines, 1):
        yield {
            **about,
            "line": number,
            "text": line.text,
            "digits": line.number_text,
            "confidence": round(line.confidence, 6),
            "expected": line.expected,
            **dict(zip(_BOX, line.box, strict=True)),
        }
