"""Numbers on photos and scans of forms and tables, found without a template, and nine-digit numbers on scanned exam sheets.

Sheets (forms/sheets), with the default trust. A picture's numbers are those of its region, if it has one.
  found      share of the labelled numbers that stand as a whole number in the page's text: its digits equal, its centre inside
             the label's box (widened by a quarter of its height), one to one; the mean over the pictures is what counts
  precision  share of the numbers put out (with at least one digit) that are labelled ones; what lies in an `ignore` box is left
             out; pictures alone where everything is labelled
  own crop   share of the labelled numbers read right from a crop of their own, 15 % margin around the box
  turned     pictures turned by 90 or 180 degrees; all of them are upright
Exam sheets (forms/submitty, all of them for tuning; --half report reads them too), from sheets.pdf through `read_pages`: sheets
whose number is a number of the page with trust `always`; and answered digits beside it with the default trust: all answered
digits of a page less the most that one line has in common with the number, in order.

Usage: INKDIGITS_DEV_DATA=… python benchmarks/forms.py [--half tune|report|all --purpose ISSUE] [--rivals] [--limit N] [--show]
writes benchmarks/results/forms.json (reporting half) or forms_tune.json
"""

from __future__ import annotations

import argparse
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

import inkdigits
import rivals
import scoring
from machine import needed_dev_data

Point = tuple[float, float]
Box = tuple[float, float, float, float]
Picture = npt.NDArray[np.uint8]
PAGE_SECONDS, CROP_SECONDS = 90, 20  # of a processor; what takes longer counts as nothing read
OF_THE_FILE = hasattr(inkdigits, "Reader")  # since there is a Reader, boxes are pixels of the picture that was given


@dataclass(frozen=True)
class Number:
    """A number that a reader put out: its text, its box, and its digits' centres."""

    text: str
    box: Box
    centres: tuple[Point, ...]


def back_to_the_file(page: inkdigits.Page, size: tuple[int, int]) -> Callable[[Point], Point]:
    """Return what maps a point of the page to the picture (its width and height are `size`) that was given."""
    if OF_THE_FILE:
        return lambda point: point
    (w, h), (width, height) = size, page.size
    angle = math.radians(page.rotation)
    c, s = math.cos(angle), math.sin(angle)
    scale = width / (w * abs(c) + h * abs(s))

    def mapped(point: Point) -> Point:
        x, y = point[0] - width / 2, point[1] - height / 2
        return (c * x - s * y) / scale + w / 2, (s * x + c * y) / scale + h / 2

    return mapped


def numbers_of(page: inkdigits.Page, size: tuple[int, int]) -> list[list[Number]]:
    """Return the numbers of each line, cut at spaces; boxes in pixels of the picture that was given."""
    mapped = back_to_the_file(page, size)
    found = []
    for line in page.lines:
        digits = iter(line.digits)
        numbers = []
        for word in line.text.split():
            signs = [(sign, next(digits, None)) for sign in word if sign.isdigit() or sign == "?"]
            placed = [
                (sign, [mapped(p) for p in corners(d)]) for sign, d in signs if d is not None and d.box is not None
            ]
            if placed:
                numbers.append(_number(placed))
        found.append(numbers)
    return found


def corners(digit: inkdigits.Digit) -> list[Point]:
    """Return a digit's four corners: its polygon, if it has one, else its box's."""
    left, top, right, bottom = digit.box or (0, 0, 0, 0)
    return getattr(digit, "polygon", None) or [(left, top), (right, top), (right, bottom), (left, bottom)]


def _number(placed: list[tuple[str, list[Point]]]) -> Number:
    points = np.array([corner for _, four in placed for corner in four])
    centres = tuple(tuple(np.mean(four, axis=0)) for _, four in placed)
    return Number("".join(sign for sign, _ in placed), (*points.min(axis=0), *points.max(axis=0)), centres)


def inside(point: Point, box: Box, margin: float = 0.0) -> bool:
    """Tell whether a point lies in a box, widened by a share of its height."""
    wide = margin * (box[3] - box[1])
    return box[0] - wide <= point[0] <= box[2] + wide and box[1] - wide <= point[1] <= box[3] + wide


def centre(box: Box) -> Point:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def is_number(number: Number, label: str) -> bool:
    return "?" not in number.text and scoring.digits_of(number.text) == scoring.digits_of(label)


