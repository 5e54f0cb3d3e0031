"""Pages and register cells of other people's: wholly right, and character error, with trust `always`.

A page is right where its lines are, digits in order, line by line; a register cell holds a row number among clutter. The
sets are not part of the project. They are found through the environment variable INKDIGITS_DEV_DATA; where it is not set,
this script says so and ends. RapidOCR (--rivals) reads each picture with detection, and as one line where it finds nothing.

Usage: INKDIGITS_DEV_DATA=… python benchmarks/dev_pages.py [--half tune|report|all --purpose ISSUE] [--model NAME] [--rivals]
       [--limit N] [--show]
writes benchmarks/results/dev_pages_MODEL.json (reporting half) or dev_pages_MODEL_tune.json
"""

from __future__ import annotations

import csv
import json
import re
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import rivals
import scoring
from machine import needed_dev_data
from scoring import distance, in_half


def digits_by_line(lines: list[str]) -> str:
    """Return the digits alone, line by line."""
    return "\n".join(digits for line in lines if (digits := "".join(c for c in line if c.isdigit())))


def score(said: list[list[str]], wanted: list[list[str]]) -> dict[str, Any]:
    """Return the share of pictures wholly right and the character error, separators aside and with them.

    A character error is a digit, sign or end of a line that is missing, too many or another, as a share of those there are.
    """
    figures: dict[str, Any] = {}
    for suffix, form in (("", digits_by_line), ("_with_separators", text_of)):
        pairs = [(form(a), form(b)) for a, b in zip(said, wanted, strict=True)]
        right = scoring.share(sum(a == b for a, b in pairs), len(pairs))
        figures[f"right{suffix}"], figures[f"interval{suffix}"] = right["share"], right["interval"]
        figures[f"character_error{suffix}"] = sum(distance(a, b) for a, b in pairs) / sum(len(b) for _, b in pairs)
    return figures


def text_of(lines: list[str]) -> str:
    """Return digits and separators as a line's text holds them: one space for a run of anything else, at the ends none."""
    kept = (re.sub(r"[^0-9.,/:-]+", " ", line).strip() for line in lines)
    return "\n".join(line for line in kept if any(c.isdigit() for c in line))


def cases(folder: Path, half: str) -> dict[str, list[tuple[Path, list[str]]]]:
    pages = json.loads((folder / "pages" / "labels.json").read_text(encoding="utf-8"))
    found = {"pages": [(folder / "pages" / p["file"], p["lines"]) for p in pages if in_half(p["file"], half)]}
    with (folder / "registers" / "labels.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if in_half(row["file"], half)]
    found["registers"] = [(folder / "registers" / row["file"], [row["label"]]) for row in rows]
    return found


def reported(reader: str, row: dict[str, Any]) -> None:
    """Print one reader's figures."""
    low, high = row["interval"]
    print(
        f"  {reader:10} {row['right']:.1%} ({low:.1%} to {high:.1%}) wholly right, character error {row['character_error']:.1%};"
        f" with separators {row['right_with_separators']:.1%} and {row['character_error_with_separators']:.1%}",
        flush=True,
    )


def measure(
    pictures: list[tuple[Path, list[str]]], model: str, rival: rivals.RapidOCR | None, show: bool
) -> dict[str, Any]:
    """Return the figures of one set."""
    truth = [lines for _, lines in pictures]
    said = []
    for path, wanted in pictures:
        page = scoring.read(path, model=model, trust="always")
        said.append([line.text for line in page.lines] if page else [])
        if show and text_of(said[-1]) != text_of(wanted):
            print(f"  {path.name}: {wanted} read as {said[-1]}")
    figures = {"pictures": len(pictures), **score(said, truth)}
    reported("Inkdigits", figures)
    if rival:
        theirs = [rival.lines(path) for path, _ in pictures]
        figures["RapidOCR"] = score(theirs, truth)
        right = [
            [digits_by_line(a) == digits_by_line(b) for a, b in zip(s, truth, strict=True)] for s in (said, theirs)
        ]
        figures["paired"] = scoring.paired(*right)
        reported("RapidOCR", figures["RapidOCR"])
    return figures


def main() -> None:
    parser = scoring.options(__doc__, "rivals", "limit", "show")
    parser.add_argument("--model", default="default")
    where = needed_dev_data()
    arguments = scoring.parsed(parser, "pages", "registers")
    figures: dict[str, Any] = {}
    with rivals.RapidOCR() if arguments.rivals else nullcontext() as rival:
        for name, pictures in cases(where, arguments.half).items():
            some = pictures[: arguments.limit]
            print(f"{name}, {len(some)} pictures")
            figures[name] = measure(some, arguments.model, rival, arguments.show)
    document = {"model": arguments.model, "half": arguments.half, "sets": figures}
    scoring.keep(f"dev_pages_{arguments.model}", document, arguments)


if __name__ == "__main__":
    main()
