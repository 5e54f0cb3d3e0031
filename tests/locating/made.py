"""Maps and marks made by hand: what the locator would say of a page, without a network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from inkdigits.locating.maps import BOX_UNIT, CENTRES, FIRST_SEPARATOR, HEADS, LINK_UNIT, SEPARATORS, STRIDE, Maps
from inkdigits.locating.numbers import Row
from inkdigits.locating.peaks import Found

CLASSES = CENTRES
BOXES = CLASSES + 10
LINKS = BOXES + 4
TURNS = LINKS + 3


def log_odds(probability: float) -> float:
    return float(np.log(probability / (1 - probability)))


def empty_maps(height: int, width: int) -> Maps:
    """Maps of a picture of that many pixels with nothing on it."""
    marks = np.zeros((sum(HEADS), height // 4, width // 4), np.float32)
    marks[:CENTRES] = -9
    return Maps(marks, np.full((3, height // 2, width // 2), -9, np.float32))


def put(
    maps: Maps, kind: int, score: float, box: Sequence[float], label: int = 0, following: Sequence[float] = ()
) -> None:
    """Put a mark in the cell of its centre, and a lower hill around it."""
    left, top, right, bottom = box
    row, column = int((top + bottom) / 2 // STRIDE), int((left + right) / 2 // STRIDE)
    x, y = (column + 0.5) * STRIDE, (row + 0.5) * STRIDE
    around = maps.marks[kind, max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
    np.maximum(around, log_odds(score) - 1, out=around)
    maps.marks[kind, row, column] = log_odds(score)
    maps.marks[CLASSES + label, row, column] = 9
    maps.marks[BOXES:LINKS, row, column] = np.array([x - left, y - top, right - x, bottom - y]) / BOX_UNIT
    if len(following):
        maps.marks[LINKS, row, column] = 5
        maps.marks[LINKS + 1 : TURNS, row, column] = (np.array(following) - (x, y)) / LINK_UNIT


@dataclass
class Mark:
    """A digit or separator with its middle at (x, y); `next` is where its link points, if it goes on."""

    sign: str
    x: float
    y: float
    height: float = 30.0
    width: float = 18.0
    next: tuple[float, float] | None = None
    score: float = 0.9
    goes_on: float = 0.95


def number(
    text: str, x: float, y: float, *, pitch: float = 26.0, height: float = 30.0, slope: float = 0.0
) -> list[Mark]:
    """Digits that are linked, and separators between them that are not, the first one's middle at (x, y).

    `slope` is by how much the line falls over a pixel to the right.
    """
    marks = []
    for i, sign in enumerate(text):
        at = x + i * pitch, y + i * pitch * slope
        if sign.isdigit():
            marks.append(Mark(sign, *at, height=height, width=0.6 * height))
        else:
            low = 0.4 * height if sign in ".," else 0.0
            marks.append(Mark(sign, at[0], at[1] + low, height=0.2 * height, width=0.2 * height))
    digits = [mark for mark in marks if mark.sign.isdigit()]
    for before, after in pairwise(digits):
        before.next = after.x, after.y
    return marks


def found(marks: Sequence[Mark], order: Sequence[int] | None = None) -> Found:
    """The marks as the locator gives them, in the order of their scores, or in another one."""
    if order is None:
        order = np.argsort([-mark.score for mark in marks], kind="stable").tolist()
    chosen = [marks[i] for i in order]
    return Found(
        np.array([0 if m.sign.isdigit() else FIRST_SEPARATOR + SEPARATORS.index(m.sign) for m in chosen], np.int64),
        np.array([m.score for m in chosen], np.float32),
        np.eye(10, dtype=np.float32)[[int(m.sign) if m.sign.isdigit() else 0 for m in chosen]].reshape(-1, 10),
        np.array(
            [(m.x - m.width / 2, m.y - m.height / 2, m.x + m.width / 2, m.y + m.height / 2) for m in chosen], np.float32
        ).reshape(-1, 4),
        np.array([m.goes_on if m.next else 0.02 for m in chosen], np.float32),
        np.array([m.next or (m.x, m.y) for m in chosen], np.float32).reshape(-1, 2),
    )


def text(row: Row, marks: Found) -> str:
    """What a line says, each digit by its most probable class."""
    return "".join(t.text or str(marks.classes[t.mark].argmax()) for t in row.tokens)
