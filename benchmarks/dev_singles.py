"""Single digits of other people's: accuracy on each development set, and what strict trust answers.

The sets are not part of the project. They are found through the environment variable INKDIGITS_DEV_DATA; where it is not
set, this script says so and ends.

Bitmaps are read once more cropped to their ink and stretched to 16 × 16 pixels in black and white, as two public sets are.

Usage: INKDIGITS_DEV_DATA=… python benchmarks/dev_singles.py [--half tune|report|all --purpose ISSUE] [--model NAME] [--show]
writes benchmarks/results/dev_singles_MODEL.json (reporting half) or dev_singles_MODEL_tune.json
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

import inkdigits
import scoring
from inkdigits import network
from inkdigits.evaluation.metrics import wilson
from machine import needed_dev_data
from scoring import in_half

ARRAYS = {"usps": "usps_train", "optdigits": "optdigits_train", "crowd": "crowd", "hwd1000": "hwd1000"}


def load(folder: Path, half: str) -> dict[str, tuple[list[Any], list[int]]]:
    """Return the sets: name → (sources, labels)."""
    sets: dict[str, tuple[list[Any], list[int]]] = {}
    for name, file in ARRAYS.items():
        with np.load(folder / f"{file}.npz") as stored:
            rows = [i for i in range(len(stored["y"])) if in_half(f"{name}{i}", half)]
            x, y = stored["x"], stored["y"]
            sets[name] = ([x[i] for i in rows], [int(y[i]) for i in rows])
    people: tuple[list[Any], list[int]] = ([], [])
    for kind in ("photo", "crop28", "drawn"):
        with (folder / "singles" / kind / "labels.csv").open(newline="", encoding="utf-8") as table:
            for row in csv.DictReader(table):
                if in_half(row["file"], half):
                    people[0].append(str(folder / "singles" / kind / row["file"]))
                    people[1].append(int(row["label"]))
    sets["people"] = people
    sets["sudoku"] = sudoku(folder / "sudoku", half)
    return sets


def sudoku(folder: Path, half: str) -> tuple[list[Any], list[int]]:
    """Return the handwritten cells of photographed sudokus, cut along the grid: printed lines lie at their borders."""
    sources, labels = [], []
    for name, about in json.loads((folder / "labels.json").read_text(encoding="utf-8")).items():
        with Image.open(folder / name) as image:  # one of them is upright and has a stale EXIF turn
            photo = np.asarray(image.convert("RGB"))
        corners = np.array(about["corners_tl_tr_br_bl"], np.float32)
        side = 72
        square = np.array([[0, 0], [9 * side, 0], [9 * side, 9 * side], [0, 9 * side]], np.float32)
        flat = cv2.warpPerspective(photo, cv2.getPerspectiveTransform(corners, square), (9 * side, 9 * side))
        for row, column in np.argwhere(np.array(about["handwritten"]) == 1):
            if in_half(f"{name}{row}{column}", half):
                sources.append(flat[row * side : (row + 1) * side, column * side : (column + 1) * side])
                labels.append(int(about["grid"][row][column]))
    return sources, labels


def stretched(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return a bitmap, white on black, cropped to its ink and stretched to 16 × 16 pixels in black and white."""
    level, mask = cv2.threshold(image, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    left, top, width, height = cv2.boundingRect(mask)
    part = image[top : top + height, left : left + width]
    small = cv2.resize(part, (16, 16), interpolation=cv2.INTER_AREA if min(part.shape) > 16 else cv2.INTER_LINEAR)
    return np.where(small > level, 255, 0).astype(np.uint8)


def measure_stretched(sets: dict[str, tuple[list[Any], list[int]]], model: str) -> dict[str, Any]:
    """Return the accuracy on stretched bitmaps of each set of arrays."""
    figures = {}
    for name in ARRAYS:
        sources, labels = sets[name]
        digits = inkdigits.classify_many([stretched(x) for x in sources], model=model, trust="always")
        figures[name] = scoring.share(sum(d.label == y for d, y in zip(digits, labels, strict=True)), len(labels))
        print(f"stretched to 16 × 16: {name:10} {scoring.told(figures[name])}")
    return figures


def main() -> None:
    parser = scoring.options(__doc__, "show")
    parser.add_argument("--model", default="default")
    where = needed_dev_data()
    arguments = scoring.parsed(parser, "singles")
    figures: dict[str, Any] = {}
    strict = network.load(arguments.model).thresholds["strict"]
    answered = wrong = total = 0
    sets = load(where, arguments.half)
    for name, (sources, labels) in sets.items():
        digits = inkdigits.classify_many(sources, model=arguments.model, trust="always")
        right = np.array([d.label == label for d, label in zip(digits, labels, strict=True)])
        sure = np.array([d.confidence >= strict for d in digits])
        figures[name] = {
            "digits": len(labels),
            "accuracy": float(right.mean()),
            "interval": wilson(int(right.sum()), len(labels)),
            "strict_coverage": float(sure.mean()),
            "strict_wrong": int((~right & sure).sum()),
        }
        if name != "crowd":  # about 1 % of its labels are wrong
            answered, wrong, total = answered + int(sure.sum()), wrong + int((~right & sure).sum()), total + len(labels)
        print(
            f"{name:10} {len(labels):5} digits  {right.mean():.2%}   strict: answers {sure.mean():.1%}, {(~right & sure).sum()} wrong"
        )
        if arguments.show:
            for i in np.flatnonzero(~right & sure):
                print(f"    {name} {i}: a {labels[i]} read as {digits[i].best} at {digits[i].confidence:.3f}")
    mean = float(np.mean([f["accuracy"] for f in figures.values()]))
    pooled = {"coverage": answered / total, "answered": answered, "wrong": wrong}
    print(
        f"{'mean':10} {mean:.2%}   strict, without crowd: answers {answered / total:.2%}, {wrong} of {answered} wrong"
    )
    name = network.load(arguments.model).name
    document = {"model": name, "half": arguments.half, "sets": figures, "mean": mean, "strict": pooled}
    document["stretched"] = measure_stretched(sets, arguments.model)
    scoring.keep(f"dev_singles_{name}", document, arguments)


if __name__ == "__main__":
    main()
