"""Somebody who writes numbers on the page's paper: digits and signs as strokes, set side by side, on a drawing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from inkdigits.synthetic import hands, strokes
from inkdigits.synthetic.forms import FORMS, Stroke

HEIGHT = 320  # of the paper, in pixels
WIDTH = 640
STEP = 0.02  # of the digits' height: how finely a mark is moved up to another

Points = npt.NDArray[np.float64]


@dataclass
class Mark:
    """One digit or sign as it will be written: its strokes in units of the digits' height, y from its head to its foot."""

    sign: str
    curves: list[Points]

    @property
    def left(self) -> float:
        """How far left it reaches."""
        return min(float(curve[:, 0].min()) for curve in self.curves)

    @property
    def right(self) -> float:
        """How far right it reaches."""
        return max(float(curve[:, 0].max()) for curve in self.curves)

    def moved(self, x: float, y: float = 0.0, scale: float = 1.0) -> Mark:
        """Return it in another size, and then moved."""
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
        """Return a digit in one of the forms that fit, or in any if none does."""
        choice = [form for form in self.forms[label] if fits(form)] or self.forms[label]
        form = choice[int(self.random.integers(len(choice)))]
        curves = strokes.vary(hands.drawn(form, self.random), self.random, self.care)
        stretch = float(np.exp(self.random.normal(0, 0.08)))
        slanted = [np.stack([c[:, 0] * stretch + self.slant * (1 - c[:, 1]), c[:, 1]], axis=1) for c in curves]
        return Mark(str(label), slanted)

    def sign(self, sign: str) -> Mark:
        """Return a separator, a plus, a times (x) or an equals sign."""
        u = self.random.uniform
        x = 0.0
        if sign == ".":
            curves = [self.dot(x, u(0.94, 1.02))]
        elif sign == ",":
            drop = u(0.14, 0.28)
            curves = [
                strokes.smooth(
                    [(x + 0.4 * drop, u(0.88, 0.96)), (x + 0.35 * drop, 0.95 + 0.4 * drop), (x, 0.92 + drop)]
                )
            ]
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
            curves = [
                strokes.smooth([(x, 0.52), (x + w, u(0.48, 0.56))]),
                strokes.smooth([(x + w / 2, 0.5 - w / 2), (x + w / 2, 0.5 + w / 2)]),
            ]
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
    room = min(0.9 * WIDTH / wide, 0.9 * HEIGHT / tall)
    height = min(room, float(np.exp(random.uniform(np.log(45), np.log(210)))))
    drawing = Drawing(text, height)
    left = random.uniform(10, max(11, WIDTH - wide * height - 10))
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
