"""A sheet and the pages of forms → which page it is, and where each point of the page is on the sheet.

Three ways lead to a first guess: ArUco marks, of which three of four suffice; features of the blank's lines and text;
the edges of the paper. Each guess is refined by the blank's print (`refining`), and the one that fits best is taken, if
it fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.forms import marks, outlines, refining
from inkdigits.forms.blank import Blank, Edges, Features, Grey, features_of, on_white
from inkdigits.forms.refining import FARTHEST, Fit, Warp

Points = npt.NDArray[np.float64]
Homography = npt.NDArray[np.float64]
Steps = tuple[tuple[float, int], ...]

# What a page must be like to be read: residual and share of its edges as `refining.Fit` has them; and the share of the
# squares of the page in which less than half of the print is found. A sheet of a form that is much the same lacks all
# of its print in some of them; handwriting hides a little in many.
MOST_RESIDUAL = 0.8
LEAST_SHARE = 0.6
MOST_GAPS = 0.1
MOST_GAPS_OF_FILLED = 0.4  # where the blank had been filled in: its handwriting is on no other sheet
_SQUARE = 20.0  # millimetres
_IN_SQUARE = 6  # edges of a square that says anything
_DARK, _WHITE = 128, 225  # brightness below which a pixel is ink, and from which it is paper
_EDGE = 5  # pixels across what the greys of a dark pixel's edge are in
_GREY = 0.1  # times as many grey pixels as dark ones, from which a picture has shades of grey
_LEAST_EDGES = 40  # of bold print that a page can be told by
_RATIO = 0.8  # of the distances to the best and the next best feature (Lowe's test)
_LEAST_FEATURES = 12
_INLIER = 6.0  # pixels
_STEPS = ((2.5, 3), (1.5, 6), (1.0, 10))
_CLOSE_STEPS = ((1.0, 3), (0.7, 6), (0.7, 10))  # from marks
_FAR_STEPS = ((4.0, 3), (2.5, 3), (1.5, 6), (1.0, 10))  # from the edges of the paper
_AROUND_MARK = 1.5  # millimetres
_ROUGH = 500  # edge points that a guess is tried with
_HOPELESS = 0.4  # share of them that must be found for all others to be looked for


@dataclass(frozen=True, eq=False)
class Sheet:
    """A picture of a sheet: `grey` uint8 (H, W), as it was taken; and on even paper, with its features and marks."""

    grey: Grey

    @cached_property
    def white(self) -> Grey:
        """The sheet on evenly white paper."""
        return on_white(self.grey)

    @cached_property
    def soft(self) -> Grey:
        """The same, a little smoothed: grain is no edge."""
        return np.asarray(cv2.GaussianBlur(self.white, (0, 0), 0.7), np.uint8)

    @cached_property
    def is_black_and_white(self) -> bool:
        """Whether it is black and white, but for what reducing and compressing make of that: faxes lose pale print.

        Then greys are at the edges of what is dark, and nowhere else.
        """
        dark = self.grey < _DARK
        beside = cv2.dilate(dark.astype(np.uint8), np.ones((_EDGE, _EDGE), np.uint8)) > 0
        pale = (self.grey < _WHITE) & ~beside
        return int(pale.sum()) < _GREY * int(dark.sum())

    @cached_property
    def features(self) -> Features:
        """Its features, in pixels."""
        return features_of(self.white, 1.0)

    @cached_property
    def outlines(self) -> list[Points]:
        """Quadrilaterals that may be the edges of the paper."""
        return list(outlines.find(self.grey))

    @cached_property
    def marks(self) -> dict[int, Points]:
        """Its ArUco marks."""
        return marks.find(self.grey)


@dataclass(frozen=True, eq=False)
class Candidate:
    """A page that a sheet may be: its blank, which page of its form it is, from 0, and whether marks stand on it.

    `filled` says that the blank had been filled in.
    """

    blank: Blank
    page: int
    has_marks: bool
    filled: bool = False

    @cached_property
    def bold(self) -> Candidate | None:
        """The same page as it is without its pale print; None if nothing pale is printed, or too little else."""
        made = Candidate(self.blank.bold, self.page, self.has_marks, self.filled)
        return made if len(self.pale) and len(made.edges) >= _LEAST_EDGES else None

    @cached_property
    def pale(self) -> Edges:
        """The edges of its pale print."""
        return self.blank.without(self.blank.bold).edges

    @cached_property
    def edges(self) -> Edges:
        """The edges of the blank's print that tell it from other forms: not those of the marks, which all have."""
        edges = self.blank.edges
        if not self.has_marks:
            return edges
        own = np.ones(len(edges), bool)
        for square in marks.places(self.blank.extent):
            low, high = square.min(axis=0) - _AROUND_MARK, square.max(axis=0) + _AROUND_MARK
            own &= ~((edges.points > low) & (edges.points < high)).all(axis=1)
        return edges.pick(own)


