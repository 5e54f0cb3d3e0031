"""A picture → lines of digits: located, asked about one by one, judged, and put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from inkdigits import network
from inkdigits.geometry import Polygon, bounding_box, polygon
from inkdigits.image import colour
from inkdigits.image.load import Picture
from inkdigits.locating import alternatives, glyphs, numbers, upright
from inkdigits.locating.locate import Located
from inkdigits.locating.maps import HANDWRITTEN, PRINTED
from inkdigits.locating.numbers import Row
from inkdigits.locating.peaks import Found
from inkdigits.locating.upright import Upright
from inkdigits.recognising import cuts, lattice, number, posterior, rereading, whole_line
from inkdigits.recognising.automata import Walk
from inkdigits.recognising.cuts import Marks
from inkdigits.recognising.posterior import Judged, Values
from inkdigits.results import Digit, Line

_KINDS = {"handwritten": (HANDWRITTEN,), "printed": (PRINTED,), "any": (HANDWRITTEN, PRINTED)}


@dataclass(frozen=True)
class Way:
    """The digit network, the least confidence to answer at, what every line is expected to be, and which ink is read."""

    net: network.Network
    threshold: float
    expected: Walk | None
    ink: str


@dataclass(frozen=True, eq=False)
class Seen:
    """All marks of a page that may be digits: rows in `found`, glyphs, the digit network's answers, what is believed."""

    found: Found
    rows: npt.NDArray[np.intp]
    glyphs: npt.NDArray[np.uint8]
    raw: npt.NDArray[np.float32]
    judged: Judged


def read(picture: Picture, way: Way) -> tuple[tuple[Line, ...], float]:
    """Return the lines of a picture, from top to bottom, and by how many degrees it was turned to be read."""
    page = upright.read(colour.grey(picture.pixels), _KINDS[way.ink])
    seen = see(page, way)
    rows = numbers.rows(page.located.found, chosen_marks(seen))
    of_row = [[posterior.NO_NUMBER] * len(row.numbers) for row in rows]
    if rows and number.is_there():
        page, seen, rows, of_row = reread(page, seen, rows, way)
    chosen = np.zeros(len(seen.found), bool)
    chosen[[mark for row in rows for part in row.numbers for mark in part]] = True
    place = {int(row): i for i, row in enumerate(seen.rows)}
    lines = [_line(row, added, page, seen, place, picture, way) for row, added in zip(rows, of_row, strict=True)]
    if way.expected and rows:
        every, marks = with_alternatives(page, seen, chosen, way)
        lines = [_expected(line, row, page, every, marks, picture, way) for line, row in zip(lines, rows, strict=True)]
    return tuple(lines), page.rotation


def chosen_marks(seen: Seen) -> npt.NDArray[np.bool_]:
    """Tell which of a page's marks are digits to be read."""
    chosen = np.zeros(len(seen.found), bool)
    chosen[seen.rows[seen.judged.present >= posterior.PRESENT]] = True
    return chosen


def reread(page: Upright, seen: Seen, rows: list[Row], way: Way) -> tuple[Upright, Seen, list[Row], list[list[Values]]]:
    """Have the network of whole numbers read a page's rows, too; return what is known of the page then.

    Last are the features of each number of each row (see `posterior.number_features`).
    """
    outputs = number.read_rows(page.located, rows)
    made = rereading.reread(page.located, rows, seen.rows, seen.judged, outputs)
    page = replace(page, located=made.located)
    new = np.arange(made.first, len(made.located.found))
    every = _with_more(seen, made.located, new[np.isin(made.located.found.kinds[new], _KINDS[way.ink])], way)
    added = np.zeros((len(every.rows), len(posterior.NO_NUMBER)), np.float32)
    digits = every.judged.digits.copy()
    for i, row in enumerate(every.rows.tolist()):
        if row in made.of_digit:
            added[i], digits[i] = made.of_digit[row], made.shares[row]
    judged = replace(every.judged, digits=digits)
    which = {mark: n for n, part in enumerate(part for row in made.rows for part in row.numbers) for mark in part}
    of_number: npt.NDArray[np.intp] = np.array([which.get(row, -1) for row in every.rows.tolist()], np.intp)
    judged = posterior.judge_again(every.found, every.rows, every.raw, judged, added, of_number)
    return page, replace(every, judged=judged), made.rows, made.of_row


def see(page: Upright, way: Way) -> Seen:
    """Ask the digit network about every mark of the ink that is read."""
    found = page.located.found
    rows = np.flatnonzero(np.isin(found.kinds, _KINDS[way.ink]))
    made = glyphs.glyphs(page.located, rows)
    raw = way.net.probabilities(made) if len(rows) else np.zeros((0, 11), np.float32)
    return Seen(found, rows, made, raw, posterior.judge(found, rows, raw))


