"""Small marks and straight strokes between digits: what they are by their shape and place."""

from __future__ import annotations

from typing import Literal

import numpy as np

from inkdigits.image.components import Piece

Mark = Literal[".", ",", "-", "/", ":", ""]


def of_small(piece: Piece, line: list[Piece], scale: float) -> Mark:
    """Return what a small piece is in a line of digits: a point, a comma, a dash, or "" for a stray fragment.

    A point lies at the foot of the digits; a comma is higher than wide or hangs below it; a dash is flat, at mid-height.
    Underlines are no separators.
    """
    near = min(line, key=lambda p: abs(p.box[0] + p.box[2] - piece.box[0] - piece.box[2]))
    foot, head = near.box[3], near.box[1]
    height = max(foot - head, 1)
    place = (piece.middle - head) / height  # 0 at the head of its neighbour, 1 at its foot
    if piece.width >= 1.6 * piece.height and piece.width >= 0.2 * scale and 0.25 <= place <= 0.8:
        return "-"
    if place < 0.62:
        return ""
    # A flat stroke at the foot is an underline, and so is what lies under a digit rather than beside it.
    flat = piece.width >= 1.5 * piece.height and piece.width >= 0.45 * scale
    if flat or any(_under(piece, p) for p in line):
        return ""
    hangs = piece.box[3] > foot + 0.08 * scale
    if piece.height >= 1.35 * piece.width and (piece.height >= 0.18 * scale or hangs):
        return ","
    return "," if hangs and piece.height >= 0.2 * scale else "."


def _under(piece: Piece, other: Piece) -> bool:
    """Tell whether most of a piece's columns are another's, and it lies below that one's foot, nearly."""
    shared = min(piece.box[2], other.box[2]) - max(piece.box[0], other.box[0])
    return shared > 0.7 * piece.width and piece.box[1] > other.box[3] - 0.1 * other.height


def is_slash(piece: Piece, line: list[Piece]) -> bool:
    """Tell whether a tall piece is a slash: straight, thin, and leaning further than handwriting does."""
    mask = piece.strength > 127
    rows, columns = np.nonzero(mask)
    if len(rows) < 8 or np.ptp(rows) < 8:
        return False
    slope, start = np.polyfit(rows, columns, 1)
    spread = float(np.abs(columns - (slope * rows + start)).mean())
    angle = float(np.degrees(np.arctan(-slope)))
    # Handwriting leans up to 30 degrees, its ones with it; a slash leans as far and stands out, or leans further.
    leans = angle >= 42 or (angle >= 26 and _taller(piece, line, 1.2)) or (angle >= 14 and _taller(piece, line, 1.4))
    return spread < 0.08 * piece.height and leans


def is_bracket(piece: Piece, line: list[Piece]) -> bool:
    """Tell whether a tall piece is a parenthesis: one thin, bowed stroke; taller than the digits, or far more bowed."""
    rows, columns = np.nonzero(piece.strength > 127)
    if len(rows) < 8 or np.ptp(rows) < 8:
        return False
    curve = np.polyfit(rows, columns, 2)
    spread = float(np.abs(columns - np.polyval(curve, rows)).mean())
    bow = abs(float(curve[0])) * piece.height / 4  # of a parabola over its chord, as a share of the height
    return spread < 0.04 * piece.height and bow >= (0.12 if _taller(piece, line, 1.2) else 0.17)


def _taller(piece: Piece, line: list[Piece], times: float) -> bool:
    """Tell whether a piece is so many times as tall as the others of its line."""
    others = [p.height for p in line if p is not piece]
    return not others or piece.height >= times * float(np.median(others))
