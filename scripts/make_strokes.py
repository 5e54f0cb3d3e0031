"""Make the recorded drawings in tests/vectors/strokes.json: numbers written on the page's paper, stroke by stroke.

A drawing is what the page's pad records: points in pixels of a paper 320 pixels high, each with its time in milliseconds. Digits
are of the forms in `inkdigits.synthetic.forms`, varied, and drawn as a hand does (`strokes_motion`).

A third of the forms of each digit, and the seeds, belong to the part "test", which the tests read; the others to "tune", on
which the constants of web/js were chosen. A form whose digit has no other of as many strokes is in both.

Usage: python scripts/make_strokes.py [--part tune] [--out FILE]
"""

from __future__ import annotations

import argparse
import base64
import json
import zlib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from inkdigits.files import write_text
from inkdigits.synthetic import strokes
from strokes_hand import (
    HEIGHT,
    Drawing,
    Hand,
    Mark,
    apart,
    beside,
    digits,
    forms_of,
    on_paper,
    row,
    with_one_of,
    written,
)
from strokes_motion import sampled

OUT = Path(__file__).parent.parent / "tests" / "vectors" / "strokes.json"
COUNT = 15  # drawings a kind
SEEDS = {"tune": 17, "test": 2029}


def plain(hand: Hand, text: str) -> Drawing:
    marks = written(hand, text)
    return on_paper(text, [row(hand, marks, apart(hand, len(marks)))], hand.random)


def one_digit(hand: Hand, number: int) -> Drawing:
    return plain(hand, str(number % 10))


def numbers(hand: Hand, _: int) -> Drawing:
    return plain(hand, digits(hand.random, 2, 8))


def near(hand: Hand, text: str, low: float, high: float) -> Drawing:
    marks = written(hand, text)
    line = [marks[0].moved(-marks[0].left)]
    for mark in marks[1:]:
        line.append(beside(line[-1], mark.moved(0, hand.random.normal(0, 0.03)), hand.random.uniform(low, high)))
    return on_paper(text, [line], hand.random)


def touching(hand: Hand, _: int) -> Drawing:
    return near(hand, digits(hand.random, 2, 5), 0.0, 0.06)


def overlapping(hand: Hand, _: int) -> Drawing:
    return near(hand, digits(hand.random, 2, 5), -0.14, -0.02)


def of_strokes(hand: Hand, labels: str, least: int) -> Drawing:
    text = with_one_of(hand.random, labels)
    marks = [hand.digit(int(d), (lambda form: len(form) >= least) if d in labels else lambda _: True) for d in text]
    return on_paper(text, [row(hand, marks, apart(hand, len(marks)))], hand.random)


def crossed(hand: Hand, _: int) -> Drawing:
    return of_strokes(hand, "7", 2)


def fours_and_fives(hand: Hand, _: int) -> Drawing:
    return of_strokes(hand, "45", 2)


def other_strokes(hand: Hand, _: int) -> Drawing:
    return of_strokes(hand, "0189", 2)


def far_strokes(hand: Hand, _: int) -> Drawing:
    """The second stroke of a 4 or 5 a tenth to a quarter of the height away from where it should meet the first."""
    text = with_one_of(hand.random, "45", 1, 4)
    marks = []
    for sign in text:
        mark = hand.digit(int(sign), (lambda form: len(form) == 2) if sign in "45" else lambda _: True)
        if sign in "45" and len(mark.curves) == 2:
            away = hand.random.uniform(0.1, 0.26)
            shift = np.array([away, 0.0]) if sign == "4" else np.array([0.6 * away, -away])
            mark = Mark(sign, [mark.curves[0], mark.curves[1] + shift])
        marks.append(mark)
    return on_paper(text, [row(hand, marks, apart(hand, len(marks)))], hand.random)


def decimals(hand: Hand, number: int) -> Drawing:
    text = digits(hand.random, 1, 3) + ".,"[number % 2] + digits(hand.random, 1, 2)
    return plain_signs(hand, text)


def plain_signs(hand: Hand, text: str, shown: str | None = None) -> Drawing:
    marks = written(hand, text)
    gaps = [
        0.6 * gap if {sign, before} & set(".,") else gap
        for gap, sign, before in zip(apart(hand, len(marks)), text, " " + text, strict=False)
    ]
    drawing = on_paper(text, [row(hand, marks, gaps)], hand.random)
    drawing.text = text if shown is None else shown
    return drawing