def with_alternatives(page: Upright, seen: Seen, chosen: npt.NDArray[np.bool_], way: Way) -> tuple[Seen, Marks]:
    """Ask about the marks that may stand instead of others, too; return what is believed of all marks of the page."""
    other = alternatives.look(page.located, _KINDS[way.ink])
    found, kinds = other.located.found, _KINDS[way.ink]
    rows = np.array([row for row in range(other.first, len(found)) if found.kinds[row] in kinds], np.intp)
    every = _with_more(seen, other.located, rows, way, other.instead_of)
    present, shares = np.zeros(len(found)), np.zeros((len(found), 10))
    present[every.rows], shares[every.rows] = every.judged.present, posterior.shares(every.judged)
    read = np.concatenate([chosen, np.zeros(len(found) - len(chosen), bool)])
    return every, Marks(other, read, present, shares)


def _with_more(
    seen: Seen,
    located: Located,
    rows: npt.NDArray[np.intp],
    way: Way,
    instead_of: Mapping[int, npt.NDArray[np.intp]] | None = None,
) -> Seen:
    """Ask about further marks, which are behind those that were seen; what is believed of the others does not change."""
    made = glyphs.glyphs(located, rows, instead_of)
    raw = way.net.probabilities(made) if len(rows) else seen.raw[:0]
    every = Seen(
        located.found,
        np.concatenate([seen.rows, rows]),
        np.concatenate([seen.glyphs, made]),
        np.concatenate([seen.raw, raw]),
        seen.judged,
    )
    judged = posterior.judge(every.found, every.rows, every.raw)
    new = slice(len(seen.rows), None)
    parts = (
        np.concatenate([vars(seen.judged)[name], vars(judged)[name][new]]) for name in ("digits", "present", "right")
    )
    return replace(every, judged=Judged(*parts))


def _line(
    row: Row, added: list[Values], page: Upright, seen: Seen, place: dict[int, int], picture: Picture, way: Way
) -> Line:
    digits, text = [], ""
    for token in row.tokens:
        if token.mark is None:
            text += token.text
            continue
        digit = _digit(place[token.mark], page, seen, picture, way)
        digits.append(digit)
        text += "?" if digit.label is None else str(digit.label)
    return _made(text, digits, _confidence(row, added, page, seen, place), page, picture, None)


def _made(
    text: str, digits: list[Digit], confidence: float, page: Upright, picture: Picture, expected: bool | None
) -> Line:
    shape = _around(np.array([d.polygon for d in digits], np.float64), page.back)
    return Line(text, tuple(digits), confidence, bounding_box(shape, picture.size), expected, shape)


def _expected(line: Line, row: Row, page: Upright, seen: Seen, marks: Marks, picture: Picture, way: Way) -> Line:
    """Return a line as the best reading that is as expected, or as it is if none of the likely ones is.

    A mark that was read and is no part of that reading stays, without an answer, unless it is as surely nothing as an
    answer must be sure.
    """
    assert way.expected is not None
    given = cuts.lattice(row, marks)
    reading = lattice.best(given.pieces, way.expected)
    if reading is None:
        return replace(line, expected=False)
    place = {int(row): i for i, row in enumerate(seen.rows)}
    signs = dict(reading.signs)
    signs |= dict.fromkeys(given.doubtful(reading, marks, way.threshold), "?")
    digits, text = [], ""
    for mark in cuts.written(given.order, signs):
        if mark is None or mark not in place:
            text += " " if mark is None else signs[mark]
            continue
        each = reading.each[mark].astype(np.float32)
        best = int(each.argmax()) if signs[mark] == "?" else int(signs[mark])
        sure = signs[mark] != "?" and float(each[best]) >= way.threshold
        digit = _digit(place[mark], page, seen, picture, way)
        digits.append(
            replace(
                digit,
                label=best if sure else None,
                best=best,
                confidence=float(each[best]),
                probabilities=each / each.sum(),
                reason=None if sure else "unsure",
            )
        )
        text += str(best) if sure else "?"
    return _made(text, digits, reading.confidence, page, picture, True)


def _digit(i: int, page: Upright, seen: Seen, picture: Picture, way: Way) -> Digit:
    row, judged = seen.rows[i], seen.judged
    probabilities, right = judged.digits[i], float(judged.right[i])
    best = int(probabilities.argmax())
    shape = _given(seen.found.boxes[row], page, picture)
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
        "handwritten" if seen.found.kinds[row] == HANDWRITTEN else "printed",
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


def _confidence(row: Row, added: list[Values], page: Upright, seen: Seen, place: dict[int, int]) -> float:
    """Return the probability that the digits of a line are right, all of them."""
    found = page.located.found
    right = seen.judged.right[[place[m] for part in row.numbers for m in part]]
    links = np.concatenate([found.goes_on[part[:-1]] for part in row.numbers])
    left_out = max(posterior.strongest_left_out(found, part, seen.rows, seen.judged.present) for part in row.numbers)
    return whole_line.confidence(right, left_out, links, whole_line.least_sure(added))
