"""A rough alignment → a close one: the edges of the blank's print are looked for on the sheet, across each edge.

Each edge says how far it is off in its own direction alone; the correction is a smooth displacement of the page, fitted
to all of them by least squares with weights that leave out what does not fit (iteratively reweighted). Handwriting
hides some edges and makes others; both are left out. What remains is the residual. (The way of model-based tracking of
objects by their edges: Drummond and Cipolla, 2002.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.forms.blank import PX, Blank, Edges, Grey

Points = npt.NDArray[np.float64]
Values = npt.NDArray[np.float64]
Profiles = npt.NDArray[np.float32]

_HALF = 1.0  # millimetres of a profile on each side of an edge
_ALIKE = 0.6  # correlation of two profiles from which they show the same edge
FARTHEST = 4.0  # millimetres: the residual of an edge that is not found
_FLAT = 12.0  # levels of brightness: profiles that vary less show nothing
_LAST = 0.8  # millimetres that an edge is looked for on each side when it is told how well all fit
_STEEP, _MANY = 3, 60  # terms of an affine displacement, and edges that are needed for more terms
_OUTLIER = 3.0  # times the spread: edges farther off are another's


@dataclass(frozen=True, eq=False)
class Warp:
    """Where a page is on a sheet: a homography from millimetres to the sheet's pixels, after a smooth displacement.

    `displacement` (K, 2) are coefficients, in millimetres, of the K terms of `_terms`, on `middle` and `unit`.
    """

    homography: npt.NDArray[np.float64]
    middle: tuple[float, float] = (0.0, 0.0)
    unit: float = 1.0
    displacement: npt.NDArray[np.float64] | None = None

    def __call__(self, points: Points) -> Points:
        """Return points of the page, (N, 2) in millimetres, in the sheet's pixels."""
        if self.displacement is not None:
            points = points + _times(self.terms(points, len(self.displacement)), self.displacement)
        return np.asarray(cv2.perspectiveTransform(points.reshape(1, -1, 2), self.homography), np.float64).reshape(
            -1, 2
        )

    def terms(self, points: Points, count: int) -> Values:
        """Return what the coefficients are multiplied with at some points, (N, count)."""
        x, y = ((points - np.array(self.middle)) / self.unit).T
        one = np.ones_like(x)
        every = (one, x, y, x * x, x * y, y * y, x * x * x, x * x * y, x * y * y, y * y * y)
        return np.stack(every[:count], axis=1)

    def scale(self, point: tuple[float, float]) -> float:
        """Return how many of the sheet's pixels are a millimetre at a point of the page."""
        x, y = point
        around = self(np.array([[x, y], [x + 1, y], [x, y + 1]]))
        across, down = around[1] - around[0], around[2] - around[0]
        return float(np.sqrt(abs(across[0] * down[1] - across[1] * down[0])))


@dataclass(frozen=True, eq=False)
class Fit:
    """A warp, and how well it fits.

    `residual` is the mean distance of the blank's edges from those on the sheet, in millimetres, of the best four
    fifths (or another share) of them, an edge that is not found counting as FARTHEST; `share` is the share of the edges
    that are found; `misfit` is as `residual`, of all.
    """

    warp: Warp
    residual: float
    share: float
    misfit: float
    found: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))


def fit(
    blank: Blank, sheet: Grey, start: Warp, edges: Edges, reaches: tuple[tuple[float, int], ...], best: float = 0.8
) -> Fit:
    """Return a warp that lays a blank's edges on those of a sheet, uint8 (H, W).

    `reaches` are the steps: how many millimetres an edge is looked for on each side, and how many terms the displacement
    has (1: a shift; 3: affine; 6 and 10: with quadratic and cubic ones, as a page that is bent). `best` is the share of
    the edges that the residual is of.
    """
    if len(edges) < 8:
        return Fit(start, FARTHEST, 0.0, FARTHEST, np.zeros(len(edges), np.bool_))
    low, high = edges.points.min(axis=0), edges.points.max(axis=0)
    middle = (low + high) / 2
    warp = Warp(start.homography, (float(middle[0]), float(middle[1])), float(max(high - low) / 2), None)
    if start.displacement is not None:
        warp = _based(start, warp, edges.points)
    if any(count > _STEEP for _, count in reaches) and len(edges) < _MANY:
        reaches = tuple((reach, min(count, _STEEP)) for reach, count in reaches)
    known = _profiles(blank.grey, edges, lambda points: points * PX, _HALF)
    for reach, count in reaches:
        for _ in range(2):
            off, alike = _off(known, sheet, edges, warp, reach)
            warp = _corrected(warp, edges, off, alike, count)
    off, alike = _off(known, sheet, edges, warp, _LAST)
    found = alike >= _ALIKE
    distance = np.sort(np.where(found, np.abs(off), FARTHEST))
    near = distance[: max(1, round(best * len(distance)))]
    return Fit(warp, float(near.mean()), float(found.mean()), float(distance.mean()), found)