def dates(hand: Hand, _: int) -> Drawing:
    day, month, year = hand.random.integers([1, 1, 1], [32, 13, 100])
    return plain_signs(hand, f"{day}/{month}/{year:02}" if hand.random.random() < 0.5 else f"{day}/{month}")


def times(hand: Hand, _: int) -> Drawing:
    hour, minute = hand.random.integers([0, 0], [24, 60])
    return plain_signs(hand, f"{hour}:{minute:02}")


def hyphens(hand: Hand, _: int) -> Drawing:
    return plain_signs(hand, f"{digits(hand.random, 1, 3)}-{digits(hand.random, 1, 3)}")


def signs(hand: Hand, number: int) -> Drawing:
    sign = "+x="[number % 3]
    text = f"{digits(hand.random, 1, 2)}{sign}{digits(hand.random, 1, 2)}"
    return plain_signs(hand, text, text.replace(sign, " "))


def wide_gap(hand: Hand, _: int) -> Drawing:
    first, second = digits(hand.random, 2, 3), digits(hand.random, 2, 3)
    marks = written(hand, first + second)
    gaps = apart(hand, len(marks))
    gaps[len(first)] = hand.random.uniform(1.5, 2.5)
    drawing = on_paper(first + second, [row(hand, marks, gaps)], hand.random)
    drawing.text = f"{first} {second}"
    return drawing


def two_lines(hand: Hand, _: int) -> Drawing:
    texts = [digits(hand.random, 2, 5), digits(hand.random, 2, 5)]
    lines = []
    for text in texts:
        marks = written(hand, text)
        line = row(hand, marks, apart(hand, len(marks)))
        shift = hand.random.uniform(0, 0.6)
        lines.append([mark.moved(shift) for mark in line])
    return on_paper("\n".join(texts), lines, hand.random, hand.random.uniform(1.2, 1.8))


def sizes(hand: Hand, _: int) -> Drawing:
    """Digits of different heights: any from half to full, and 0s down to a third."""
    text = digits(hand.random, 2, 5)
    marks = written(hand, text)
    own = [float(hand.random.uniform(0.35 if sign == "0" else 0.55, 1.1)) for sign in text]
    own[int(hand.random.integers(len(own)))] = 1.0
    return on_paper(text, [row(hand, marks, apart(hand, len(marks)), own)], hand.random)


def slow(hand: Hand, _: int) -> Drawing:
    drawing = numbers(hand, 0)
    drawing.speed, drawing.rate = 0.9 * drawing.height, 240.0
    return drawing


def fast(hand: Hand, _: int) -> Drawing:
    drawing = numbers(hand, 0)
    drawing.speed, drawing.rate = 13.0 * drawing.height, 60.0
    return drawing


def reordered(drawing: Drawing, order: list[int]) -> Drawing:
    drawing.curves = [drawing.curves[i] for i in order]
    drawing.owners = [drawing.owners[i] for i in order]
    return drawing


def late_strokes(hand: Hand, number: int) -> Drawing:
    """Bars, and points or slashes, are written when all else is done."""
    if number % 2:
        drawing = of_strokes(hand, "457", 2)
    else:
        drawing = plain_signs(hand, digits(hand.random, 1, 3) + "." + digits(hand.random, 1, 2))
    first = {owner[0]: i for i, owner in reversed(list(enumerate(drawing.owners)))}
    # Signs are single strokes, so that what they are must be asked of the text.
    late = [i for i, (owner,) in enumerate(drawing.owners) if i != first[owner] or not drawing.text[owner].isdigit()]
    return reordered(drawing, [i for i in range(len(drawing.owners)) if i not in late] + late)


def out_of_order(hand: Hand, _: int) -> Drawing:
    """The digits themselves come in any order."""
    drawing = numbers(hand, 0)
    order = hand.random.permutation(len(drawing.text))
    return reordered(drawing, sorted(range(len(drawing.owners)), key=lambda i: (order[drawing.owners[i][0]], i)))


