"""Forms of digits that people write and that MNIST has few of: hooked and footed 1s, crossed 0s and 7s, three kinds of 4, 9s like g.

FROZEN: the forms are drawn here by rules with parameters that training never calls, and nothing is changed to suit a reader;
`fingerprint()` is the SHA-256 of this source and of some pictures. A picture holds one digit, 16 to 70 pixels high, by a pen of
0.05 to 0.16 of its height, slanted, stretched and bent a little, its points each moved a little; contrast 0.35 to 1, a blur of up
to 0.04 of its height, some grain; one in five is light on dark. Trust `always`, and what the other levels of trust answer.

Usage: python benchmarks/digit_forms.py [--n PICTURES] [--model NAME] [--show]
  --n     pictures of each form (400)
  --show  writes a sheet of wrong ones, digit_forms.png, into the present folder
writes benchmarks/results/digit_forms.json, where 400 or more of each form are read by default
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

import inkdigits
import scoring
from inkdigits import network
from machine import write_results

PICTURES = 400
Random = np.random.Generator
Path2 = list[tuple[float, float]]  # of a pen; y goes down, a digit is about 1 high
Picture = npt.NDArray[np.uint8]
_FINE = 4  # drawn so much larger, and reduced


def curve(points: Path2, steps: int = 10) -> npt.NDArray[np.float64]:
    """Return a smooth curve through points (centripetal enough at these distances: Catmull and Rom, 1974)."""
    p = np.array([points[0], *points, points[-1]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = [
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False)
    ]
    return np.concatenate([*pieces, p[-1:]])


def straight(*points: tuple[float, float]) -> npt.NDArray[np.float64]:
    return np.array(points)


Curves = list[npt.NDArray[np.float64]]


def foot(random: Random) -> npt.NDArray[np.float64]:
    half = random.uniform(0.14, 0.3)
    return straight((-half + random.normal(0, 0.03), 1 + random.normal(0, 0.015)), (half, 1 + random.normal(0, 0.015)))


def hooked_one(random: Random) -> Curves:
    """A flag up to the top, a corner, a stem."""
    flag = random.uniform(0.12, 0.32)
    return [straight((-flag, flag * random.uniform(0.6, 1.3)), (0, 0), (random.normal(0, 0.02), 1))]


def rounded_one(random: Random) -> Curves:
    """The flag runs into the stem in a narrow arch."""
    wide, low = random.uniform(0.12, 0.2), random.uniform(0.12, 0.3)
    return [curve([(-wide, low), (-0.55 * wide, 0.25 * low), (0, 0), (0.1 * wide, 0.22), (0.1 * wide, 0.6), (0, 1)])]


def hooked_one_with_foot(random: Random) -> Curves:
    return [*hooked_one(random), foot(random)]


def rounded_one_with_foot(random: Random) -> Curves:
    return [*rounded_one(random), foot(random)]


def seven(random: Random) -> Curves:
    """A bar above, half as wide as the digit is high or wider; the stem straight or bent."""
    half, lean = random.uniform(0.25, 0.36), random.uniform(0.02, 0.3)
    top = [(-half, random.normal(0.03, 0.02)), (half, 0.0)]
    if random.random() < 0.5:
        return [straight(*top, (half - 2 * half * lean - 0.2, 1))]
    return [straight(*top), curve([top[1], (0.35 * half, 0.35), (-0.1, 0.7), (-0.15 - 0.3 * lean, 1)])]


def crossed_seven(random: Random) -> Curves:
    bar, level = random.uniform(0.14, 0.24), random.uniform(0.42, 0.58)
    return [*seven(random), straight((-bar, level + random.normal(0, 0.02)), (bar + 0.05, level - 0.03))]


def crossed_seven_with_serif(random: Random) -> Curves:
    drawn = crossed_seven(random)
    x, y = drawn[0][0]
    return [*drawn, straight((x, y), (x - random.uniform(0, 0.03), y + random.uniform(0.1, 0.18)))]


def open_four(random: Random) -> Curves:
    """Two strokes that do not meet above."""
    level, left = random.uniform(0.5, 0.68), random.uniform(0.24, 0.34)
    stem = random.uniform(0.08, 0.18)
    corner = [(-left + random.uniform(0, 0.12), random.uniform(0, 0.1)), (-left, level), (left + 0.05, level - 0.02)]
    return [straight(*corner), straight((stem, random.uniform(0.0, 0.3)), (stem - random.uniform(0, 0.06), 1))]


def closed_four(random: Random) -> Curves:
    level, left, stem = random.uniform(0.58, 0.72), random.uniform(0.26, 0.38), random.uniform(0.06, 0.14)
    return [straight((stem, 0), (-left, level), (left, level)), straight((stem, 0), (stem + random.normal(0, 0.02), 1))]


def lightning_four(random: Random) -> Curves:
    """One stroke: down to the left, across to the right, down."""
    level, left, right = random.uniform(0.5, 0.62), random.uniform(0.22, 0.32), random.uniform(0.2, 0.32)
    end = right - random.uniform(0.1, 0.2)
    return [
        straight((random.uniform(-0.02, 0.1), 0), (-left, level), (right, level - random.uniform(0, 0.08)), (end, 1))
    ]


def crossed_zero(random: Random) -> Curves:
    wide = random.uniform(0.26, 0.4)
    angle = np.linspace(-np.pi / 2, 1.5 * np.pi + random.uniform(-0.1, 0.2), 40)
    ring = np.stack([wide * np.cos(angle), 0.5 + 0.5 * np.sin(angle)], axis=1)
    reach = random.uniform(0.75, 1.15)
    return [ring, straight((-wide * reach, 0.5 + 0.42 * reach), (wide * reach, 0.5 - 0.42 * reach))]


def nine_like_g(random: Random) -> Curves:
    """A loop, and a stem that bends back below."""
    wide, low = random.uniform(0.2, 0.3), random.uniform(0.42, 0.54)
    angle = np.linspace(-0.25 * np.pi, -2.1 * np.pi, 30)
    loop = np.stack([wide * np.cos(angle), low / 2 + low / 2 * np.sin(angle)], axis=1)
    tail = [(wide, random.uniform(0.02, 0.12)), (wide, 0.5), (wide - 0.02, 0.82), (0.3 * wide, 1.0), (-wide, 0.88)]
    return [loop, curve(tail)]


FORMS: dict[str, tuple[int, Callable[[Random], Curves]]] = {
    "1, hooked": (1, hooked_one),
    "1, hooked, with a foot": (1, hooked_one_with_foot),
    "1, rounded": (1, rounded_one),
    "1, rounded, with a foot": (1, rounded_one_with_foot),
    "7, crossed": (7, crossed_seven),
    "7, crossed, with a serif": (7, crossed_seven_with_serif),
    "7, plain": (7, seven),
    "4, open": (4, open_four),
    "4, closed": (4, closed_four),
    "4, like lightning": (4, lightning_four),
    "0, crossed": (0, crossed_zero),
    "9, like g": (9, nine_like_g),
}


def picture(form: str, index: int) -> Picture:
    """Return a picture of a form, uint8 (H, W): made from the form and the number alone."""
    random = np.random.default_rng([3_000_017, list(FORMS).index(form), index])
    strokes = FORMS[form][1](random)
    height = float(np.exp(random.uniform(np.log(16), np.log(70))))
    pen, slant, stretch = random.uniform(0.05, 0.16), random.normal(0, 0.12), np.exp(random.normal(0, 0.1))
    bend = random.normal(0, 0.02, 2)
    moved = []
    for path in strokes:
        x, y = (path + random.normal(0, 0.008, path.shape) * (len(path) < 6)).T
        x = stretch * x - slant * (y - 0.5) + bend[0] * np.sin(np.pi * y)
        moved.append(np.stack([x, y + bend[1] * np.sin(2 * x)], axis=1))
    every = np.concatenate(moved)
    low, high = every.min(axis=0) - pen / 2, every.max(axis=0) + pen / 2
    margins = random.uniform(0.08, 0.6, 4)
    size = np.ceil((high - low + margins[:2] + margins[2:]) * height).astype(int)
    fine = np.zeros((size[1] * _FINE, size[0] * _FINE), np.uint8)
    for path in moved:
        points = (path - low + margins[:2]) * height * _FINE
        cv2.polylines(
            fine,
            [np.round(points * 16).astype(np.int32)],
            False,
            255,
            max(1, round(pen * height * _FINE)),
            cv2.LINE_AA,
            4,
        )
    ink = cv2.resize(fine, (int(size[0]), int(size[1])), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    blur = random.uniform(0, 0.04) * height
    if blur > 0.3:
        ink = cv2.GaussianBlur(ink, (0, 0), blur)
    contrast, paper = random.uniform(0.35, 1.0), random.uniform(0.7, 1.0)
    light = paper * (1 - contrast * ink) + random.normal(0, random.uniform(0, 0.05) * contrast, ink.shape)
    grey = np.clip(255 * light, 0, 255).astype(np.uint8)
    return np.asarray(255 - grey if random.random() < 0.2 else grey, np.uint8)


def fingerprint() -> str:
    source = hashlib.sha256(Path(__file__).read_bytes())
    for form in FORMS:
        source.update(picture(form, 0).tobytes())
    return source.hexdigest()


def measure(form: str, count: int, model: str) -> tuple[dict[str, Any], list[Picture]]:
    """Return the figures of a form, and the pictures that were read wrong."""
    label = FORMS[form][0]
    pictures = [picture(form, i) for i in range(count)]
    answers = inkdigits.classify_many(pictures, model=model, trust="always")
    right = np.array([answer.best == label for answer in answers])
    confidence = np.array([answer.confidence for answer in answers])
    levels = network.load(model).thresholds
    figures = {
        **scoring.share(int(right.sum()), count),
        "answered": {level: float((confidence >= levels[level]).mean()) for level in ("strict", "normal")},
        "wrong_among_those": {
            level: int(((confidence >= levels[level]) & ~right).sum()) for level in ("strict", "normal")
        },
        "read_as": {
            str(d): int(n)
            for d, n in enumerate(np.bincount([a.best for a in answers if a.best is not None], minlength=10))
        },
    }
    return figures, [p for p, ok in zip(pictures, right, strict=True) if not ok]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--n", type=int, default=PICTURES)
    parser.add_argument("--model", default="default")
    parser.add_argument("--show", action="store_true")
    arguments = parser.parse_args()
    figures, wrong = {}, []
    for form in FORMS:
        figures[form], missed = measure(form, arguments.n, arguments.model)
        wrong += missed[:12]
        print(
            f"{form:26} {scoring.told(figures[form])}   normal answers {figures[form]['answered']['normal']:.1%}",
            flush=True,
        )
    if arguments.show:
        tiles = [cv2.resize(p, (72, 72), interpolation=cv2.INTER_AREA) for p in wrong]
        tiles += [np.zeros((72, 72), np.uint8)] * (-len(tiles) % 16)
        cv2.imwrite(
            "digit_forms.png",
            np.concatenate([np.concatenate(tiles[i : i + 16], axis=1) for i in range(0, len(tiles), 16)]),
        )
    if arguments.n >= PICTURES and arguments.model == "default":
        write_results("digit_forms", {"generator": fingerprint(), "forms": figures})


if __name__ == "__main__":
    main()
