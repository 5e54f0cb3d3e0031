"""Make the recorded drawings in tests/vectors/strokes.json: numbers written on the page's paper, stroke by stroke.

A drawing is what the page's pad records: points in pixels of a paper 320 pixels high, each with its time in milliseconds. Digits
are of the forms in `inkdigits.synthetic.forms`, varied and drawn as a hand does: slower in bends than on straight parts, with
a tremor, sampled at the rate of a mouse, a finger or a pen, with pauses where the pen is lifted.

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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from inkdigits.files import write_text
from inkdigits.synthetic import hands, strokes
from inkdigits.synthetic.forms import FORMS, Stroke

OUT = Path(__file__).parent.parent / "tests" / "vectors" / "strokes.json"
HEIGHT = 320  # of the paper, in pixels
WIDTHS = (640, 427)  # of the paper on a desktop and on a phone
STEP = 0.02  # of the height: how finely a mark is moved up to another
LEAST = 0.6  # pixels: the pad leaves out points that are nearer than this to the one before
COUNT = 15  # drawings a kind
SEEDS = {"tune": 17, "test": 2029}

Points = npt.NDArray[np.float64]


@dataclass
class Mark:
    """One digit or sign as it will be written: its strokes in units of the digits' height, y from its head to its foot."""

    sign: str
    curves: list[Points]

    @property
    def left(self) -> float:
        return min(float(curve[:, 0].min()) for curve in self.curves)

    @property
    def right(self) -> float:
        return max(float(curve[:, 0].max()) for curve in self.curves)

    def moved(self, x: float, y: float = 0.0, scale: float = 1.0) -> Mark:
        return Mark(self.sign, [curve * scale + np.array([x, y]) for curve in self.curves])


@dataclass
class Drawing:
    """A number on paper. `owners` tells of each stroke which signs of the text it belongs to, counted without line breaks."""

    text: str
    height: float  # of its digits, pixels
    curves: list[Points] = field(default_factory=list)  # in pixels, in the order of writing
    owners: list[list[int]] = field(default_factory=list)
    pen: float = 18.0
    speed: float = 700.0  # pixels a second on a straight part
    rate: float = 120.0  # points a second


def forms_of(part: str) -> dict[int, list[list[Stroke]]]:
    """Return the forms of each digit that belong to a part."""
    own: dict[int, list[list[Stroke]]] = {}
    for label, forms in FORMS.items():
        own[label] = []
        for count in sorted({len(form) for form in forms}):
            alike = [form for form in forms if len(form) == count]
            held = [form for i, form in enumerate(alike) if i % 3 == 1] or alike
            rest = [form for form in alike if form not in held] or alike
            own[label] += held if part == "test" else rest
    return own


class Hand:
    """Somebody who writes: with forms of one part, a slant of their own, and more or less care."""

    def __init__(self, random: np.random.Generator, forms: dict[int, list[list[Stroke]]]) -> None:
        self.random = random
        self.forms = forms
        self.slant = random.normal(0, 0.1)
        self.care = random.uniform(0.4, 1.0)

    def digit(self, label: int, fits: Callable[[list[Stroke]], bool] = lambda _: True) -> Mark:
        choice = [form for form in self.forms[label] if fits(form)] or self.forms[label]
        form = choice[int(self.random.integers(len(choice)))]
        curves = strokes.vary(hands.drawn(form, self.random), self.random, self.care)
        stretch = float(np.exp(self.random.normal(0, 0.08)))
        slanted = [np.stack([c[:, 0] * stretch + self.slant * (1 - c[:, 1]), c[:, 1]], axis=1) for c in curves]
        return Mark(str(label), slanted)

    def sign(self, sign: str) -> Mark:
        u = self.random.uniform
        x = 0.0
        if sign == ".":
            curves = [self.dot(x, u(0.94, 1.02))]
        elif sign == ",":
            drop = u(0.14, 0.28)
            curves = [strokes.smooth([(x + 0.4 * drop, u(0.88, 0.96)), (x + 0.35 * drop, 0.95 + 0.4 * drop), (x, 0.92 + drop)])]
        elif sign == "-":
            y = u(0.42, 0.62)
            curves = [strokes.smooth([(x, y), (x + u(0.2, 0.5), y + u(-0.05, 0.05))])]
        elif sign == "/":
            ends = [(x + u(0.35, 0.7), u(-0.15, -0.02)), (x, u(1.02, 1.18))]
            curves = [strokes.smooth(ends if u() < 0.7 else ends[::-1])]
        elif sign == ":":
            y = u(0.22, 0.38)
            curves = [self.dot(x, y), self.dot(x + u(-0.03, 0.03), y + u(0.35, 0.55))]
        elif sign == "+":
            w = u(0.35, 0.55)
            curves = [strokes.smooth([(x, 0.52), (x + w, u(0.48, 0.56))]), strokes.smooth([(x + w / 2, 0.5 - w / 2), (x + w / 2, 0.5 + w / 2)])]
        elif sign == "x":
            w = u(0.35, 0.5)
            curves = [strokes.smooth([(x, 0.35), (x + w, 0.35 + w)]), strokes.smooth([(x + w, 0.35), (x, 0.35 + w)])]
        else:  # "="
            w = u(0.3, 0.5)
            curves = [strokes.smooth([(x, y), (x + w, y + u(-0.03, 0.03))]) for y in (0.4, u(0.6, 0.7))]
        return Mark(sign, curves)

    def dot(self, x: float, y: float) -> Points:
        """Return a tap: one point, or a tiny stroke."""
        if self.random.random() < 0.5:
            return np.array([[x, y]])
        reach = self.random.uniform(0.02, 0.07)
        angle = self.random.uniform(0, 2 * np.pi)
        return strokes.smooth([(x, y), (x + reach * np.cos(angle), y + reach * np.sin(angle))])


