"""Pages that lie on a side or askew: turned upright to be read, and the way back to the picture that was given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.locating import locate, numbers
from inkdigits.locating.locate import Grey, Located, Pass
from inkdigits.locating.maps import FIRST_SEPARATOR

Back = npt.NDArray[np.float64]  # (2, 3): where a point (x, y, 1) of the upright picture is in the given one

# Probability that lines run up and down from which that is tried, and from which nothing else is.
_POSSIBLE, _SURE = 0.5, 0.8
# Share of sure digits below which a level page may be upside down, and above which it is so the other way.
_DOUBTFUL, _CERTAIN = 0.85, 0.6
_GAIN = 1.7  # by how much more another way must look like digits than the page as it was given
_LEAST = 0.2  # score of marks that tell which way is up
_ASKEW = np.radians(9.0)  # lines that rise or fall by more are set level: the locator has seen few that did


@dataclass(frozen=True, eq=False)
class Upright:
    """A picture as it was read: grey, uint8 (H, W), its marks, by how many degrees it was turned counter-clockwise."""

    grey: Grey
    located: Located
    rotation: float
    back: Back


def read(grey: Grey, kinds: Sequence[int]) -> Upright:
    """Return the marks of a picture, which is turned upright for that if it is not; `kinds` as in `locate.locate`."""
    back = np.eye(2, 3)
    rotation = 0.0
    height, width = grey.shape
    quarters, grey, first = _turned(grey)
    if quarters:
        # The picture's content is turned by so many right angles counter-clockwise; the way back turns it again.
        back = {
            1: np.array([[0.0, 1, 0], [-1, 0, height]]),
            2: np.array([[-1.0, 0, width], [0, -1, height]]),
            3: np.array([[0.0, -1, width], [1, 0, 0]]),
        }[quarters]
        rotation = float((-90 * quarters) % 360)
    located = locate.locate(grey, kinds, first)
    angle = numbers.angle(located.found)
    if abs(angle) > _ASKEW:
        level, way = _levelled(grey, float(np.degrees(angle)))
        again = locate.locate(level, kinds)
        if _total(again) > _total(located):
            grey, located, rotation = level, again, (rotation + float(np.degrees(angle))) % 360
            back = np.asarray(back[:, :2] @ way + np.array([[0, 0, 1]]) * back[:, 2:], np.float64)
    return Upright(grey, _in_picture(located, back, (width, height)), rotation, back)


def _in_picture(located: Located, back: Back, size: tuple[int, int]) -> Located:
    """Return the marks in a picture of this (width, height): around it is paper that was put there to read it."""
    found = located.found
    centres = found.centres @ back[:, :2].T + back[:, 2]
    kept = np.asarray(((centres >= 0) & (centres < size)).all(axis=1), np.bool_)
    return replace(located, found=found.pick(kept), of_pass=located.of_pass[kept])


def _turned(grey: Grey) -> tuple[int, Grey, list[Pass]]:
    """Return by how many right angles a picture is turned counter-clockwise, the upright picture and its coarse passes.

    The locator tells for sure whether lines are level or run up and down; which of two ways is up, what looks like digits
    tells. A picture is taken for upright unless another way shows clearly more.
    """
    first = locate.coarse(grey)
    on_side = float(np.mean([one.maps.turn()[1::2].sum() for one in first[:2]]))
    total, sure = _digits(first)
    ways = [] if on_side >= _SURE else [0]
    if on_side < _POSSIBLE:
        ways += [2] if sure < _DOUBTFUL else []
    else:
        ways += [1, 3]
    best = (total * _GAIN, 0, grey, first) if 0 in ways else (-1.0, 0, grey, first)
    for quarters in ways:
        if quarters:
            upright = np.ascontiguousarray(np.rot90(grey, -quarters))
            made = locate.coarse(upright)
            shown, certain = _digits(made)
            if quarters != 2 or certain > _CERTAIN:
                best = max(best, (shown, quarters, upright, made), key=lambda way: way[0])
    return best[1:]


def _digits(made: list[Pass]) -> tuple[float, float]:
    """Return how much in coarse passes looks like digits, written or printed, and which share of that is sure.

    A 1 is a dash on its side, and tells nothing.
    """
    found = locate.guessed(made, _LEAST)
    digits = (found.kinds < FIRST_SEPARATOR) & (found.classes.argmax(axis=1) != 1)
    weights = found.scores[digits] ** 2
    return float(weights.sum()), float(weights[found.scores[digits] > 0.7].sum() / max(float(weights.sum()), 1e-6))


def _total(located: Located) -> float:
    return float(located.found.scores[located.found.kinds < 2].sum())


def _levelled(grey: Grey, angle: float) -> tuple[Grey, Back]:
    """Return a picture turned by `angle` degrees counter-clockwise, in a frame that holds all of it, and the way back."""
    height, width = grey.shape
    c, s = abs(np.cos(np.radians(angle))), abs(np.sin(np.radians(angle)))
    across, down = round(width * c + height * s), round(width * s + height * c)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    matrix[:, 2] += ((across - width) / 2, (down - height) / 2)
    level = cv2.warpAffine(grey, matrix, (across, down), flags=cv2.INTER_LINEAR, borderValue=float(np.median(grey)))
    back = np.asarray(cv2.invertAffineTransform(matrix), np.float64)
    # OpenCV's whole numbers are the pixels' middles; ours are their edges, half a pixel before.
    back[:, 2] += 0.5 - 0.5 * back[:, :2].sum(axis=1)
    return np.asarray(level, np.uint8), back
