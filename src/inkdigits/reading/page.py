"""A picture with any number of digits → lines of digits, where they are in that picture."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from inkdigits import network
from inkdigits.image import components, ink, lines, turn
from inkdigits.image.components import Piece
from inkdigits.image.load import Picture
from inkdigits.reading import leftovers, pieces, separators
from inkdigits.recognising import decide, narrowing
from inkdigits.recognising.expect import Expectation
from inkdigits.reading.pieces import Question, Seen
from inkdigits.results import Digit, Line

# Pieces that are nearer to each other than this share of the height may be one broken digit.
_CLOSE = 0.15
# Where fewer than this share of the pieces are surely digits, the page may lie on its side.
_SURE_SHARE = 0.7
# And it is turned only if that makes a better reading by more than one digit: a lone 1 is a fine dash.
_TURN_GAIN = 0.75


@dataclass(frozen=True)
class Way:
    """The network that reads, the least confidence to answer at, and what every line is expected to be."""

    net: network.Network
    threshold: float
    expected: list[Expectation]


@dataclass(frozen=True, eq=False)
class _Sheet:
    """An upright picture with its ink, turned by `rotation` degrees counter-clockwise from how it was given.

    The picture's size is that of its pixels. `back` leads from them to those of the given picture.
    """

    picture: Picture
    strength: npt.NDArray[np.uint8]
    rotation: float
    back: turn.Back


@dataclass(frozen=True, eq=False)
class _Token:
    """What stands at one place of a line: a digit, or text (a separator, a space), with the columns that it covers."""

    text: str
    digit: Digit | None
    left: int
    right: int


def read(picture: Picture, way: Way) -> tuple[tuple[Line, ...], float]:
    """Return the lines of a picture, from top to bottom, and by how many degrees it was turned to be read.

    Right-angle turns and up to 20 degrees of skew are found and undone. Letters and signs are not read as digits at any
    level of trust, nor is what the border has cut off of a neighbouring row, where whole digits stand in the picture (see
    `reading.leftovers`).
    """
    found = ink.extract(picture.pixels)
    if found is None:
        return (), 0.0
    height, width = picture.pixels.shape[:2]
    given = replace(picture, size=(width, height))
    view = _view(_Sheet(given, found.strength, 0.0, turn.UNTURNED), way)
    if view.sure < _SURE_SHARE:
        for quarters in (1, 2, 3):
            turned, back = turn.quarter(given, quarters)
            sheet = _Sheet(turned, np.rot90(found.strength, quarters).copy(), 90.0 * quarters, back)
            other = _view(sheet, way)
            if other.quality > view.quality + _TURN_GAIN:
                view = other
    sheet = view.sheet
    made = (_line(tokens, view.scale, way) for tokens in _without_leftovers(_read_lines(view, way), sheet))
    return tuple(_turned_back(line, sheet, picture) for line in made if line is not None), sheet.rotation


def _turned_back(line: Line, sheet: _Sheet, given: Picture) -> Line:
    """Return a line of the upright sheet as it lies in the picture that was given."""
    digits = tuple(
        d if d.box is None else d.placed(turn.turned_back(d.box, sheet.back, given.reduction), given.size)
        for d in line.digits
    )
    own = turn.turned_back(line.box, sheet.back, given.reduction)
    return replace(line, digits=digits).placed(own, given.size)


@dataclass(frozen=True, eq=False)
class _View:
    """A sheet at first sight: each line's separators and questions, and what each piece asked about seems to be."""

    sheet: _Sheet
    scale: float
    lines: list[tuple[list[_Token], list[Question]]]
    seen: list[Seen]

    @property
    def questions(self) -> list[Question]:
        """What is asked about all lines."""
        return [q for _, questions in self.lines for q in questions]

    @property
    def sure(self) -> float:
        """Which share of the pieces are surely digits."""
        return sum(one.confidence > 0.9 for one in self.seen) / max(len(self.seen), 1)

    @property
    def quality(self) -> float:
        """How good a reading it is. A 1 says nothing about which way is up: a dash, a rule, a minus on its side is one."""
        digits = (one for one in self.seen if not one.stranger and one.best != 1)
        return sum(one.confidence - 0.5 for one in digits)


def _view(sheet: _Sheet, way: Way) -> _View:
    """Look at a sheet, set upright if its lines are askew."""
    found = components.find(sheet.strength)
    arranged = lines.arrange(found)
    angle = lines.skew(arranged)
    if abs(angle) > turn.LEAST_SKEW:
        picture, strength, back = turn.skewed(sheet.picture, sheet.strength, angle)
        sheet = _Sheet(picture, strength, sheet.rotation + angle, turn.after(back, sheet.back))
        found = components.find(sheet.strength)
        arranged = lines.arrange(found)
    asked = [_sorted(line, found.scale) for line in arranged]
    return _View(sheet, found.scale, asked, pieces.look([q for _, questions in asked for q in questions], way.net))


def _read_lines(view: _View, way: Way) -> list[list[_Token]]:
    """Return what stands in each line, left to right."""
    answers = iter(pieces.look_closer(view.questions, view.seen, way.net))
    read_lines = []
    for marks, questions in view.lines:
        seen = [one for _ in questions for one in next(answers)]
        tokens = [_token(one, seen, view.sheet.picture, way) for one in seen]
        read_lines.append(sorted((*marks, *tokens), key=lambda token: token.left + token.right))
    return read_lines


