"""Pictures of characters → the paths of the pen that wrote them: thinned to one pixel, traced, smoothed.

A path can be drawn again at any size and with any pen, which a picture of 20 pixels cannot. Thinning: Zhang and Suen,
"A fast parallel algorithm for thinning digital patterns", 1984, over a whole stack of pictures at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

Path = npt.NDArray[np.float32]  # (N, 2): x to the right, y down

_ENLARGED = 2  # thinning works on pictures of twice the size: its paths are smoother
_AT_ONCE = 2000
_SPUR = 4  # pixels of the enlarged picture: shorter branches come from a ragged edge, not from a pen
_TOLERANCE = 0.4  # pixels by which a path may leave the traced one, which has more points
# Of a digit's height: shorter paths are specks if they are farther than that from all others.
_SPECK, _APART = 0.2, 0.1
_AROUND = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))  # (row, column), clockwise from above


@dataclass(frozen=True, eq=False)
class Skeletons:
    """The paths of N characters, packed: of character i, the paths `path_of[i]` to `path_of[i + 1]`.

    A character is 1 high, its upper left corner is (0, 0). `points` is float32 (P, 2); `point_of`, int64 (number of paths
    + 1,), tells where each path begins in it, `path_of`, int64 (N + 1,), which path is each character's first.
    """

    points: Path
    point_of: npt.NDArray[np.int64]
    path_of: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.path_of) - 1

    def __getitem__(self, index: int) -> list[Path]:
        """Return the paths of one character."""
        first, last = int(self.path_of[index]), int(self.path_of[index + 1])
        return [self.points[self.point_of[i] : self.point_of[i + 1]] for i in range(first, last)]


def skeletons(pictures: npt.NDArray[np.uint8]) -> Skeletons:
    """Return the paths of characters, white ink on black, uint8 (N, H, W). One without ink has no paths.

    Takes about a millisecond for each.
    """
    return packed(_paths(pictures))


def packed(characters: Iterable[list[Path]]) -> Skeletons:
    """Return characters' paths packed."""
    points: list[Path] = []
    point_of, path_of = [0], [0]
    for paths in characters:
        for path in paths:
            points.append(path)
            point_of.append(point_of[-1] + len(path))
        path_of.append(len(points))
    joined = np.concatenate(points) if points else np.zeros((0, 2), np.float32)
    return Skeletons(joined, np.array(point_of, np.int64), np.array(path_of, np.int64))


def _paths(pictures: npt.NDArray[np.uint8]) -> Iterator[list[Path]]:
    for start in range(0, len(pictures), _AT_ONCE):
        part = pictures[start : start + _AT_ONCE]
        large = np.stack([cv2.resize(p, None, fx=_ENLARGED, fy=_ENLARGED, interpolation=cv2.INTER_CUBIC) for p in part])
        yield from (list(_scaled(trace(thin))) for thin in thinned(large > 110))


def without_specks(paths: list[Path]) -> list[Path]:
    """Return the paths of a digit, again 1 high, without specks beside it: beside a number they would be decimal points.

    A speck is shorter than a fifth of the digit's height, and farther than a tenth of it from all other paths.
    """
    if len(paths) < 2:
        return paths
    dense = [_resampled(path, 0.03) for path in paths]
    kept = [
        path
        for i, path in enumerate(paths)
        if float(np.ptp(path, axis=0).max()) >= _SPECK or _distance(dense[i], dense[:i] + dense[i + 1 :]) <= _APART
    ]
    return _scaled(kept, least=1e-3) if 0 < len(kept) < len(paths) else paths


def _resampled(path: Path, step: float) -> Path:
    """Return a path with points no farther apart than a step."""
    parts = [np.linspace(a, b, max(2, int(np.ceil(float(np.hypot(*(b - a))) / step)) + 1)) for a, b in pairwise(path)]
    return np.asarray(np.concatenate(parts), np.float32)


def _distance(path: Path, others: list[Path]) -> float:
    """Return how far a path is from the nearest point of others."""
    off = path[:, None] - np.concatenate(others)[None]
    return float(np.sqrt((off**2).sum(axis=-1)).min())


