"""The ink of slots → what is written in each: probabilities of texts, by the networks that read pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits import network
from inkdigits.forms import decoding, mosaic
from inkdigits.forms.decoding import Posterior
from inkdigits.forms.ink import RES, Grey
from inkdigits.forms.mosaic import Ink, Tile
from inkdigits.forms.places import Slot
from inkdigits.image.normalise import SIDE, glyph
from inkdigits.locating import locate, numbers
from inkdigits.locating.upright import Upright
from inkdigits.options import AskedInk
from inkdigits.recognising import cuts, decide, number, page
from inkdigits.recognising.automata import Walk
from inkdigits.recognising.cuts import Marks
from inkdigits.recognising.lattice import Node
from inkdigits.recognising.page import Seen, Way

Values = npt.NDArray[np.float64]

_DIGITS = "0123456789"
# A box without ink is empty but for one in a thousand (ink that was taken for print); one with a stroke as large as a
# digit is not, but for one in a hundred; of one with a dot or a dash that may be either, half are.
_BARE, _SMALL, _FULL = 0.999, 0.5, 0.01
_SEEN = 0.5  # probability that a mark is a digit from which the digit network need not look at the ink of a box itself
_UNREAD = 0.5  # probability that a text is right which leaves a stroke as large as a digit unread
_TALL = 0.55  # of a digit's height, from which a stroke is as large as one
_BESIDE = 0.3  # and from which a second digit in a box is one


@dataclass(frozen=True, eq=False)
class Written:
    """What is written in a slot.

    `posterior` has its texts; `empty` is the probability that nothing is written there; `crowded` tells that more
    stands in it than it has room for: two digits in a box, two lines.
    """

    posterior: Posterior
    empty: float
    crowded: bool = False


EMPTY = Written(Posterior((), 0.0), _BARE)


@dataclass(frozen=True, eq=False)
class Asked:
    """A slot that is to be read: its place, its ink, which ink is meant, and what may be written there.

    `to_the_last` says that its last box is filled, if any is (see `decoding.texts_in_boxes`).
    """

    slot: Slot
    ink: Ink
    kind: AskedInk
    walk: Walk
    to_the_last: bool = False


def read(asked: Sequence[Asked], net: network.Network) -> list[Written]:
    """Return what is written in slots, all of one sheet: those without ink are empty."""
    made = [EMPTY] * len(asked)
    for kind in sorted({one.kind for one in asked}):
        mine = [i for i, one in enumerate(asked) if one.kind == kind]
        pictures, tiles = mosaic.compose([asked[i].ink for i in mine])
        way = Way(net, 0.0, None, kind)
        for which, picture in enumerate(pictures):
            own = [tile for tile in tiles if tile.picture == which]
            for tile, written in zip(own, _read(picture, own, [asked[mine[t.slot]] for t in own], way), strict=True):
                made[mine[tile.slot]] = written
    return made


def _read(picture: Grey, tiles: Sequence[Tile], asked: Sequence[Asked], way: Way) -> list[Written]:
    """Return what is written in the slots of a picture."""
    up = Upright(picture, locate.at_scale(picture), 0.0, np.eye(2, 3))
    seen = page.see(up, way)
    chosen = page.chosen_marks(seen)
    centres = up.located.found.centres.astype(np.float64)
    rows = [row for tile in tiles for row in numbers.rows(up.located.found, chosen & tile.holds(centres))]
    if rows and number.is_there():
        up, seen, rows, _ = page.reread(up, seen, rows, way)
    chosen = np.zeros(len(seen.found), bool)
    chosen[[mark for row in rows for part in row.numbers for mark in part]] = True
    every, marks = page.with_alternatives(up, seen, chosen, way)
    centres = every.found.centres.astype(np.float64)
    in_tile = [tile.holds(centres) for tile in tiles]
    made = []
    for tile, one, mine in zip(tiles, asked, in_tile, strict=True):
        if one.slot.boxes:
            made.append(_in_boxes(one, tile, every, marks, np.flatnonzero(mine), way))
        else:
            own = [row for row in rows if mine[row.numbers[0][0]]]
            made.append(_on_line(one, tile, own, every, marks))
    return made


def _on_line(one: Asked, tile: Tile, rows: list[numbers.Row], every: Seen, marks: Marks) -> Written:
    """Return what is written in free space: the row that is most surely one, in the slot."""
    centres = every.found.centres.astype(np.float64)
    left, top, width, height = one.slot.rect

    def worth(row: numbers.Row) -> float:
        own = [mark for part in row.numbers for mark in part]
        x, y = tile.to_field(centres[own]).T
        inside = (x > left) & (x < left + width) & (y > top - 0.25 * height) & (y < top + 1.25 * height)
        return float((marks.present[own] * inside).sum())

    ranked = sorted(((worth(row), i) for i, row in enumerate(rows)), reverse=True)
    if not ranked or ranked[0][0] <= 0:
        stroke = max(one.ink.strokes)
        return Written(Posterior((), 0.0), _SMALL if not mosaic.may_be_digit(stroke) else _FULL)
    row = rows[ranked[0][1]]
    posterior = decoding.texts(cuts.lattice(row, marks).pieces, one.walk)
    boxes = every.found.boxes[[mark for part in row.numbers for mark in part]].astype(np.float64)
    if _leaves_ink(one, tile.to_field(boxes[:, :2]), tile.to_field(boxes[:, 2:])):
        posterior = posterior.times(_UNREAD)
    sure = max(float(marks.present[mark]) for part in row.numbers for mark in part)
    crowded = len(ranked) > 1 and ranked[1][0] > _SEEN
    return Written(posterior, _FULL * (1 - sure), crowded)


def _leaves_ink(one: Asked, low: Values, high: Values) -> bool:
    """Tell whether a stroke of free space as large as a digit is in none of the boxes of marks, (N, 2) corners each."""
    dark = 255 - one.ink.picture
    inked = dark > 0.45 * max(float(np.quantile(dark, 0.99)), 80.0)  # `mosaic` has made a faint pen dark
    _, _, stats, centres = cv2.connectedComponentsWithStats(inked.astype(np.uint8), connectivity=8)
    tall = stats[:, cv2.CC_STAT_HEIGHT] >= _TALL * one.ink.digit * RES
    left, top, width, height = one.slot.rect
    for x, y in (centres[1:][tall[1:]] + 0.5) / RES + np.array(one.ink.origin):
        mine = left < x < left + width and top < y < top + height
        if mine and not ((x > low[:, 0]) & (x < high[:, 0]) & (y > low[:, 1]) & (y < high[:, 1])).any():
            return True
    return False


def _in_boxes(one: Asked, tile: Tile, every: Seen, marks: Marks, mine: npt.NDArray[np.intp], way: Way) -> Written:
    """Return what is written in boxes: each mark is given to the box that it stands in."""
    found = every.found
    digits = mine[[marks.is_digit(int(mark)) for mark in mine]] if len(mine) else mine
    places = tile.to_field(found.centres[digits].astype(np.float64))
    nodes, crowded = [], False
    alone = _by_glyph(one, way)
    for k, (left, top, width, height) in enumerate(one.slot.boxes):
        stroke = one.ink.strokes[k]
        x, y = places.T
        inside = (x >= left) & (x < left + width) & (y > top - 0.2 * height) & (y < top + 1.2 * height)
        own = digits[inside]
        own = own[np.argsort(-marks.present[own], kind="stable")]
        if mosaic.is_speck(stroke):
            nodes.append(Node(k, _DIGITS, np.full(10, (1 - _BARE) / 10), _BARE))
            continue
        nothing = _FULL if mosaic.may_be_digit(stroke) else _SMALL
        present, shares = (float(marks.present[own[0]]), marks.shares[own[0]]) if len(own) else (0.0, np.full(10, 0.1))
        unseen = present < _SEEN and mosaic.may_be_digit(stroke)
        taken = _both(present, shares, alone[k]) if unseen else present * shares
        nodes.append(Node(k, _DIGITS, taken, nothing * (1 - float(taken.sum()))))
        read = [int(mark) for mark in own if marks.read[mark]]
        crowded |= len(read) > 1 and float(marks.present[read[1]]) > _BESIDE
    empty = float(np.prod([node.left_out for node in nodes]))
    return Written(decoding.texts_in_boxes(nodes, one.walk, one.to_the_last), empty, crowded)


def _both(present: float, shares: Values, alone: Values) -> Values:
    """Return how probably a box holds each digit: as the locator's mark says or its ink alone, whichever is surer."""
    by_mark = present * shares
    return by_mark if by_mark.max() >= alone.max() else alone