def distance(one: list[Points], other: list[Points]) -> float:
    """Return the least distance between the points of two marks."""
    a, b = np.concatenate(one), np.concatenate(other)
    return float(np.hypot(*(a[:, None] - b[None]).transpose(2, 0, 1)).min())


def beside(before: Mark, mark: Mark, gap: float) -> Mark:
    """Return a mark moved up to another from the right until their nearest points are `gap` apart; if that is negative, it
    is moved so much further than to where they touch."""
    shift = before.right - mark.left + 0.3
    while distance(before.curves, mark.moved(shift - STEP).curves) >= max(gap, STEP):
        shift -= STEP
        if mark.right + shift < before.left:  # past it without touching: a point or a dash
            shift = before.right - mark.left
            break
    return mark.moved(shift + min(gap, 0.0))


def row(hand: Hand, marks: list[Mark], gaps: list[float], sizes: list[float] | None = None) -> list[Mark]:
    """Return marks side by side on a baseline that wanders: `gaps` lie before each, `sizes` are shares of the height."""
    set_down: list[Mark] = []
    for i, mark in enumerate(marks):
        size = sizes[i] if sizes else 1.0
        own = mark.moved(0, 1 - size + hand.random.normal(0, 0.025), size)
        set_down.append(own.moved(set_down[-1].right + gaps[i] - own.left) if set_down else own.moved(-own.left))
    return set_down


def apart(hand: Hand, count: int) -> list[float]:
    """Return gaps as in ordinary writing, in units of the digits' height; `count` of them."""
    return [float(g) for g in hand.random.uniform(0.14, 0.4, count)]


def digits(random: np.random.Generator, low: int = 2, high: int = 5) -> str:
    return "".join(str(d) for d in random.integers(0, 10, int(random.integers(low, high + 1))))


def with_one_of(random: np.random.Generator, labels: str, low: int = 2, high: int = 5) -> str:
    """Return a number in which one of `labels` stands at least once."""
    text = list(digits(random, low, high))
    text[int(random.integers(len(text)))] = str(random.choice(list(labels)))
    return "".join(text)


def written(hand: Hand, text: str, fits: Callable[[list[Stroke]], bool] = lambda _: True) -> list[Mark]:
    return [hand.digit(int(sign), fits) if sign.isdigit() else hand.sign(sign) for sign in text]