@dataclass(frozen=True, eq=False)
class Aligned:
    """The best fit of a sheet among pages: `which` of them, how it fits, and whether that is good enough to be read.

    `gaps` is the share of the page's squares in which little of its print is found, of `most_gaps` at most. `coded` tells
    that the code on the sheet says which page it is, `faded` that its pale print is not on the sheet, and was left out.
    """

    which: int
    fit: Fit
    way: str
    gaps: float
    most_gaps: float = MOST_GAPS
    coded: bool = False
    faded: bool = False

    @property
    def fits(self) -> bool:
        """Whether the sheet is that page."""
        is_near = self.fit.residual <= MOST_RESIDUAL and self.fit.share >= LEAST_SHARE
        return is_near and (self.gaps <= self.most_gaps or self.coded)

    def __str__(self) -> str:
        said = f"best residual {self.fit.residual:.1f} mm, {self.fit.share:.0%} of its print found"
        return said if self.gaps <= self.most_gaps else f"{said}, and little of it in {self.gaps:.0%} of the page"


def align(sheet: Sheet, candidates: Sequence[Candidate], coded: bool = False) -> Aligned:
    """Return which of some pages, at least one, a sheet is, and where it lies on the sheet.

    A way to guess is tried only where those before it have led to no page that fits; so are pages without their pale print,
    if the sheet is black and white. `coded` tells that the code on the sheet names the candidates.
    """
    best = _best(sheet, candidates, coded)
    if best.fits:
        return best
    # A sheet that was filled in and serves as the blank has pale print, or a pattern of its paper, that others may lack.
    bold = [
        (which, candidate.bold)
        for which, candidate in enumerate(candidates)
        if (sheet.is_black_and_white or candidate.filled) and candidate.bold is not None
    ]
    if not bold:
        return best
    faded = _best(sheet, [candidate for _, candidate in bold], coded)
    which = bold[faded.which][0]
    if not faded.fits:
        return best
    full = candidates[which]
    pale = refining.fit(full.blank, sheet.soft, faded.fit.warp, _some(full.pale, _ROUGH), ())
    # Pale print that is there must be where it belongs.
    return best if pale.share >= LEAST_SHARE else replace(faded, which=which, faded=True)


def _best(sheet: Sheet, candidates: Sequence[Candidate], coded: bool) -> Aligned:
    best = Aligned(0, Fit(Warp(np.eye(3)), FARTHEST, 0.0, FARTHEST), "none", 1.0, coded=coded)
    for way, guesses in _WAYS.items():
        for which, candidate in enumerate(candidates):
            for guess, steps in guesses(sheet, candidate):
                fit, edges = _fitted(sheet, candidate, guess, steps)
                if fit.misfit < best.fit.misfit:
                    most = MOST_GAPS_OF_FILLED if candidate.filled else MOST_GAPS
                    best = Aligned(which, fit, way, _gaps(edges, fit), most, coded)
        if best.fits:
            break
    return best


def _gaps(edges: Edges, fit: Fit) -> float:
    """Return the share of the page's squares in which less than half of the edges are found."""
    squares = np.floor(edges.points / _SQUARE).astype(np.int64)
    _, of = np.unique(squares[:, 0] * 1000 + squares[:, 1], return_inverse=True)
    counts = np.bincount(of.ravel())
    shares = np.bincount(of.ravel(), fit.found) / np.maximum(counts, 1)
    shares = shares[counts >= _IN_SQUARE]
    return float((shares < 0.5).mean()) if len(shares) else 0.0


