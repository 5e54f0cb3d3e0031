"""Digits that were located → glyphs: the ink of one digit alone, without rulings, print or neighbours, in MNIST's form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.image.normalise import SIDE, glyph
from inkdigits.locating.locate import Located, Pass
from inkdigits.locating.maps import FIRST_SEPARATOR, INK_STRIDE, sigmoid
from inkdigits.locating.peaks import Found

Map = npt.NDArray[np.float32]

_AROUND = 0.3  # of a box's height, around it: tails that the box has missed
_BARE, _INKED = 0.2, 0.5  # probability of ink below which a pixel is paper, and above which it is ink
# Share of a connected piece of ink that must lie nearer to a digit than to its neighbours for all of it to belong to it.
_OWN = 0.85
# And the share of it that must lie within the box, which may be so many times too small: what only reaches in is not its.
_INSIDE, _EDGE = 0.4, 1.15
_SEPARATOR = 0.3  # score of a separator that is sure enough to own ink
_FAR = -1e4  # pixels: where boxes are put that have no share of any ink


def glyphs(
    located: Located, rows: npt.NDArray[np.intp], instead_of: Mapping[int, npt.NDArray[np.intp]] | None = None
) -> npt.NDArray[np.uint8]:
    """Return the glyphs of some of the marks, uint8 (N, 28, 28), white ink on black; one without ink is black.

    `instead_of` are the marks in whose place a mark stands: they have no share of its ink.
    """
    made = np.zeros((len(rows), SIDE, SIDE), np.uint8)
    for number, one in enumerate(located.passes):
        mine = np.flatnonzero(located.of_pass[rows] == number)
        if len(mine):
            boxes = _in_pass(located.found, one)
            for i in mine:
                row = int(rows[i])
                others = boxes
                if instead_of and row in instead_of:
                    others = boxes.copy()
                    others[instead_of[row]] = _FAR
                made[i] = _glyph(one, row, others, int(located.found.kinds[row]))
    return made


def _in_pass(found: Found, one: Pass) -> Map:
    """Return the boxes of all digits and separators in a pass's pixels; what may be none is far away."""
    across, down = one.scale
    x, y = one.corner
    boxes = found.boxes * np.array([across, down, across, down], np.float32) + np.array([x, y, x, y], np.float32)
    boxes[(found.kinds >= FIRST_SEPARATOR) & (found.scores < _SEPARATOR)] = _FAR
    return np.asarray(boxes, np.float32)


def _glyph(one: Pass, row: int, boxes: Map, layer: int) -> npt.NDArray[np.uint8]:
    left, top, right, bottom = boxes[row]
    reach = _AROUND * max(float(bottom - top), 8.0)
    height, width = one.grey.shape
    x1, y1 = max(0, int((left - reach) // 2) * 2), max(0, int((top - reach) // 2) * 2)
    x2, y2 = min(width, int((right + reach) // 2) * 2 + 2), min(height, int((bottom + reach) // 2) * 2 + 2)
    if x2 - x1 < 4 or y2 - y1 < 4:
        return np.zeros((SIDE, SIDE), np.uint8)
    strength = ink_strength(one, (x1, y1, x2, y2), layer)
    own = _own(strength, row, boxes, (x1, y1))
    inked = own > 90
    if not inked.any():
        return np.zeros((SIDE, SIDE), np.uint8)
    ys, xs = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    return glyph(np.ascontiguousarray(own[ys[0] : ys[-1] + 1, xs[0] : xs[-1] + 1]))


def ink_strength(one: Pass, place: tuple[int, int, int, int], layer: int) -> npt.NDArray[np.uint8]:
    """Return how strong the ink is in a part of a pass (left, top, right, bottom, even numbers), uint8, 255 the pen's own.

    Where there is ink, the ink map tells (`layer` 0 handwriting, 1 print); its edges and its polarity, the picture.
    """
    x1, y1, x2, y2 = place
    part = slice(y1 // INK_STRIDE, y2 // INK_STRIDE), slice(x1 // INK_STRIDE, x2 // INK_STRIDE)
    odds = one.maps.ink[(slice(None), *part)]
    size = (x2 - x1, y2 - y1)
    here = cv2.resize(sigmoid(odds[layer]), size, interpolation=cv2.INTER_LINEAR)
    any_ink = cv2.resize(sigmoid(odds.max(axis=0)), size, interpolation=cv2.INTER_LINEAR)
    light = one.grey[y1:y2, x1:x2].astype(np.float32)
    bare, inked = any_ink < _BARE, here > _INKED
    if not inked.any():
        inked = here >= max(0.15, float(np.quantile(here, 0.93)))
    if not inked.any() or not bare.any():
        return np.zeros(light.shape, np.uint8)
    paper = float(np.median(light[bare]))
    darker = paper - light
    if float(darker[inked].mean()) < 0:
        darker = -darker
    full = max(float(np.quantile(darker[inked], 0.7)), 1.0)
    mask = np.clip((here - 0.12) / 0.33, 0, 1)
    return np.asarray(np.rint(255 * np.clip(darker / full, 0, 1) * mask), np.uint8)


def _own(strength: npt.NDArray[np.uint8], row: int, boxes: Map, corner: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """Return the ink of one digit: pieces that hang together are given to the digit that they lie in, or shared out."""
    height, width = strength.shape
    x0, y0 = corner
    near = np.flatnonzero(
        (boxes[:, 0] < x0 + width) & (boxes[:, 2] > x0) & (boxes[:, 1] < y0 + height) & (boxes[:, 3] > y0)
    )
    xs, ys = np.arange(width) + x0 + 0.5, np.arange(height) + y0 + 0.5
    mine = _distance(boxes[row], xs, ys)
    others = [_distance(boxes[k], xs, ys) for k in near if k != row]
    owned = mine <= np.min(others, axis=0) if others else np.ones(strength.shape, bool)
    owned &= mine < 1.9  # far from the box nothing is a digit's
    count, pieces = cv2.connectedComponents((strength > 80).astype(np.uint8))
    total = np.maximum(np.bincount(pieces.ravel(), minlength=count), 1)
    share = np.bincount(pieces[owned], minlength=count) / total
    inside = np.bincount(pieces[mine < _EDGE], minlength=count) / total
    whole, none = share >= _OWN, (share <= 1 - _OWN) | (inside < _INSIDE)
    keep = np.where(pieces == 0, owned, ~none[pieces] & (whole[pieces] | owned))
    return np.where(keep, strength, 0).astype(np.uint8)


def _distance(box: Map, xs: npt.NDArray[np.floating[Any]], ys: npt.NDArray[np.floating[Any]]) -> npt.NDArray[Any]:
    """Return how far each pixel is from the middle of a box, 1 at its edges."""
    left, top, right, bottom = (float(v) for v in box)
    across = np.abs(xs - (left + right) / 2) / max((right - left) / 2, 2.0)
    down = np.abs(ys - (top + bottom) / 2) / max((bottom - top) / 2, 2.0)
    return np.asarray(np.maximum(across[None, :], down[:, None]))
