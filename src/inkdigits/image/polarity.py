"""Picture → polarity: is the pen darker than the paper, or lighter?"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.image import measure
from inkdigits.image.measure import cumulative, reduced

# The side, in pixels, of the reduced picture that is judged, and of the one in which the surroundings of strokes are.
_SIDE, _AROUND = 48, 128
# The side, in pixels, from which on a picture may be a page, with strokes that are thin in it.
_LEAST_PAGE = 120
# A border, with thin strokes or without, that votes by less than this tells nothing for sure; and two levels that explain
# less of a picture's variance are none.
_TOLD, _TWO_LEVELS = 1.6, 0.8
# The edges of a cell hold at least this share of their rows, the row beside them at most that; and they are no wider than
# this share of the picture.
_EDGE, _BESIDE, _EDGE_WIDTH = 0.8, 0.4, 0.2
# Of the picture, a piece of pen or paper has at least this share, all paper in a tight crop as much as that, and the pen
# reaches over this share of its width and height.
_PIECE, _PAPER, _REACH = 0.01, 0.25, 0.8


def is_dark_on_light(grey: npt.NDArray[np.uint8]) -> bool:
    """Tell whether the pen is darker than the paper.

    Three measures vote. Thick strokes: they cover less than half of any large window, so a wide median filter shows the
    paper under any light, and the pen is on the side of it that sticks out further. Thin strokes, as in a photo of a page:
    narrow dark structures stand out more than narrow light ones, or less. And the border of the picture is mostly paper: it
    tells by which side of Otsu's threshold it lies on, as far as the picture falls into two levels at all. Two things
    deceive it. The edges of a cell may run along it: then what lies within them has a border of its own. And a crop may be
    so tight that strokes lie along its border: there the pen is what holds together.
    """
    small = reduced(grey, _SIDE)
    bright, explained = _levels(small)
    within = _within_edges(bright)
    if within is not None:
        inner, told = _levels(small[within])
        vote = _border(inner)
        if told >= _TWO_LEVELS and abs(vote) >= _TOLD:
            return vote > 0
    vote = _border(bright) * min(max((explained - 0.75) / 0.15, 0.0), 1.0)
    thin = _thin_strokes(grey) if max(grey.shape) > _LEAST_PAGE else 0.0
    if abs(vote + thin) < _TOLD and explained >= _TWO_LEVELS:
        if _fills_frame(bright):
            return False
        if _fills_frame(np.asarray(1 - bright, np.uint8)):
            return True
    if max(grey.shape) > _LEAST_PAGE and abs(vote) < 0.1:
        # Where light and grain are stronger than the pen, what seems thick is light; and most paper is light.
        return thin + 0.3 + 0.3 * _thick_strokes(small) > 0
    vote += thin
    # Thick strokes have one vote: where it cannot turn the others, it need not be cast.
    return (vote if abs(vote) > 1 else vote + _thick_strokes(small)) > 0


def _levels(small: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint8], float]:
    """Return a mask of the brighter of two levels, and the share of the picture's variance that the two explain.

    A smooth change of light alone explains 3/4 of it; pen on evenly lit paper, nearly all.
    """
    _, mask = cv2.threshold(small, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    bright = np.asarray(mask, np.uint8)
    share = cv2.countNonZero(bright) / bright.size
    mean, deviation = cv2.meanStdDev(small)
    spread = deviation.item() ** 2
    if not 0 < share < 1 or spread == 0:
        return bright, 0.0
    # It is share * (1 - share) * (lit - unlit)², and with the mean of all it is this.
    return bright, float(share / (1 - share) * (cv2.mean(small, mask=bright)[0] - mean.item()) ** 2 / spread)


def _within_edges(bright: npt.NDArray[np.uint8]) -> tuple[slice, slice] | None:
    """Return what lies within the edges of a cell that run along the border, given the mask of a level; None without any.

    An edge is a strip of one level from end to end, and beside it lies the other.
    """
    height, width = bright.shape
    rows = cv2.reduce(bright, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel().tolist()
    columns = cv2.reduce(bright, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel().tolist()
    top, bottom = _edge(rows, width), _edge(rows[::-1], width)
    left, right = _edge(columns, height), _edge(columns[::-1], height)
    if not top + bottom + left + right:
        return None
    within = slice(top, height - bottom), slice(left, width - right)
    return within if min(bright[within].shape) >= 8 else None


def _edge(counts: list[int], length: int) -> int:
    """Return how many rows an edge takes, 0 without one: `counts` of `length` pixels a row, from the border, are bright."""
    most = int(_EDGE_WIDTH * len(counts))
    bright = 2 * counts[0] > length
    for wide, count in enumerate(counts[: most + 2]):
        share = (count if bright else length - count) / length
        if share < _EDGE:
            if not 0 < wide <= most:
                return 0
            # One row may be half edge, half paper.
            following = (counts[wide + 1] if bright else length - counts[wide + 1]) / length
            return wide if share <= _BESIDE else wide + 1 if following <= _BESIDE else 0
    return 0


def _border(bright: npt.NDArray[np.uint8]) -> float:
    """Return how much brighter the border is than the rest, and bright pixels are than half of all, -3 to 3."""
    count = cv2.countNonZero(bright)
    ring = max(1, round(min(bright.shape) / 20))
    inner = bright[ring:-ring, ring:-ring]
    border = (count - cv2.countNonZero(inner)) / max(bright.size - inner.size, 1)
    return float(2 * (2 * border - 1) + (2 * count / bright.size - 1))


def _fills_frame(pen: npt.NDArray[np.uint8]) -> bool:
    """Tell whether a mask is the pen of a digit that fills its picture, and what is left of it the paper.

    Such a pen holds together and reaches from side to side. It cuts the paper into at least twice as many pieces (corners
    and holes), and leaves a good part of the picture to them.
    """
    _, _, across, down = cv2.boundingRect(pen)
    if pen.size - cv2.countNonZero(pen) < _PAPER * pen.size or not _reaches(across, down, pen):
        return False  # as most are not
    own = _pieces(pen)
    if not len(own):
        return False
    _, _, across, down, _ = own[own[:, cv2.CC_STAT_AREA].argmax()]
    return _reaches(across, down, pen) and len(_pieces(np.asarray(1 - pen, np.uint8))) >= 2 * len(own)


def _reaches(across: int, down: int, pen: npt.NDArray[np.uint8]) -> bool:
    return bool(across >= _REACH * pen.shape[1] and down >= _REACH * pen.shape[0])


def _pieces(mask: npt.NDArray[np.uint8]) -> npt.NDArray[np.int32]:
    """Return OpenCV's statistics of the connected pieces of a mask that are no specks, (N, 5)."""
    _, _, stats, _ = cv2.connectedComponentsWithStatsWithAlgorithm(mask, 8, cv2.CV_32S, cv2.CCL_GRANA)
    return np.asarray(stats[1:][stats[1:, cv2.CC_STAT_AREA] >= _PIECE * mask.size], np.int32)