def on_paper(text: str, lines: list[list[Mark]], random: np.random.Generator, leading: float = 1.5) -> Drawing:
    """Return lines of marks at a place on the paper, as large as fits and as somebody likes."""
    wide = max(mark.right for line in lines for mark in line)
    tall = 1.3 + leading * (len(lines) - 1)
    room = min(0.9 * WIDTHS[0] / wide, 0.9 * HEIGHT / tall)
    height = min(room, float(np.exp(random.uniform(np.log(45), np.log(210)))))
    drawing = Drawing(text, height)
    left = random.uniform(10, max(11, WIDTHS[0] - wide * height - 10))
    top = random.uniform(10, max(11, HEIGHT - tall * height - 10)) + 0.15 * height
    tilt = np.deg2rad(random.normal(0, 1.5))
    turn = np.array([[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]])
    number = 0
    for which, line in enumerate(lines):
        for mark in line:
            for curve in mark.curves:
                drawing.curves.append((curve + np.array([0, leading * which])) * height @ turn + np.array([left, top]))
                drawing.owners.append([number])
            number += 1
    # The page's own pen most of the time, and never one that would fill the loops of the digits.
    pen = 18.0 if random.random() < 0.5 else random.uniform(6, 30)
    drawing.pen = float(round(min(pen, max(0.16 * height, 6.0)), 1))
    drawing.speed = height * float(np.exp(random.uniform(np.log(3.0), np.log(9.0))))
    drawing.rate = float(random.choice([60, 90, 125, 240]))
    return drawing


# The kinds of drawings -------------------------------------------------------------------------------------------------


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
    gaps = [0.6 * gap if {sign, before} & set(".,") else gap for gap, sign, before in zip(apart(hand, len(marks)), text, " " + text, strict=False)]
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
        steps = [
            float(np.hypot(*(after.curves[0][0] - before.curves[0][-1])))
            for before, after in zip(line, line[1:], strict=False)
        ]
        links = [step < 0.55 and len(a.curves) == len(b.curves) == 1 for step, a, b in zip(steps, line, line[1:], strict=False)]
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


# The hand's motion -----------------------------------------------------------------------------------------------------


def sampled(curve: Points, speed: float, rate: float, random: np.random.Generator) -> Points:
    """Return what the pad records of a stroke, (M, 3): x, y in half pixels' steps, and milliseconds from its first point.

    The speed falls with the curvature (by its power of a third, as hands do) and towards both ends; a tremor of a third
    of a pixel to a pixel lies over it.
    """
    if len(curve) < 2:
        return np.array([[*np.round(2 * curve[0]) / 2, 0.0]])
    keep = np.concatenate([[True], np.hypot(*np.diff(curve, axis=0).T) > 1e-6])
    curve = curve[keep]
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T))])
    fine = np.linspace(0, along[-1], max(8, round(along[-1])))
    x, y = (np.interp(fine, along, curve[:, axis]) for axis in range(2))
    if len(x) > 3:
        heading = np.unwrap(np.arctan2(np.gradient(y), np.gradient(x)))
        bend = np.abs(np.gradient(heading, fine))
        bend = np.convolve(np.pad(bend, 4, mode="edge"), np.ones(9) / 9, "valid")
    else:
        bend = np.zeros(len(x))
    reach = max(along[-1], 1.0)
    ends = np.minimum(fine, along[-1] - fine) / reach
    pace = speed / (1 + (25 * bend) ** 2) ** (1 / 6) * np.clip(0.35 + 6 * ends, 0.35, 1)
    clock = np.concatenate([[0], np.cumsum(np.diff(fine) / ((pace[1:] + pace[:-1]) / 2))]) * 1000
    moments = np.append(np.arange(0, clock[-1], 1000 / rate), clock[-1])
    place = np.interp(moments, clock, fine)
    x, y = np.interp(place, fine, x), np.interp(place, fine, y)
    waves = random.uniform(0.15, 0.6) * np.sin(2 * np.pi * (moments / 1000 * random.uniform(6, 11) + random.uniform(0, 1, (2, 1))))
    points = np.stack([x + waves[0], y + waves[1]], axis=1) + random.normal(0, 0.25, (len(x), 2))
    points = np.round(2 * points) / 2
    kept = [0]
    for i in range(1, len(points)):
        if np.hypot(*(points[i] - points[kept[-1]])) >= LEAST:
            kept.append(i)
    return np.concatenate([points[kept], np.round(moments[kept])[:, None]], axis=1)


def recorded(drawing: Drawing, random: np.random.Generator) -> list[npt.NDArray[np.int16]]:
    """Return the strokes of a drawing as whole numbers, int16 (M, 3): half pixels, half pixels, milliseconds."""
    now = 0.0
    own = []
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
