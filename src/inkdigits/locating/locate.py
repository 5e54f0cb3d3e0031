"""A picture → its marks: a coarse pass that tells how large the digits are, then passes at which they are read best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.locating import inks, network, peaks
from inkdigits.locating.maps import FIRST_SEPARATOR, HANDWRITTEN, MULTIPLE, Maps
from inkdigits.locating.peaks import Found

Grey = npt.NDArray[np.uint8]
Place = tuple[int, int, int, int]  # left, top, right, bottom in pixels of the picture

HEIGHT = 31.0  # pixels at which digits are read best, about the middle of those that the locator has learned from
_COARSE = 640  # pixels of the longer side in the first coarse pass
_LEVELS = 4  # coarse passes at most, each half the size of the one before
_SAME = 0.2  # a coarse pass is as good as one at a scale that differs by less, in logarithms
_SMALLEST = 48  # and of the shorter side: a crop of a single line
_MARGIN = 16  # pixels of plain paper put around what is read: a digit at the border has a surrounding, too
_TILE = 1024  # pixels of the side of the largest picture that is read at once
_OVERLAP = 96  # by which tiles overlap: more than a digit
_LEAST = 0.1  # score of a mark
_SURE = 0.3  # score at which a coarse mark tells a height
_RANGE = 1.7  # digits up to so many times larger or smaller than HEIGHT are read well in one pass
_MOST_PASSES = 3
# What is read at a larger scale to tell whether unsure marks are digits: as a share of the pixels of the coarse passes,
# and the pixels that are read of any picture.
_DOUBT, _LEAST_DOUBT = 0.5, 1 << 18
_MOST_AREA = 12 << 20  # pixels that are read at one scale, however many marks there are
_SHARE = 0.15  # of the weight of all marks: a group of heights with less is no reason for another pass


@dataclass(frozen=True, eq=False)
class Pass:
    """One reading of a picture, or of a tile of it, at one scale.

    `grey` is what the network read, with its margin; `scale` pixels of it in one of the picture's, across and down;
    `corner` where the picture's (0, 0) is in it.
    """

    grey: Grey
    maps: Maps
    scale: tuple[float, float]
    corner: tuple[float, float]

    def found(self, least: float, kinds: Sequence[int] = peaks.DIGITS) -> Found:
        """Return the marks in the picture's own pixels; `kinds` as in `peaks.suppressed`."""
        return self._mapped(peaks.peaks(self.maps, least, kinds))

    def every_peak(self, least: float) -> Found:
        """Return the marks, without non-maximum suppression, in the picture's own pixels."""
        return self._mapped(peaks.every_peak(self.maps, least))

    def _mapped(self, found: Found) -> Found:
        across, down = self.scale
        x, y = self.corner
        return found.mapped((1 / across, 1 / down), (-x, -y))


@dataclass(frozen=True, eq=False)
class Located:
    """The marks of a grey picture, in its pixels; for each mark the pass that found it, whose maps tell its ink."""

    grey: Grey
    found: Found
    passes: list[Pass]
    of_pass: npt.NDArray[np.intp]


def coarse(grey: Grey) -> list[Pass]:
    """Return the coarse passes over a whole picture, uint8 (H, W): one at its size or less, and smaller ones.

    A digit that is too large for one of them has the right size in another. Together they cost a third more than the
    first.
    """
    height, width = grey.shape
    scale = min(1.0, _COARSE / max(height, width))
    scale = min(max(scale, _SMALLEST / min(height, width)), 2 * _COARSE / max(height, width))
    passes = [_read(grey, scale)]
    while len(passes) < _LEVELS and min(height, width) * scale / 2 >= HEIGHT:
        scale /= 2
        passes.append(_read(grey, scale))
    return passes


def guessed(passes: list[Pass], least: float = _LEAST, kinds: Sequence[int] = peaks.DIGITS) -> Found:
    """Return the marks of coarse passes together, the surest first: of two on one spot the surer one."""
    every = peaks.joined([one.found(least, kinds) for one in passes])
    return every.pick(peaks.suppressed(every, kinds)[: peaks.MOST])


