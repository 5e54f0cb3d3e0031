"""Digits as pen strokes: control points in a unit square, joined by smooth curves, and drawn with a pen of any width.

x runs to the right and y down, 0 to 1 over the digit's height; a digit is as wide as its points say. A stroke is a list of
points that the pen passes through; a corner is a point written twice.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Stroke = list[tuple[float, float]]
Points = npt.NDArray[np.float64]

# For each digit the ways in which people write it, the plainest first.
SHAPES: dict[int, list[list[Stroke]]] = {
    0: [
        [[(0.36, 0.02), (0.12, 0.20), (0.05, 0.55), (0.16, 0.88), (0.36, 0.98), (0.57, 0.86), (0.66, 0.50),
          (0.58, 0.15), (0.38, 0.02), (0.30, 0.05)]],
        [[(0.36, 0.02), (0.12, 0.20), (0.05, 0.55), (0.16, 0.88), (0.36, 0.98), (0.57, 0.86), (0.66, 0.50),
          (0.58, 0.15), (0.38, 0.02)], [(0.66, 0.05), (0.05, 0.95)]],
    ],
    1: [
        [[(0.30, 0.00), (0.26, 1.00)]],
        [[(0.05, 0.30), (0.34, 0.02), (0.34, 0.02), (0.32, 1.00)]],
        [[(0.05, 0.28), (0.32, 0.02), (0.32, 0.02), (0.32, 0.98)], [(0.05, 0.98), (0.58, 0.98)]],
    ],
    2: [
        [[(0.06, 0.22), (0.20, 0.05), (0.42, 0.02), (0.58, 0.18), (0.50, 0.45), (0.22, 0.78), (0.02, 0.98), (0.02, 0.98),
          (0.64, 0.96)]],
        [[(0.08, 0.20), (0.26, 0.03), (0.50, 0.08), (0.54, 0.32), (0.34, 0.66), (0.12, 0.92), (0.04, 0.90), (0.14, 0.80),
          (0.32, 0.90), (0.50, 0.98), (0.66, 0.90)]],
    ],
    3: [
        [[(0.08, 0.12), (0.28, 0.01), (0.52, 0.10), (0.52, 0.32), (0.26, 0.46), (0.26, 0.46), (0.54, 0.56), (0.60, 0.78),
          (0.42, 0.97), (0.16, 0.97), (0.03, 0.86)]],
        [[(0.06, 0.02), (0.58, 0.02), (0.58, 0.02), (0.28, 0.42), (0.28, 0.42), (0.56, 0.52), (0.60, 0.78), (0.42, 0.97),
          (0.16, 0.96), (0.04, 0.84)]],
    ],
    4: [
        [[(0.22, 0.02), (0.04, 0.62), (0.04, 0.62), (0.66, 0.58)], [(0.54, 0.24), (0.48, 1.00)]],
        [[(0.50, 1.00), (0.52, 0.02), (0.52, 0.02), (0.02, 0.68), (0.02, 0.68), (0.70, 0.66)]],
    ],
    5: [
        [[(0.14, 0.04), (0.10, 0.44), (0.10, 0.44), (0.34, 0.38), (0.58, 0.52), (0.60, 0.78), (0.40, 0.97), (0.16, 0.96),
          (0.03, 0.86)], [(0.14, 0.04), (0.62, 0.02)]],
        [[(0.60, 0.03), (0.18, 0.04), (0.18, 0.04), (0.12, 0.42), (0.12, 0.42), (0.40, 0.40), (0.58, 0.60), (0.50, 0.86),
          (0.26, 0.98), (0.04, 0.90)]],
    ],
    6: [
        [[(0.50, 0.02), (0.24, 0.22), (0.07, 0.58), (0.14, 0.90), (0.36, 0.98), (0.56, 0.82), (0.50, 0.60), (0.30, 0.54),
          (0.12, 0.70)]],
    ],
    7: [
        [[(0.03, 0.05), (0.60, 0.04), (0.60, 0.04), (0.38, 0.45), (0.24, 1.00)]],
        [[(0.03, 0.05), (0.60, 0.04), (0.60, 0.04), (0.38, 0.45), (0.24, 1.00)], [(0.14, 0.50), (0.56, 0.46)]],
    ],
    8: [
        [[(0.52, 0.14), (0.32, 0.01), (0.12, 0.14), (0.18, 0.36), (0.46, 0.56), (0.58, 0.78), (0.42, 0.97), (0.18, 0.96),
          (0.07, 0.78), (0.22, 0.56), (0.46, 0.36), (0.53, 0.16), (0.46, 0.06)]],
    ],
    9: [
        [[(0.54, 0.16), (0.34, 0.02), (0.12, 0.14), (0.08, 0.36), (0.26, 0.50), (0.48, 0.38), (0.55, 0.16), (0.55, 0.16),
          (0.53, 0.60), (0.44, 1.00)]],
        [[(0.54, 0.16), (0.34, 0.02), (0.12, 0.14), (0.08, 0.36), (0.26, 0.50), (0.48, 0.38), (0.55, 0.16), (0.55, 0.16),
          (0.54, 0.70), (0.38, 0.97), (0.10, 0.90)]],
    ],
}  # fmt: skip


def smooth(stroke: Stroke, steps: int = 12) -> Points:
    """Return the curve through a stroke's points, (M, 2): a centripetal-free Catmull-Rom spline, cornered where doubled."""
    points = np.array([stroke[0], *stroke, stroke[-1]], np.float64)
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(points, points[1:], points[2:], points[3:], strict=False):
        pieces.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return np.concatenate([*pieces, points[-1:]])


