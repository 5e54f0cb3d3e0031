"""The slots of a sheet that hold ink → one picture for the networks, in which all digits are as high as they know best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.forms.ink import RES, Grey, Mask, Patch
from inkdigits.forms.places import Rect, Slot
from inkdigits.locating.locate import HEIGHT

_WIDTH = 1024  # pixels of a picture
_AREA = 2 << 20  # pixels of a picture; more slots go into a further one
_ACROSS, _DOWN = 80, 24  # pixels between slots: farther apart than the digits of a number
_MARGIN = 0.35  # of a slot's height, around it: strokes that leave it
_PAPER = 245
_PEN = 120  # darkness, of 255, that the strokes of a faint pen are given: the networks know those less well
_LEFT, _MOST_LEFT = 1.5, 0.35  # times what is left of print is paper; and so much of the strokes' darkness at most
_STROKES = 0.75  # quantile of the darkness of ink that is the strokes': the rest are their edges
_SPECK = 0.12  # of a box's height: what is smaller is no digit, nor part of one
_STROKE = 0.3  # and what is larger, or taller, may be a whole one
_DIGIT = 0.5  # of a box's height: what is so large in each of two slots is a digit in both
_NONE, _SHARED = -1, -2  # instead of the number of the slot that a stroke belongs to
_OWN = 0.5  # share of a stroke that must be in a slot for it to be the slot's
_LEAST_DIGIT, _MOST_DIGIT = 1.8, 16.0  # millimetres of a digit's height
_USUAL = 0.62  # of a box's height: a digit, where there is no ink to tell


@dataclass(frozen=True, eq=False)
class Tile:
    """A slot in a picture for the networks.

    `slot` is its number; it stands at `corner` (x, y) in picture number `picture`, and `scale` pixels there are one
    millimetre; `origin` (x, y) are the field's axes' millimetres at its left upper corner; `size` in pixels.
    """

    slot: int
    picture: int
    corner: tuple[int, int]
    scale: float
    origin: tuple[float, float]
    size: tuple[int, int]

    def to_field(self, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return points of the picture, (N, 2), in the field's axes."""
        return np.asarray((points - np.array(self.corner)) / self.scale + np.array(self.origin))

    def holds(self, points: npt.NDArray[np.float64]) -> Mask:
        """Tell which points of the picture, (N, 2), are in the tile."""
        x, y = (points - np.array(self.corner)).T
        return np.asarray((x >= 0) & (y >= 0) & (x < self.size[0]) & (y < self.size[1]), np.bool_)