def locate(grey: Grey, kinds: Sequence[int] = (HANDWRITTEN,), first: list[Pass] | None = None) -> Located:
    """Return the marks of a grey picture, uint8 (H, W), at the scale that suits its digits of some kinds (see maps).

    Parts with sure marks are read at a larger scale; parts with unsure ones alone as far as `_DOUBT` allows, and
    further as long as digits are found there. `first` are the coarse passes, where they have been made already.
    """
    first = first or coarse(grey)
    guess = guessed(first, _LEAST, kinds)
    scales = _scales(guess, kinds)
    doubt = max(_DOUBT * sum(one.grey.size for one in first), _LEAST_DOUBT) / max(1, len(scales))
    passes: list[Pass] = []
    parts: list[tuple[Found, npt.NDArray[np.intp]]] = []
    for scale in scales:
        again = [one for one in first if abs(np.log(scale / one.scale[0])) < _SAME]
        made = again[:1] or _closer(grey, scale, guess, kinds, doubt)
        for one in made:
            found = one.found(_LEAST)
            if len(made) > 1:
                found = found.pick(_inside(found, one, grey.shape))
            if len(scales) > 1:
                found = found.pick(_belongs(found, scale, scales))
            parts.append((found, np.full(len(found), len(passes))))
            passes.append(one)
    if not parts:
        return Located(grey, guess.pick(np.zeros(0, np.intp)), first[:1], np.zeros(0, np.intp))
    return _together(grey, passes, parts)


def at_scale(grey: Grey, scale: float = 1.0) -> Located:
    """Return the marks of a grey picture, uint8 (H, W), whose digits are known to be HEIGHT pixels high at `scale`."""
    one = _read(grey, scale)
    found = one.found(_LEAST)
    return _together(grey, [one], [(found, np.zeros(len(found), np.intp))])


def _together(grey: Grey, passes: list[Pass], parts: list[tuple[Found, npt.NDArray[np.intp]]]) -> Located:
    """Return the marks of several passes: of two on one spot the surer one, each with its ink."""
    every = Found(*(np.concatenate([vars(f)[n] for f, _ in parts]) for n in vars(parts[0][0])))
    of_pass = np.concatenate([p for _, p in parts])
    order = np.argsort(-every.scores, kind="stable")
    every, of_pass = every.pick(order), of_pass[order]
    kept = peaks.suppressed(every)[: peaks.MOST]
    every, of_pass = every.pick(kept), of_pass[kept]
    said = np.zeros((len(every), 2), np.float32)
    for number, one in enumerate(passes):
        mine = of_pass == number
        said[mine] = inks.both(one.maps, every.centres[mine] * np.array(one.scale) + np.array(one.corner))
    every = inks.judged(every, said)
    order = np.argsort(-every.scores, kind="stable")
    return Located(grey, every.pick(order), passes, of_pass[order])


def _scales(guess: Found, kinds: Sequence[int]) -> list[float]:
    """Return the scales at which the marks of a coarse pass are HEIGHT pixels high, one for each group of heights."""
    digits = np.isin(guess.kinds, kinds)
    if not digits.any():  # digits that are small in every coarse pass may look like those of another ink
        digits = guess.kinds < FIRST_SEPARATOR
    sure = digits & (guess.scores >= _SURE)
    if not sure.any():
        sure = digits
    heights = np.maximum((guess.boxes[:, 3] - guess.boxes[:, 1])[sure], 1.0)
    weights = guess.scores[sure].astype(np.float64) ** 2
    least = _SHARE * float(weights.sum())
    scales: list[float] = []
    while len(heights) and len(scales) < _MOST_PASSES and (not scales or weights.sum() >= least):
        order = np.argsort(heights)
        middle = float(heights[order][np.searchsorted(np.cumsum(weights[order]), weights.sum() / 2)])
        scales.append(HEIGHT / middle)
        other = (heights < middle / _RANGE) | (heights > middle * _RANGE)
        heights, weights = heights[other], weights[other]
    return scales


def _belongs(found: Found, scale: float, scales: list[float]) -> npt.NDArray[np.bool_]:
    """Tell which marks are to be read at a scale: those that are nearer to HEIGHT there than at every other one."""
    heights = np.maximum(found.boxes[:, 3] - found.boxes[:, 1], 1e-3)
    digits = found.kinds < FIRST_SEPARATOR
    off = np.stack([np.abs(np.log(heights * s / HEIGHT)) for s in scales])
    return np.asarray(~digits | (off[scales.index(scale)] <= off.min(axis=0) + 0.1), np.bool_)