def thinned(ink: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return stacked shapes thinned to lines of one pixel, bool (N, H, W) → bool (N, H, W)."""
    shape = np.pad(ink, ((0, 0), (1, 1), (1, 1)))
    active = np.arange(len(ink))
    while len(active):
        part = shape[active]
        before = part.sum(axis=(1, 2))
        for first in (True, False):
            around = [_shifted(part, row, column) for row, column in _AROUND]
            count = sum(p.astype(np.uint8) for p in around)
            turns = sum((~around[i] & around[(i + 1) % 8]).astype(np.uint8) for i in range(8))
            north, east, south, west = around[0], around[2], around[4], around[6]
            kept = (
                (north & east & south) | (east & south & west)
                if first
                else (north & east & west) | (north & south & west)
            )
            part &= ~((count >= 2) & (count <= 6) & (turns == 1) & ~kept)
        shape[active] = part
        active = active[part.sum(axis=(1, 2)) < before]
    return shape[:, 1:-1, 1:-1]


def _shifted(shape: npt.NDArray[np.bool_], row: int, column: int) -> npt.NDArray[np.bool_]:
    """Return for each pixel its neighbour so many rows and columns away; the border, which is empty, wraps around."""
    return np.roll(shape, (-row, -column), axis=(1, 2))


def trace(thin: npt.NDArray[np.bool_]) -> list[Path]:
    """Return the lines of a thinned shape, bool (H, W), as paths from end to end, from crossing to crossing, or round."""
    pixels = {(r, c) for r, c in np.argwhere(thin).tolist()}
    bits = _bits(thin).tolist()
    near = {(r, c): [(r + down, c + across) for down, across in _WAYS[bits[r][c]]] for r, c in pixels}
    nodes = [pixel for pixel, others in near.items() if len(others) != 2]
    done: set[frozenset[tuple[int, int]]] = set()
    chains = []
    for node in nodes:
        chains += [_follow(node, other, near, done) for other in near[node] if frozenset((node, other)) not in done]
    for pixel, others in near.items():  # what is left is round
        if len(others) == 2 and frozenset((pixel, others[0])) not in done:
            chains.append(_follow(pixel, others[0], near, done))
    paths = []
    for chain in chains:
        ends = sum(len(near[pixel]) == 1 for pixel in (chain[0], chain[-1]))
        if ends == 1 and len(chain) <= _SPUR and len(chains) > 1:
            continue
        paths.append(_smoothed(np.array([(c, r) for r, c in chain], np.float32)))
    if not paths and pixels:  # a dot
        row, column = next(iter(pixels))
        paths.append(np.array([(column, row), (column + 0.5, row)], np.float32))
    return paths


def _bits(thin: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    """Return which of the eight pixels around each one are set, uint8 (H, W): bit i for the one at _AROUND[i]."""
    padded = np.pad(thin, 1).astype(np.uint8)
    height, width = thin.shape
    found = np.zeros(thin.shape, np.uint8)
    for i, (row, column) in enumerate(_AROUND):
        found |= padded[1 + row : 1 + row + height, 1 + column : 1 + column + width] << np.uint8(i)
    return found


def _ways(bits: int) -> list[tuple[int, int]]:
    """Return the steps that a line may take from a pixel; a corner between two of them is no way of its own."""
    is_set = [bool(bits >> i & 1) for i in range(8)]
    diagonal = [i for i in range(1, 8, 2) if is_set[i] and not is_set[i - 1] and not is_set[(i + 1) % 8]]
    return [_AROUND[i] for i in [*(i for i in range(0, 8, 2) if is_set[i]), *diagonal]]


_WAYS = [_ways(bits) for bits in range(256)]


def _follow(
    start: tuple[int, int],
    second: tuple[int, int],
    near: dict[tuple[int, int], list[tuple[int, int]]],
    done: set[frozenset[tuple[int, int]]],
) -> list[tuple[int, int]]:
    """Return the chain from a pixel over its neighbour to the next end or crossing."""
    chain = [start, second]
    done.add(frozenset((start, second)))
    while len(near[chain[-1]]) == 2 and chain[-1] != start:
        one, other = near[chain[-1]]
        following = other if one == chain[-2] else one
        done.add(frozenset((chain[-1], following)))
        chain.append(following)
    return chain


def _smoothed(path: Path) -> Path:
    """Return a path without the stairs of its pixels, in few points; its ends stay."""
    for _ in range(2):
        if len(path) > 2:
            path[1:-1] = 0.25 * path[:-2] + 0.5 * path[1:-1] + 0.25 * path[2:]
    simple = cv2.approxPolyDP(path.reshape(-1, 1, 2), _TOLERANCE, False).reshape(-1, 2)
    if not np.array_equal(simple[-1], path[-1]):  # of a path that ends where it began OpenCV leaves out the end
        simple = np.concatenate([simple, path[-1:]])
    return simple if len(simple) > 1 else path[[0, -1]]


def _scaled(paths: list[Path], least: float = 1.0) -> list[Path]:
    """Return paths that together are 1 high, from (0, 0) on; what is flat is a tenth as high as it is wide at least."""
    if not paths:
        return []
    points = np.concatenate(paths)
    low, high = points.min(axis=0), points.max(axis=0)
    height = max(float(high[1] - low[1]), 0.1 * float(high[0] - low[0]), least)
    return [np.asarray((path - low) / height, np.float32) for path in paths]
