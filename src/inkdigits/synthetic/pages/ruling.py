"""Ruling: lines, grids, dots, boxes, combs, tables, rings and frames, drawn on the ruling layer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from inkdigits.synthetic.pages.canvas import Canvas, Points
from inkdigits.synthetic.pages.truth import Box


class Ruler:
    """Draws lines of one width and darkness on a canvas."""

    def __init__(self, canvas: Canvas, random: np.random.Generator, width: float, heavy: int = 255) -> None:
        self.canvas, self.random, self.width, self.heavy = canvas, random, width, heavy
        self.dashed = float(random.uniform(3, 9)) if random.random() < 0.08 else 0.0
        self.by_hand = random.random() < 0.06

    def line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """Draw a line; its ends are a little off where it is drawn by hand."""
        ends = np.array([[x1, y1], [x2, y2]], np.float32)
        if self.by_hand:
            ends += self.random.normal(0, 1.2, (2, 2)).astype(np.float32)
        if self.dashed:
            length = float(np.hypot(x2 - x1, y2 - y1))
            count = min(200, int(length / self.dashed / 2) + 1)
            t = (np.arange(count) * 2 * self.dashed / max(length, 1e-3)).clip(0, 1)[:, None]
            u = (t + self.dashed / max(length, 1e-3)).clip(0, 1)
            starts, stops = ends[0] + t * (ends[1] - ends[0]), ends[0] + u * (ends[1] - ends[0])
            self._stroke([np.stack([a, b]).astype(np.float32) for a, b in zip(starts, stops, strict=True)])
        else:
            self._stroke([ends])

    def _stroke(self, paths: list[Points]) -> None:
        self.canvas.stroke(self.canvas.ruling, paths, self.width, self.heavy)

    def rows(self, region: Box, first: float, pitch: float) -> None:
        """Rule a region with level lines from `first` on, a margin line in some."""
        left, top, right, bottom = region
        start = first - np.ceil((first - top) / pitch) * pitch
        for y in np.arange(start, bottom, pitch):
            self.line(left, float(y), right, float(y))

    def columns(self, region: Box, first: float, pitch: float) -> None:
        """Rule a region with upright lines from `first` on."""
        left, top, right, bottom = region
        start = first - np.ceil((first - left) / pitch) * pitch
        for x in np.arange(start, right, pitch):
            self.line(float(x), top, float(x), bottom)

    def dots(self, region: Box, pitch: float) -> None:
        """Cover a region with a grid of dots."""
        left, top, right, bottom = region
        xs, ys = np.arange(left, right, pitch), np.arange(top, bottom, pitch)
        if len(xs) * len(ys) > 4000:
            return
        self._stroke([np.array([[x, y], [x + 0.01, y]], np.float32) for y in ys for x in xs])

    def box(self, box: Box, rounded: bool = False) -> None:
        """Draw a rectangle, with round corners if asked."""
        left, top, right, bottom = box
        if rounded:
            radius = 0.2 * min(right - left, bottom - top)
            angles = np.linspace(0, np.pi / 2, 6)
            corners = [
                (right - radius, bottom - radius),
                (left + radius, bottom - radius),
                (left + radius, top + radius),
                (right - radius, top + radius),
            ]
            points = [
                (x + radius * np.cos(a + i * np.pi / 2), y + radius * np.sin(a + i * np.pi / 2))
                for i, (x, y) in enumerate(corners)
                for a in angles
            ]
            path = np.array([*points, points[0]], np.float32)
            self._stroke([path])
            return
        for x1, y1, x2, y2 in (
            (left, top, right, top),
            (right, top, right, bottom),
            (right, bottom, left, bottom),
            (left, bottom, left, top),
        ):
            self.line(x1, y1, x2, y2)

    def comb(self, left: float, top: float, pitch: float, height: float, count: int, teeth: float = 1.0) -> None:
        """Draw a frame or a base line with `count` cells; `teeth` is how high the lines between them are."""
        right, bottom = left + count * pitch, top + height
        if teeth >= 1:
            self.box((left, top, right, bottom))
        else:
            self.line(left, bottom, right, bottom)
        for i in range(1 - (teeth < 1), count + (teeth < 1)):
            self.line(left + i * pitch, bottom - teeth * height, left + i * pitch, bottom)

    def grid(self, xs: Sequence[float], ys: Sequence[float]) -> None:
        """Draw a table's lines."""
        for x in xs:
            self.line(x, ys[0], x, ys[-1])
        for y in ys:
            self.line(xs[0], y, xs[-1], y)

    def ring(self, x: float, y: float, radius_x: float, radius_y: float) -> None:
        """Draw an ellipse around a place."""
        angles = np.linspace(0, 2 * np.pi, 40)
        self._stroke(
            [np.stack([x + radius_x * np.cos(angles), y + radius_y * np.sin(angles)], axis=1).astype(np.float32)]
        )
