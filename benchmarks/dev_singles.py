"""Single digits of other people's: accuracy on each development set, on the half that nothing is tuned on.

The sets are not part of the project. They are found through the environment variable INKDIGITS_DEV_DATA; where it is not
set, this script says so and ends.

Usage: INKDIGITS_DEV_DATA=… python benchmarks/dev_singles.py [--model NAME] [--half report|tune]
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

import inkdigits
from inkdigits.evaluation.metrics import wilson
from machine import write_results

ARRAYS = {"usps": "usps_train", "optdigits": "optdigits_train", "crowd": "crowd", "hwd1000": "hwd1000"}


def in_half(key: str, half: str) -> bool:
    """Tell whether a file name or row number belongs to the tuning or the reporting half."""
    return (hashlib.sha256(key.encode()).digest()[0] % 2 == 0) == (half == "tune")


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
        with (folder / "singles" / kind / "labels.csv").open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if in_half(row["file"], half):
                    people[0].append(str(folder / "singles" / kind / row["file"]))
                    people[1].append(int(row["label"]))
    sets["people"] = people
    return sets


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="classic")
    parser.add_argument("--half", choices=("report", "tune"), default="report")
    arguments = parser.parse_args()
    where = os.environ.get("INKDIGITS_DEV_DATA")
    if not where:
        sys.exit("INKDIGITS_DEV_DATA is not set: nothing to measure with.")
    figures: dict[str, Any] = {}
    for name, (sources, labels) in load(Path(where), arguments.half).items():
        digits = inkdigits.classify_many(sources, model=arguments.model, trust="always")
        right = sum(d.label == label for d, label in zip(digits, labels, strict=True))
        figures[name] = {"digits": len(labels), "accuracy": right / len(labels), "interval": wilson(right, len(labels))}
        print(f"{name:10} {len(labels):5} digits  {right / len(labels):.2%}", flush=True)
    mean = float(np.mean([f["accuracy"] for f in figures.values()]))
    print(f"{'mean':10} {mean:.2%}")
    if arguments.half == "report":
        write_results(f"dev_singles_{arguments.model}", {"model": arguments.model, "sets": figures, "mean": mean})


if __name__ == "__main__":
    main()
