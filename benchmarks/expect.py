"""What `expect` costs, and how many lines are right without it and with it.

Cost: a page of twenty lines of five to eight digits is read without an expectation and with one that no line can satisfy; the
ratio of the two times (of the processor, in one process, one after the other), the median of several pairs, and that of the
first reading, in which an expectation's states are worked out.

Lines: numbers on synthetic pages of the validation part (other writers, fonts and papers than the locator's training pages),
cut out with what stands around them up to 0.6 of a digit's height: boxes, rulings, parts of other lines. Each is read (trust
`always`) without an expectation; with its length; of those whose last digit is the Luhn check digit, with `luhn`; and of those
without a comma, with a list of a thousand numbers of all of them and others like them. A line is right where its digits are.

Usage: python benchmarks/expect.py [--lines N] [--pairs N]
writes benchmarks/results/expect.json, if neither is less than usual
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

import inkdigits
import scoring
from inkdigits.datasets import mnist
from inkdigits.recognising.expect import parse
from inkdigits.synthetic import strokes
from inkdigits.synthetic.pages import page, sources
from inkdigits.synthetic.pages.truth import Mark
from inkdigits.training import split
from machine import write_results

Picture = npt.NDArray[np.uint8]

LINES, PAIRS = 400, 15
_SEED = 23
_SIZE = (72, 224)  # of a page, of which one number is cut out
_SCENES = ("close-up", "boxes", "lines", "table")
_DIGITS = 600  # of MNIST's validation digits that pages are drawn with
_AROUND = 0.6  # of a digit's height
_VALUES = 1000

# Nothing of five to eight digits satisfies these.
_random = np.random.default_rng(_SEED)
UNSATISFIABLE: dict[str, Sequence[str]] = {
    "length:15": ["length:15"],
    "range:1-4 and length:9": ["range:1-4", "length:9"],
    "10,000 values of ten digits": ["values:" + ",".join(str(v) for v in _random.integers(10**9, 10**10, 10_000))],
    "luhn and length:20": ["luhn", "length:20"],
    "mod97, mod11, luhn and length:15": ["mod97", "mod11", "luhn", "length:15"],
    r"\d{12}": [r"\d{12}"],
    r"(\d+)+x": [r"(\d+)+x"],
    r"(\d{6})\1": [r"(\d{6})\1"],
    r"(\d*)*(\d*)*\2\1(?<=x)": [r"(\d*)*(\d*)*\2\1(?<=x)"],
}


def sheet(lines: int = 20) -> Picture:
    """A page of lines of five to eight digits by our own strokes."""
    random = np.random.default_rng(_SEED)
    paper = np.full((60 + 44 * lines, 420), 245.0)
    for line in range(lines):
        for place in range(int(random.integers(5, 9))):
            drawn = strokes.vary(strokes.digit(int(random.integers(10)), int(random.integers(50))), random)
            ink = strokes.draw(drawn, 28, 3)
            part = paper[30 + 44 * line :, 30 + 40 * place :][: ink.shape[0], : ink.shape[1]]
            np.minimum(part, 255.0 - ink[: part.shape[0], : part.shape[1]], out=part)
    return np.clip(paper + random.normal(0, 6, paper.shape), 0, 255).astype(np.uint8)


def cost(pairs: int) -> list[dict[str, Any]]:
    """Return how much longer reading takes with each expectation that cannot be satisfied."""
    picture, plain = sheet(), inkdigits.Reader()

    def seconds(reader: inkdigits.Reader) -> float:
        started = time.process_time()
        reader.read(picture)
        return time.process_time() - started

    seconds(plain)
    rows = []
    for name, expected in UNSATISFIABLE.items():
        reader = inkdigits.Reader(expect=expected)
        first = seconds(reader)
        times = [(seconds(plain), seconds(reader)) for _ in range(pairs)]
        without = float(np.median([a for a, _ in times]))
        assert not any(line.expected for line in reader.read(picture).lines), name
        rows.append({
            "expect": name,
            "ms_without": 1000 * without,
            "ratio": float(np.median([b / a for a, b in times])),
            "first_ratio": first / without,
        })  # fmt: skip
        print(f"{name:35} {rows[-1]['ratio']:.2f} times, the first reading {rows[-1]['first_ratio']:.2f}", flush=True)
    return rows


def numbers() -> Iterator[tuple[Picture, str]]:
    """Yield numbers of two digits and more, cut out of synthetic pages, with their texts."""
    cv2.setNumThreads(1)
    _, digits = split.by_writer(mnist.train(), 0.1)
    assert digits.writers is not None
    held_out = sources.build(digits.images, digits.labels, digits.writers, "validation", _DIGITS)
    number = 0
    while True:
        drawn = page.draw(held_out, np.random.default_rng([_SEED, number]), _SIZE, _SCENES[number % len(_SCENES)])
        number += 1
        of: dict[int, list[Mark]] = {}
        for mark in sorted(drawn.truth.marks, key=lambda mark: mark.place):
            of.setdefault(mark.number, []).append(mark)
        for marks in of.values():
            boxes = np.array([mark.box for mark in marks if mark.sign.isdigit()])
            if is_whole(marks, drawn.truth.ignored) and len(boxes) > 1 and lies_within(boxes, drawn.grey.shape):
                yield cut_out(drawn.grey, boxes), "".join(mark.sign for mark in marks)


def is_whole(marks: list[Mark], ignored: Sequence[Sequence[float]]) -> bool:
    """Tell whether all of a number is there, written by hand, and nothing of it is to be ignored."""
    centres = [mark.centre for mark in marks]
    return (
        all(mark.kind == "handwritten" for mark in marks)
        and [mark.place for mark in marks] == list(range(len(marks)))
        and not any(left <= x <= right and top <= y <= low for x, y in centres for left, top, right, low in ignored)
    )


def lies_within(boxes: npt.NDArray[np.float64], shape: tuple[int, ...]) -> bool:
    return bool(boxes[:, :2].min() >= 1 and boxes[:, 2].max() <= shape[1] - 1 and boxes[:, 3].max() <= shape[0] - 1)


def cut_out(grey: Picture, boxes: npt.NDArray[np.float64]) -> Picture:
    around = _AROUND * float(np.median(boxes[:, 3] - boxes[:, 1]))
    left, top = np.maximum(boxes[:, :2].min(axis=0) - around, 0).astype(int)
    right, bottom = (boxes[:, 2:].max(axis=0) + around).astype(int)
    return np.ascontiguousarray(grey[top:bottom, left:right])


def like(texts: list[str]) -> list[str]:
    """Return a thousand numbers: these and others, each one of these with some digits changed, one lost or one more."""
    random, every = np.random.default_rng(_SEED), dict.fromkeys(texts)
    while len(every) < _VALUES:
        signs = list(texts[int(random.integers(len(texts)))])
        for _ in range(int(random.integers(1, 4))):
            place = int(random.integers(len(signs)))
            if signs[place].isdigit():
                signs[place] = str(random.integers(10))
        way = random.random()
        if way < 0.2 and len(signs) > 2:
            del signs[int(random.integers(len(signs)))]
        elif way < 0.4:
            signs.insert(int(random.integers(len(signs) + 1)), str(random.integers(10)))
        every["".join(signs)] = None
    return list(every)


def read(picture: Picture, reader: inkdigits.Reader) -> inkdigits.results.Line | None:
    """Return the line that is nearest to the middle of a picture, of two the longer one."""
    lines = reader.read(picture).lines
    middle = picture.shape[0] / 2
    return min(lines, key=lambda one: abs((one.box[1] + one.box[3]) / 2 - middle) - len(one.digits), default=None)


def compared(cases: list[tuple[Picture, str]], readers: list[inkdigits.Reader]) -> dict[str, Any]:
    """Return how many lines are right without an expectation and with each one's own."""
    plain = inkdigits.Reader(trust="always")
    right, stated, satisfied = [], [], []
    for (picture, text), reader in zip(cases, readers, strict=True):
        answers = [read(picture, one) for one in (plain, reader)]
        right.append([line is not None and scoring.digits_of(line.text) == scoring.digits_of(text) for line in answers])
        if answers[1] is not None and answers[1].expected:
            stated.append(answers[1].confidence)
            satisfied.append(right[-1][1])
    without, with_it = (list(column) for column in zip(*right, strict=True))
    return {
        "without": scoring.share(sum(without), len(without)),
        "with": scoring.share(sum(with_it), len(with_it)),
        "paired": scoring.paired(with_it, without),
        "as_expected": {**scoring.share(sum(satisfied), len(satisfied)), "stated": float(np.mean(stated))},
    }


