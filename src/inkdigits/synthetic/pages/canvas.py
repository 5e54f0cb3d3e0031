"""The layers that a page is drawn on, at twice its size, through one affine map: what is drawn turns with the page."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.synthetic.pages.truth import Box

Points = npt.NDArray[np.floating[Any]]  # (N, 2): x, y in pixels of the page before it is turned
Layer = npt.NDArray[np.uint8]

OVERSAMPLING = 2
_BITS = 4  # fractional bits of OpenCV's coordinates
_FURTHEST = 4000  # pixels of a layer: what is drawn further away is cut off there, unless the layer is as large


class Canvas:
    """Layers `ink`, `print` and `ruling`, uint8 (2H, 2W), and the affine map from the page to the picture.

    `matrix` is the map, (2, 3); `scale` is by how much it enlarges lengths, on average.
    """

    def __init__(self, height: int, width: int, matrix: npt.NDArray[np.float64]) -> None:
        self.height, self.width = height, width
        self.matrix = matrix.astype(np.float32)
        self.scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
        shape = (height * OVERSAMPLING, width * OVERSAMPLING)
        self._furthest = max(_FURTHEST, 2 * max(shape))
        self.ink, self.print, self.ruling = (np.zeros(shape, np.uint8) for _ in range(3))

    def mapped(self, points: Points) -> Points:
        """Return points of the page as points of the picture."""
        return np.asarray(points @ self.matrix[:, :2].T + self.matrix[:, 2], np.float32)

    def region(self) -> Box:
        """Return the part of the page that the picture shows: the box around its corners."""
        corners = np.array([[0, 0], [self.width, 0], [self.width, self.height], [0, self.height]], np.float32)
        back = cv2.invertAffineTransform(self.matrix)
        places = corners @ back[:, :2].T + back[:, 2]
        (left, top), (right, bottom) = places.min(axis=0), places.max(axis=0)
        return float(left), float(top), float(right), float(bottom)

    def stroke(self, layer: Layer, paths: list[Points], pen: float, value: int = 255) -> Box:
        """Draw paths with a round pen `pen` pixels wide; return the box of what was drawn, in pixels of the picture."""
        thick = max(1, round(pen * OVERSAMPLING * self.scale))
        fixed, box = self._placed(paths)
        cv2.polylines(layer, fixed, False, value, thick, cv2.LINE_AA, _BITS)
        edge = thick / OVERSAMPLING / 2
        return box[0] - edge, box[1] - edge, box[2] + edge, box[3] + edge

    def fill(self, layer: Layer, contours: list[Points], value: int = 255) -> Box:
        """Fill contours, holes left out; return the box of what was drawn, in pixels of the picture."""
        fixed, box = self._placed(contours)
        cv2.fillPoly(layer, fixed, value, cv2.LINE_8, _BITS)  # OpenCV's soft edges would be three pixels wide
        return box

    def _placed(self, paths: list[Points]) -> tuple[list[npt.NDArray[np.int32]], Box]:
        """Return paths in fixed-point pixels of a layer, as OpenCV draws them, and the box of all in the picture."""
        every = self.mapped(paths[0] if len(paths) == 1 else np.concatenate(paths))
        left, top = every.min(axis=0).tolist()
        right, bottom = every.max(axis=0).tolist()
        # A pixel's centre is at 0.5 for us and at 0 for OpenCV.
        pixels = np.minimum(np.maximum(every * OVERSAMPLING - 0.5, -self._furthest), self._furthest) * 2**_BITS
        fixed = np.rint(pixels).astype(np.int32)
        if len(paths) == 1:
            return [fixed], (left, top, right, bottom)
        ends = np.cumsum([len(path) for path in paths])
        return np.split(fixed, ends[:-1]), (left, top, right, bottom)