def _by_glyph(one: Asked, way: Way) -> list[Values]:
    """Return what the digit network says of the ink of each box, without the locator: how probably it is each digit."""
    glyphs = np.stack([_glyph(one, rect) for rect in one.slot.boxes])
    beliefs = decide.believe(way.net.probabilities(glyphs), way.net.temperature)
    sure = 1 - beliefs.not_digit.astype(np.float64)
    return list(beliefs.digits.astype(np.float64) * sure[:, None])


def _glyph(one: Asked, rect: tuple[float, float, float, float]) -> npt.NDArray[np.uint8]:
    left, top, width, height = rect
    low = np.round((np.array([left, top]) - one.ink.origin) * RES).astype(int)
    high = np.round((np.array([left + width, top + height]) - one.ink.origin) * RES).astype(int)
    dark = 255 - one.ink.picture[max(low[1], 0) : high[1], max(low[0], 0) : high[0]].astype(np.int32)
    inked = dark > max(0.35 * int(dark.max(initial=0)), 40)
    if not inked.any():
        return np.zeros((SIDE, SIDE), np.uint8)
    ys, xs = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    strength = dark[ys[0] : ys[-1] + 1, xs[0] : xs[-1] + 1] * 255 // max(int(np.quantile(dark[inked], 0.7)), 1)
    return glyph(np.ascontiguousarray(np.clip(strength, 0, 255).astype(np.uint8)))
