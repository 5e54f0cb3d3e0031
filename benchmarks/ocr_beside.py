"""RapidOCR and Tesseract beside Inkdigits: the same pictures, in the same process, each reader on one thread.

Pages, register cells and single digits of the development sets; and photos of 1 and 12 megapixels. Inkdigits and RapidOCR read each picture in turn, so that the machine's mood meets both; Tesseract reads them in one
run of its program. How the other two are called was chosen for each kind of picture on the tuning half (--choose), as ours was.

Needs `pip install rapidocr==3.10.*` and Debian's tesseract-ocr; what is missing is left out with a word. The sets are found
through INKDIGITS_DEV_DATA; without it there are the photos only.

Usage: [INKDIGITS_DEV_DATA=…] python benchmarks/ocr_beside.py [--half tune|report|all --purpose ISSUE] [--most N] [--choose]
writes benchmarks/results/ocr_beside.json (reporting half) or ocr_beside_tune.json, unless --choose
"""

from __future__ import annotations

import argparse
import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

import dev_pages
import dev_singles
import inkdigits
import scoring
from machine import dev_data, peak_memory_mb
from other_readers import RapidOCR, Settings, Tesseract, enlarged, pixels, said
from read_speed import photo

Case = tuple[Any, list[str]]  # a picture's path or array, and its lines
KINDS = {"pages": "pages", "registers": "registers"}  # everything else is single digits
# The best of all_settings on the tuning half, by pictures wholly right: python benchmarks/ocr_beside.py --choose
RAPID = {
    "pages": Settings("page, else line", enlarged=False),
    "registers": Settings("page, else line", enlarged=False),
    "singles": Settings("line", enlarged=False, look_alikes=True),
}
TESSERACT = {
    "pages": Settings("6", enlarged=True),
    "registers": Settings("6", enlarged=False),
    "singles": Settings("6", enlarged=True),
}


def all_settings() -> tuple[list[Settings], list[Settings]]:
    """Return every way that RapidOCR and Tesseract (a block, a line, a word, sparse text, one sign) might be called."""
    both = (False, True)
    rapid = [Settings(*way) for way in itertools.product(("page", "line", "page, else line"), both, both)]
    return rapid, [Settings(*way) for way in itertools.product(("6", "7", "8", "11", "10"), both)]