def _without_leftovers(read_lines: list[list[_Token]], sheet: _Sheet) -> list[list[_Token]]:
    """Return the tokens of each line, with a space for each digit that is the rest of something else."""
    digits = [[token.digit for token in tokens if token.digit is not None] for tokens in read_lines]
    rest = leftovers.among(digits, sheet.picture, straight=sheet.rotation % 90 == 0)
    return [
        [_Token(" ", None, token.left, token.right) if token.digit in rest else token for token in tokens]
        for tokens in read_lines
    ]


def _sorted(line: list[Piece], scale: float) -> tuple[list[_Token], list[Question]]:
    """Return the separators of a line, and the pieces of it that the network is to be asked about."""
    tall = [p for p in line if p.height >= lines.MARK * scale]
    small = [p for p in line if p.height < lines.MARK * scale]
    marks: list[_Token] = []
    fragments: list[Piece] = []
    asked: list[Piece] = []
    for upper, lower in _one_above_the_other(small):
        if mark := separators.stacked(upper, lower, tall, scale):
            small = [p for p in small if p is not upper and p is not lower]
            marks.append(_Token(mark, None, *_columns(upper, lower)))
    for piece in small:
        if mark := separators.of_small(piece, tall, scale):
            marks.append(_Token(mark, None, *_columns(piece)))
        else:
            fragments.append(piece)
    for piece in tall:
        if piece not in (tall[0], tall[-1]) and separators.is_slash(piece, tall):
            marks.append(_Token("/", None, *_columns(piece)))
        elif len(tall) > 1 and separators.is_bracket(piece, tall):
            marks.append(_Token(" ", None, *_columns(piece)))
        else:
            asked.append(piece)
    close = [a if b.box[0] - a.box[2] <= _CLOSE * scale else None for a, b in pairwise(asked)]
    return marks, [
        Question(piece, _beside(piece, fragments, scale), asked[i + 1] if i < len(close) and close[i] else None)
        for i, piece in enumerate(asked)
    ]


def _one_above_the_other(small: list[Piece]) -> list[tuple[Piece, Piece]]:
    """Return neighbours of a line's small pieces, left to right, as (upper, lower): no piece is in two of the pairs."""
    pairs: list[tuple[Piece, Piece]] = []
    rest = sorted(small, key=lambda p: p.box[0] + p.box[2])
    while len(rest) > 1:
        first, second = rest[0], rest[1]
        shared = min(first.box[2], second.box[2]) - max(first.box[0], second.box[0])
        if shared > 0:
            pairs.append((first, second) if first.middle < second.middle else (second, first))
        rest = rest[2 if shared > 0 else 1 :]
    return pairs


def _columns(*pieces: Piece) -> tuple[int, int]:
    """Return from where to where pieces go."""
    return min(p.box[0] for p in pieces), max(p.box[2] for p in pieces)


def _beside(piece: Piece, fragments: list[Piece], scale: float) -> list[Piece]:
    """Return the fragments right beside a piece, in its upper half: a 5's bar, the end of a 7's."""
    left, top, right, bottom = piece.box
    reach = 0.35 * scale
    return [
        f
        for f in fragments
        if left - reach < (f.box[0] + f.box[2]) / 2 < right + reach + f.width / 2
        and top - reach < f.middle < (top + bottom) / 2
    ]


def _token(seen: Seen, line: list[Seen], picture: Picture, way: Way) -> _Token:
    """Return a tall piece as a digit, or as a space where it is none; `line` is all that was seen in its line."""
    own = seen.piece
    if seen.stranger:
        return _Token(" ", None, own.box[0], own.box[2])
    beliefs = seen.beliefs
    if seen.best == 1 and seen not in (line[0], line[-1]) and separators.may_be_slash(own, [one.piece for one in line]):
        beliefs = replace(beliefs, confidence=beliefs.confidence * np.float32(0.5))
    digit = decide.decide(beliefs, seen.row, seen.glyph, picture.in_full(own.box), picture.name, way.threshold)
    return _Token("?" if digit.label is None else str(digit.label), digit, own.box[0], own.box[2])


def _line(tokens: list[_Token], scale: float, way: Way) -> Line | None:
    """Return a line's tokens as a Line, or None where none of them is a digit."""
    digits = tuple(t.digit for t in tokens if t.digit is not None)
    if not digits:
        return None
    boxes = np.array([d.box for d in digits])
    left, top = (int(v) for v in boxes[:, :2].min(axis=0))
    right, bottom = (int(v) for v in boxes[:, 2:].max(axis=0))
    confidence = float(np.prod([d.confidence for d in digits]))
    line = Line(_text(tokens, scale), digits, confidence, (left, top, right, bottom))
    return narrowing.narrowed(line, way.expected, way.threshold) if way.expected else line


def _text(tokens: list[_Token], scale: float) -> str:
    """Return a line's text: one space for each gap between numbers and for each run of what is not a digit."""
    gaps = [b.left - a.right for a, b in pairwise(tokens)]
    # Digits may stand far apart in their boxes; but two gaps do not tell what is usual.
    usual = float(np.median(gaps)) if len(gaps) > 2 else 0.0
    wide = max(1.2 * scale, 2.2 * usual)
    text = tokens[0].text
    for token, gap in zip(tokens[1:], gaps, strict=True):
        text += (" " if gap > wide else "") + token.text
    return " ".join(text.split())
