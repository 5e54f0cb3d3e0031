"""A digit or letter as a person writes it with one of several tools: pen, marker, broad nib, mouse on a coarse canvas."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.synthetic import strokes
from inkdigits.synthetic.forms import FORMS, LETTERS, Stroke
from inkdigits.synthetic.held_out import Part, allowed
from inkdigits.synthetic.strokes import Points

Ink = npt.NDArray[np.uint8]
HEIGHT = 64  # pixels from a digit's first point to its last; a thick pen adds to it

# The thickest pen with which a person still reads the digit, as a share of HEIGHT. A 7 has no hole to close; the loops of
# the others are the first to go. A bar is a 1 at nearly any width, with short serifs too.
THICKEST = {0: 0.30, 1: 0.42, 2: 0.25, 3: 0.23, 4: 0.22, 5: 0.22, 6: 0.24, 7: 0.34, 8: 0.22, 9: 0.24}
THICKEST_BAR = 0.75
_THICKEST_LETTER = 0.2


def written(sign: int | str, random: np.random.Generator, part: Part | None = None) -> Ink:
    """Return the ink of a digit, or of a letter, in a random form, hand and pen, white on black.

    Digits and capitals are about 64 pixels high; with `part`, the form is one of that part's. Raises KeyError for a sign
    without forms.
    """
    forms = FORMS[sign] if isinstance(sign, int) else LETTERS[sign]
    forms = forms if part is None else allowed(forms, part)
    form = forms[int(random.integers(len(forms)))]
    curves = strokes.vary(drawn(form, random), random, random.uniform(0.5, 1.6))
    stretch = np.exp(random.normal(0, 0.12))  # some write broadly
    curves = [curve * np.array([stretch, 1.0]) for curve in curves]
    bar = sign == 1 and min(form[0][0][1], form[0][0][0] + 0.2) <= 0.3
    thickest = THICKEST_BAR if bar else THICKEST[sign] if isinstance(sign, int) else _THICKEST_LETTER
    thick = HEIGHT * np.exp(random.uniform(np.log(0.11), np.log(thickest)))
    tool = random.choice(["pen", "marker", "nib", "mouse", "outline"], p=[0.60, 0.20, 0.07, 0.10, 0.03])
    if tool == "marker":
        return strokes.draw(curves, HEIGHT, thick)
    if tool == "nib":
        return nib(curves, thick, random)
    if tool == "mouse":
        return mouse(curves, random)
    if tool == "outline":
        return outline(curves, random)
    return strokes.draw(curves, HEIGHT, random.uniform(2.0, 9.0))


def drawn(form: list[Stroke], random: np.random.Generator) -> list[Points]:
    """Return the curves of a form, its points moved a little each for itself, its ends run on or stopped short."""
    spread = abs(random.normal(0, 0.014))
    return [strokes.smooth(_ends(_moved(stroke, spread, random), random)) for stroke in form]


def _moved(stroke: Stroke, spread: float, random: np.random.Generator) -> Stroke:
    """Move each point at random, a corner's two points together."""
    corner = [i > 0 and stroke[i - 1] == point for i, point in enumerate(stroke)]
    off = iter(random.normal(0, spread, (len(stroke) - sum(corner), 2)).tolist())
    moved: Stroke = []
    for (x, y), doubled in zip(stroke, corner, strict=True):
        if doubled:
            moved.append(moved[-1])
        else:
            dx, dy = next(off)
            moved.append((x + dx, y + dy))
    return moved


def _ends(stroke: Stroke, random: np.random.Generator) -> Stroke:
    """Let the pen run on past a stroke's ends, or lift it early, by up to a tenth of the height and never past a point."""

    def end(last: tuple[float, float], before: tuple[float, float]) -> tuple[float, float]:
        across, down = last[0] - before[0], last[1] - before[1]
        length = float(np.hypot(across, down))
        reach = min(max(float(random.normal(0, 0.025)), -0.3 * length), 0.1) / max(length, 0.05)
        return (last[0] + reach * across, last[1] + reach * down)

    return [end(stroke[0], stroke[1]), *stroke[1:-1], end(stroke[-1], stroke[-2])]


def nib(curves: list[Points], broad: float, random: np.random.Generator) -> Ink:
    """Return curves drawn with a nib whose mark is a rectangle, `broad` pixels on its longer side: strokes end square."""
    narrow = broad * random.uniform(0.35, 1.0)
    width, height = (broad, narrow) if random.random() < 0.5 else (narrow, broad)
    margin = round(broad / 2) + 1
    line = strokes.draw(curves, HEIGHT, 1.5, margin)
    mark = np.ones((max(1, round(height)), max(1, round(width))), np.uint8)
    return np.asarray(cv2.dilate(line, mark), np.uint8)


def mouse(curves: list[Points], random: np.random.Generator) -> Ink:
    """Return curves as a mouse draws them on a small canvas: few points, a little off, straight between, hard edges."""
    height = int(random.integers(12, 40))
    width = max(1, round(height * random.uniform(0.04, 0.16)))
    points = np.concatenate(curves)
    low = points.min(axis=0)
    border = width + 2
    size = np.ceil((points.max(axis=0) - low) * height).astype(int) + 2 * border
    canvas = np.zeros((size[1], size[0]), np.uint8)
    every = int(random.integers(3, 8))
    for curve in curves:
        kept = np.concatenate([curve[:-1:every], curve[-1:]]) - low
        shaken = kept * height + random.normal(0, 0.012 * height, kept.shape)
        path = np.rint(shaken + border).astype(np.int32)
        cv2.polylines(canvas, [path], False, 255, width, cv2.LINE_8)
    return canvas


def outline(curves: list[Points], random: np.random.Generator) -> Ink:
    """Return curves as hollow digits, the outline of a broad stroke drawn with a pen, as on posters."""
    broad = strokes.draw(curves, HEIGHT, HEIGHT * random.uniform(0.12, 0.2), margin=4)
    edges, _ = cv2.findContours((broad > 127).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    drawn = np.zeros_like(broad)
    cv2.drawContours(drawn, edges, -1, 255, int(random.integers(1, 5)), cv2.LINE_AA)
    return drawn
