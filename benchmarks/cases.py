"""Small inputs that the first edition answered wrongly: what a file says of itself, folders, damaged files, combs, tables, rings.

Each kind is a folder of small files, made by script. Documents and pages are right where every page's lines are what stands there,
with the default trust (of combs, tables and circled numbers, what `always` says is counted as well); single digits by `classify`;
recipes by loading them and, where they load, by training them with --train, which takes minutes.

Usage: [INKDIGITS_CASES=…] python benchmarks/cases.py [--show] [--train]
The folder is named by INKDIGITS_CASES, or lies beside INKDIGITS_DEV_DATA. Writes benchmarks/results/cases.json, of which
scripts/make_results.py makes docs/cases.md
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import inkdigits
import scoring
from inkdigits.batch import inputs
from inkdigits.errors import InputError, one_line
from machine import dev_data, read_results, write_results

ROWS = ["12 407 88", "35 926 71", "60 153 94", "27 480 56"]
TABLES = {"one_row": ROWS[:1], "one_col": [row.split()[1] for row in ROWS], "one-cell": ["407"]}
PAGES_OF_DIGITS = ("18-comb", "23-table", "24-circled")
REFUSED = {"cut.pdf": "damaged or cut off", "enc-user.pdf": "locked with a password", "no-pages.pdf": "without pages"}
_MOST_SECONDS = 1200  # of a training
WRONG_RECIPES = {
    "nan": "has learned nothing",
    "nan3": "has learned nothing",
    "typo": "did you mean",
    "lr": "give a number",
}


@dataclass(frozen=True)
class Answer:
    """What came of one file: the text or the message, and whether that is right."""

    said: str
    right: bool


def folder() -> Path:
    """Return where the cases are; end the script with a word where they are not."""
    data = dev_data()
    beside = [data.parent / "cases"] if data else []
    places = [Path(os.environ["INKDIGITS_CASES"])] if "INKDIGITS_CASES" in os.environ else beside
    return next((place for place in places if place.is_dir()), None) or sys.exit("INKDIGITS_CASES is not set.")


def wanted(picture: Path) -> list[str]:
    """Return the lines that stand in a picture of a comb, a table or a circled number."""
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


def read(path: Path, **how: Any) -> tuple[list[str], str, list[str]]:
    """Return the text of every page of a file, or the message why there is none; and the warnings."""
    try:
        pages = list(inkdigits.read_pages(path, **how))
    except InputError as error:
        return [], error.reason, []
    return [page.text for page in pages], "", [warning for page in pages for warning in page.warnings]


def classified(path: Path) -> tuple[int | None, str, list[str]]:
    """Return the digit in a file or None, the message why there is none, and the warnings."""
    try:
        digit = inkdigits.classify(path)
    except InputError as error:
        return None, error.reason, []
    return digit.label, digit.reason or "", list(digit.warnings)


def documents(path: Path, lines: list[list[str]], **how: Any) -> Answer:
    """Return whether every page of a file holds its lines."""
    texts, message, _ = read(path, **how)
    right = len(texts) == len(lines) and all(is_right(text, page) for text, page in zip(texts, lines, strict=True))
    return Answer(message or " | ".join(text.replace("\n", ", ") or "nothing" for text in texts), right)


def heif(path: Path) -> Answer:
    label, message, _ = classified(path)
    return Answer(message or str(label), label is not None or "pip install pillow-heif" in message)


def tiff(path: Path) -> Answer:
    return documents(path, [["26195"]] if path.stem.startswith("fax") else [["407"], ["26195"], ["8830"]])


def pdf(path: Path) -> Answer:
    if path.name in REFUSED:
        texts, message, _ = read(path)
        return Answer(message or "is read", not texts and REFUSED[path.name] in message)
    if path.name == "empty.pdf":
        texts, message, _ = read(path)
        return Answer(message or "a page without digits", texts == [""])
    if path.name == "form-text.pdf":  # which was typed, and is no handwriting
        answer = documents(path, [["26195"]], ink="any")
        return Answer(f'{answer.said}, with ink="any"', answer.right)
    return documents(path, [["26195"]] if path.stem.startswith("form") else [["407", "26195"], ["8830"]])


def aspect(path: Path) -> Answer:
    return documents(path, [[path.stem.split("-")[0]]])


def frames(path: Path) -> Answer:
    label, message, warnings = classified(path)
    said = warnings[0].split(";")[0] if warnings else "one frame"
    told = path.name == "interlaced.gif" or bool(warnings)
    return Answer(f"{message or label}; {said}", told and (label == 4 or not path.stem.startswith("grow")))


def damaged(path: Path) -> Answer:
    label, message, warnings = classified(path)
    shows_all = path.stem in ("jpeg-no-eoi", "jpeg-99pct")
    right = label == 3 and bool(warnings) if shows_all else label == 3 or bool(message)
    return Answer(message or f"{label}" + (f"; {warnings[0].split(';')[0]}" if warnings else ""), right)


def folders(path: Path) -> Answer:
    """Return whether every picture in a folder is read or has a line, and that others are passed over is said."""
    errors: list[InputError] = []
    warned: list[str] = []
    found = list(inputs.find([str(path)], inputs.PICTURES, errors.append, warned.append))
    answers = inkdigits.classify_many(found)
    without = sum(not (answer.error or answer.best is not None) for answer in answers)
    passed_over = warned[0].split(": ", 1)[1] if warned else "none passed over"
    read_ones = sum(answer.error is None for answer in answers)
    said = f"{read_ones} of {len(found)} pictures read, {len(found) - read_ones} with a line; {passed_over}"
    return Answer(said, bool(found) and not errors and not without and bool(warned or path.name == "only-heic"))


def levels(path: Path) -> Answer:
    """Return whether digits of 8×8 on a scale of 16 are read as on one of 256, and on one of 1."""
    tile = np.asarray(Image.open(path)).astype(np.float64)
    few = np.rint(tile / tile.max() * 16)
    side, across = 80, tile.shape[1] // 80
    cells = [few[:, side * n : side * (n + 1)] for n in range(across)]
    small = [cell.reshape(8, 10, 8, 10).mean(axis=(1, 3)).round() for cell in cells]
    answers = [
        [digit.best for digit in inkdigits.classify_many([kind(cell) for cell in small])]
        for kind in (lambda c: c.astype(np.uint8), lambda c: (c * 15).astype(np.uint8), lambda c: c / 16)
    ]
    same = sum(len(set(of)) == 1 for of in zip(*answers, strict=True))
    return Answer(f"{same} of {across} digits alike on three scales", same == across)


def digits(path: Path) -> Answer:
    text = scoring.text_of(scoring.read(path, trust="normal"))
    return Answer(text.replace("\n", ", ") or "nothing", is_right(text, wanted(path)))


def recipe(path: Path, train: bool) -> Answer:
    """Return whether a recipe loads as it should, and where it loads trains as it should."""
    from inkdigits.training import recipe as recipes

    expected = next((what for name, what in WRONG_RECIPES.items() if path.stem.startswith(name)), None)
    expected = "give 1 to 65536" if path.stem == "bigbatch" else expected
    try:
        loaded = recipes.load(path)
    except InputError as error:
        return Answer(error.reason, expected is not None and expected in error.reason)
    if expected is None:
        return Answer("is loaded", loaded.hash() == recipes.load(path.with_name("r.toml")).hash())
    if not train:
        return Answer("is loaded; not trained in this run", False)
    with tempfile.TemporaryDirectory() as place:
        command = [sys.executable, "-m", "inkdigits", "train", str(path), "--out", place]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_MOST_SECONDS)
        except subprocess.TimeoutExpired:
            return Answer(f"trained for more than {_MOST_SECONDS} seconds", False)
    lines = done.stderr.strip().splitlines()
    line = next((line for line in lines if "nothing" in line), lines[-1] if lines else "")
    return Answer(one_line(line.split(": ", 2)[-1]), "nothing" in line)


def files(where: Path, pattern: str = "*") -> Iterator[Path]:
    return iter(sorted(path for path in where.glob(pattern) if not path.name.startswith(".")))


# Each kind: its folder, the right answer, what the first edition answered, the files (a pattern), and how to ask.
Kind = tuple[str, str, str, str, Callable[[Path], Answer]]
KINDS: list[Kind] = [
    ("04-heif-brands", "a HEIC picture whatever its brand: read, or a line that names what to install",
     "six brands: “is not a picture”", "*", heif),
    ("05-tiff", "TIFF and BigTIFF of three pages: 407, 26195, 8830; a fax: 26195", "page 1 of 1, or no picture", "*", tiff),
    ("06-pdf", "407 and 26195, then 8830, behind whatever bytes; forms: 26195; else which of empty, damaged, locked it is",
     "not a picture; forms empty; “unlock it” of damaged ones", "*", pdf),
    ("07-aspect", "the number in the file's name, of pixels that are not square as of square ones", "90210 → 90270", "*", aspect),
    ("08-frames", "4, of the fullest frame, and that others were not read", "the first frame alone, without a word", "*", frames),
    ("09-damaged", "3, or one clear line; a JPEG without its last bytes is read with a warning", "both refused", "*", damaged),
    ("10-folder", "every picture is read or has a line, and what is passed over is said", "passed over without a word", "*", folders),
    ("16-sklearn-digits", "digits of 8×8 on a scale of 16 as on others", "7 of 80 wrong", "*.png", levels),
    ("18-comb", "70241865, one digit a box", "17101214111816151 and the like", "*.png", digits),
    ("23-table", "the rows of the table", "nothing, or 14071 of 407", "*.png", digits),
    ("24-circled", "87 in a ring, in a box, over two lines", "nothing of four", "*.png", digits),
]  # fmt: skip
RECIPES = ("21-recipes", "loads in any encoding; a value out of range, or that nothing was learned, is said",
           "“Invalid statement (at line 1, column 1)”")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--show", action="store_true", help="print what is answered wrong")
    parser.add_argument("--train", action="store_true", help="train the recipes that load, too")
    parser.add_argument("--only", metavar="KIND", nargs="+", help="ask these kinds; of the others, the results stand")
    arguments = parser.parse_args()
    where = folder()
    document = read_results("cases")
    kinds: dict[str, Any] = {}
    for name, right, before, pattern, ask in [*KINDS, (*RECIPES, "*.toml", lambda path: recipe(path, arguments.train))]:
        if arguments.only and name not in arguments.only:
            kinds[name] = document["kinds"][name]
            continue
        answers = {path.name.encode("utf-8", "replace").decode(): ask(path) for path in files(where / name, pattern)}
        if name == RECIPES[0] and not arguments.train:  # what was trained before stands
            known = document.get("kinds", {}).get(name, {}).get("files", {})
            answers = {
                file: Answer(**known[file]) if "not trained" in answer.said and file in known else answer
                for file, answer in answers.items()
            }
        kinds[name] = {
            "wanted": right, "before": before, "files": {file: vars(answer) for file, answer in answers.items()},
        }  # fmt: skip
        print(f"{name:18} {sum(a.right for a in answers.values())} of {len(answers)} right", flush=True)
        for file, answer in answers.items():
            if arguments.show and not answer.right:
                print(f"  {file}: {answer.said}")
    pages = {
        name: document["folders"][name] if arguments.only and name not in arguments.only else of_digits(where / name)
        for name in PAGES_OF_DIGITS
    }
    total = {key: sum(row[key] for row in pages.values()) for key in ("pictures", "normal", "always")}
    print(f"pages of digits: {total['pictures']}, {total['normal']} right, {total['always']} with trust `always`")
    write_results("cases", {"folders": pages, "all": total, "kinds": kinds})


def of_digits(where: Path) -> dict[str, int]:
    """Return how many pictures there are, and how many are read right by level of trust."""
    pictures = list(files(where, "*.png"))
    right = {
        trust: sum(is_right(scoring.text_of(scoring.read(path, trust=trust)), wanted(path)) for path in pictures)
        for trust in ("normal", "always")
    }
    return {"pictures": len(pictures), **right}


if __name__ == "__main__":
    main()
