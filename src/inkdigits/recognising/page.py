"""A picture → lines of digits: located, asked about one by one, judged, and put together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkdigits import network
from inkdigits.geometry import Polygon, bounding_box, polygon
from inkdigits.image import colour
from inkdigits.image.load import Picture
from inkdigits.locating import glyphs, numbers, upright
from inkdigits.locating.maps import HANDWRITTEN, PRINTED
from inkdigits.locating.numbers import Row
from inkdigits.locating.upright import Upright
from inkdigits.recognising import narrowing, posterior
from inkdigits.recognising.expect import Expectation
from inkdigits.recognising.posterior import Judged
from inkdigits.results import Digit, Line

_KINDS = {"handwritten": (HANDWRITTEN,), "printed": (PRINTED,), "any": (HANDWRITTEN, PRINTED)}


@dataclass(frozen=True)
class Way:
    """The digit network, the least confidence to answer at, what every line is expected to be, and which ink is read."""

    net: network.Network
    threshold: float
    expected: list[Expectation]
    ink: str


@dataclass(frozen=True, eq=False)
class Seen:
    """All marks of a page that may be digits: their rows in Found, their glyphs, and what is believed of them."""

    rows: npt.NDArray[np.intp]
    glyphs: npt.NDArray[np.uint8]
    judged: Judged


def read(picture: Picture, way: Way) -> tuple[tuple[Line, ...], float]:
    """Return the lines of a picture, from top to bottom, and by how many degrees it was turned to be read."""
    page = upright.read(colour.grey(picture.pixels), _KINDS[way.ink])
    seen = see(page, way)
    found = page.located.found
    chosen = np.zeros(len(found), bool)
    chosen[seen.rows[seen.judged.present >= posterior.PRESENT]] = True
    place = {int(row): i for i, row in enumerate(seen.rows)}
    lines = [_line(row, page, seen, place, picture, way) for row in numbers.rows(found, chosen)]
    return tuple(lines), page.rotation


def see(page: Upright, way: Way) -> Seen:
    """Ask the digit network about every mark of the ink that is read."""
    found = page.located.found
    rows = np.flatnonzero(np.isin(found.kinds, _KINDS[way.ink]))
    made = glyphs.glyphs(page.located, rows)
    raw = way.net.probabilities(made) if len(rows) else np.zeros((0, 11), np.float32)
    return Seen(rows, made, posterior.judge(found, rows, raw))


def _line(row: Row, page: Upright, seen: Seen, place: dict[int, int], picture: Picture, way: Way) -> Line:
    digits, text = [], ""
    for token in row.tokens:
        if token.mark is None:
            text += token.text
            continue
        digit = _digit(place[token.mark], page, seen, picture, way)
        digits.append(digit)
        text += "?" if digit.label is None else str(digit.label)
    confidence = _confidence(row, page, seen, place)
    shape = _around(np.array([d.polygon for d in digits], np.float64), page.back)
    line = Line(text, tuple(digits), confidence, bounding_box(shape, picture.size), None, shape)
    return narrowing.narrowed(line, way.expected, way.threshold) if way.expected else line


def _digit(i: int, page: Upright, seen: Seen, picture: Picture, way: Way) -> Digit:
    row, judged = seen.rows[i], seen.judged
    probabilities, right = judged.digits[i], float(judged.right[i])
    best = int(probabilities.argmax())
    shape = _given(page.located.found.boxes[row], page, picture)
    sure = right >= way.threshold
    return Digit(
        best if sure else None,
        best,
        right,
        probabilities,
        None if sure else "unsure",
        seen.glyphs[i],
        bounding_box(shape, picture.size),
        picture.name,
        shape,
        "handwritten" if page.located.found.kinds[row] == HANDWRITTEN else "printed",
    )


def _given(box: npt.NDArray[np.float32], page: Upright, picture: Picture) -> Polygon:
    """Return the corners of a box of the upright picture in pixels of the given one."""
    left, top, right, bottom = (float(v) for v in box)
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    return polygon((corners @ page.back[:, :2].T + page.back[:, 2]) * picture.reduction)


def _around(shapes: npt.NDArray[np.float64], back: npt.NDArray[np.float64]) -> Polygon:
    """Return the least rectangle, level in the upright picture, around polygons, (N, 4, 2), of the given one."""
    turn = back[:, :2] / np.sqrt(abs(np.linalg.det(back[:, :2])))
    level = shapes.reshape(-1, 2) @ turn  # the inverse of a rotation is its transpose
    (left, top), (right, bottom) = level.min(axis=0), level.max(axis=0)
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    return polygon(corners @ turn.T)


def _confidence(row: Row, page: Upright, seen: Seen, place: dict[int, int]) -> float:
    """Return the probability that a whole line is right: of each of its numbers, as if they were independent."""
    found = page.located.found
    whole = 1.0
    for number in row.numbers:
        right = seen.judged.right[[place[m] for m in number]]
        links = found.goes_on[number[:-1]]
        left_out = posterior.strongest_left_out(found, number, seen.rows, seen.judged.present)
        whole *= posterior.line_confidence(right, left_out, links)
    return whole
