"""Small pictures made by script that the first reader answered wrongly: combs, tables and circled numbers.

shared/cases holds 11 combs (70241865 in each), 10 tables (their rows, one or several) and six numbers in rings, in boxes and
above underlines (87 in each). A picture is right where its digits, line by line and number by number, are what stands there,
with the default trust; what `always` says is told beside.

Usage: [INKDIGITS_CASES=…] python benchmarks/cases.py [--show]
The folder is named by INKDIGITS_CASES, or lies beside INKDIGITS_DEV_DATA. Writes benchmarks/results/cases.json
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import scoring
from machine import dev_data, write_results

ROWS = ["12 407 88", "35 926 71", "60 153 94", "27 480 56"]
TABLES = {"one_row": ROWS[:1], "one_col": [row.split()[1] for row in ROWS], "one-cell": ["407"]}


def folder() -> Path:
    """Return where the cases are; end the script with a word where they are not."""
    data = dev_data()
    beside = [data.parent / "cases"] if data else []
    places = [Path(os.environ["INKDIGITS_CASES"])] if "INKDIGITS_CASES" in os.environ else beside
    return next((place for place in places if place.is_dir()), None) or sys.exit("INKDIGITS_CASES is not set.")


def wanted(picture: Path) -> list[str]:
    """Return the lines that stand in a picture."""
    if picture.parent.name == "18-comb":
        return ["70241865"]
    return ["87"] if picture.parent.name == "24-circled" else TABLES.get(picture.stem, ROWS)


def numbers(text: str) -> list[list[str]]:
    """Return the numbers of each line; a sign that is no digit counts as it stands, so a separator is a mistake."""
    return [line.split() for line in text.splitlines()]


def is_right(text: str, lines: list[str]) -> bool:
    """Tell whether a text is these lines. A table's cells may be lines of their own, in the order of reading."""
    flat = [[number] for line in lines for number in line.split()]
    return numbers(text) in ([line.split() for line in lines], flat)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--show", action="store_true", help="print what is read wrong")
    arguments = parser.parse_args()
    where = folder()
    figures = {}
    for name in ("18-comb", "23-table", "24-circled"):
        right = {"normal": 0, "always": 0}
        pictures = sorted((where / name).glob("*.png"))
        for picture in pictures:
            for trust in right:
                text = scoring.text_of(scoring.read(picture, trust=trust))
                right[trust] += is_right(text, wanted(picture))
                if arguments.show and trust == "normal" and not is_right(text, wanted(picture)):
                    print(f"  {name}/{picture.name}: {wanted(picture)} read as {text!r}")
        figures[name] = {"pictures": len(pictures), **right}
        print(f"{name:12} {len(pictures)} pictures, {right['normal']} right, {right['always']} with trust `always`")
    total = {key: sum(row[key] for row in figures.values()) for key in ("pictures", "normal", "always")}
    print(f"{'all':12} {total['pictures']} pictures, {total['normal']} right, {total['always']} with trust `always`")
    write_results("cases", {"folders": figures, "all": total})


if __name__ == "__main__":
    main()
