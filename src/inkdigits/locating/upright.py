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

Turns = npt.NDArray[np.float32]
Back = npt.NDArray[np.float64]  # (2, 3): where a point (x, y, 1) of the upright picture is in the given one

# Probability that lines run up and down from which that is tried, and from which nothing else is.
_POSSIBLE, _SURE = 0.5, 0.8
# By how much more a picture must look like digits when turned by a right angle, where it is not sure to lie on a side.
_GAIN = 1.7
# Log-odds that a picture is upside down from which that is tried, if less of its digits than this share is sure; and from
# which it is so, once it has been read both ways: pictures are seldom given upside down.
_MAYBE, _DOUBTFUL, _CLEARLY = -2.5, 0.85, 3.0
# Of how many different digits sure marks are seen, at least, in what is turned upside down: a line of L is one of 7.
_DIFFERENT = 1.2
# So much of a sure digit is taken to be seen each way: one or two digits, a 0 or an 8 among them, do not tell which is up.
_UNSEEN = 0.25
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
    way = _turned(grey)
    grey, quarters = way.grey, way.quarters
    if quarters:
        # The picture's content is turned by so many right angles counter-clockwise; the way back turns it again.
        back = {
            1: np.array([[0.0, 1, 0], [-1, 0, height]]),
            2: np.array([[-1.0, 0, width], [0, -1, height]]),
            3: np.array([[0.0, -1, width], [1, 0, 0]]),
        }[quarters]
        rotation = float((-90 * quarters) % 360)
    located = locate.locate(grey, kinds, way.passes)
    angle = numbers.angle(located.found)
    if abs(angle) > _ASKEW:
        level, levelled = _levelled(grey, float(np.degrees(angle)))
        again = locate.locate(level, kinds)
        if _total(again) > _total(located):
            grey, located, rotation = level, again, (rotation + float(np.degrees(angle))) % 360
            back = np.asarray(back[:, :2] @ levelled + np.array([[0, 0, 1]]) * back[:, 2:], np.float64)
    return Upright(grey, _in_picture(located, back, (width, height)), rotation, back)


def _in_picture(located: Located, back: Back, size: tuple[int, int]) -> Located:
    """Return the marks in a picture of this (width, height): around it is paper that was put there to read it."""
    found = located.found
    centres = found.centres @ back[:, :2].T + back[:, 2]
    kept = np.asarray(((centres >= 0) & (centres < size)).all(axis=1), np.bool_)
    return replace(located, found=found.pick(kept), of_pass=located.of_pass[kept])


@dataclass(frozen=True, eq=False)
class _Way:
    """A picture turned counter-clockwise by so many right angles, and what its coarse passes show.

    `shown` is how much of them looks like digits, written or printed, and `sure` the share of that which is sure;
    `different` is the same as `shown` with each of the ten digits counted once at most; `upside_down` are the log-odds,
    as ink and print say, that it stands upside down rather than upright. A 1 is a dash on its side, and tells nothing.
    """

    quarters: int
    grey: Grey
    passes: list[Pass]
    shown: float
    sure: float
    different: float
    upside_down: float


def _way(grey: Grey, quarters: int) -> _Way:
    upright = np.ascontiguousarray(np.rot90(grey, -quarters)) if quarters else grey
    passes = locate.coarse(upright)
    found = locate.guessed(passes, _LEAST)
    labels = found.classes.argmax(axis=1)
    digits = (found.kinds < FIRST_SEPARATOR) & (labels != 1)
    weights = found.scores[digits] ** 2
    each = np.bincount(labels[digits], weights, minlength=10)
    total = float(weights.sum())
    sure = float(weights[found.scores[digits] > 0.7].sum()) / max(total, 1e-6)
    turns = _turns(passes)
    odds = float(np.log((turns[2] + 1e-3) / (turns[0] + 1e-3)))
    return _Way(quarters, upright, passes, total, sure, float(np.minimum(each, 1.0).sum()), odds)


def _turns(passes: list[Pass]) -> Turns:
    """Return the probabilities of each number of right angles by which a picture is turned, float32 (4,)."""
    return np.asarray(np.mean([one.maps.turn() for one in passes[:2]], axis=0), np.float32)


def _for_other(given: _Way, other: _Way) -> float:
    """Return log-odds that of two ways, one of them the other upside down, the `other` one is upright."""
    seen = np.log((other.different + _UNSEEN) / (given.different + _UNSEEN))
    return float(seen) + (given.upside_down - other.upside_down) / 2


def _turned(grey: Grey) -> _Way:
    """Return the way in which a picture is upright, counter-clockwise from how it was given.

    The locator tells for sure whether lines are level or run up and down; which of two ways is up, ink and print tell
    together with what looks like digits. A picture is taken for upright unless another way shows clearly more.
    """
    given = _way(grey, 0)
    on_side = float(_turns(given.passes)[1::2].sum())
    if on_side < _POSSIBLE:
        if given.upside_down > _MAYBE and given.sure < _DOUBTFUL:
            other = _way(grey, 2)
            if other.different > _DIFFERENT and _for_other(given, other) > _CLEARLY:
                return other
        return given
    one, other = _way(grey, 1), _way(grey, 3)
    best = other if _for_other(one, other) > 0 else one
    return best if on_side >= _SURE or best.shown > _GAIN * (given.shown + _UNSEEN) else given


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
