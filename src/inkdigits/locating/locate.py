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
    """The marks of a picture, in its pixels; for each mark the pass that found it, whose maps tell its ink."""

    found: Found
    passes: list[Pass]
    of_pass: npt.NDArray[np.intp]


def coarse(grey: Grey) -> list[Pass]:
    """Return the coarse passes over a whole picture, uint8 (H, W): one at its size or less, and smaller ones.

    A digit that is too large for one of them has the right size in another. Together they cost a third more than the first.
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

    `first` are its coarse passes, where they have been made already.
    """
    first = first or coarse(grey)
    guess = guessed(first, _LEAST, kinds)
    scales = _scales(guess, kinds)
    passes: list[Pass] = []
    parts: list[tuple[Found, npt.NDArray[np.intp]]] = []
    for scale in scales:
        again = [one for one in first if abs(np.log(scale / one.scale[0])) < _SAME]
        made = again[:1] or _tiles(grey, scale, guess)
        for one in made:
            found = one.found(_LEAST)
            if len(made) > 1:
                found = found.pick(_inside(found, one, grey.shape))
            if len(scales) > 1:
                found = found.pick(_belongs(found, scale, scales))
            parts.append((found, np.full(len(found), len(passes))))
            passes.append(one)
    if not parts:
        return Located(guess.pick(np.zeros(0, np.intp)), first[:1], np.zeros(0, np.intp))
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
    return Located(every.pick(order), passes, of_pass[order])


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


def _tiles(grey: Grey, scale: float, guess: Found) -> list[Pass]:
    """Return passes at a scale over all of a picture that one tile holds, else over the tiles with something in them."""
    height, width = grey.shape
    limit = max(1, int(_TILE / scale))
    if max(height, width) * scale <= _TILE * 1.25:
        return [_read(grey, scale)]
    step = max(1, limit - int(_OVERLAP / scale))
    passes = []
    for top in range(0, max(1, height - int(_OVERLAP / scale)), step):
        for left in range(0, max(1, width - int(_OVERLAP / scale)), step):
            bottom, right = min(height, top + limit), min(width, left + limit)
            x, y = guess.centres.T if len(guess) else np.zeros((2, 0))
            if ((x >= left) & (x < right) & (y >= top) & (y < bottom)).any():
                one = _read(grey[top:bottom, left:right], scale)
                corner = (one.corner[0] - left * one.scale[0], one.corner[1] - top * one.scale[1])
                passes.append(replace(one, corner=corner))
    return passes


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


def _read(grey: Grey, scale: float) -> Pass:
    """Read a picture enlarged or reduced by `scale`, with plain paper around it."""
    height, width = grey.shape
    size = (max(4, round(width * scale)), max(4, round(height * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    fitted = grey if size == (width, height) else cv2.resize(grey, size, interpolation=way)
    down = -(size[1] + 2 * _MARGIN) % MULTIPLE + _MARGIN
    across = -(size[0] + 2 * _MARGIN) % MULTIPLE + _MARGIN
    around = int(np.median(fitted))
    framed = cv2.copyMakeBorder(fitted, _MARGIN, down, _MARGIN, across, cv2.BORDER_CONSTANT, value=around)
    real = (size[0] / width, size[1] / height)
    return Pass(np.asarray(framed, np.uint8), network.run(framed), real, (float(_MARGIN), float(_MARGIN)))