def ignored(number: Number, boxes: list[Box]) -> bool:
    """Tell whether a number lies in an `ignore` box, by its centre or by most of its digits."""
    lie = [any(inside(point, box) for box in boxes) for point in number.centres]
    return any(inside(centre(number.box), box) for box in boxes) or fmean(lie) > 0.5


def matched(numbers: list[Number], labels: list[tuple[str, Box]]) -> list[int | None]:
    """Return for each label which of the numbers is it, one to one, or None."""
    used: set[int] = set()
    found = []
    for label, box in labels:
        fits = (
            i
            for i, number in enumerate(numbers)
            if i not in used and is_number(number, label) and inside(centre(number.box), box, 0.25)
        )
        hit = next(fits, None)
        found.append(hit)
        used |= {hit} - {None}
    return found


def is_turned(rotation: float) -> bool:
    """Tell whether a page was turned by more than a skew."""
    return abs((rotation + 180) % 360 - 180) > 40


def ours(picture: Picture) -> tuple[list[Number], float]:
    """Return the numbers that `read` finds, and by how many degrees it turned the page."""
    page = scoring.read(picture, PAGE_SECONDS)
    if page is None:
        return [], 0.0
    return [n for line in numbers_of(page, picture.shape[1::-1]) for n in line], page.rotation


def our_crop(picture: Picture) -> str:
    return scoring.text_of(scoring.read(picture, CROP_SECONDS))


def theirs(rival: rivals.RapidOCR, picture: Picture) -> tuple[list[Number], float]:
    """Return the numbers that RapidOCR finds: everything that is no digit or separator counts as a space."""
    found = []
    for word, (left, top, right, bottom) in rival.words(picture):
        step = (right - left) / len(word)
        for match in re.finditer(r"[.,/:-]*[0-9][0-9.,/:-]*", word):
            start, end = match.span()
            centres = [
                (left + (i + 0.5) * step, (top + bottom) / 2) for i in range(start, end) if word[i] in "0123456789"
            ]
            found.append(Number(match[0], (left + start * step, top, left + end * step, bottom), tuple(centres)))
    return found, 0.0


@dataclass(frozen=True)
class Reader:
    """How a reader reads a whole picture and a crop of one number."""

    page: Callable[[Picture], tuple[list[Number], float]]
    crop: Callable[[Picture], str]


def opened(folder: Path, entry: dict[str, Any]) -> tuple[Image.Image, Box]:
    """Return a labelled picture and the region of it that is read."""
    with Image.open(folder / entry["file"]) as image:
        image.load()
        whole = image.convert("L") if image.mode == "1" else image
        return whole, tuple(entry["region"] or (0, 0, *whole.size))


def within(box: Box, region: Box) -> Box:
    """Return a box in pixels of the region."""
    return box[0] - region[0], box[1] - region[1], box[2] - region[0], box[3] - region[1]


def score_sheet(folder: Path, entry: dict[str, Any], reader: Reader) -> dict[str, Any]:
    """Return what a reader makes of one picture: numbers found, false ones, crops read right."""
    image, region = opened(folder, entry)
    numbers, rotation = reader.page(np.asarray(image.crop(region)))
    labels = [(text, within(tuple(box), region)) for text, box in entry["numbers"]]
    apart = [within(tuple(box), region) for box in entry["ignore"]]
    hits = matched(numbers, labels)
    false = [n for i, n in enumerate(numbers) if i not in hits and scoring.digits_of(n.text) and not ignored(n, apart)]
    crops = [reader.crop(np.asarray(crop(image, tuple(box)))) for _, box in entry["numbers"]]
    right = [
        "?" not in said and scoring.digits_of(said) == scoring.digits_of(text)
        for said, (text, _) in zip(crops, labels, strict=True)
    ]
    return {
        "file": entry["file"],
        "complete": entry["complete"],
        "found": [hit is not None for hit in hits],
        "false": [n.text for n in false],
        "crops": right,
        "crops_said": crops,
        "turned": is_turned(rotation),
    }


def crop(image: Image.Image, box: Box) -> Image.Image:
    """Return a number's own crop, with a margin of 15 % of its width and height."""
    across, down = 0.15 * (box[2] - box[0]), 0.15 * (box[3] - box[1])
    left, top = max(0, int(box[0] - across)), max(0, int(box[1] - down))
    right, bottom = min(image.width, int(box[2] + across) + 1), min(image.height, int(box[3] + down) + 1)
    return image.crop((left, top, right, bottom))


