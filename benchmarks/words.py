"""Handwritten letters as if they were digits: how many answered digits `read` finds in a hundred of them.

Each letter of letters.npz (pen strokes of 55 people), without those that nobody can tell from a digit, dark on white paper, in
lines of eight, through `read` at each level of trust. The look-alikes, in lines of their own, are told beside.

Usage: INKDIGITS_DEV_DATA=… python benchmarks/words.py [--half tune|report|all --purpose ISSUE] [--limit LINES] [--show]
writes benchmarks/results/words.json (reporting half) or words_tune.json
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import scoring
from machine import needed_dev_data
from not_digits import LOOK_ALIKES

IN_A_LINE, MARGIN = 8, 32
TRUST = ("strict", "normal", "always")
Letters = tuple[npt.NDArray[np.uint8], list[str]]  # ink (N, 64, 64), white on black, and what each is


def letters(where: Path, half: str, look_alikes: bool) -> Letters:
    """Return the letters of a half, in the order of the file: a line has one letter by eight people, as a rule."""
    with np.load(where / "letters.npz") as stored:
        x, names = stored["x"], [chr(code) for code in stored["y"]]
    chosen = [i for i in range(len(x)) if scoring.in_half(f"letters{i}", half)]
    rows = [i for i in chosen if (names[i] in LOOK_ALIKES) == look_alikes]
    return x[rows], [names[i] for i in rows]


def line(ink: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return a picture of up to eight letters beside each other."""
    return np.asarray(255 - np.pad(np.hstack(list(ink)), MARGIN), np.uint8)


def measure(found: Letters, limit: int | None, show: bool) -> dict[str, Any]:
    """Return answered digits per 100 letters, at each level of trust."""
    ink, names = found
    starts = range(0, len(ink), IN_A_LINE)[:limit]
    count = sum(len(ink[at : at + IN_A_LINE]) for at in starts)
    answers: Counter[str] = Counter()
    for at in starts:
        picture = line(ink[at : at + IN_A_LINE])
        for trust in TRUST:
            page = scoring.read(picture, trust=trust)
            answers[trust] += scoring.answered(page)
            if show and trust == "strict" and scoring.answered(page):
                print(f"  {''.join(names[at : at + IN_A_LINE])} read as {scoring.text_of(page)!r}")
    per_100 = {trust: 100 * answers[trust] / count for trust in TRUST}
    return {"letters": count, "answered": dict(answers), "per_100": per_100}


def main() -> None:
    parser = scoring.options(__doc__, "limit", "show")
    where = needed_dev_data()
    arguments = scoring.parsed(parser, "letters")
    figures = {}
    for name, look_alikes in (("letters", False), ("look-alikes", True)):
        found = letters(where, arguments.half, look_alikes)
        figures[name] = measure(found, arguments.limit, arguments.show and not look_alikes)
        row = figures[name]
        told = ", ".join(f"{trust} {value:.1f}" for trust, value in row["per_100"].items())
        print(f"{name:12} {row['letters']} letters; answered digits per 100: {told}", flush=True)
    scoring.keep("words", {"half": arguments.half, **figures}, arguments)


if __name__ == "__main__":
    main()