def lines(count: int) -> dict[str, Any]:
    """Return what each kind of expectation does to so many lines."""
    cases: list[tuple[Picture, str]] = []
    checked: list[tuple[Picture, str]] = []
    (luhn,) = parse("luhn")
    for picture, text in numbers():
        if len(cases) < count:
            cases.append((picture, text))
        if len(checked) < count and luhn.accepts(text):
            checked.append((picture, text))
        if len(cases) == len(checked) == count:
            break
    listed = [case for case in cases if "," not in case[1]]
    of_list = inkdigits.Reader(trust="always", expect="values:" + ",".join(like([text for _, text in listed])))
    of_check = inkdigits.Reader(trust="always", expect="luhn")
    of_length = [inkdigits.Reader(trust="always", expect=f"length:{len(scoring.digits_of(text))}") for _, text in cases]
    found = {
        "length:N": compared(cases, of_length),
        "luhn": compared(checked, [of_check] * len(checked)),
        "values:…": compared(listed, [of_list] * len(listed)),
    }
    for name, row in found.items():
        print(f"{name}: without {scoring.told(row['without'])}, with {scoring.told(row['with'])}", flush=True)
        print(f"  as expected: right {scoring.told(row['as_expected'])}, stated {row['as_expected']['stated']:.1%}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--lines", type=int, default=LINES)
    parser.add_argument("--pairs", type=int, default=PAIRS)
    arguments = parser.parse_args()
    figures = {"cost": cost(arguments.pairs), "lines": lines(arguments.lines)}
    if arguments.lines >= LINES and arguments.pairs >= PAIRS:
        write_results("expect", figures)


if __name__ == "__main__":
    main()
