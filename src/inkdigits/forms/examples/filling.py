"""Values written into a printed page: digits in boxes, numbers in free space, boxes ticked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.forms.places import Rect, Slot, moved
from inkdigits.synthetic import strokes
from inkdigits.synthetic.forms import FORMS
from inkdigits.synthetic.held_out import allowed

Grey = npt.NDArray[np.uint8]
Cover = npt.NDArray[np.float32]  # (H, W): how much of a pixel the pen covers, 0 to 1
Random = np.random.Generator

# Separators as strokes, in shares of a digit's height: x to the right, y down from the line that is written on.
_SEPARATORS = {
    ".": [[(0.06, -0.06), (0.08, -0.05)]],
    ",": [[(0.10, -0.08), (0.09, 0.02), (0.02, 0.18)]],
    "-": [[(0.02, -0.46), (0.36, -0.48)]],
}
_IN_BOX = (0.55, 0.8)  # of a box's height or width: the height of digits
_IN_SPACE = (0.5, 0.75)  # of the height of free space
_TALLEST = 7.0  # millimetres of a digit
_OFF = 0.08  # of a box: how far a digit is off its middle


@dataclass(frozen=True, eq=False)
class Line:
    """Signs in ink, trimmed; `foot` is the row on which their line is."""

    cover: Cover
    foot: float


class Hand(Protocol):
    """A writer: makes the ink of digits."""

    def line(self, text: str, height: float) -> Line:
        """Return a text of digits and separators, its digits `height` pixels high."""
        ...


class StrokeHand:
    """A hand that draws the package's own strokes: one form for each digit, varied each time, one pen."""

    def __init__(self, random: Random, pen: float | None = None) -> None:
        """Choose forms that networks of the package were not trained on; `pen` is its width as a share of the height."""
        self._random = random
        every = [allowed(FORMS[label], "validation") for label in range(10)]
        self._forms = [forms[int(random.integers(len(forms)))] for forms in every]
        self._pen = random.uniform(0.06, 0.12) if pen is None else pen
        self._gap = random.uniform(0.08, 0.3)

    def line(self, text: str, height: float) -> Line:
        """Return a text in this hand."""
        parts: list[tuple[Grey, float, float]] = []  # ink, left, foot below its top
        x, pen = 0.0, max(self._pen * height, 1.2)
        for sign in text:
            curves, size, down = self._curves(sign, height)
            ink = strokes.draw(curves, size, pen)
            points = np.concatenate(curves)
            parts.append((ink, x, pen / 2 + 1 + (down - float(points[:, 1].min())) * size))
            x += float(np.ptp(points[:, 0])) * size + pen + self._gap * self._random.uniform(0.7, 1.3) * height
        above = max(foot for _, _, foot in parts)
        below = max(ink.shape[0] - foot for ink, _, foot in parts)
        width = max(round(left) + ink.shape[1] for ink, left, _ in parts)
        cover = np.zeros((int(np.ceil(above + below)) + 1, width), np.float32)
        for ink, left, foot in parts:
            top = round(above - foot)
            part = cover[top : top + ink.shape[0], round(left) : round(left) + ink.shape[1]]
            np.maximum(part, ink[: part.shape[0], : part.shape[1]] / np.float32(255), out=part)
        return Line(cover, above)

    def _curves(self, sign: str, height: float) -> tuple[list[strokes.Points], float, float]:
        """Return a sign's curves, its height, and where its line is in shares of that."""
        if not sign.isdigit():
            return [np.array(stroke) for stroke in _SEPARATORS[sign]], height, 0.0
        form = [strokes.smooth(stroke) for stroke in self._forms[int(sign)]]
        curves = strokes.vary(form, self._random)
        down = float(np.concatenate(curves)[:, 1].max()) + self._random.normal(0, 0.03)
        return curves, height * float(np.exp(self._random.normal(0, 0.06))), down


