"""Digits as pen strokes: the points of `forms` joined by smooth curves, and drawn with a pen of any width."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.synthetic.forms import FORMS, Stroke

Points = npt.NDArray[np.float64]

_WAVES = np.array([[k * np.pi] for k in (1, 2, 3)])  # radians for each height: half a wave, a whole one, one and a half


def smooth(stroke: Stroke, steps: int = 12) -> Points:
    """Return the curve through a stroke's points, (M, 2): a Catmull-Rom spline, cornered where doubled."""
    points = np.array([stroke[0], *stroke, stroke[-1]], np.float64)
    a, b, c, d = (points[i : len(points) - 3 + i, None] for i in range(4))
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.concatenate([pieces.reshape(-1, 2), points[-1:]])


def vary(curves: list[Points], random: np.random.Generator, amount: float = 1.0) -> list[Points]:
    """Return curves as another hand would write them: slanted, stretched, and bent by a smooth random field."""
    slant, stretch = random.normal(0, 0.12 * amount), np.exp(random.normal(0, 0.10 * amount))
    waves = random.normal(0, 0.018 * amount, (2, 2, 3))
    phases = random.uniform(0, 2 * np.pi, (2, 2, 3))
    varied = []
    for curve in curves:
        x, y = curve.T
        turns = np.stack([x, y])[:, None] * _WAVES + phases[..., None]  # (axis, along, wave, point)
        bends = (waves[..., None] * np.sin(turns)).reshape(2, 6, len(curve))
        shifts = bends[:, 0]
        for i in range(1, 6):  # one after the other: a sum in another order is another in its last bit
            shifts = shifts + bends[:, i]
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
    forms = FORMS[label]
    return [smooth(stroke) for stroke in forms[shape % len(forms)]]