def vary(curves: list[Points], random: np.random.Generator, amount: float = 1.0) -> list[Points]:
    """Return curves as another hand would write them: slanted, stretched, and bent by a smooth random field."""
    slant, stretch = random.normal(0, 0.12 * amount), np.exp(random.normal(0, 0.10 * amount))
    waves = random.normal(0, 0.018 * amount, (2, 2, 3))
    phases = random.uniform(0, 2 * np.pi, (2, 2, 3))
    varied = []
    for curve in curves:
        x, y = curve[:, 0], curve[:, 1]
        shifts = [
            sum(
                waves[axis, along, k] * np.sin((k + 1) * np.pi * (y if along else x) + phases[axis, along, k])
                for along in range(2)
                for k in range(3)
            )
            for axis in range(2)
        ]
        varied.append(np.stack([x * stretch + slant * (1 - y) + shifts[0], y + shifts[1]], axis=1))
    return varied


def draw(curves: list[Points], height: float, pen: float, margin: int = 0) -> npt.NDArray[np.uint8]:
    """Return the ink of curves, white on black, uint8: `height` pixels high, drawn with a round pen `pen` pixels wide.

    The picture is as large as the ink, and `margin` pixels on each side.
    """
    scale = 4  # drawn larger and reduced, so that the edges are as soft as a camera's
    points = np.concatenate(curves)
    low = points.min(axis=0)
    border = pen / 2 + 1 + margin
    size = np.ceil((points.max(axis=0) - low) * height + 2 * border).astype(int)
    canvas = np.zeros((size[1] * scale, size[0] * scale), np.uint8)
    shift = 4  # fractional bits in OpenCV's coordinates
    for curve in curves:
        pixels = ((curve - low) * height + border) * scale
        path = np.rint(pixels * 2**shift).astype(np.int32)
        cv2.polylines(canvas, [path], False, 255, max(1, round(pen * scale)), cv2.LINE_AA, shift)
    return np.asarray(cv2.resize(canvas, (int(size[0]), int(size[1])), interpolation=cv2.INTER_AREA), np.uint8)


def digit(label: int, shape: int = 0) -> list[Points]:
    """Return a digit's curves. `shape` counts through the ways in which it is written."""
    shapes = SHAPES[label]
    return [smooth(stroke) for stroke in shapes[shape % len(shapes)]]