def fill(
    page: Grey,
    px: float,
    slots: Sequence[Slot],
    texts: Mapping[str, str | bool],
    hand: Hand,
    contrast: float,
    seed: int,
) -> Grey:
    """Return a printed page, uint8 (H, W) with `px` pixels a millimetre, with texts written into its slots.

    `contrast`, 0 to 1, is how dark the pen is. In boxes each sign of a text has one, a space leaves it out; True ticks a
    box. Raises KeyError for a key that is no slot's.
    """
    random = np.random.default_rng(seed)
    ink = np.zeros(page.shape, np.float32)
    by_key = {slot.key: slot for slot in slots}
    in_box, in_space = random.uniform(*_IN_BOX), random.uniform(*_IN_SPACE)
    for key, text in texts.items():
        slot = by_key[key]
        if text is True:
            _tick(ink, px, slot, random)
        elif isinstance(text, str):
            for rect, part in zip(slot.boxes, text, strict=True) if slot.boxes else [(slot.rect, text)]:
                if part != " ":
                    _write(ink, px, slot, rect, part, hand, in_box if slot.boxes else in_space, random)
    dark = np.minimum(ink, 1) * np.float32(contrast) * 255
    return np.asarray(np.minimum(page, np.rint(255 - dark)), np.uint8)


def _write(ink: Cover, px: float, slot: Slot, rect: Rect, text: str, hand: Hand, size: float, random: Random) -> None:
    left, top, width, height = rect
    tall = min(size * height, _TALLEST, *([size * 1.15 * width] if slot.boxes else []))
    line = hand.line(text, tall * px)
    wide = line.cover.shape[1] / px
    if wide > 0.92 * width:  # too long at this height: people write smaller
        line = hand.line(text, tall * px * 0.92 * width / wide)
        wide = line.cover.shape[1] / px
    room = max(width - wide, 0.0)
    x = left + room / 2 + random.uniform(-1, 1) * (_OFF * width if slot.boxes else 0.4 * room)
    foot = top + (height + line.foot / px) / 2 + random.uniform(-_OFF, _OFF) * height
    turn = np.concatenate([slot.frame[:, :2], moved(slot.frame, np.array([[x, foot]])).T * px], axis=1)
    turn[:, 2] -= turn[:, :2] @ np.array([0.0, line.foot])
    _lay(ink, line.cover, turn)


def _lay(ink: Cover, cover: Cover, matrix: npt.NDArray[np.float64]) -> None:
    """Lay ink on a page; `matrix` (2, 3) takes its pixels to the page's."""
    height, width = cover.shape
    corners = np.array([[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]]) @ matrix[:, :2].T + matrix[:, 2]
    limit = np.array(ink.shape[::-1])
    low = np.clip(np.floor(corners.min(axis=0)) - 1, 0, limit).astype(int)
    high = np.clip(np.ceil(corners.max(axis=0)) + 1, 0, limit).astype(int)
    if (high <= low).any():
        return
    own = matrix.copy()
    own[:, 2] -= low
    size = int(high[0] - low[0]), int(high[1] - low[1])
    laid = cv2.warpAffine(cover, own, size, flags=cv2.INTER_LINEAR)
    part = ink[low[1] : high[1], low[0] : high[0]]
    np.maximum(part, laid, out=part)


def _tick(ink: Cover, px: float, slot: Slot, random: Random) -> None:
    """Cross or tick a box."""
    ways = ([[(0.15, 0.15), (0.85, 0.85)], [(0.85, 0.15), (0.15, 0.85)]], [[(0.15, 0.5), (0.4, 0.85), (0.95, 0.0)]])
    left, top, width, height = slot.rect
    drawn = np.zeros(ink.shape, np.uint8)
    for stroke in ways[int(random.integers(2))]:
        points = np.array(stroke) + random.uniform(-0.08, 0.08, (len(stroke), 2))
        path = moved(slot.frame, np.array([left, top]) + points * np.array([width, height])) * px
        cv2.polylines(drawn, [np.rint(path * 16).astype(np.int32)], False, 255, max(1, round(0.5 * px)), cv2.LINE_AA, 4)
    np.maximum(ink, drawn / np.float32(255), out=ink)