def summed(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a reader's figures over all pictures."""
    labelled = sum(len(row["found"]) for row in rows)
    complete = [row for row in rows if row["complete"]]
    right, false = sum(sum(row["found"]) for row in complete), sum(len(row["false"]) for row in complete)
    return {
        "pictures": len(rows),
        "found_mean": fmean(fmean(row["found"]) for row in rows),
        "found": scoring.share(sum(sum(row["found"]) for row in rows), labelled),
        "precision": scoring.share(right, right + false),
        "crops_mean": fmean(fmean(row["crops"]) for row in rows),
        "crops": scoring.share(sum(sum(row["crops"]) for row in rows), labelled),
        "turned": sum(row["turned"] for row in rows),
    }


def report(name: str, figures: dict[str, Any]) -> None:
    """Print a reader's figures over all pictures."""
    print(
        f"{name}, {figures['pictures']} pictures: found {figures['found_mean']:.1%} (mean of pictures; pooled {scoring.told(figures['found'])}),"
        f"\n  precision {scoring.told(figures['precision'])},\n  own crops {figures['crops_mean']:.1%} (mean of pictures; pooled"
        f" {scoring.told(figures['crops'])}), turned {figures['turned']}",
        flush=True,
    )


def sheets(where: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the figures on forms/sheets."""
    folder = where / "forms" / "sheets"
    entries = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    half = scoring.files_of_half(where, "forms/sheets", arguments.half)
    chosen = [entry for entry in entries if entry["file"] in half][: arguments.limit]
    rows = []
    for entry in chosen:
        rows.append(score_sheet(folder, entry, Reader(ours, our_crop)))
        if arguments.show:
            row = rows[-1]
            print(
                f"  {row['file']}: found {sum(row['found'])}, crops {sum(row['crops'])} of {len(row['found'])}, false {row['false'][:12]}"
            )
    figures = {"Inkdigits": summed(rows)}
    report("Inkdigits", figures["Inkdigits"])
    if arguments.rivals:
        with rivals.RapidOCR() as rival:
            reader = Reader(lambda picture: theirs(rival, picture), lambda picture: "\n".join(rival.lines(picture)))
            others = [score_sheet(folder, entry, reader) for entry in chosen]
        figures["RapidOCR"] = summed(others)
        report("RapidOCR", figures["RapidOCR"])
        for key in ("found", "crops"):
            figures[f"paired_{key}"] = scoring.paired(
                *([r for row in both for r in row[key]] for both in (rows, others))
            )
    return figures


def beside_the_number(page: inkdigits.Page, number: str) -> int:
    """Return how many answered digits of a page are no part of its number."""
    alike = [sum(scoring.in_order(number, scoring.digits_of(line.text))) for line in page.lines]
    return scoring.answered(page) - max(alike, default=0)


def submitty(where: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the figures on forms/submitty: pages of a PDF."""
    folder = where / "forms" / "submitty"
    labels = {e["page"]: e["number"] for e in json.loads((folder / "labels.json").read_text(encoding="utf-8"))}
    found, beside, turned = [], [], []
    for trust in ("always", "normal"):
        for page in islice(inkdigits.read_pages(folder / "sheets.pdf", trust=trust), arguments.limit):
            number = labels[page.number]
            if trust == "always":
                found.append(number in [scoring.digits_of(word) for line in page.lines for word in line.text.split()])
                turned.append(is_turned(page.rotation))
                if arguments.show and not found[-1]:
                    print(f"  submitty {page.number}: {number} in {page.text!r:.200}")
            else:
                beside.append(beside_the_number(page, number))
    figures = {**scoring.share(sum(found), len(found)), "beside": fmean(beside), "each": beside, "turned": sum(turned)}
    print(
        f"submitty: number found on {scoring.told(figures)} sheets; answered digits beside it {figures['beside']:.1f} a sheet; turned {sum(turned)}"
    )
    return figures


def main() -> None:
    parser = scoring.options(__doc__, "rivals", "limit", "show")
    where = needed_dev_data()
    arguments = scoring.parsed(parser, "forms")
    figures = {"half": arguments.half, "sheets": sheets(where, arguments), "submitty": submitty(where, arguments)}
    scoring.keep("forms", figures, arguments)


if __name__ == "__main__":
    main()
