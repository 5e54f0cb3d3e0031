"""The fields of a sheet → their pictures, level and without print, and where ink is.

The blank tells where print is. There, a stroke that crosses a printed line is filled in from both sides of the line, so
that it hangs together; everything else that is printed becomes paper.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.forms import refining
from inkdigits.forms.aligning import Aligned, Sheet
from inkdigits.forms.blank import PX, Blank, Edges, edges_of
from inkdigits.forms.places import Affine, Rect, Slot, moved, rect_corners
from inkdigits.forms.refining import Fit, Warp

Grey = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

RES = 8.0  # pixels of a field's picture in a millimetre
MARGIN = 2.5  # millimetres around a field: strokes leave their boxes
MOST_RESIDUAL = 0.5  # millimetres: a field whose border fits worse is not read as if it did
LEAST_SHARE = 0.5  # of the edges of its border that must be found
_BORDER = 1.2  # millimetres around a field's lines: what is printed there is its own border
_NEAR = 8.0  # and around a field without one: what is printed near it
_LEAST_EDGES = 24
_MEASURED = LEAST_SHARE  # share of a field's edges of which its residual is: ink covers others
_REACHES = (0.5, 1.5)  # millimetres that print is looked for on each side; farther if it is not found
_FARTHEST = 2.5  # millimetres that a field may be from where the page has it: few edges can turn it anywhere
_CLEAR = 0.75  # share of the edges from which it is found
_MANY = 30  # cells of a field that is large enough to be bent
_SPREAD = 0.22  # millimetres around print in which its blur may be
_THICKEST = 2.0  # millimetres of the thickest line that a stroke is followed across
_PRINT = 200  # brightness below which a pixel of the blank is print
_NODES = 16  # pixels between the points at which a field's place on the sheet is computed
# Strokes are so much darker than paper at least, of 255; so many times its grain, and what is left of print; but strokes of
# the last are strokes on any paper.
_FAINTEST, _GRAIN, _LEFT, _FAINT = 24.0, 10.0, 3.0, 80.0
_OTHER_PEN = 0.4  # of the darkest field's strokes: those of another field are no fainter, as far as these are faint
_INKED = 0.45  # of a stroke's darkness, from which a pixel is ink


@dataclass(frozen=True, eq=False)
class Patch:
    """A field as it is on a sheet, level.

    `clean` uint8 (H, W) is its picture without print, on white paper, RES pixels a millimetre; `given` the same part with
    its print. `strokes` is how dark a stroke is, of 255, and `left` what is left of print. (0, 0) of the field's axes is
    at `corner` (x, y) in pixels. `residual` in millimetres, and `share` of its border that was found; `fits` tells whether
    that is good enough.
    """

    clean: Grey
    given: Grey
    strokes: float
    left: float
    corner: tuple[float, float]
    warp: Warp
    residual: float
    share: float
    fits: bool

    @cached_property
    def inked(self) -> Mask:
        """Which pixels are ink: darker than half of what a stroke is."""
        return np.asarray(255 - self.clean > _INKED * self.strokes, np.bool_)

    def box(self, rect: Rect, margin: float = 0.0) -> tuple[int, int, int, int]:
        """Return where a rectangle of the field's axes is: left, top, right, bottom in pixels, within the picture."""
        left, top, width, height = rect
        x, y = self.corner
        low = np.array([left - margin, top - margin]) * RES + (x, y)
        high = np.array([left + width + margin, top + height + margin]) * RES + (x, y)
        limit = self.clean.shape[::-1]
        (x1, y1), (x2, y2) = (np.clip(np.round(v), 0, limit).astype(int) for v in (low, high))
        return int(x1), int(y1), int(x2), int(y2)


def patches(sheet: Sheet, blank: Blank, aligned: Aligned, fields: Sequence[Sequence[Slot]]) -> list[Patch]:
    """Return the part of a sheet in which each field's slots are; the sheet has been aligned to the fields' page.

    A field may be written with a fainter pen than others are, but not with one that is hardly to be seen beside them.
    """
    made = [_patch(sheet, blank, aligned, slots) for slots in fields]
    faintest = _OTHER_PEN * max((one.strokes for one in made), default=0.0)
    return [replace(one, strokes=max(one.strokes, min(faintest, _FAINT))) for one in made]


