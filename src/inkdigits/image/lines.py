"""Pieces → lines in reading order: left to right in a line, lines from top to bottom."""

from __future__ import annotations

import numpy as np

from inkdigits.image.components import Piece, Pieces

MARK = 0.45  # pieces lower than this share of the digits' height are marks: points, commas, dashes


def arrange(found: Pieces) -> list[list[Piece]]:
    """Return the pieces as lines in reading order.

    Neighbours are linked from left to right where their rows overlap; chains that run at the same height are one line,
    however far apart. A chain follows a line that climbs or falls, which a fixed band of rows would not.
    """
    tall = [p for p in found.pieces if p.height >= MARK * found.scale]
    small = [p for p in found.pieces if p.height < MARK * found.scale]
    chains: list[list[Piece]] = []
    for piece in sorted(tall, key=lambda p: p.box[0]):
        best, distance = None, 6.0 * found.scale
        for chain in chains:
            last = chain[-1]
            gap = piece.box[0] - last.box[2]
            if _overlap(last, piece) >= 0.45 and abs(last.middle - piece.middle) < 0.6 * found.scale and gap < distance:
                best, distance = chain, gap
        if best is None:
            chains.append([piece])
        else:
            best.append(piece)
    lines = _merged(chains, found.scale)
    for piece in small:
        nearest = _line_of(piece, lines, found.scale) or _line_of_other_point(piece, lines, found.scale)
        if nearest is not None:
            nearest.append(piece)
    for line in lines:
        line.sort(key=lambda p: p.box[0] + p.box[2])
    return sorted(lines, key=lambda line: float(np.mean([p.middle for p in line])))


def skew(lines: list[list[Piece]]) -> float:
    """Return by how many degrees the lines fall to the right: turn by that, counter-clockwise. 0 if nothing tells.

    The median over lines of at least four pieces of the slope of their feet, at most 20 degrees.
    """
    slopes, weights = [], []
    for line in lines:
        tall = [p for p in line if p.height >= 0.6 * max(q.height for q in line)]
        if len(tall) >= 4:
            x = np.array([(p.box[0] + p.box[2]) / 2 for p in tall])
            y = np.array([p.box[3] for p in tall], np.float64)
            slopes.append(float(np.polyfit(x, y, 1)[0]))
            weights.append(len(tall))
    if not slopes:
        return 0.0
    angle = float(np.degrees(np.arctan(np.median(np.repeat(slopes, weights)))))
    return angle if abs(angle) <= 20 else 0.0


def _overlap(a: Piece, b: Piece) -> float:
    """Return the share of the lower piece's rows that the other has too."""
    shared = min(a.box[3], b.box[3]) - max(a.box[1], b.box[1])
    return shared / max(min(a.height, b.height), 1)


def _merged(chains: list[list[Piece]], scale: float) -> list[list[Piece]]:
    """Join chains that follow each other at the same height."""
    lines: list[list[Piece]] = []
    for chain in sorted(chains, key=lambda c: c[0].box[0]):
        for line in lines:
            apart = chain[0].box[0] >= line[-1].box[2] - 0.3 * scale
            level = abs(float(np.mean([p.middle for p in line])) - float(np.mean([p.middle for p in chain])))
            if apart and level < 0.5 * scale:
                line.extend(chain)
                break
        else:
            lines.append(list(chain))
    return lines


def _line_of(piece: Piece, lines: list[list[Piece]], scale: float) -> list[Piece] | None:
    """Return the line that a small mark belongs to: the one whose nearest piece is beside it, at its rows or just below."""
    best, distance = None, 1.5 * scale
    for line in lines:
        near = min(line, key=lambda p: _gap(p, piece))
        if near.box[1] - 0.15 * scale <= piece.middle <= near.box[3] + 0.35 * scale:
            gap = _gap(near, piece)
            if gap < distance:
                best, distance = line, gap
    return best


def _line_of_other_point(piece: Piece, lines: list[list[Piece]], scale: float) -> list[Piece] | None:
    """Return the line that has a mark of the same size right above or below: both points of a colon, strokes of a "="."""
    for line in lines:
        near = [
            p for p in line if p.height < MARK * scale and _gap(p, piece) == 0 and abs(p.middle - piece.middle) <= scale
        ]
        if len(near) == 1 and _alike(near[0].height, piece.height) and _alike(near[0].width, piece.width):
            return line
    return None


def _alike(a: int, b: int) -> bool:
    return max(a, b) <= 2 * min(a, b)


def _gap(a: Piece, b: Piece) -> float:
    return max(a.box[0] - b.box[2], b.box[0] - a.box[2], 0)
