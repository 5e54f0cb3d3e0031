"""Separators, operators, brackets and currency signs as strokes of a pen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from inkdigits.synthetic.pages.canvas import Points

Shape = tuple[list[Points], float]


def shape(sign: str, pen: float, random: np.random.Generator) -> Shape | None:
    """Return a sign's paths and its width, in heights of a digit, (0, 0) being its left end on the base line.

    `pen` is the pen's width. None for a sign that is not drawn here: a letter, or one that is made as letters are.
    """
    dot = _dot_path(random)  # for every sign, so that what is drawn behind it is the same whatever the sign
    form = _SHAPES.get(sign)
    return None if form is None else form(random, pen, dot)


def _dot_path(random: np.random.Generator) -> Points:
    """Return a point: a stroke that is hardly longer than nothing."""
    length = random.uniform(0.0, 0.05)
    angle = random.uniform(0, np.pi)
    return np.array([[0, 0], [length * np.cos(angle) + 1e-3, length * np.sin(angle)]], np.float32)


def _moved(path: Points, x: float, y: float) -> Points:
    return np.asarray(path + np.array([x, y]))


def _point(random: np.random.Generator, pen: float, dot: Points) -> Shape:
    """Return a decimal point: touched, dabbed, or a tick in any direction; near the base line, in one of eight raised."""
    level = random.uniform(-0.55, -0.25) if random.random() < 0.12 else random.normal(-0.03, 0.04)
    way = random.random()
    if way < 0.35:  # dabbed: larger than the pen
        t = np.linspace(0, 2 * np.pi, 9)
        radius = random.uniform(0.2, 1.0) * pen
        return [np.stack([0.05 + radius * np.cos(t), level - 0.01 + radius * np.sin(t)], axis=1)], 0.1
    if way < 0.6:  # a tick, shorter than a hyphen, and not so far below the base line as a comma
        length, angle = random.uniform(0.05, 0.16), random.uniform(0, np.pi)
        half = 0.5 * length * np.array([np.cos(angle), np.sin(angle)])
        middle = np.array([max(0.05, float(abs(half[0]))), min(level, 0.04 - float(half[1]))])
        bow = random.normal(0, 0.02, 2)
        return [np.stack([middle - half, middle + bow, middle + half])], max(0.1, 2 * float(abs(half[0])))
    return [_moved(dot, 0.05, level)], 0.1


def _comma(random: np.random.Generator, pen: float, dot: Points) -> Shape:
    length, lean = random.uniform(0.17, 0.42), random.uniform(-0.02, 0.16)
    bow = random.uniform(0, 0.06)
    return [np.array([[lean, -0.08], [lean + bow, 0.1 * length - 0.04], [0.0, length - 0.08]])], 0.14


def _hyphen(random: np.random.Generator, pen: float, dot: Points) -> Shape:
    width, level = random.uniform(0.2, 0.55), random.uniform(-0.62, -0.3)
    return [np.array([[0, level], [width, level + random.normal(0, 0.04)]])], width


def _slash(random: np.random.Generator, pen: float, dot: Points) -> Shape:
    width, high, low = random.uniform(0.2, 0.7), random.uniform(-1.4, -0.95), random.uniform(-0.05, 0.35)
    bow = random.normal(0, 0.03)
    return [np.array([[0, low], [width / 2 + bow, (low + high) / 2], [width, high]])], width


def _colon(random: np.random.Generator, pen: float, dot: Points) -> Shape:
    lower = _moved(dot, 0.05, -random.uniform(0.08, 0.2))
    return [lower, _moved(_dot_path(random), 0.05, -random.uniform(0.5, 0.7))], 0.12


def _plus(random: np.random.Generator, pen: float, dot: Points) -> Shape:
    size, level = random.uniform(0.3, 0.6), random.uniform(-0.55, -0.4)
    across = np.array([[0, level], [size, level + random.normal(0, 0.03)]])
    top, foot = size / 2 + random.normal(0, 0.04), size / 2 + random.normal(0, 0.05)
    return [across, np.array([[top, level - size / 2], [foot, level + size / 2]])], size


def _equals(random: np.random.Generator, pen: float, dot: Points) -> Shape:
    width = random.uniform(0.3, 0.6)
    upper, lower = random.uniform(-0.65, -0.5), random.uniform(-0.42, -0.28)
    return [
        np.array([[0, upper], [width, upper]]),
        np.array([[0, lower], [width, lower + random.normal(0, 0.03)]]),
    ], width


def _times(random: np.random.Generator, pen: float, dot: Points) -> Shape:
    size, level = random.uniform(0.3, 0.6), random.uniform(-0.55, -0.35)
    falling = np.array([[0, -size / 2], [size, size / 2]]) + random.normal(0, 0.04, (2, 2))
    rising = np.array([[0, size / 2], [size, -size / 2]]) + random.normal(0, 0.04, (2, 2))
    return [_moved(falling, 0, level), _moved(rising, 0, level)], size


def _divided(random: np.random.Generator, pen: float, dot: Points) -> Shape:
    width, level = random.uniform(0.3, 0.6), random.uniform(-0.5, -0.4)
    above = _moved(_dot_path(random), width / 2, level - random.uniform(0.15, 0.3))
    below = _moved(_dot_path(random), width / 2, level + random.uniform(0.15, 0.3))
    return [np.array([[0, level], [width, level]]), above, below], width


def _bow(random: np.random.Generator) -> tuple[float, Points]:
    """Return how far a bracket bulges, and a range from -1 to 1 along it."""
    return random.uniform(0.14, 0.3), np.linspace(-1, 1, 9)


def _open_bracket(random: np.random.Generator, pen: float, dot: Points) -> Shape:
    wide, t = _bow(random)
    return [np.stack([wide * t**2, -0.5 + 0.65 * t], axis=1)], 0.25


def _closing_bracket(random: np.random.Generator, pen: float, dot: Points) -> Shape:
    wide, t = _bow(random)
    return [np.stack([wide * (1 - t**2), -0.5 + 0.65 * t], axis=1)], 0.25


def _open_square_bracket(random: np.random.Generator, pen: float, dot: Points) -> Shape:
    _bow(random)
    return [np.array([[0.2, -1.1], [0, -1.1], [0, 0.1], [0.2, 0.1]])], 0.25


def _closing_square_bracket(random: np.random.Generator, pen: float, dot: Points) -> Shape:
    _bow(random)
    return [np.array([[0, -1.1], [0.2, -1.1], [0.2, 0.1], [0, 0.1]])], 0.25


def _root(random: np.random.Generator, pen: float, dot: Points) -> Shape:
    width, high = random.uniform(0.4, 0.7), random.uniform(-1.4, -1.1)
    end = width + random.uniform(0.3, 2.5)
    return [np.array([[0, -0.45], [0.12, -0.5], [0.25, 0.05], [width, high], [end, high]])], width


def _parting(random: np.random.Generator, pen: float, dot: Points) -> Shape:
    """Return a stroke that parts two things, longer than any digit."""
    width = random.uniform(0.02, 0.1)
    return [np.array([[width, -random.uniform(1.6, 2.4)], [0, random.uniform(0.5, 1.2)]])], width


def _dollar(random: np.random.Generator, pen: float, dot: Points) -> Shape:
    t = np.linspace(random.uniform(-0.08, 0.08), random.uniform(0.92, 1.08), 15)
    wide, lower = random.uniform(0.16, 0.28), random.uniform(0.0, 0.35)
    curve = np.stack([0.25 - wide * np.sin(2 * np.pi * t) * (1 - lower * t), -0.95 + 0.9 * t], axis=1)
    curve = np.asarray(curve + random.normal(0, 0.015, curve.shape))
    bars = [0.25] if random.random() < 0.6 else [0.19, 0.31]
    lean, high, low = random.uniform(-0.05, 0.15), random.uniform(-1.3, -1.0), random.uniform(-0.08, 0.25)
    if random.random() < 0.2:  # the bar is seen above and below only
        upper, under = random.uniform(-0.95, -0.8), random.uniform(-0.15, 0.0)
        strokes = [[(bar + lean, high), (bar + lean, upper)] for bar in bars]
        strokes += [[(bar, under), (bar, low)] for bar in bars]
    else:
        strokes = [[(bar + lean, high), (bar, low)] for bar in bars]
    return [curve, *(np.array(stroke) for stroke in strokes)], 0.5


_SHAPES: dict[str, Callable[[np.random.Generator, float, Points], Shape]] = {
    ".": _point,
    ",": _comma,
    "-": _hyphen,
    "/": _slash,
    ":": _colon,
    "+": _plus,
    "=": _equals,
    "×": _times,
    "÷": _divided,
    "(": _open_bracket,
    ")": _closing_bracket,
    "[": _open_square_bracket,
    "]": _closing_square_bracket,
    "√": _root,
    "¦": _parting,
    "$": _dollar,
}