@dataclass(frozen=True, eq=False)
class Ink:
    """What ink of a slot says: for each box, or for the whole of free space, how large its largest stroke is.

    `strokes` (N,) are heights or widths, the larger of the two, as a share of a box's height. `picture` uint8 (H, W) is the
    slot with its own ink alone; `origin` in millimetres as in `Tile`.
    """

    strokes: tuple[float, ...]
    picture: Grey
    origin: tuple[float, float]
    digit: float

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing but specks."""
        return max(self.strokes) < _SPECK


def is_speck(stroke: float) -> bool:
    """Tell whether what stands in a box is too small for a digit."""
    return stroke < _SPECK


def may_be_digit(stroke: float) -> bool:
    """Tell whether what stands in a box is large enough for a digit."""
    return stroke >= _STROKE


def inks(patch: Patch, slots: Sequence[Slot]) -> list[Ink]:
    """Return the ink of each slot of a field.

    Strokes are given to the slot in which most of them is. What hangs together over several, as a long tail and the digit
    below it, is cut at their borders.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(patch.inked.astype(np.uint8), connectivity=8)
    owner = _owners(patch, slots, labels, count)
    usual = _digit_height(patch, slots, owner, stats)
    clean = _as_dark(patch)
    made = []
    for number, slot in enumerate(slots):
        margin = _MARGIN * min(slot.rect[3], 12.0)
        x1, y1, x2, y2 = patch.box(slot.rect, margin)
        part = labels[y1:y2, x1:x2]
        mine = (owner == number)[part] & (part > 0)
        mine |= _within(patch, slot.rect, (x1, y1), part.shape) & (owner == _SHARED)[part]
        foreign = cv2.dilate(((part > 0) & ~mine).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        picture = np.where(foreign & ~mine, 255, clean[y1:y2, x1:x2]).astype(np.uint8)
        own = (owner == number) | (owner == _SHARED)
        strokes = tuple(_largest(patch, rect, labels, own) for rect in slot.boxes or (slot.rect,))
        origin = ((x1 - patch.corner[0]) / RES, (y1 - patch.corner[1]) / RES)
        made.append(Ink(strokes, picture, origin, usual))
    return made


def _as_dark(patch: Patch) -> Grey:
    """Return a field's picture as if its pen were dark, and without what is left of print; of a dark pen as it is."""
    dark = 255 - patch.clean.astype(np.float32)
    ink = dark[patch.inked]
    strokes = float(np.quantile(ink, _STROKES)) if ink.size else _PEN
    if strokes >= _PEN:
        return patch.clean
    paper = min(_LEFT * patch.left, _MOST_LEFT * strokes)
    return np.asarray(255 - np.clip((dark - paper) / (strokes - paper), 0, 255 / _PEN) * _PEN, np.uint8)


def _owners(patch: Patch, slots: Sequence[Slot], labels: npt.NDArray[np.int32], count: int) -> npt.NDArray[np.intp]:
    """Return to which slot each piece of ink belongs, _SHARED for several, _NONE for the paper and what is in no slot."""
    total = np.maximum(np.bincount(labels.ravel(), minlength=count), 1)
    best = np.zeros(count)
    owner = np.full(count, _NONE, np.intp)
    digits = np.zeros(count, np.intp)  # in how many slots so much of a piece is that it may be a digit
    for number, slot in enumerate(slots):
        x1, y1, x2, y2 = patch.box(slot.rect)
        part = labels[y1:y2, x1:x2]
        share = np.bincount(part.ravel(), minlength=count) / total
        better = share > best
        owner[better], best[better] = number, share[better]
        least = _DIGIT * min(slot.rect[3], 12.0) * RES
        digits[[label for label in np.flatnonzero((share > 0) & (share < 1)) if _side(part == label) >= least]] += 1
    owner[(best > 0) & ((best < _OWN) | (digits > 1))] = _SHARED
    owner[0] = _NONE
    return owner


def _side(ink: Mask) -> int:
    """Return how many pixels high or wide ink is, the larger of the two."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return int(max(np.ptp(rows), np.ptp(columns))) + 1


def _within(patch: Patch, rect: Rect, corner: tuple[int, int], shape: tuple[int, ...]) -> Mask:
    """Tell which pixels of a part of a field's picture, that begins at a corner, are in a rectangle of its axes."""
    x1, y1, x2, y2 = patch.box(rect)
    mask = np.zeros(shape, np.bool_)
    mask[y1 - corner[1] : y2 - corner[1], x1 - corner[0] : x2 - corner[0]] = True
    return mask


def _digit_height(
    patch: Patch, slots: Sequence[Slot], owner: npt.NDArray[np.intp], stats: npt.NDArray[np.int32]
) -> float:
    """Return how high the digits of a field are, in millimetres: the median of its larger pieces of ink."""
    boxes = [rect for slot in slots for rect in (slot.boxes or (slot.rect,))]
    boxed = bool(slots[0].boxes)
    room = float(np.median([rect[3] for rect in boxes]))
    heights = stats[owner >= 0, cv2.CC_STAT_HEIGHT] / RES
    heights = heights[(heights > max(0.25 * room, 1.5)) & (heights < 1.6 * room)]
    usual = _USUAL * room if boxed else min(_USUAL * room, 6.0)
    if len(heights):
        usual = float(np.median(heights))
    return float(np.clip(usual, _LEAST_DIGIT, _MOST_DIGIT))


def _largest(patch: Patch, rect: Rect, labels: npt.NDArray[np.int32], own: Mask) -> float:
    """Return how large the largest piece of a slot's ink in a box is, as a share of the box's height (at most 12 mm)."""
    x1, y1, x2, y2 = patch.box(rect)
    part = labels[y1:y2, x1:x2]
    _, _, stats, _ = cv2.connectedComponentsWithStats((own[part] & (part > 0)).astype(np.uint8), connectivity=8)
    sides = stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(initial=0)
    return float(sides / RES / min(rect[3], 12.0))


def compose(inks_of_slots: Sequence[Ink]) -> tuple[list[Grey], list[Tile]]:
    """Return pictures of all slots with ink, uint8 (H, W), and where each slot is in them."""
    pictures: list[Grey] = []
    tiles: list[Tile] = []
    shelf: list[tuple[int, int, Grey]] = []
    x, y, tall = _DOWN, _DOWN, 0

    def close() -> None:
        if shelf:
            across = max(left + part.shape[1] for left, _, part in shelf) + _DOWN
            down = max(top + part.shape[0] for _, top, part in shelf) + _DOWN
            picture = np.full((down, across), _PAPER, np.uint8)
            for left, top, part in shelf:
                picture[top : top + part.shape[0], left : left + part.shape[1]] = part
            pictures.append(picture)
            shelf.clear()

    for number, ink in enumerate(inks_of_slots):
        if ink.is_empty:
            continue
        scale = HEIGHT / ink.digit
        part = _scaled(ink.picture, scale / RES)
        if x > _DOWN and x + part.shape[1] > _WIDTH:
            x, y, tall = _DOWN, y + tall + _DOWN, 0
        if y + part.shape[0] > _AREA // _WIDTH and shelf:
            close()
            x, y, tall = _DOWN, _DOWN, 0
        shelf.append((x, y, part))
        real = part.shape[1] / ink.picture.shape[1] * RES
        tiles.append(Tile(number, len(pictures), (x, y), real, ink.origin, (part.shape[1], part.shape[0])))
        x, tall = x + part.shape[1] + _ACROSS, max(tall, part.shape[0])
    close()
    return pictures, tiles


def _scaled(picture: Grey, scale: float) -> Grey:
    size = max(8, round(picture.shape[1] * scale)), max(8, round(picture.shape[0] * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    made = cv2.resize(picture, size, interpolation=way)
    return np.asarray(np.minimum(made, _PAPER), np.uint8)
