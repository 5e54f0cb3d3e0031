"""A picture with any number of digits → lines of digits: `read`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from inkdigits import network
from inkdigits.image import components, ink, lines, normalise
from inkdigits.image.components import Piece
from inkdigits.image.load import Picture, Source, load
from inkdigits.reading import cuts, decide, separators
from inkdigits.reading.decide import Beliefs, Trust
from inkdigits.results import Digit, Line, Page


@dataclass(frozen=True, eq=False)
class _Token:
    """What stands at one place of a line: a digit, or text (a separator, a space), with the columns that it covers."""

    text: str
    digit: Digit | None
    left: int
    right: int


def read(source: Source, *, model: str | os.PathLike[str] = network.DEFAULT, trust: Trust = "normal") -> Page:
    """Read the digits in a picture, line by line.

    `source`, `model` and `trust` are as in `classify`. A picture without digits gives a page without lines.
    Raises InputError if the source holds no picture or the model cannot be used.
    """
    decide.check_trust(trust)
    net = network.load(model)
    picture = load(source)
    found = ink.extract(picture.pixels)
    pieces = components.Pieces([], 0.0) if found is None else components.find(found.strength)
    read_lines = [_read_line(line, pieces.scale, picture, net, trust) for line in lines.arrange(pieces)]
    return Page(tuple(x for x in read_lines if x is not None), picture.name, picture.pixels, picture.size)


def _read_line(line: list[Piece], scale: float, picture: Picture, net: network.Network, trust: Trust) -> Line | None:
    """Return a line of digits, or None where no piece of it is one."""
    tall = [p for p in line if p.height >= 0.45 * scale]
    tokens: list[_Token] = []
    for piece in line:
        if piece.height < 0.45 * scale:
            mark = separators.of_small(piece, tall, scale)
            if mark:
                tokens.append(_Token(mark, None, piece.box[0], piece.box[2]))
        else:
            tokens += _tokens(piece, tall, scale, picture, net, trust)
    digits = tuple(t.digit for t in tokens if t.digit is not None)
    if not digits:
        return None
    boxes = np.array([d.box for d in digits])
    box = (*(int(v) for v in boxes[:, :2].min(axis=0)), *(int(v) for v in boxes[:, 2:].max(axis=0)))
    confidence = float(np.prod([d.confidence for d in digits]))
    return Line(_text(tokens, scale), digits, confidence, (box[0], box[1], box[2], box[3]))


def _tokens(
    piece: Piece, line: list[Piece], scale: float, picture: Picture, net: network.Network, trust: Trust
) -> list[_Token]:
    """Return what a tall piece is: a digit, a slash, several touching digits, or a space for what is none of them."""
    if len(line) > 1 and separators.is_slash(piece, line):
        return [_Token("/", None, piece.box[0], piece.box[2])]
    parts = cuts.candidates(piece, scale)
    glyphs = np.stack([normalise.glyph(part.piece.strength) for part in parts])
    beliefs = decide.believe(net.probabilities(glyphs), net.temperature)
    tokens = []
    for i in cuts.best(parts, beliefs.confidence):
        own = parts[i].piece
        digit = _digit(own, glyphs[i], beliefs, i, picture, net.thresholds[trust])
        # Letters and signs are not read as digits at any level of trust: a page has them, and nobody asked for them.
        is_other = float(beliefs.stranger[i]) > digit.confidence
        text = " " if is_other else "?" if digit.label is None else str(digit.label)
        tokens.append(_Token(text, None if is_other else digit, own.box[0], own.box[2]))
    return tokens


def _digit(
    part: Piece, glyph: npt.NDArray[np.uint8], beliefs: Beliefs, row: int, picture: Picture, threshold: float
) -> Digit:
    x, y = picture.reduction
    left, top, right, bottom = part.box
    box = (int(left * x), int(top * y), min(picture.size[0], round(right * x)), min(picture.size[1], round(bottom * y)))
    return decide.decide(beliefs, row, glyph, box, picture.name, threshold)


def _text(tokens: list[_Token], scale: float) -> str:
    """Return a line's text: one space for each gap between numbers and for each run of what is not a digit."""
    gaps = [b.left - a.right for a, b in pairwise(tokens)]
    usual = float(np.median(gaps)) if gaps else 0.0
    wide = max(1.2 * scale, 2.2 * usual)
    text = tokens[0].text
    for token, gap in zip(tokens[1:], gaps, strict=True):
        text += (" " if gap > wide else "") + token.text
    return " ".join(_colons(text).split())


def _colons(text: str) -> str:
    return text.replace("..", ":")
