"""The empty page of a form, as it looks: its picture on plain paper, the edges of its print, and its features."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.errors import InputError
from inkdigits.image import colour
from inkdigits.image.load import load

Grey = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float64]

DPI = 200
PX = DPI / 25.4  # pixels of a blank's picture in a millimetre
PAPER = 255
_BOLD = 110  # and below which it is bold print, as fax machines keep it
_INKED = 200  # brightness on paper of 255 below which a pixel of a blank is print
_STEP = 0.6  # millimetres between edge points
_MOST_EDGES = 3000
_LEAST_EDGE = 40.0  # difference of brightness across an edge
_PROPORTION = 0.02  # by which a picture's proportions may differ from the page's
_FEATURES = 1500
FEATURE_SIDE = 1100  # pixels of the longer side of pictures in which features are found


@dataclass(frozen=True, eq=False)
class Edges:
    """Places in print's outline: `points` (N, 2) in millimetres, and the unit vectors across the edge there, (N, 2)."""

    points: Points
    normals: Points

    def __len__(self) -> int:
        return len(self.points)

    def pick(self, rows: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Edges:
        """Return some of them."""
        return Edges(self.points[rows], self.normals[rows])


@dataclass(frozen=True, eq=False)
class Features:
    """SIFT features: where they are, (N, 2), and their descriptors, float32 (N, 128)."""

    points: Points
    descriptors: npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Blank:
    """A page without handwriting: `grey` uint8 (H, W), PX pixels a millimetre, paper white; `extent` in millimetres."""

    grey: Grey
    extent: tuple[float, float]

    @cached_property
    def edges(self) -> Edges:
        """The edges of its print, evenly over the page."""
        return edges_of(self.grey)

    @cached_property
    def features(self) -> Features:
        """Its features, in millimetres."""
        return features_of(self.grey, 1 / PX)

    @cached_property
    def bold(self) -> Blank:
        """The same without its pale print: as a fax machine sees it, to which pale boxes are paper."""
        near = cv2.dilate((self.grey < _BOLD).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        return Blank(np.where(near, self.grey, PAPER).astype(np.uint8), self.extent)

    def without(self, other: Blank) -> Blank:
        """Return the blank without what is printed on another one of the same page."""
        near = cv2.dilate((other.grey < _INKED).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        return Blank(np.where(near, PAPER, self.grey).astype(np.uint8), self.extent)

    @property
    def printed(self) -> npt.NDArray[np.bool_]:
        """Which pixels are print."""
        return np.asarray(self.grey < _INKED, np.bool_)


def of_picture(path: Path, extent: tuple[float, float]) -> Blank:
    """Return the blank in a picture. Raises InputError for a file that is none, or has other proportions than the page."""
    picture = load(path)
    return of_grey(colour.grey(picture.pixels), extent, path)


def of_grey(grey: Grey, extent: tuple[float, float], name: object) -> Blank:
    """Return a blank from a scan or a rendering of it. Raises InputError for other proportions than the page's."""
    height, width = grey.shape
    if abs(np.log(width / height) - np.log(extent[0] / extent[1])) > _PROPORTION:
        problem = f"is {width} × {height} pixels, and the page is {extent[0]:g} × {extent[1]:g} mm: other proportions"
        raise InputError(name, problem, "give the blank of this page, or correct the page's size")
    size = round(extent[0] * PX), round(extent[1] * PX)
    way = cv2.INTER_AREA if width > size[0] else cv2.INTER_CUBIC
    return Blank(on_white(np.asarray(cv2.resize(grey, size, interpolation=way), np.uint8)), extent)


def on_white(grey: Grey) -> Grey:
    """Return a picture as if its paper were evenly white: brightness against that of the paper around, uint8 (H, W)."""
    small = cv2.resize(grey, None, fx=1 / 8, fy=1 / 8, interpolation=cv2.INTER_AREA) if min(grey.shape) > 64 else grey
    side = max(3, min(small.shape) // 12 | 1)
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((side, side), np.uint8)), 5)
    paper = cv2.GaussianBlur(paper, (0, 0), side / 3)
    paper = cv2.resize(paper, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(grey, cv2.max(paper, 24), scale=PAPER), np.uint8)


def edges_of(grey: Grey) -> Edges:
    """Return the edges of print in a blank's picture: where brightness changes most, a millimetre's part apart."""
    soft = cv2.GaussianBlur(grey, (0, 0), 1.0).astype(np.float32)
    across, down = cv2.Scharr(soft, cv2.CV_32F, 1, 0) / 16, cv2.Scharr(soft, cv2.CV_32F, 0, 1) / 16
    strength = cv2.magnitude(across, down)
    thick = cv2.dilate(strength, np.ones((3, 3), np.uint8))
    ys, xs = np.nonzero((strength >= _LEAST_EDGE / 2) & (strength >= 0.9 * thick))
    if not len(ys):
        return Edges(np.zeros((0, 2)), np.zeros((0, 2)))
    order = np.random.default_rng(0).permutation(len(ys))  # which of the points of a cell is taken
    ys, xs = ys[order], xs[order]
    step = _STEP * PX
    cells = (ys // step).astype(np.int64) * 100_003 + (xs // step).astype(np.int64)
    _, first = np.unique(cells, return_index=True)
    if len(first) > _MOST_EDGES:
        first = np.random.default_rng(0).permutation(first)[:_MOST_EDGES]
    ys, xs = ys[first], xs[first]
    normals = np.stack([across[ys, xs], down[ys, xs]], axis=1).astype(np.float64)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    points = (np.stack([xs, ys], axis=1) + 0.5) / PX
    return Edges(np.asarray(points, np.float64), normals)


def features_of(grey: Grey, unit: float) -> Features:
    """Return the features of a picture; `unit` is what a pixel is, in the units of the points."""
    scale = min(1.0, FEATURE_SIDE / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    found, described = cv2.SIFT.create(nfeatures=_FEATURES).detectAndCompute(small, None)
    if described is None or not len(found):
        return Features(np.zeros((0, 2)), np.zeros((0, 128), np.float32))
    points = np.array([one.pt for one in found], np.float64)
    shrunk = np.array(small.shape[::-1]) / np.array(grey.shape[::-1])
    return Features(
        (points + 0.5) / shrunk * unit, np.sqrt(described / np.maximum(described.sum(axis=1, keepdims=True), 1e-6))
    )