def retraced(hand: Hand, number: int) -> Drawing:
    """A part of a digit is written over once more, at once or at the end."""
    drawing = plain(hand, digits(hand.random, 2, 5))
    which = int(hand.random.integers(len(drawing.curves)))
    curve = drawing.curves[which]
    start = int(hand.random.integers(max(1, len(curve) // 3)))
    again = curve[start:] + hand.random.normal(0, 0.015 * drawing.height, 2)
    at = which + 1 if number % 2 else len(drawing.curves)
    drawing.curves.insert(at, again)
    drawing.owners.insert(at, list(drawing.owners[which]))
    return drawing


def joined(hand: Hand, _: int) -> Drawing:
    """Two digits, now and then three, are written without lifting the pen."""
    while True:
        text = digits(hand.random, 2, 4)
        marks = written(hand, text, lambda form: len(form) == 1)
        line = row(hand, marks, [0.6 * gap for gap in apart(hand, len(marks))])
        steps = [float(np.hypot(*(after.curves[0][0] - before.curves[0][-1]))) for before, after in pairwise(line)]
        links = [
            step < 0.55 and len(a.curves) == len(b.curves) == 1
            for step, (a, b) in zip(steps, pairwise(line), strict=True)
        ]
        if any(links):
            break
    drawing = on_paper(text, [line], hand.random)
    for i in reversed([i for i, link in enumerate(links) if link]):
        a, b = drawing.curves[i], drawing.curves[i + 1]
        ends = [tuple(a[-4]), tuple(a[-1]), tuple(b[0]), tuple(b[3])]
        link = strokes.smooth([(float(x), float(y)) for x, y in ends])[12:-13]
        drawing.curves[i : i + 2] = [np.concatenate([a[:-1], link, b[1:]])]
        drawing.owners[i : i + 2] = [drawing.owners[i] + drawing.owners[i + 1]]
    return drawing


KINDS: dict[str, Callable[[Hand, int], Drawing]] = {
    "one digit": one_digit,
    "numbers": numbers,
    "touching": touching,
    "overlapping": overlapping,
    "crossed 7": crossed,
    "4 and 5 of two strokes": fours_and_fives,
    "strokes far apart": far_strokes,
    "0, 1, 8, 9 of more strokes": other_strokes,
    "points and commas": decimals,
    "dates": dates,
    "times": times,
    "hyphens": hyphens,
    "other signs": signs,
    "a wide gap": wide_gap,
    "two lines": two_lines,
    "different sizes": sizes,
    "slow": slow,
    "fast": fast,
    "bars and points last": late_strokes,
    "digits in any order": out_of_order,
    "written over": retraced,
    "without lifting": joined,
}


def recorded(drawing: Drawing, random: np.random.Generator) -> list[npt.NDArray[np.int16]]:
    """Return the strokes of a drawing as whole numbers, int16 (M, 3): half pixels, half pixels, milliseconds."""
    now = 0.0
    own: list[npt.NDArray[np.int32]] = []
    for i, curve in enumerate(drawing.curves):
        points = sampled(curve, drawing.speed, drawing.rate, random)
        if i:
            before = own[-1][-1, :2] / 2
            now += 60 + 1000 * float(np.hypot(*(points[0, :2] - before))) / drawing.speed * random.uniform(0.8, 2.0)
        own.append(np.rint(points * np.array([2, 2, 1]) + np.array([0, 0, now])).astype(np.int32))
        now = float(own[-1][-1, 2])
    return [np.minimum(stroke, 32767).astype(np.int16) for stroke in own]


def corpus(part: str, count: int = COUNT) -> dict[str, Any]:
    forms = forms_of(part)
    drawings = []
    points = []
    for which, (kind, draw) in enumerate(KINDS.items()):
        for number in range(count):
            random = np.random.default_rng([SEEDS[part], which, number])
            drawing = draw(Hand(random, forms), number)
            own = recorded(drawing, random)
            points += own
            drawings.append(
                {
                    "kind": kind,
                    "text": drawing.text,
                    "pen": drawing.pen,
                    "owners": drawing.owners,
                    "lengths": [len(stroke) for stroke in own],
                }
            )
    steps = np.concatenate([np.diff(stroke, axis=0, prepend=stroke[:1] * 0) for stroke in points]).astype("<i2")
    data = base64.b64encode(zlib.compress(np.ascontiguousarray(steps.T).tobytes(), 9)).decode()
    return {"part": part, "seed": SEEDS[part], "height": HEIGHT, "steps": data, "drawings": drawings}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=sorted(SEEDS), default="test")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--count", type=int, default=COUNT)
    options = parser.parse_args()
    made = corpus(options.part, options.count)
    write_text(options.out, json.dumps(made, separators=(",", ":")) + "\n")
    print(f"{options.out.name}  {len(made['drawings'])} drawings  {options.out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