def cases(half: str, most: int) -> dict[str, list[Case]]:
    """Return the pictures of each set, at most so many of one, evenly over it."""
    where = dev_data()
    if not where:
        print("INKDIGITS_DEV_DATA is not set: no pages, registers and single digits.")
        return {}
    sets: dict[str, list[Case]] = dict(dev_pages.cases(where, half))
    for name, (sources, labels) in dev_singles.load(where, half).items():
        sets[name] = [(source, [str(label)]) for source, label in zip(sources, labels, strict=True)]
    return {name: rows[:: max(1, -(-len(rows) // most))] for name, rows in sets.items()}


def ours(source: Any, single: bool) -> list[str]:
    if not single:
        return [line.text for line in inkdigits.read(source, trust="always").lines]
    label = inkdigits.classify(source, trust="always").label
    return [] if label is None else [str(label)]


def timed(function: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    result = function()
    return result, time.perf_counter() - started


def in_turn(first: Callable[[], Any], second: Callable[[], Any], swap: bool) -> tuple[Any, float, Any, float]:
    """Run both, the second before the first if `swap`; return each one's result and seconds."""
    if swap:
        b, b_seconds = timed(second)
        return *timed(first), b, b_seconds
    return *timed(first), *timed(second)


def measure(rows: list[Case], kind: str, rapid: RapidOCR | None, tesseract: Tesseract | None) -> dict[str, Any]:
    """Return what each reader makes of one set, its mean milliseconds a picture, and the median of RapidOCR's over ours."""
    single, truth = kind == "singles", [lines for _, lines in rows]
    answers: dict[str, list[list[str]]] = {"Inkdigits": []}
    times: dict[str, list[float]] = {"Inkdigits": []}
    if rapid:
        answers["RapidOCR"], times["RapidOCR"] = [], []
    for i, (source, _) in enumerate(rows):
        if not rapid:
            answer, seconds = timed(lambda source=source: ours(source, single))
        else:
            way = RAPID[kind]
            given = enlarged(pixels(source)) if way.enlarged else source if isinstance(source, Path) else pixels(source)
            answer, seconds, other, other_seconds = in_turn(
                lambda source=source: ours(source, single),
                lambda given=given, way=way: rapid.lines(given, way),
                i % 2 == 1,
            )
            answers["RapidOCR"].append(said(other, way))
            times["RapidOCR"].append(other_seconds)
        answers["Inkdigits"].append(answer)
        times["Inkdigits"].append(seconds)
    if tesseract:
        way = TESSERACT[kind]
        given = [enlarged(picture) if way.enlarged else picture for picture in (pixels(source) for source, _ in rows)]
        other, seconds = timed(lambda: tesseract.lines_of_many(given, way))
        answers["Tesseract"] = [said(lines, way) for lines in other]
        times["Tesseract"] = [seconds / len(rows)] * len(rows)
    readers = {
        name: {**dev_pages.score(answers[name], truth), "ms_a_picture": 1e3 * float(np.mean(times[name]))}
        for name in answers
    }
    figures: dict[str, Any] = {"pictures": len(rows), "kind": kind, "readers": readers}
    if rapid:
        figures["times_faster"] = float(np.median(np.array(times["RapidOCR"]) / times["Inkdigits"]))
    return figures


def measure_photos(rapid: RapidOCR | None) -> dict[str, Any]:
    """Return milliseconds for photos of 1 and 12 megapixels, decoding included, and the peak memory for the larger one."""
    figures: dict[str, Any] = {}
    for name, megapixels, repeat in (("1 megapixel", 1, 5), ("12 megapixels", 12, 3)):
        data = photo(megapixels)
        way = RAPID["pages"]
        readers = {"Inkdigits": lambda data=data: ours(data, False)}
        if rapid:
            readers["RapidOCR"] = lambda data=data, way=way: rapid.lines(data, way)
        for reader in readers.values():
            reader()
        rounds = [[timed(reader)[1] for reader in readers.values()] for _ in range(repeat)]
        row = {reader: {"ms": 1e3 * float(v)} for reader, v in zip(readers, np.median(rounds, axis=0), strict=True)}
        if megapixels == 12:
            for reader in readers:
                command = [sys.executable, __file__, "--memory", reader]
                child = subprocess.run(command, input=data, capture_output=True, check=True)
                row[reader]["peak_memory_mb"] = float(child.stdout.split()[-1])
        figures[name] = row
        print(name, {k: {n: round(v) for n, v in r.items()} for k, r in row.items()}, flush=True)
    return figures


def choose(sets: dict[str, list[Case]], rapid: RapidOCR | None, tesseract: Tesseract | None) -> None:
    """Print how well every way of calling the other readers does, for each kind of picture."""
    kinds: dict[str, list[Case]] = {}
    for name, rows in sets.items():
        kinds.setdefault(KINDS.get(name, "singles"), []).extend(rows)
    for kind, rows in kinds.items():
        truth = [lines for _, lines in rows]
        pictures = [pixels(source) for source, _ in rows]
        large = [enlarged(picture) for picture in pictures]
        found: list[tuple[str, Settings, dict[str, float]]] = []
        raw: dict[tuple[str, bool], list[list[str]]] = {}
        for way in all_settings()[0] if rapid else []:
            given = large if way.enlarged else pictures
            key = (way.mode, way.enlarged)
            raw[key] = raw.get(key) or [rapid.lines(picture, way) for picture in given]
            found.append(("RapidOCR", way, dev_pages.score([said(lines, way) for lines in raw[key]], truth)))
        for way in all_settings()[1] if tesseract else []:
            answers = tesseract.lines_of_many(large if way.enlarged else pictures, way)
            found.append(("Tesseract", way, dev_pages.score([said(lines, way) for lines in answers], truth)))
        print(f"{kind}, {len(rows)} pictures")
        for name, way, score in sorted(found, key=lambda row: (row[0], -row[2]["right"])):
            print(
                f"  {name:9} {score['right']:6.1%} right, character error {score['character_error']:6.1%}   {way}",
                flush=True,
            )


def main() -> None:
    parser = scoring.options(__doc__)
    parser.add_argument("--most", type=int, default=200, help="pictures of one set, at most")
    parser.add_argument("--choose", action="store_true", help="try every way of calling the others, on the tuning half")
    parser.add_argument("--memory", choices=("Inkdigits", "RapidOCR"), help=argparse.SUPPRESS)
    arguments = scoring.parsed(parser, *(("pages", "registers", "singles") if dev_data() else ()))
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {0})
    cv2.setNumThreads(1)
    rapid_missing, tesseract_missing = RapidOCR.missing(), Tesseract.missing()
    for missing in (rapid_missing, tesseract_missing):
        if missing:
            print(f"{missing}: left out.")
    if arguments.memory:
        data = sys.stdin.buffer.read()
        if arguments.memory == "Inkdigits":
            ours(data, False)
        else:
            RapidOCR().lines(data, RAPID["pages"])
        print(peak_memory_mb())
        return
    rapid, tesseract = None if rapid_missing else RapidOCR(), None if tesseract_missing else Tesseract()
    if arguments.choose:
        choose(cases("tune", arguments.most), rapid, tesseract)
        return
    figures: dict[str, Any] = {}
    for name, rows in cases(arguments.half, arguments.most).items():
        figures[name] = measure(rows, KINDS.get(name, "singles"), rapid, tesseract)
        print(f"{name}, {len(rows)} pictures")
        for reader, row in figures[name]["readers"].items():
            print(
                f"  {reader:9} {row['right']:6.1%} right, character error {row['character_error']:6.1%};"
                f" with separators {row['right_with_separators']:6.1%}, {row['character_error_with_separators']:6.1%};"
                f" {row['ms_a_picture']:8.2f} ms",
                flush=True,
            )
    ways = {
        reader: {kind: str(way) for kind, way in table.items()}
        for reader, table in (("RapidOCR", RAPID), ("Tesseract", TESSERACT))
    }
    version = None if tesseract is None else tesseract.version()
    document = {"tesseract": version, "settings": ways, "sets": figures, "photos": measure_photos(rapid)}
    scoring.keep("ocr_beside", document, arguments)


if __name__ == "__main__":
    main()
