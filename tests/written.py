"""Numbers written with the package's own strokes, in the forms of digits that the locator has never been trained on."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from inkdigits.synthetic import strokes
from inkdigits.synthetic.forms import FORMS
from inkdigits.synthetic.pages.sources import is_held_out

# Shares of a digit's height: separators as strokes (x, y), y down from the base line.
SEPARATORS = {
    ".": [[(0.06, -0.06), (0.08, -0.05)]],
    ",": [[(0.10, -0.08), (0.09, 0.02), (0.02, 0.18)]],
    "-": [[(0.02, -0.46), (0.36, -0.48)]],
    "/": [[(0.0, 0.12), (0.34, -1.08)]],
    ":": [[(0.06, -0.14), (0.08, -0.13)], [(0.06, -0.60), (0.08, -0.59)]],
}


def forms(label: int) -> list[int]:
    """The shapes of a digit (see `strokes.digit`) that no training page has."""
    return [shape for shape in range(len(FORMS[label])) if is_held_out(shape, "training")]


@dataclass
class Written:
    """A grey page, uint8 (H, W), and the label and box (left, top, right, bottom) of each digit on it, as written."""

    grey: np.ndarray
    labels: list[int] = field(default_factory=list)
    boxes: list[tuple[int, int, int, int]] = field(default_factory=list)


def paper(height: int, width: int, light: int = 235) -> Written:
    return Written(np.full((height, width), light, np.uint8))


def write(page: Written, text: str, left: float, base: float, height: float, *, seed: int = 0, gap: float = 0.2,
          pen: float = 0.1, ink: int = 40) -> float:  # fmt: skip
    """Write digits and separators from `left` on, on the line `base`; a space is a digit wide. Return where it ends.

    `height` of the digits in pixels; `gap` between them and the `pen` as shares of it; `seed` is the hand.
    """
    random = np.random.default_rng(seed)
    hand = [known[int(random.integers(len(known)))] for known in map(forms, range(10))]
    x = left
    for sign in text:
        if sign == " ":
            x += height
            continue
        if sign.isdigit():
            curves = strokes.vary(strokes.digit(int(sign), hand[int(sign)]), random, 0.7)
            size = height * float(np.exp(random.normal(0, 0.04)))
            bottom = float(np.concatenate(curves)[:, 1].max()) + random.normal(0, 0.02)
        else:
            curves, size, bottom = [np.array(stroke) for stroke in SEPARATORS[sign]], height, 0.0
        points = np.concatenate(curves)
        drawn = strokes.draw(curves, size, pen * height)
        border = pen * height / 2 + 1
        top, at = round(base - border - (bottom - points[:, 1].min()) * size), round(x - border)
        part = page.grey[max(top, 0) : top + drawn.shape[0], max(at, 0) : at + drawn.shape[1]]
        cover = drawn[max(-top, 0) :, max(-at, 0) :][: part.shape[0], : part.shape[1]].astype(float) / 255
        part[:] = np.rint(part + (ink - part.astype(float)) * cover)
        if sign.isdigit():
            rows, columns = np.flatnonzero(drawn.max(axis=1) > 100), np.flatnonzero(drawn.max(axis=0) > 100)
            page.labels.append(int(sign))
            page.boxes.append((at + columns[0], top + rows[0], at + columns[-1] + 1, top + rows[-1] + 1))
        x += float(np.ptp(points[:, 0])) * size + (gap + pen) * height
    return x


def one_line(text: str, height: float = 40, **how: float) -> Written:
    """A page with one line on it, a digit's height of paper around."""
    margin = round(1.2 * height)
    page = paper(round(height + 2 * margin), round(2 * margin + len(text) * 1.1 * height))
    write(page, text, margin, margin + height, height, **how)
    return page


def photographed(page: np.ndarray, random: np.random.Generator, blur: float = 0.6, grain: float = 3.0) -> np.ndarray:
    """The page a little soft and grainy, as from a camera."""
    soft = cv2.GaussianBlur(page, (0, 0), blur).astype(float)
    return np.clip(np.rint(soft + random.normal(0, grain, page.shape)), 0, 255).astype(np.uint8)