def _patch(sheet: Sheet, blank: Blank, aligned: Aligned, slots: Sequence[Slot]) -> Patch:
    frame = slots[0].frame
    whole = _whole([slot.rect for slot in slots])
    blank = blank.bold if aligned.faded else blank
    fit = _fit(sheet, blank, aligned, slots)
    # Pale boxes may be lost on a fax: then the marks tell where they were, if the code says that it is this form.
    by_marks = aligned.way == "marks" and aligned.coded
    trusted = (by_marks or aligned.faded) and fit.share < LEAST_SHARE
    fits = trusted or (fit.residual <= MOST_RESIDUAL and fit.share >= LEAST_SHARE)
    warp = fit.warp if fit.share >= LEAST_SHARE else aligned.fit.warp
    left, top, width, height = whole
    rect = (left - MARGIN, top - MARGIN, width + 2 * MARGIN, height + 2 * MARGIN)
    size = round(rect[2] * RES), round(rect[3] * RES)
    seen = _level(sheet.white, lambda points: warp(moved(frame, points)), rect, size, warp.scale(tuple(frame[:, 2])))
    empty = _level(blank.grey, lambda points: moved(frame, points) * PX, rect, size, PX)
    residual = aligned.fit.residual if trusted else fit.residual
    print_ = printed(empty, min(residual, MOST_RESIDUAL))
    clean = without_print(seen, print_)
    corner = -rect[0] * RES, -rect[1] * RES
    left = left_of_print(clean, print_)
    return Patch(clean, seen, strokes(clean, left), left, corner, warp, residual, fit.share, fits)


def _whole(rects: Sequence[Rect]) -> Rect:
    low = np.min([rect_corners(rect)[0] for rect in rects], axis=0)
    high = np.max([rect_corners(rect)[2] for rect in rects], axis=0)
    return float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1])


def _fit(sheet: Sheet, blank: Blank, aligned: Aligned, slots: Sequence[Slot]) -> Fit:
    """Return the fit of a field's own border, or of what is printed near it; the page's where nothing is."""
    frame = slots[0].frame
    rects = [rect for slot in slots for rect in (slot.boxes or (slot.rect,))]
    edges = _edges_near(blank, frame, _whole(rects))
    own = edges.pick(_is_border(edges, frame, rects))
    if len(own) < _LEAST_EDGES:
        own = edges
    if len(own) < _LEAST_EDGES:
        return aligned.fit
    # Labels beside a field are unlike each other, where boxes of a comb are not: first all that is printed there, then
    # its own lines.
    start = aligned.fit.warp
    best = refining.fit(blank, sheet.soft, start, own, (), _MEASURED)
    bent = 6 if len(rects) >= _MANY else 3
    for reach in _REACHES:
        near = refining.fit(blank, sheet.soft, start, edges, ((reach, 1), (reach, 3)), _MEASURED)
        found = refining.fit(blank, sheet.soft, near.warp, own, ((0.6, 1), (0.5, bent)), _MEASURED)
        if found.misfit < best.misfit and _moved(found.warp, start, frame, rects) <= _FARTHEST:
            best = found
        if best.residual <= MOST_RESIDUAL / 2 and best.share >= _CLEAR:
            break
    return best


def _moved(one: Warp, other: Warp, frame: Affine, rects: Sequence[Rect]) -> float:
    """Return by how many millimetres two warps differ in the corners of a field, at most."""
    corners = moved(frame, rect_corners(_whole(rects)))
    off = np.linalg.norm(one(corners) - other(corners), axis=1).max()
    return float(off / max(other.scale((float(corners[0, 0]), float(corners[0, 1]))), 1e-9))


def _edges_near(blank: Blank, frame: Affine, whole: Rect) -> Edges:
    """Return the edges of print in and around a rectangle of a field's axes."""
    left, top, width, height = whole
    around = moved(frame, rect_corners((left - _NEAR, top - _NEAR, width + 2 * _NEAR, height + 2 * _NEAR)))
    low = np.maximum(np.floor(around.min(axis=0) * PX).astype(int), 0)
    high = np.ceil(around.max(axis=0) * PX).astype(int)
    found = edges_of(blank.grey[low[1] : high[1], low[0] : high[0]])
    return Edges(found.points + low / PX, found.normals)


