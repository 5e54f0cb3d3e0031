"""ArUco marks in the corners of a page: where they stand, how they look, and where they are on a sheet."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float64]

SIDE = 8.0  # millimetres
MARGIN = 10.0  # between a mark and the edges of the paper: printers at home leave 5 mm white
CELLS = 6  # of a mark's side, its black border among them
_PAGES = 12  # pages that have marks of their own; the thirteenth has those of the first
_LEAST = 3  # marks that tell where a page is
_SEARCHED = 1600  # pixels of the longer side of the picture in which marks are looked for first


def identity(page: int, corner: int) -> int:
    """Return which mark of the dictionary stands in a corner (0 left upper, then clockwise) of a page, from 0."""
    return page % _PAGES * 4 + corner


def places(extent: tuple[float, float]) -> list[Points]:
    """Return the corners of the four marks of a page, each (4, 2) in millimetres, clockwise from the left upper one."""
    width, height = extent
    right, bottom = width - MARGIN - SIDE, height - MARGIN - SIDE
    square = np.array([[0.0, 0.0], [SIDE, 0.0], [SIDE, SIDE], [0.0, SIDE]])
    return [
        square + np.array(corner) for corner in ((MARGIN, MARGIN), (right, MARGIN), (right, bottom), (MARGIN, bottom))
    ]


def cells(number: int) -> npt.NDArray[np.bool_]:
    """Return which cells of a mark are black, (CELLS, CELLS)."""
    return np.asarray(cv2.aruco.generateImageMarker(_dictionary(), number, CELLS) < 128, np.bool_)


def find(sheet: Grey) -> dict[int, Points]:
    """Return the marks on a sheet, uint8 (H, W): the corners of each, (4, 2) in pixels, by its number."""
    scale = min(1.0, _SEARCHED / max(sheet.shape))
    small = cv2.resize(sheet, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else sheet
    shrunk = np.array(small.shape[::-1]) / np.array(sheet.shape[::-1])
    corners, numbers, _ = _detector().detectMarkers(small)
    if numbers is None:
        return {}
    found: dict[int, Points] = {}
    for number, corner in zip(numbers.ravel().tolist(), corners, strict=True):
        place = (np.asarray(corner, np.float64).reshape(4, 2) + 0.5) / shrunk
        if number not in found or _area(place) > _area(found[number]):
            found[number] = place
    return found


def page_of(found: dict[int, Points]) -> int | None:
    """Return which page, of the first twelve, most of the marks on a sheet are of, from 0; None if there are none."""
    pages = [number // 4 for number in found if number // 4 < _PAGES]
    return max(set(pages), key=pages.count) if pages else None


def homography(found: dict[int, Points], page: int, extent: tuple[float, float]) -> npt.NDArray[np.float64] | None:
    """Return the map from a page, in millimetres, to a sheet on which marks were found; None if they are too few."""
    own = [
        (places(extent)[corner], found[identity(page, corner)])
        for corner in range(4)
        if identity(page, corner) in found
    ]
    if len(own) < _LEAST:
        return None
    matrix, _ = cv2.findHomography(np.concatenate([a for a, _ in own]), np.concatenate([b for _, b in own]))
    return None if matrix is None else np.asarray(matrix, np.float64)


def _area(place: Points) -> float:
    return float(abs(cv2.contourArea(place.astype(np.float32))))


@lru_cache(maxsize=1)
def _dictionary() -> Any:
    return cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)


@lru_cache(maxsize=1)
def _detector() -> Any:
    parameters = cv2.aruco.DetectorParameters()
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    return cv2.aruco.ArucoDetector(_dictionary(), parameters)
