"""Pages and register cells of other people's: wholly right, and character error, on the half that nothing is tuned on.

The sets are not part of the project. They are found through the environment variable INKDIGITS_DEV_DATA; where it is not
set, this script says so and ends.

Usage: INKDIGITS_DEV_DATA=… python benchmarks/dev_pages.py [--model NAME] [--half report|tune] [--show]
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from pathlib import Path
from typing import Any

import inkdigits
from dev_singles import in_half
from machine import needed_dev_data, write_results


def distance(a: str, b: str) -> int:
    """Return the number of insertions, deletions and substitutions from one text to the other (Levenshtein)."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]


def digits_of(lines: list[str]) -> str:
    """Return the digits alone, line by line."""
    return "\n".join(digits for line in lines if (digits := "".join(c for c in line if c.isdigit())))


def score(said: list[list[str]], wanted: list[list[str]]) -> dict[str, float]:
    """Return the share of pictures wholly right and the character error, separators aside and with them.

    A character error is a digit, sign or end of a line that is missing, too many or another, as a share of those there are.
    """
    figures: dict[str, float] = {}
    for suffix, form in (("", digits_of), ("_with_separators", text_of)):
        pairs = [(form(a), form(b)) for a, b in zip(said, wanted, strict=True)]
        figures[f"right{suffix}"] = sum(a == b for a, b in pairs) / len(pairs)
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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="default")
    parser.add_argument("--half", choices=("report", "tune"), default="report")
    parser.add_argument("--show", action="store_true", help="print what is read wrong")
    arguments = parser.parse_args()
    where = needed_dev_data()
    figures: dict[str, Any] = {}
    for name, pictures in cases(where, arguments.half).items():
        said = []
        for path, truth in pictures:
            page = inkdigits.read(path, model=arguments.model, trust="always")
            said.append([line.text for line in page.lines])
            if arguments.show and text_of(said[-1]) != text_of(truth):
                print(f"  {path.name}: {truth} read as {said[-1]}")
        row = score(said, [truth for _, truth in pictures])
        figures[name] = {"pictures": len(pictures), **row}
        print(
            f"{name:10} {len(pictures)} pictures, {row['right']:.1%} wholly right, character error {row['character_error']:.1%};"
            f" with separators {row['right_with_separators']:.1%} and {row['character_error_with_separators']:.1%}"
        )
    if arguments.half == "report":
        write_results(f"dev_pages_{arguments.model}", {"model": arguments.model, "sets": figures})


if __name__ == "__main__":
    main()