def _is_border(edges: Edges, frame: Affine, rects: Sequence[Rect]) -> Mask:
    """Tell which edges are of the lines around some rectangles: near them, and across their direction."""
    turn = frame[:, :2]
    points, normals = (edges.points - frame[:, 2]) @ turn, edges.normals @ turn
    near = np.zeros(len(points), bool)
    for left, top, width, height in rects:
        inside_x = (points[:, 0] > left - _BORDER) & (points[:, 0] < left + width + _BORDER)
        inside_y = (points[:, 1] > top - _BORDER) & (points[:, 1] < top + height + _BORDER)
        sides_x = np.minimum(np.abs(points[:, 0] - left), np.abs(points[:, 0] - left - width)) < _BORDER
        sides_y = np.minimum(np.abs(points[:, 1] - top), np.abs(points[:, 1] - top - height)) < _BORDER
        near |= (
            inside_x
            & inside_y
            & ((sides_x & (np.abs(normals[:, 0]) > 0.9)) | (sides_y & (np.abs(normals[:, 1]) > 0.9)))
        )
    return near


def _level(grey: Grey, to_pixels: Callable[[Points], Points], rect: Rect, size: tuple[int, int], scale: float) -> Grey:
    """Return a rectangle of a field's axes, as `to_pixels` takes it to a picture with `scale` pixels a millimetre."""
    # The map is smooth: it is computed in every sixteenth pixel, and linear between.
    nodes = [np.arange(0, extent + _NODES, _NODES) for extent in size]
    across, down = (rect[i] + (nodes[i] + 0.5) / RES for i in (0, 1))
    places = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)
    coarse = (to_pixels(places) - 0.5).astype(np.float32).reshape(len(down), len(across), 2)
    columns, rows = (np.arange(extent, dtype=np.float32) / _NODES for extent in size)
    there = cv2.remap(coarse, *np.meshgrid(columns, rows), cv2.INTER_LINEAR)
    if scale > 1.5 * RES:  # many pixels become one
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), 0.4 * scale / RES), np.uint8)
    return np.asarray(cv2.remap(grey, there, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def printed(empty: Grey, residual: float) -> Mask:
    """Return where print may be on a field's picture; `empty` is the same part of the blank.

    `residual`, in millimetres, is how far print may be from where the blank has it.
    """
    reach = max(1, round((_SPREAD + residual) * RES))
    return np.asarray(cv2.dilate((empty < _PRINT).astype(np.uint8), _disc(reach)) > 0, np.bool_)


def without_print(seen: Grey, printed: Mask) -> Grey:
    """Return a field's picture without what is printed."""
    dark = (255 - seen).astype(np.uint8)
    if printed.any():
        dark = _across(dark, printed)
    return np.asarray(255 - dark, np.uint8)


def _across(dark: Grey, printed: Mask) -> Grey:
    """Return darkness with print taken out, and strokes continued across its lines, as dark as the sheet is there."""
    outside = np.where(printed, 0, dark).astype(np.uint8)
    depth = cv2.distanceTransform(printed.astype(np.uint8), cv2.DIST_L2, 3)
    lines = depth[depth > 0]
    thick = min(float(np.quantile(lines, 0.98)) * 2, _THICKEST * RES) if lines.size else 0.0
    length = 2 * round(thick / 2 + 1) + 1
    filled = np.zeros_like(dark)
    for kernel in _strokes(length):
        filled = np.maximum(filled, cv2.morphologyEx(outside, cv2.MORPH_CLOSE, kernel))
    return np.where(printed, np.minimum(filled, dark), dark).astype(np.uint8)


def _strokes(length: int) -> list[npt.NDArray[np.uint8]]:
    """Return straight elements of a length in eight directions."""
    made = []
    half = length // 2
    for angle in np.arange(8) * np.pi / 8:
        element = np.zeros((length, length), np.uint8)
        step = np.array([np.cos(angle), np.sin(angle)]) * half
        first, last = (tuple(round(half + sign * float(v)) for v in step) for sign in (-1, 1))
        cv2.line(element, first, last, 1)
        made.append(element)
    return made


def _disc(radius: int) -> npt.NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)), np.uint8)


def left_of_print(clean: Grey, printed: Mask) -> float:
    """Return how dark it still is where print was: most of that is its blur."""
    return float(np.quantile((255 - clean)[printed], 0.75)) if printed.any() else 0.0


def strokes(clean: Grey, left: float) -> float:
    """Return how dark the strokes of a field's picture are: as its darkest hundredth.

    They are darker than grain, and than what is left of print: the faintest pen is told on smooth paper only.
    """
    dark = 255 - clean
    grain = 1.4826 * float(np.median(np.abs(dark - np.median(dark))))
    least = float(np.clip(max(_GRAIN * grain, _LEFT * left), _FAINTEST, _FAINT))
    return max(float(np.quantile(dark, 0.99)), least)
