"""Numbers written with the package's own strokes, in forms of the digits that the locator has not been trained on."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from inkdigits.synthetic import strokes
from inkdigits.synthetic.forms import FORMS
from inkdigits.synthetic.held_out import is_held_out

# Separators as strokes, in shares of a digit's height: x to the right, y down from the base line.
SEPARATORS = {
    ".": [[(0.06, -0.06), (0.08, -0.05)]],
    ",": [[(0.10, -0.08), (0.09, 0.02), (0.02, 0.18)]],
    "-": [[(0.02, -0.46), (0.36, -0.48)]],
    "/": [[(0.0, 0.12), (0.34, -1.08)]],
    ":": [[(0.06, -0.14), (0.08, -0.13)], [(0.06, -0.60), (0.08, -0.59)]],
}
# For each digit the shapes (see `strokes.digit`) that no training page has.
UNSEEN = [[i for i in range(len(FORMS[label])) if is_held_out(i, "training")] for label in range(10)]


@dataclass(eq=False)
class Written:
    """A grey page, uint8 (H, W), and of each digit on it its label, box (left, top, right, bottom) and ink."""

    grey: np.ndarray
    labels: list[int] = field(default_factory=list)
    boxes: list[tuple[int, int, int, int]] = field(default_factory=list)
    inks: list[np.ndarray] = field(default_factory=list)

    @property
    def centres(self) -> np.ndarray:
        """(N, 2)"""
        boxes = np.array(self.boxes, float)
        return (boxes[:, :2] + boxes[:, 2:]) / 2


def paper(height: int, width: int, light: int = 235) -> Written:
    """An empty page."""
    return Written(np.full((height, width), light, np.uint8))


def write(
    page: Written,
    text: str,
    left: float,
    base: float,
    height: float,
    *,
    seed: int = 0,
    gap: float = 0.25,
    pen: float = 0.08,
    ink: int = 40,
) -> float:
    """Write digits and separators from `left` on, on the line `base`; a space is as wide as a digit is high.

    `height` of the digits in pixels; the `gap` between them and the width of the `pen` as shares of it; `seed` is the
    hand: which form of each digit it uses, and how it bends them. Returns where the text ends.
    """
    random = np.random.default_rng(seed)
    hand = [int(random.choice(shapes)) for shapes in UNSEEN]
    x = left
    for sign in text:
        if sign == " ":
            x += height
            continue
        if sign.isdigit():
            curves = strokes.vary(strokes.digit(int(sign), hand[int(sign)]), random)
            size = height * float(np.exp(random.normal(0, 0.08)))
            down = float(np.concatenate(curves)[:, 1].max()) + random.normal(0, 0.04)
        else:
            curves, size, down = [np.array(stroke) for stroke in SEPARATORS[sign]], height, 0.0
        points = np.concatenate(curves)
        drawn = strokes.draw(curves, size, pen * height)
        border = pen * height / 2 + 1
        at, top = round(x - border), round(base - border - (down - points[:, 1].min()) * size)
        _lay(page, drawn, at, top, ink)
        if sign.isdigit():
            rows, columns = np.flatnonzero(drawn.max(axis=1) > 100), np.flatnonzero(drawn.max(axis=0) > 100)
            page.labels.append(int(sign))
            (first, last), (left, right) = rows[[0, -1]].tolist(), columns[[0, -1]].tolist()
            page.boxes.append((at + left, top + first, at + right + 1, top + last + 1))
            page.inks.append(drawn[first : last + 1, left : right + 1])
        x += float(np.ptp(points[:, 0])) * size + (gap + pen) * height
    return x


def _lay(page: Written, cover: np.ndarray, left: int, top: int, ink: int) -> None:
    """Lay ink on the page where it covers it, 0 to 255; what would be outside of the page is cut off."""
    first_row, first_column = max(-top, 0), max(-left, 0)  # of the ink, that is on the page
    part = page.grey[max(top, 0) : max(top + cover.shape[0], 0), max(left, 0) : max(left + cover.shape[1], 0)]
    share = cover[first_row : first_row + part.shape[0], first_column : first_column + part.shape[1]] / 255
    part[:] = np.rint(part + (ink - part.astype(float)) * share)


def lines(texts: list[str], height: float = 30, *, seed: int = 0, pitch: float = 2.2, **how: float) -> Written:
    """A page of lines, a digit's height of paper around them; `pitch` from one to the next as a share of the height."""
    margin = round(1.2 * height)
    longest = max(sum(0.5 if sign in SEPARATORS else 1.0 for sign in text) for text in texts)
    size = round((1 + pitch * (len(texts) - 1)) * height + 2 * margin), round(1.05 * longest * height + 2 * margin)
    page = paper(*size)
    for row, text in enumerate(texts):
        write(page, text, margin, margin + (1 + pitch * row) * height, height, seed=seed, **how)
    return page