def _thick_strokes(small: npt.NDArray[np.uint8]) -> float:
    """Return how much further dark structures stand out from a wide median than light ones, -1 to 1."""
    side = max(3, round(0.5 * max(small.shape))) | 1
    paper = np.asarray(cv2.medianBlur(small, side), np.uint8)
    # Unsigned subtraction stops at 0: one measure for each side.
    below = float(cv2.norm(cv2.subtract(paper, small), cv2.NORM_L2SQR))
    above = float(cv2.norm(cv2.subtract(small, paper), cv2.NORM_L2SQR))
    return (below - above) / max(below + above, 1e-6)


def _thin_strokes(grey: npt.NDArray[np.uint8]) -> float:
    """Return how much more narrow dark structures stand out than narrow light ones in a large picture, -6 to 6.

    Where there are any, no other measure is asked; where there are none, it is 0.
    """
    page = np.asarray(cv2.blur(reduced(grey, measure.SIDE), (2, 2)), np.uint8)
    # What lies between two strokes is narrow and lighter than they are, but not lighter than the paper all around, which a
    # wide median shows; a table beside the paper, and its edge, are in the median themselves.
    around = cv2.medianBlur(reduced(page, _AROUND), 15)
    around = cv2.resize(around, page.shape[::-1], interpolation=cv2.INTER_LINEAR)
    below, above = cv2.subtract(around, page), cv2.subtract(page, around)
    (dark, light), (wide_dark, wide_light) = (_relief(page, side, below, above) for side in (7, 31))
    # Thin are strokes that an element of 7 pixels shows as well as one of 31: it is narrower than the hole of a 0.
    thin = max(dark, light) / max(wide_dark, wide_light, 1)
    weight = 6 * min(max(2 * thin - 1, 0.0), 1.0) * min(max(dark, light) / 20, 1.0)
    return weight * (dark - light) / max(dark + light, 1)


def _relief(
    page: npt.NDArray[np.uint8], side: int, below: npt.NDArray[np.uint8], above: npt.NDArray[np.uint8]
) -> tuple[int, int]:
    """Return how far the strongest thousandth of dark and of light structures narrower than `side` stand out.

    `below` and `above` say how far each pixel lies from its surroundings: no structure stands out further. A digit that is
    small in a large page has no more than a thousandth of its pixels. Past the border the picture is mirrored: a strip
    between a rule and the border is no narrow structure.
    """
    element = np.ones((side, side), np.uint8)
    found = []
    for kind, beyond in ((cv2.MORPH_BLACKHAT, below), (cv2.MORPH_TOPHAT, above)):
        hat = cv2.morphologyEx(page, kind, element, borderType=cv2.BORDER_REFLECT)
        found.append(int(np.searchsorted(cumulative(cv2.min(hat, beyond)), 0.999 * page.size)))
    return found[0], found[1]