def _fitted(sheet: Sheet, candidate: Candidate, guess: Homography, steps: Steps) -> tuple[Fit, Edges]:
    """Return a fit, and the edges that it is of."""
    blank, edges = candidate.blank, candidate.edges
    some = _some(edges, _ROUGH)
    rough = refining.fit(blank, sheet.soft, Warp(guess), some, steps)
    if rough.share < _HOPELESS or len(edges) <= len(some):
        return rough, some
    return refining.fit(blank, sheet.soft, rough.warp, edges, steps[-1:]), edges


def _some(edges: Edges, count: int) -> Edges:
    """Return so many of the edges, spread over the page."""
    if len(edges) <= count:
        return edges
    return edges.pick(np.sort(np.random.default_rng(1).permutation(len(edges))[:count]))


def _from_marks(sheet: Sheet, candidate: Candidate) -> Iterator[tuple[Homography, Steps]]:
    if candidate.has_marks:
        guess = marks.homography(sheet.marks, candidate.page, candidate.blank.extent)
        if guess is not None:
            yield guess, _CLOSE_STEPS


def _from_features(sheet: Sheet, candidate: Candidate) -> Iterator[tuple[Homography, Steps]]:
    guess = by_features(candidate.blank.features, sheet.features, candidate.blank.extent)
    if guess is not None:
        yield guess, _STEPS


def _from_outlines(sheet: Sheet, candidate: Candidate) -> Iterator[tuple[Homography, Steps]]:
    for quad in sheet.outlines:
        for turned in range(4):
            guess = _by_corners(np.roll(quad, turned, axis=0), candidate.blank.extent)
            if guess is not None:
                yield guess, _FAR_STEPS


_WAYS = {"marks": _from_marks, "features": _from_features, "edges": _from_outlines}


def by_features(blank: Features, sheet: Features, extent: tuple[float, float]) -> Homography | None:
    """Return the map from a page to a sheet that most features agree on; None if too few do."""
    if min(len(blank.points), len(sheet.points)) < _LEAST_FEATURES:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(blank.descriptors, sheet.descriptors, k=2)
    good = [pair[0] for pair in pairs if len(pair) == 2 and pair[0].distance < _RATIO * pair[1].distance]
    if len(good) < _LEAST_FEATURES:
        return None
    first = blank.points[[match.queryIdx for match in good]]
    second = sheet.points[[match.trainIdx for match in good]]
    cv2.setRNGSeed(0)  # the same sheet is read in the same way
    matrix, inside = cv2.findHomography(first, second, cv2.USAC_MAGSAC, _INLIER, maxIters=5000, confidence=0.999)
    if matrix is None or int(inside.sum()) < _LEAST_FEATURES or not _is_a_view(matrix, extent):
        return None
    return np.asarray(matrix, np.float64)


def _is_a_view(matrix: Homography, extent: tuple[float, float]) -> bool:
    """Tell whether a homography shows a page as a camera may: not mirrored, not folded, its sides of like lengths."""
    width, height = extent
    corners = np.array([[[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]]])
    seen = cv2.perspectiveTransform(corners, matrix)[0]
    if not np.isfinite(seen).all() or not cv2.isContourConvex(seen.astype(np.float32)):
        return False
    if float(cv2.contourArea(seen.astype(np.float32), oriented=True)) <= 0:
        return False
    sides = np.linalg.norm(np.roll(seen, -1, axis=0) - seen, axis=1) / np.array([width, height, width, height])
    return bool(sides.min() > 0.4 * sides.max())


def _by_corners(quad: Points, extent: tuple[float, float]) -> Homography | None:
    width, height = extent
    corners = np.array([[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]])
    seen = cv2.getPerspectiveTransform(corners.astype(np.float32), quad.astype(np.float32))
    matrix: Homography = np.asarray(seen, np.float64)
    return matrix if _is_a_view(matrix, extent) else None
