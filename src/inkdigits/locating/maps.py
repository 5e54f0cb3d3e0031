"""What goes into the locator's network and what comes out: two maps of brightness in, maps of marks and of ink out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

Map = npt.NDArray[np.float32]

STRIDE = 4  # pixels of the picture in one cell of the maps of marks
INK_STRIDE = 2  # and of the ink map
MULTIPLE = 16  # height and width of what the network reads are multiples of this: its coarsest maps have that stride
SEPARATORS = ".,-/:"
CENTRES = 2 + len(SEPARATORS)  # centre maps: handwritten digits, printed digits, each separator
HANDWRITTEN, PRINTED, FIRST_SEPARATOR = 0, 1, 2
BOX_UNIT, LINK_UNIT = 16.0, 32.0  # pixels in one unit of the box and link maps
INK_LAYERS = ("handwriting", "print", "ruling")

_WINDOW = 61  # pixels: a few digits wide
_FLOOR = 0.03  # of full brightness: spread below it is grain, and not enlarged


def inputs(grey: npt.NDArray[np.uint8]) -> Map:
    """Return what the network reads of a grey picture, uint8 (H, W) → float32 (H, W, 2).

    First channel: brightness standardised over the whole picture; second: standardised over a window around each pixel, so
    that faint ink on uneven paper is as strong as any. Ink may be darker or lighter than its ground.
    """
    light = grey.astype(np.float32) * np.float32(1 / 255)
    mean, spread = cv2.meanStdDev(light)
    window = (_WINDOW, _WINDOW)
    local = cv2.blur(light, window, borderType=cv2.BORDER_REFLECT)
    square = cv2.blur(light * light, window, borderType=cv2.BORDER_REFLECT)
    deviation = np.sqrt(np.maximum(square - local * local, 0))
    whole = (light - np.float32(mean[0, 0])) / np.float32(spread[0, 0] + _FLOOR)
    return np.stack([whole, (light - local) / (deviation + np.float32(_FLOOR))], axis=-1)


HEADS = (CENTRES, 10, 4, 3, 4)  # channels of the network's first output: centres, classes, boxes, links, turns
_PLACES = np.cumsum((0, *HEADS))


@dataclass(frozen=True, eq=False)
class Maps:
    """What the network says of a picture of H × W pixels: its two outputs, channels first, before any activation.

    marks  float32 (28, H/4, W/4)  centres (7), classes (10), boxes (4), links (3), turns (4): see `Cells`
    ink    float32 (3, H/2, W/2)   log-odds that handwriting, print and ruling cover a pixel
    """

    marks: Map
    ink: Map

    @property
    def centres(self) -> Map:
        """Log-odds that the centre of a handwritten digit, a printed one or each separator is in a cell, (7, h, w)."""
        return self.marks[:CENTRES]

    def cells(self, rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp]) -> Cells:
        """Return what the maps say in some cells."""
        values = np.ascontiguousarray(self.marks[:, rows, columns].T)
        _, classes, boxes, links, turns = (values[:, a:b] for a, b in pairwise(_PLACES))
        x, y = (columns + 0.5) * STRIDE, (rows + 0.5) * STRIDE
        left, top, right, bottom = (boxes * BOX_UNIT).T
        # Of what is as thin as a pen, the left side may be told to the right of the right one.
        middle = np.stack([2 * x - left + right, 2 * y - top + bottom], axis=1) / 2
        half = np.maximum(np.abs(np.stack([left + right, top + bottom], axis=1)), 1) / 2
        return Cells(
            softmax(classes),
            np.asarray(np.concatenate([middle - half, middle + half], axis=1), np.float32),
            sigmoid(links[:, 0]),
            np.asarray(np.stack([x, y], axis=1) + links[:, 1:] * LINK_UNIT, np.float32),
            softmax(turns),
        )

    def turn(self) -> npt.NDArray[np.float32]:
        """Return how surely the picture is upright, or turned by 1, 2, 3 right angles counter-clockwise, float32 (4,).

        It is the mean opinion of the cells that handwriting or print covers; without any, the picture is upright.
        """
        covered = self.ink[:2].max(axis=0)
        ways = self.marks[_PLACES[4] :]
        covered = covered[::2, ::2][: ways.shape[1], : ways.shape[2]]
        rows, columns = np.nonzero(covered > 0)
        if not len(rows):
            return np.array([1, 0, 0, 0], np.float32)
        return np.asarray(softmax(np.ascontiguousarray(ways[:, rows, columns].T)).mean(axis=0), np.float32)


@dataclass(frozen=True, eq=False)
class Cells:
    """What the maps say in N cells.

    classes  float32 (N, 10)  probability of each digit, given that one is here
    boxes    float32 (N, 4)   left, top, right, bottom of what is here, in pixels, at least one wide and high
    goes_on  float32 (N,)     probability that a digit of the same number follows
    next     float32 (N, 2)   where its centre is, in pixels
    turns    float32 (N, 4)   probability that what is here is upright, or turned by 1, 2, 3 right angles counter-clockwise
    """

    classes: Map
    boxes: Map
    goes_on: Map
    next: Map
    turns: Map


def sigmoid(values: Map) -> Map:
    """Return log-odds as probabilities."""
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -30, 30))), np.float32)


def softmax(values: Map) -> Map:
    """Return logits (N, K) as probabilities, row by row."""
    odds = np.exp(values - values.max(axis=-1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=-1, keepdims=True), np.float32)
