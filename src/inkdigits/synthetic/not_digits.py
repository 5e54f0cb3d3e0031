"""What is not a digit, as ink: letters, scribbles, signs, shapes, textures, several digits at once, parts of digits.

Letters of handwriting fonts come from `fonts.others`. The families are broad on purpose: what a network must refuse in use
has not been thought of here, and is refused best by a network that has seen many kinds.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.synthetic import hands, outlines, strokes
from inkdigits.synthetic.fonts import LOOK_ALIKES
from inkdigits.synthetic.forms import LETTERS
from inkdigits.synthetic.held_out import Part, allowed

Ink = npt.NDArray[np.uint8]
_SIDE = 64
_HIDDEN = 0.65  # share of the narrower of two digits that the other may cover
# Letters and signs that are not digits even where they stand alone.
WRITTEN = "".join(sorted(set(LETTERS) - LOOK_ALIKES))
PRINTED = "".join(chr(code) for code in range(33, 127) if not chr(code).isdigit() and chr(code) not in LOOK_ALIKES)
# Halves that are no digit, whoever wrote the whole: the right of an 8 is a 3, the upper of a 9 a 0, of a 2 a 7.
_HALVES = {"left": (0, 2, 3, 4, 5, 6, 9), "right": (0, 5), "upper": (0, 5), "lower": (0, 3, 5)}


def letter(random: np.random.Generator, part: Part = "training") -> Ink:
    """Return a letter by hand, printed or cursive, of those that do not look like a digit."""
    return hands.written(WRITTEN[int(random.integers(len(WRITTEN)))], random, part)


def character(random: np.random.Generator, part: Part = "training") -> Ink:
    """Return a letter or sign of a print font, of those that do not look like a digit."""
    faces = allowed(outlines.fonts("print"), part)
    font = faces[int(random.integers(len(faces)))]
    known = [sign for sign in PRINTED if sign in font.glyphs]
    return outlines.drawn(font, known[int(random.integers(len(known)))], _SIDE)


def half(labels: npt.NDArray[np.uint8], cut: Callable[[int], Ink], random: np.random.Generator) -> Ink:
    """Return a half of a digit that is none itself: `cut` gives the ink of a row of `labels`, (N,)."""
    side = str(random.choice(list(_HALVES)))
    rows = np.flatnonzero(np.isin(labels, _HALVES[side]))
    ink = cut(int(rows[random.integers(len(rows))]))
    height, width = ink.shape
    share = random.uniform(0.4, 0.55)
    down, across = max(1, round(share * height)), max(1, round(share * width))
    parts = {"left": ink[:, :across], "right": ink[:, -across:], "upper": ink[:down], "lower": ink[-down:]}
    return np.ascontiguousarray(parts[side])


def scribble(random: np.random.Generator) -> Ink:
    """Return a pen that wanders: a smooth random line of several turns, or a zigzag of corners."""
    count = int(random.integers(5, 14))
    points = [(float(x), float(y)) for x, y in random.uniform(0, 1, (count, 2))]
    stroke = points if random.random() < 0.7 else [p for p in points for _ in range(2)]
    return strokes.draw([strokes.smooth(stroke)], _SIDE, random.uniform(2, 7))


def sign(random: np.random.Generator) -> Ink:
    """Return a few straight strokes and circles at random: crosses, ticks, arrows, stars, boxes, hash marks."""
    curves = []
    for _ in range(int(random.integers(2, 6))):
        if random.random() < 0.2:
            angle = np.linspace(0, 2 * np.pi, 24)
            radius, centre = random.uniform(0.1, 0.45), random.uniform(0.3, 0.7, 2)
            curves.append(centre + radius * np.stack([np.cos(angle), np.sin(angle)], axis=1))
        elif random.random() < 0.5:  # upright and level lines make boxes, grids and crosses
            place, axis = random.uniform(0, 1), int(random.integers(2))
            ends = np.array([[place, random.uniform(0, 0.4)], [place, random.uniform(0.6, 1)]])
            curves.append(ends[:, ::-1] if axis else ends)
        else:
            curves.append(random.uniform(0, 1, (2, 2)))
    return strokes.draw(curves, _SIDE, random.uniform(2, 7))


def blob(random: np.random.Generator) -> Ink:
    """Return a filled shape: a smooth outline painted in, or a rectangle."""
    if random.random() < 0.3:
        ink = np.zeros((_SIDE, _SIDE), np.uint8)
        height, width = (int(v) for v in random.integers(20, 60, 2))
        height = min(height, width * 5 // 4)  # an upright bar would be a 1
        ink[:height, :width] = 255
        return ink
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    radius = 0.3 + sum(random.normal(0, 0.08) * np.cos(k * angle + random.uniform(0, 6.3)) for k in range(1, 5))
    outline = np.stack([32 + 64 * radius * np.cos(angle), 32 + 64 * radius * np.sin(angle)], axis=1)
    ink = np.zeros((_SIDE, _SIDE), np.uint8)
    cv2.fillPoly(ink, [np.rint(outline).astype(np.int32)], 255, cv2.LINE_AA)
    return ink


def texture(random: np.random.Generator) -> Ink:
    """Return noise of some grain, stripes or a checker, cut off by a threshold or left soft."""
    kind = random.random()
    if kind < 0.6:
        noise = random.normal(0, 1, (_SIDE, _SIDE)).astype(np.float32)
        grain = random.choice([0.0, 1.0, 2.0, 4.0, 8.0])
        smooth = cv2.GaussianBlur(noise, (0, 0), grain) if grain else noise
        level = np.quantile(smooth, random.uniform(0.5, 0.9))
        spread = float(smooth.std()) * random.choice([0.05, 0.5])
        field = 1 / (1 + np.exp(-np.clip((smooth - level) / spread, -30, 30)))
    else:
        y, x = np.mgrid[0:_SIDE, 0:_SIDE] / _SIDE
        angle, waves = random.uniform(0, np.pi), 2 * np.pi * random.uniform(2, 9)
        field = (np.sin(waves * (np.cos(angle) * x + np.sin(angle) * y)) > random.uniform(-0.5, 0.8)).astype(float)
        if kind > 0.85:
            field = field * (np.sin(waves * (np.cos(angle) * y - np.sin(angle) * x)) > 0)
    return np.asarray(np.rint(255 * field), np.uint8)


def several(digits: list[Ink], random: np.random.Generator) -> Ink:
    """Return digits side by side, touching or overlapping a little, as one piece of ink."""
    height = 64
    pieces = []
    for digit in digits:
        width = max(8, round(digit.shape[1] * height / digit.shape[0]))
        pieces.append(cv2.resize(digit, (min(width, 64), height), interpolation=cv2.INTER_CUBIC))
    ink = pieces[0]
    for piece in pieces[1:]:
        moved = np.roll(piece, int(random.integers(-8, 9)), axis=0)
        # Pushed together until they touch: digits that stand apart are found one by one, and are digits.
        # But not so far that one of them is hidden.
        for overlap in range(int(random.integers(0, 4)), max(5, int(_HIDDEN * min(ink.shape[1], moved.shape[1]))), 2):
            joined = np.zeros((height, ink.shape[1] + moved.shape[1] - overlap), np.uint8)
            joined[:, : ink.shape[1]] = ink
            joined[:, ink.shape[1] - overlap :] = np.maximum(joined[:, ink.shape[1] - overlap :], moved)
            if cv2.connectedComponents((joined > 100).astype(np.uint8))[0] == 2:
                break
        ink = joined
    return np.asarray(ink, np.uint8)


FAMILIES: tuple[Callable[[np.random.Generator], Ink], ...] = (scribble, sign, blob, texture)
