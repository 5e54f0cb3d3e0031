"""The edges of the paper on a sheet's picture."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.forms.blank import Grey

Points = npt.NDArray[np.float64]


def find(grey: Grey) -> Iterator[Points]:
    """Yield quadrilaterals, (4, 2) in pixels, that may be the edges of the paper: a bright one, and the picture's own."""
    height, width = grey.shape
    found = _paper(grey)
    if found is not None:
        yield found
    yield np.array([[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]])


def _paper(grey: Grey) -> Points | None:
    """Return the corners of the brightest large quadrilateral, clockwise; None if there is none."""
    scale = 600 / max(grey.shape)
    small = cv2.GaussianBlur(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), (0, 0), 3)
    _, bright = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    bright = cv2.morphologyEx(bright, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
    contours, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    largest = max(contours, key=cv2.contourArea)
    if cv2.contourArea(largest) < 0.2 * small.size:
        return None
    hull = cv2.convexHull(largest)
    for part in (0.02, 0.03, 0.05, 0.08):
        corners = cv2.approxPolyDP(hull, part * cv2.arcLength(hull, True), True)
        if len(corners) == 4:
            points: Points = np.asarray(corners, np.float64).reshape(4, 2) / scale
            clockwise = cv2.contourArea(points.astype(np.float32), oriented=True) > 0
            return points if clockwise else points[::-1].copy()
    return None
