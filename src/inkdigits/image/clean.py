"""What may be in the way of a digit, and a picture without it: strips of other paper, hollow strokes, specks, lines.

Every function takes a small picture of light ink on dark paper, uint8 (H, W), as `reading.candidates` makes it, and returns
one of the same shape; None where it finds nothing of its kind. None of them knows what a digit is.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.image.measure import stroke_width

Grey = npt.NDArray[np.uint8]

# Light grey (of 255) is ink for sure; what is darker than that may be the soft edge of it.
_INK, _EDGE = 100, 60
_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
_AROUND = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], np.float32)
# Specks are as many as this share of the pixels, or they are chance.
_SPECKS = 0.02
# Hollow strokes: this share of the ink parts an inside from an outside. A written digit has ends, and thick strokes.
_HOLLOW = 0.8
# An outline lies half outside of its stroke: it counts as soft edge.
_OUTLINE = 110
# Thin strokes that are not the digit's hold less than a quarter of the ink.
_THICK = 0.75
# Lines of this width in pixels may be outlines.
_THIN = 1.5
# Paper that changes by less than this is unevenly lit, which the ordinary way sees to.
_STRIP = 80
# A foreign line has ink on this share of the outer thirds of the picture, and of all of it, and sticks out of the digit by
# this share of the side.
_OUTER, _WHOLE, _ROOM = 0.55, 0.75, 0.07
# Following a line, going on level is worth this much more ink than a step up or down.
_LEVEL_ON = 8


def evened(grey: Grey, *, across: bool) -> Grey | None:
    """Measure each column, or if `across` each row, from the paper at its two ends, so that strips of other paper go."""
    picture = grey.T if across else grey
    ends = np.concatenate([picture[:2], picture[-2:]]).mean(axis=0).astype(np.float32)
    # Specks, and strokes that reach the border, are narrower than five columns.
    level = cv2.medianBlur(ends[None], 5)[0]
    if float(np.ptp(level)) < _STRIP:
        return None
    even = np.abs(picture - level).astype(np.uint8)
    return np.ascontiguousarray(even.T if across else even)


def unspecked(grey: Grey) -> Grey | None:
    """Take out light pixels that stand alone on paper, and dark ones that stand alone in a stroke: salt and pepper."""
    light = (grey > 127).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(light, connectivity=8)
    area = stats[1:, cv2.CC_STAT_AREA]
    if area[area <= 3].sum() < _SPECKS * grey.size:
        return None
    beside = cv2.filter2D(light, cv2.CV_8U, _AROUND, borderType=cv2.BORDER_CONSTANT)
    alone = ((light == 1) & (beside <= 2)) | ((light == 0) & (beside >= 5))
    return np.asarray(np.where(alone, cv2.medianBlur(grey, 3), grey), np.uint8)


def filled(grey: Grey) -> Grey | None:
    """Fill hollow strokes: what is an odd number of lines away from the border of the picture becomes ink.

    This is the even-odd rule for outlines. None unless nearly all of the ink is the outline of something wider than it.
    """
    line = cv2.copyMakeBorder((grey > _EDGE).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    # Regions of bare paper; a line one pixel wide that goes aslant parts them.
    count, regions = cv2.connectedComponents(1 - line, connectivity=4)
    if not 3 <= count <= 200:
        return None
    # Each pixel of a line is given to the region next to it: regions that meet are one line apart.
    _, nearest = cv2.distanceTransformWithLabels(line, cv2.DIST_L1, 3, labelType=cv2.DIST_LABEL_PIXEL)
    names = np.zeros(int(nearest.max()) + 1, np.int32)
    bare = line == 0
    names[nearest[bare]] = regions[bare]
    shared = names[nearest]
    meet = np.zeros((count, count), bool)
    meet[shared[1:], shared[:-1]] = True
    meet[shared[:, 1:], shared[:, :-1]] = True
    meet |= meet.T
    depth = np.full(count, -1)
    reached, level = np.arange(count) == regions[0, 0], 0
    while reached.any():
        depth[reached] = level
        reached, level = meet[reached].any(axis=0) & (depth < 0), level + 1
    inside = (depth % 2 == 1)[regions] & bare
    wide = np.ones((5, 5), np.uint8)
    borders = (cv2.dilate(inside.astype(np.uint8), wide) > 0) & (
        cv2.dilate((bare & ~inside).astype(np.uint8), wide) > 0
    )
    if np.count_nonzero(borders & ~bare) < _HOLLOW * np.count_nonzero(line):
        return None
    # The hole of a written 0 is enclosed as well, by a stroke that is no thin line.
    if stroke_width(inside) < stroke_width(~bare):
        return None
    # The outline itself lies half outside of the stroke.
    return np.where(inside, np.uint8(255), line * np.uint8(_OUTLINE))[1:-1, 1:-1]


def closed(grey: Grey) -> Grey | None:
    """Close what lies between two thin lines side by side: hollow strokes whose outline has gaps."""
    if stroke_width(grey > _EDGE) > _THIN:
        return None
    return np.asarray(cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)), np.uint8)


def smoothed(grey: Grey, sigma: float) -> Grey:
    """Blur by a Gaussian of `sigma` pixels: grain, gaps and ragged edges go."""
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), sigma), np.uint8)


def opened(grey: Grey) -> Grey | None:
    """Take out what is thinner than three pixels: a morphological opening by a cross. None if that is the digit itself."""
    thick = np.asarray(cv2.morphologyEx(grey, cv2.MORPH_OPEN, _CROSS), np.uint8)
    return thick if cv2.sumElems(thick)[0] >= _THICK * cv2.sumElems(grey)[0] else None


def without_line(grey: Grey) -> Grey | None:
    """Take out a thin line that crosses the picture from side to side: ruled, dotted, wavy or zigzag.

    It is followed as the path of most ink that goes one column on and at most one row up or down at each step; then, as
    with staves in music, the ink on it goes, but where the run of ink across it is longer than the line is thick: there a
    stroke passes. Source: Cardoso and others, "Staff Detection with Stable Paths", 2009; here, the single best path.
    """
    best, found = 0.0, None
    for turned in (False, True):
        picture = np.ascontiguousarray(grey.T) if turned else grey
        path = _path(picture)
        on = picture[path, np.arange(len(path))] > _INK
        third = max(1, len(on) // 3)
        outer, whole = min(on[:third].mean(), on[-third:].mean()), on.mean()
        if outer >= _OUTER and whole >= _WHOLE and outer + whole > best:
            best, found = outer + whole, (picture, path, turned)
    if found is None:
        return None
    picture, path, turned = found
    rest = _cut(picture, path)
    # A line sticks out of what is left at both sides; else it was a stroke of the digit.
    if not _stands_free(rest, _ROOM):
        return None
    return np.ascontiguousarray(rest.T) if turned else rest


def _stands_free(grey: Grey, room: float) -> bool:
    """Tell whether a share of the width is free at the left and at the right of the ink, but for crumbs of it."""
    _, _, stats, _ = cv2.connectedComponentsWithStats((grey > _INK).astype(np.uint8))
    area = stats[1:, cv2.CC_STAT_AREA]
    body = stats[1:][area >= 0.1 * area.max(initial=0)]
    if not len(body):
        return False
    beside = min(body[:, 0].min(), grey.shape[1] - (body[:, 0] + body[:, 2]).max())
    return bool(beside >= room * grey.shape[1])


def _path(grey: Grey) -> npt.NDArray[np.int64]:
    """Return the row, for each column, of the path of most ink from left to right (dynamic programming)."""
    height, width = grey.shape
    ink = np.ascontiguousarray(np.minimum(grey, 200).T.astype(np.int32))
    # The most ink on the way to each pixel, column by column; nothing comes from above or below the picture.
    total = np.full((width, height + 2), -(1 << 30), np.int32)
    total[0, 1:-1] = ink[0]
    for column in range(1, width):
        before, now = total[column - 1], total[column, 1:-1]
        np.maximum(before[:-2], before[2:], out=now)
        np.maximum(now, before[1:-1] + _LEVEL_ON, out=now)
        now += ink[column]
    path = np.empty(width, np.int64)
    path[-1] = row = int(total[-1, 1:-1].argmax())
    for column in range(width - 2, -1, -1):
        up, level, down = total[column, row : row + 3].tolist()
        if level + _LEVEL_ON < max(up, down):
            row += -1 if up >= down else 1
        path[column] = row
    return path


def _cut(grey: Grey, path: npt.NDArray[np.int64]) -> Grey:
    """Return the picture without the ink on a path, and strokes joined again that the line crossed."""
    height, width = grey.shape
    light = grey > _EDGE
    rows = np.arange(height)[:, None]
    # The run through the path ends at the nearest bare pixel above and below.
    top = np.where(~light & (rows < path), rows, -1).max(axis=0)
    bottom = np.where(~light & (rows > path), rows, height).min(axis=0)
    length = np.where(light[path, np.arange(width)], bottom - top - 1, 0)
    thick = int(np.median(length[length > 0]))
    line = (rows > top) & (rows < bottom) & (length <= thick)
    rest = np.asarray(np.where(line, 0, grey), np.uint8)
    element = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (thick + 2, thick + 2))
    return np.asarray(np.where(line, cv2.morphologyEx(rest, cv2.MORPH_CLOSE, element), rest), np.uint8)
