"""Small marks and straight strokes between digits: what they are by their shape and place."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np

from inkdigits.image.components import Piece

Mark = Literal[".", ",", "-", "/", ":", " ", ""]

_FLAT = 1.6  # so many times wider than high is a dash


def of_small(piece: Piece, line: list[Piece], scale: float) -> Mark:
    """Return what a small piece is in a line of digits: a point, a comma, a dash, or "" for a stray fragment.

    A point lies at the foot of the digits; a comma is higher than wide or hangs below it; a dash is flat, at mid-height.
    Underlines are no separators.
    """
    near = _nearest(piece, line)
    foot, head = near.box[3], near.box[1]
    height = max(foot - head, 1)
    place = (piece.middle - head) / height  # 0 at the head of its neighbour, 1 at its foot
    if piece.width >= _FLAT * piece.height and piece.width >= 0.2 * scale and 0.25 <= place <= 0.8:
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


def _nearest(piece: Piece, line: list[Piece]) -> Piece:
    """Return the piece of a line whose middle column is nearest to another's."""
    return min(line, key=lambda p: abs(p.box[0] + p.box[2] - piece.box[0] - piece.box[2]))


def _under(piece: Piece, other: Piece) -> bool:
    """Tell whether most of a piece's columns are another's, and it lies below that one's foot, nearly."""
    shared = min(piece.box[2], other.box[2]) - max(piece.box[0], other.box[0])
    return shared > 0.7 * piece.width and piece.box[1] > other.box[3] - 0.1 * other.height


def stacked(upper: Piece, lower: Piece, tall: list[Piece], scale: float) -> Mark:
    """Return what two small pieces are together, one above the other between digits: a colon, or " " for an equals sign.

    "" where they have nothing to do with each other.
    """
    widths, heights = (upper.width, lower.width), (upper.height, lower.height)
    shared = min(upper.box[2], lower.box[2]) - max(upper.box[0], lower.box[0])
    apart = lower.middle - upper.middle
    alike = max(widths) <= 2.5 * min(widths) and shared >= 0.5 * min(widths) and apart > 0.4 * sum(heights)
    if not alike or apart > 0.9 * scale or any(_over(piece, p) for p in tall for piece in (upper, lower)):
        return ""
    near = _nearest(upper, tall)
    within = near.box[1] - 0.1 * near.height <= upper.middle and lower.middle <= near.box[3] + 0.1 * near.height
    if not within:
        return ""
    if all(w >= _FLAT * h and w >= 0.2 * scale for w, h in zip(widths, heights, strict=True)):
        return " "
    round_ = all(w < _FLAT * h and h < _FLAT * w and h <= 0.35 * scale for w, h in zip(widths, heights, strict=True))
    return ":" if round_ and max(heights) <= 2.5 * min(heights) and apart >= 0.2 * scale else ""


def _over(piece: Piece, other: Piece) -> bool:
    """Tell whether half of a piece's columns are another's."""
    return min(piece.box[2], other.box[2]) - max(piece.box[0], other.box[0]) > 0.5 * piece.width


def is_slash(piece: Piece, line: list[Piece]) -> bool:
    """Tell whether a tall piece is a slash: straight, thin, and leaning further than the handwriting does."""
    leaning = _stroke(piece)
    if leaning is None:
        return False
    # Handwriting leans up to 30 degrees, its ones with it; a slash leans as far and stands out, or leans further.
    return (
        leaning >= 42 or (leaning >= 26 and _taller(piece, line, 1.2)) or (leaning >= 14 and _taller(piece, line, 1.4))
    )


def may_be_slash(piece: Piece, line: list[Piece]) -> bool:
    """Tell whether a 1 may as well be a slash: as tall as the digits of its line, it leans 20 degrees further than they do.

    So do three of a hundred of MNIST's ones, held against other digits by the same writers.
    """
    leaning = _stroke(piece)
    others = [_slant(p) for p in line if p is not piece and _stroke(p) is None]
    return leaning is not None and leaning >= 28 and bool(others) and leaning - float(np.median(others)) >= 20


def _stroke(piece: Piece) -> float | None:
    """Return by how many degrees a straight, thin stroke leans to the right, or None for what is no such stroke."""
    rows, columns = np.nonzero(piece.strength > 127)
    if len(rows) < 8 or np.ptp(rows) < 8:
        return None
    slope, start = np.polyfit(rows, columns, 1)
    spread = float(np.abs(columns - (slope * rows + start)).mean())
    return float(np.degrees(np.arctan(-slope))) if spread < 0.08 * piece.height else None


def _slant(piece: Piece) -> float:
    """Return by how many degrees a piece leans to the right, by its moments."""
    moments = cv2.moments(piece.strength)
    return float(np.degrees(np.arctan2(-moments["mu11"], max(moments["mu02"], 1e-9))))


def is_cross(piece: Piece) -> bool:
    """Tell whether a piece is a plus or a times sign: ink in its middle, and either at its sides or in its corners."""
    if not 0.5 <= piece.width / piece.height <= 2:
        return False
    ink = np.asarray(cv2.resize(piece.strength, (24, 24), interpolation=cv2.INTER_AREA) > 96, np.float32)
    ends, centre = (slice(0, 7), slice(17, 24)), slice(8, 16)
    corners = [float(ink[rows, columns].mean()) for rows in ends for columns in ends]
    sides = [float(side.mean()) for side in (ink[:5, centre], ink[19:, centre], ink[centre, :5], ink[centre, 19:])]
    full, bare = (sides, corners) if sum(sides) > sum(corners) else (corners, sides)
    return min(full) >= 0.12 and max(bare) <= 0.5 * min(full) and float(ink[10:14, 10:14].mean()) > 0.5


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