def _closer(grey: Grey, scale: float, guess: Found, kinds: Sequence[int], doubt: float) -> list[Pass]:
    """Return passes at a scale over all of a picture, or over the parts of it in which marks of some kinds were seen.

    Of parts whose marks are all unsure the more promising ones are read first, `doubt` pixels in all; where one of the
    marks proves to be sure, as many more may be read as that took.
    """
    height, width = grey.shape
    digits = guess.kinds < FIRST_SEPARATOR
    asked = digits & np.isin(guess.kinds, kinds)
    sure = asked & (guess.scores >= _SURE)
    limit = _TILE / scale
    if max(height, width) <= 1.25 * limit and (sure.any() or height * width * scale**2 <= doubt):
        return [_read(grey, scale)]
    worth = np.where(asked, 1.0, 0.1) * guess.scores.astype(np.float64) ** 2 * digits
    passes: list[Pass] = []
    left = float(_MOST_AREA)
    for place in _places(grey.shape, scale, limit, guess.centres[sure], worth[sure]):
        left -= _area(place, scale)
        if left < 0:
            return passes
        passes.append(_part(grey, scale, place))
        digits &= ~_within(guess.centres, place)
    small = min(limit, np.sqrt(doubt) / scale)
    for place in _places(grey.shape, scale, small, guess.centres[digits], worth[digits]):
        area = _area(place, scale)
        if area > min(1.1 * doubt, left):  # a tile of as many pixels as may be read can be had
            break
        one = _part(grey, scale, place)
        passes.append(one)
        found = one.found(_LEAST)
        proved = (np.isin(found.kinds, kinds) & (found.scores >= _SURE)).any()
        left, doubt = left - area, doubt + (area if proved else -area)
    return passes


def _places(
    shape: tuple[int, ...], scale: float, side: float, points: npt.NDArray[np.float32], worth: npt.NDArray[np.float64]
) -> list[Place]:
    """Return the tiles of a picture, of `side` pixels, in which points are: first those whose points are worth most."""
    height, width = shape
    overlap = int(_OVERLAP / scale)
    limit = max(1, int(side))
    step = max(1, limit - overlap)
    found: list[tuple[float, Place]] = []
    for top in range(0, max(1, height - overlap), step):
        for left in range(0, max(1, width - overlap), step):
            place = left, top, min(width, left + limit), min(height, top + limit)
            inside = _within(points, place)
            if inside.any():
                found.append((-float(worth[inside].sum()), place))
    return [place for _, place in sorted(found)]


def _area(place: Place, scale: float) -> float:
    """Return how many pixels the network reads of a part of a picture."""
    left, top, right, bottom = place
    return (right - left) * (bottom - top) * scale**2


def _within(points: npt.NDArray[np.float32], place: Place) -> npt.NDArray[np.bool_]:
    left, top, right, bottom = place
    x, y = points.T
    return np.asarray((x >= left) & (x < right) & (y >= top) & (y < bottom), np.bool_)


def _part(grey: Grey, scale: float, place: Place) -> Pass:
    """Read a part of a picture."""
    left, top, right, bottom = place
    one = _read(grey[top:bottom, left:right], scale)
    return replace(one, corner=(one.corner[0] - left * one.scale[0], one.corner[1] - top * one.scale[1]))


def _inside(found: Found, one: Pass, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Tell which marks of a tile are not cut by an edge that is not the picture's own."""
    across, down = one.scale
    left, top = (_MARGIN - one.corner[0]) / across, (_MARGIN - one.corner[1]) / down
    right = left + (one.grey.shape[1] - 2 * _MARGIN) / across
    bottom = top + (one.grey.shape[0] - 2 * _MARGIN) / down
    near = 0.5 * HEIGHT / down
    x, y = found.centres.T
    return np.asarray(
        ((x > left + near) | (left <= 1))
        & ((x < right - near) | (right >= shape[1] - 1))
        & ((y > top + near) | (top <= 1))
        & ((y < bottom - near) | (bottom >= shape[0] - 1)),
        np.bool_,
    )


def resized(grey: Grey, scale: float) -> Grey:
    """Return a picture as the network reads it at a scale."""
    height, width = grey.shape
    size = (max(4, round(width * scale)), max(4, round(height * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return grey if size == (width, height) else np.asarray(cv2.resize(grey, size, interpolation=way), np.uint8)


def _read(grey: Grey, scale: float) -> Pass:
    """Read a picture enlarged or reduced by `scale`, with plain paper around it."""
    fitted = resized(grey, scale)
    down = -(fitted.shape[0] + 2 * _MARGIN) % MULTIPLE + _MARGIN
    across = -(fitted.shape[1] + 2 * _MARGIN) % MULTIPLE + _MARGIN
    around = int(np.median(fitted))
    framed = cv2.copyMakeBorder(fitted, _MARGIN, down, _MARGIN, across, cv2.BORDER_CONSTANT, value=around)
    real = (fitted.shape[1] / grey.shape[1], fitted.shape[0] / grey.shape[0])
    return Pass(np.asarray(framed, np.uint8), network.run(framed), real, (float(_MARGIN), float(_MARGIN)))
