"""Pages made by us, with their truth, kind by kind: papers, boxes, tables, rings, touching digits, separators, print.

The generator (`made_pages.py`) is frozen and training never calls it; its writers, fonts and papers are held out. Every page
draws its conditions from the same ranges. Trust `always`. What counts in a kind:
  line      a line of the answer has the digits and separators of a line of the truth, in order, and none beside them (spaces are
            ignored, but where a line holds several numbers); lines are matched in order, one to one
  numbers   a number of the truth stands as a whole number in the answer (tables and columns, whatever the order of reading)
  print     answered digits a page, with the default trust (there is no handwriting), and the time of a page against an empty one
Lines of one page share its conditions, so that intervals (Wilson, 95 %) are a little narrow. RapidOCR (--rivals) reads the same
pages: with detection, and as one line where it finds nothing.

Usage: python benchmarks/made.py [--n LINES] [--kinds A;B] [--fixed] [--rivals] [--show]
  --n      at least so many lines (or numbers) a kind, 400 by default; 20 pages of print, or as many as a 20th of --n
  --fixed  40 pixels, contrast 0.75, no tilt or blur, as figures before version 0.2 were measured
writes benchmarks/results/made.json, or made_fixed.json, where all kinds are measured with --n 400 or more
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import numpy as np

import made_pages
import made_print
import rivals
import scoring
from machine import write_results

LINES, PRINT_PAGES = 400, 20
Said = list[str]  # the lines that a reader puts out


def pages(kind: str, lines: int, fixed: bool) -> Iterator[made_pages.Page]:
    """Yield pages of a kind with at least so many lines in all."""
    index = 0
    while lines > 0:
        page = made_pages.page(kind, index, fixed)
        yield page
        index, lines = index + 1, lines - len(page.lines)


def ours(picture: made_pages.Picture) -> Said:
    page = scoring.read(picture, trust="always")
    return [line.text for line in page.lines] if page else []


def right_lines(kind: str, truth: tuple[str, ...], said: Said) -> list[bool]:
    """Tell of each line (or number) of the truth whether it was read right."""
    about = made_pages.KINDS[kind]
    if about.unit == "numbers":
        left = Counter(word for line in said for word in line.split())
        return [bool(left[number]) and not left.subtract([number]) for number in truth]
    form: Callable[[str], str] = normal_spaces if about.spaces else scoring.signs_of
    return scoring.in_order([form(line) for line in truth], [form(line) for line in said])


def normal_spaces(text: str) -> str:
    return " ".join(text.split())


def measure(kind: str, lines: int, fixed: bool, rival: rivals.RapidOCR | None, show: bool) -> dict[str, Any]:
    """Return the figures of one kind."""
    right: dict[str, list[bool]] = {"Inkdigits": [], "RapidOCR": []}
    surplus = count = 0
    for page in pages(kind, lines, fixed):
        said = ours(page.picture)
        right["Inkdigits"] += right_lines(kind, page.lines, said)
        surplus += max(0, len(said) - len(page.lines))
        count += 1
        if rival:
            right["RapidOCR"] += right_lines(kind, page.lines, rival.lines(page.picture))
        if show and not all(right_lines(kind, page.lines, said)):
            print(f"  {kind} {count - 1} ({page.conditions.height:.0f} pixels): {list(page.lines)} read as {said}")
    figures = {
        "unit": made_pages.KINDS[kind].unit,
        "pages": count,
        **scoring.share(sum(right["Inkdigits"]), len(right["Inkdigits"])),
        "lines_too_many": surplus,
    }
    print(f"{kind:36} {scoring.told(figures)}", end="")
    if rival:
        figures["RapidOCR"] = scoring.share(sum(right["RapidOCR"]), len(right["RapidOCR"]))
        figures["paired"] = scoring.paired(right["Inkdigits"], right["RapidOCR"])
        print(f"   RapidOCR {scoring.told(figures['RapidOCR'])}, p {figures['paired']['p']:.2g}", end="")
    print(flush=True)
    return figures


def timed(picture: made_pages.Picture) -> tuple[int, float]:
    """Return how many answered digits there are in a picture with the default trust, and seconds of processor time."""
    started = time.process_time()
    answered = scoring.answered(scoring.read(picture))
    return answered, time.process_time() - started


def measure_print(count: int) -> dict[str, Any]:
    """Return answered digits a page of print, and how much longer it takes than an empty page."""
    timed(made_print.empty(0))
    answered, seconds, empty = [], [], []
    for index in range(count):
        digits, taken = timed(made_print.page(index))
        answered.append(digits)
        seconds.append(taken)
        empty.append(timed(made_print.empty(index))[1])
    times = float(np.median(np.array(seconds) / np.array(empty)))
    figures = {
        "pages": count,
        "words": made_print.WORDS,
        "answered_a_page": float(np.mean(answered)),
        "answered": answered,
        "seconds": float(np.median(seconds)),
        "seconds_empty": float(np.median(empty)),
        "times_an_empty_page": times,
    }
    print(
        f"{'print':36} {figures['answered_a_page']:.1f} answered digits a page; {times:.1f} times an empty page",
        flush=True,
    )
    return figures


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--n", type=int, default=LINES, help="lines of each kind")
    parser.add_argument("--kinds", help="only these, with ; between them")
    parser.add_argument("--fixed", action="store_true", help="every page in the same conditions")
    parser.add_argument("--rivals", action="store_true", help="RapidOCR reads the same pages")
    parser.add_argument("--show", action="store_true", help="print what is read wrong")
    arguments = parser.parse_args()
    kinds = arguments.kinds.split(";") if arguments.kinds else [*made_pages.KINDS, "print"]
    figures: dict[str, Any] = {"lines": arguments.n, "kinds": {}}
    with rivals.RapidOCR() if arguments.rivals else nullcontext() as rival:
        for kind in kinds:
            if kind == "print":
                figures["print"] = measure_print(max(1, min(PRINT_PAGES, arguments.n // 20)))
            else:
                figures["kinds"][kind] = measure(kind, arguments.n, arguments.fixed, rival, arguments.show)
    if not arguments.kinds and arguments.n >= LINES:
        figures["generator"] = made_pages.fingerprint()
        write_results("made_fixed" if arguments.fixed else "made", figures)


if __name__ == "__main__":
    main()
