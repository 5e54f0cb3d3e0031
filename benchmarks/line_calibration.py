"""Calibration of lines: is a line that says 90 % right nine times in ten?

All lines that `read` puts out with trust `always`, pooled: on strings, pages and forms/sheets (real), and on pages made by us
(`made_pages.py`, every kind). A line is right where its digits are a label's, one to one (on forms: where each of its numbers is
the labelled one in its place); a line that matches no label is wrong; lines in an `ignore` box are left out. Ten bins of equal
count: the mean confidence of a bin shall lie within the 95 % interval (Wilson) of the share right, widened by 3 points; and the
expected calibration error be at most 0.03. Registers are not in the pool: what else is written in a cell has no label.

Usage: [INKDIGITS_DEV_DATA=…] python benchmarks/line_calibration.py [--half tune|report|all --purpose ISSUE] [--n LINES] [--limit N]
  --n  lines of each kind of made pages (40)
writes benchmarks/results/line_calibration.json (reporting half) or line_calibration_tune.json
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

import dev_pages
import forms
import inkdigits
import made
import made_pages
import scoring
import strings
from machine import dev_data

BINS, MARGIN, MADE_LINES = 10, 0.03, 40
Outcome = tuple[float, bool]  # what a line states, and whether it is right


def outcomes(page: inkdigits.Page | None, labels: list[str]) -> list[Outcome]:
    """Return what each line states and whether it is a label's, one to one."""
    left = Counter(scoring.digits_of(label) for label in labels)
    found = []
    for line in page.lines if page else ():
        digits = scoring.digits_of(line.text)
        right = left[digits] > 0
        left[digits] -= right
        found.append((line.confidence, right))
    return found


def of_strings(where: Path, half: str, limit: int | None) -> list[Outcome]:
    cases = [case for rows in strings.cases(where, half, limit).values() for case in rows]
    return [o for path, label in cases for o in outcomes(scoring.read(path, trust="always"), [label])]


def of_pages(where: Path, half: str, limit: int | None) -> list[Outcome]:
    cases = dev_pages.cases(where, half)["pages"][:limit]
    return [o for path, lines in cases for o in outcomes(scoring.read(path, trust="always"), lines)]


def of_forms(where: Path, half: str, limit: int | None) -> list[Outcome]:
    """Return the lines of forms/sheets whose pictures are labelled throughout."""
    folder = where / "forms" / "sheets"
    entries = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    chosen = scoring.files_of_half(where, "forms/sheets", half)
    entries = [entry for entry in entries if entry["file"] in chosen and entry["complete"]][:limit]
    return [outcome for entry in entries for outcome in lines_of_sheet(folder, entry)]


def lines_of_sheet(folder: Path, entry: dict[str, Any]) -> list[Outcome]:
    image, region = forms.opened(folder, entry)
    picture = np.asarray(image.crop(region))
    page = scoring.read(picture, forms.PAGE_SECONDS, trust="always")
    if page is None:
        return []
    lines = forms.numbers_of(page, picture.shape[1::-1])
    labels = [(text, forms.within(tuple(box), region)) for text, box in entry["numbers"]]
    apart = [forms.within(tuple(box), region) for box in entry["ignore"]]
    numbers = [number for line in lines for number in line]
    hits = {id(numbers[hit]) for hit in forms.matched(numbers, labels) if hit is not None}
    found = []
    for line, parts in zip(page.lines, lines, strict=True):
        counted = [number for number in parts if not forms.ignored(number, apart)]
        if counted:
            found.append((line.confidence, all(id(number) in hits for number in counted)))
    return found


def of_made(count: int) -> list[Outcome]:
    """Return the lines of pages made by us, of every kind. A row of a table or of columns is right where all its numbers are."""
    found = []
    for kind in made_pages.KINDS:
        for page in made.pages(kind, count, fixed=False):
            read = scoring.read(page.picture, trust="always")
            if made_pages.KINDS[kind].unit == "line":
                found += outcomes(read, list(page.lines))
                continue
            left = Counter(page.lines)
            for line in read.lines if read else ():
                numbers = Counter(scoring.digits_of(word) for word in line.text.split())
                found.append((line.confidence, numbers <= left))
                left -= numbers
    return found


def calibration(found: list[Outcome]) -> dict[str, Any]:
    """Return the bins, whether each holds, and the expected calibration error."""
    stated, right = np.array([s for s, _ in found]), np.array([r for _, r in found])
    bins: list[dict[str, Any]] = []
    for rows in np.array_split(np.argsort(stated, kind="stable"), min(BINS, len(found))):
        row = {"stated": float(stated[rows].mean()), **scoring.share(int(right[rows].sum()), len(rows))}
        low, high = row["interval"]
        bins.append({**row, "held": low - MARGIN <= row["stated"] <= high + MARGIN})
    error = sum(abs(row["stated"] - row["share"]) * row["of"] for row in bins) / len(found)
    return {
        "lines": len(found),
        "stated": float(stated.mean()),
        "right": float(right.mean()),
        "error": error,
        "held": all(row["held"] for row in bins),
        "bins": bins,
    }


def report(name: str, figures: dict[str, Any]) -> None:
    verdict = "held" if figures["held"] else "not held"
    print(
        f"{name}: {figures['lines']} lines, stated {figures['stated']:.1%}, right {figures['right']:.1%};"
        f" expected calibration error {figures['error']:.3f}, {verdict}"
    )
    if name in ("real", "made"):
        for row in figures["bins"]:
            print(f"    stated {row['stated']:.3f}, right {scoring.told(row)}{'' if row['held'] else '   off'}")


def main() -> None:
    parser = scoring.options(__doc__, "limit")
    parser.add_argument("--n", type=int, default=MADE_LINES, help="lines of each kind of made pages; 0 for none")
    where = dev_data()
    arguments = scoring.parsed(parser, *(("strings", "pages", "forms") if where else ()))
    found: dict[str, list[Outcome]] = {}
    if where:
        for name, function in (("strings", of_strings), ("pages", of_pages), ("forms", of_forms)):
            found[name] = function(where, arguments.half, arguments.limit)
        found["real"] = [outcome for rows in found.values() for outcome in rows]
    else:
        print("INKDIGITS_DEV_DATA is not set: made pages alone.")
    if arguments.n:
        found["made"] = of_made(arguments.n)
    figures = {name: calibration(rows) for name, rows in found.items() if rows}
    for name, row in figures.items():
        report(name, row)
    generator = made_pages.fingerprint() if arguments.n else None
    scoring.keep("line_calibration", {"half": arguments.half, "generator": generator, "sets": figures}, arguments)


if __name__ == "__main__":
    main()