def _times(one: Values, other: Values) -> Values:
    """Return a product of matrices; NumPy's own hands small ones to threads, which takes longer."""
    return np.asarray(np.einsum("ni,ij->nj", one, other))


def _based(start: Warp, on: Warp, points: Points) -> Warp:
    """Return a displacement as another one with the middle and the unit of `on`, fitted at some points."""
    assert start.displacement is not None
    count = len(start.displacement)
    points = points[:: max(1, len(points) // 200)]
    values = _times(start.terms(points, count), start.displacement)
    count = min(count, 3) if len(points) < 40 else count
    coefficients, *_ = np.linalg.lstsq(on.terms(points, count), values, rcond=None)
    return replace(on, displacement=np.asarray(coefficients, np.float64))


def _profiles(grey: Grey, edges: Edges, to_pixels: Callable[[Points], Points], half: float) -> Profiles:
    """Return the brightness across each edge, (N, S): from `half` millimetres before it to as many behind."""
    steps = np.arange(-round(half * PX), round(half * PX) + 1) / PX
    places = edges.points[:, None] + steps[None, :, None] * edges.normals[:, None]
    there = to_pixels(places.reshape(-1, 2)).astype(np.float32).reshape(len(edges), len(steps), 2)
    # OpenCV's whole numbers are the pixels' middles; ours are their edges, half a pixel before.
    seen = cv2.remap(grey, there - np.float32(0.5), None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, np.float32)


def _off(known: Profiles, sheet: Grey, edges: Edges, warp: Warp, reach: float) -> tuple[Values, Values]:
    """Return by how many millimetres each edge is off across itself, (N,), and how much it looks like the blank's, (N,)."""
    seen = _profiles(sheet, edges, warp, _HALF + reach)
    width = known.shape[1]
    count = seen.shape[1] - width + 1
    template = known - known.mean(axis=1, keepdims=True)
    template /= np.maximum(np.linalg.norm(template, axis=1, keepdims=True), 1e-9)
    alike = np.zeros((len(edges), count), np.float32)
    for k in range(width):
        alike += template[:, k, None] * seen[:, k : k + count]
    sums, squares = (
        np.cumsum(np.pad(values, ((0, 0), (1, 0))), axis=1, dtype=np.float64) for values in (seen, seen * seen)
    )
    total, square = sums[:, width:] - sums[:, :-width], squares[:, width:] - squares[:, :-width]
    alike /= np.maximum(np.sqrt(np.maximum(square - total**2 / width, 0)), _FLAT * np.sqrt(width))
    shifts = np.arange(alike.shape[1]) - (alike.shape[1] - 1) / 2
    # Of two that look alike the nearer one is meant: lines of a table are a row apart.
    preferred = alike - 0.08 * np.abs(shifts / PX) / max(reach, 0.5)
    best = preferred.argmax(axis=1)
    rows = np.arange(len(best))
    before, after = np.maximum(best - 1, 0), np.minimum(best + 1, alike.shape[1] - 1)
    a, b, c = alike[rows, before], alike[rows, best], alike[rows, after]
    curve = a - 2 * b + c
    between = np.where(curve < -1e-9, np.clip(0.5 * (a - c) / np.minimum(curve, -1e-9), -0.5, 0.5), 0.0)
    return (shifts[best] + between) / PX, b


def _corrected(warp: Warp, edges: Edges, off: Values, alike: Values, count: int) -> Warp:
    """Return a warp whose displacement has `count` terms, corrected by what edges say."""
    if warp.displacement is not None:
        count = max(count, len(warp.displacement))
    terms = warp.terms(edges.points, count)
    before = np.zeros((count, 2))
    if warp.displacement is not None:
        before[: len(warp.displacement)] = warp.displacement
    nx, ny = edges.normals.T
    rows = np.concatenate([terms * nx[:, None], terms * ny[:, None]], axis=1)
    weights = np.where(alike >= _ALIKE, alike, 0.0)
    if np.count_nonzero(weights) < 3 * count:
        return warp
    # A weak pull towards no change keeps apart what no edge tells: a row of lines says nothing of its own direction.
    pull = 1e-3 * len(edges) * np.eye(2 * count)
    solution = np.zeros(2 * count)
    for _ in range(6):
        weighted = rows * weights[:, None]
        normal = np.einsum("ni,nj->ij", weighted, rows)
        solution = np.linalg.solve(normal + pull, np.einsum("ni,n->i", weighted, off))
        rest = np.abs(off - _times(rows, solution[:, None])[:, 0])
        kept = alike >= _ALIKE
        spread = max(1.4826 * float(np.median(rest[kept])), 0.03)
        ratio = np.minimum(rest / (_OUTLIER * spread), 1.0)
        weights = np.where(kept, alike, 0.0) * (1 - ratio**2) ** 2  # Tukey's biweight
    return replace(warp, displacement=before + np.stack([solution[:count], solution[count:]], axis=1))
