"""Boxes and polygons: where something is in a picture, in pixels, x to the right and y down.

Coordinates are those of the pixels' edges: the left upper pixel reaches from (0, 0) to (1, 1).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

# left, top, right, bottom; right and bottom exclusive.
Box: TypeAlias = tuple[int, int, int, int]
Point: TypeAlias = tuple[float, float]
# Four corners, clockwise from the top left corner of what it surrounds, whichever way that is turned in the picture.
Polygon: TypeAlias = tuple[Point, Point, Point, Point]


def corners(box: Sequence[float]) -> Polygon:
    """Return the corners of a box, clockwise from its left upper one."""
    left, top, right, bottom = (float(v) for v in box)
    return (left, top), (right, top), (right, bottom), (left, bottom)


def whole_box(values: Sequence[float]) -> Box:
    """Return four whole numbers as a box. Raises ValueError for any other count."""
    left, top, right, bottom = (int(v) for v in values)
    return left, top, right, bottom


def polygon(points: npt.ArrayLike | Iterable[Sequence[float]]) -> Polygon:
    """Return four points, (4, 2), as a polygon, rounded to hundredths of a pixel. Raises ValueError for other shapes."""
    array = np.asarray(points, np.float64)
    if array.shape != (4, 2) or not np.isfinite(array).all():
        raise ValueError(f"{points!r} are not four points")
    first, second, third, fourth = ((float(x), float(y)) for x, y in np.round(array, 2) + 0.0)  # no -0.0
    return first, second, third, fourth


def bounding_box(shape: Polygon, size: tuple[int, int]) -> Box:
    """Return the least box of whole pixels that holds a polygon, cut to a picture of this (width, height)."""
    across, down = [x for x, _ in shape], [y for _, y in shape]
    return (
        min(max(math.floor(min(across)), 0), size[0]),
        min(max(math.floor(min(down)), 0), size[1]),
        min(max(math.ceil(max(across)), 0), size[0]),
        min(max(math.ceil(max(down)), 0), size[1]),
    )
