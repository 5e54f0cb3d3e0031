"""How a hand moves along a stroke: slower in bends than on straight parts, with a tremor, sampled as devices do.

Source: the two-thirds power law of drawing movements (Lacquaniti, Terzuolo and Viviani, 1983): the speed is proportional to the
radius of curvature to the power of a third.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

LEAST = 0.6  # pixels: the page's pad leaves out points that are nearer than this to the one before

Points = npt.NDArray[np.float64]


def sampled(curve: Points, speed: float, rate: float, random: np.random.Generator) -> Points:
    """Return what the pad records of a stroke, (M, 3): x, y in half pixels' steps, and milliseconds from its first point.

    `speed` is that of straight parts, in pixels a second, `rate` that of points a second. It is slower towards both ends; a
    tremor of a third of a pixel to a pixel lies over it.
    """
    if len(curve) < 2:
        return np.array([[*np.round(2 * curve[0]) / 2, 0.0]])
    keep = np.concatenate([[True], np.hypot(*np.diff(curve, axis=0).T) > 1e-6])
    curve = curve[keep]
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T))])
    fine = np.linspace(0, along[-1], max(8, round(along[-1])))
    x, y = (np.interp(fine, along, curve[:, axis]) for axis in range(2))
    if len(x) > 3:
        heading = np.unwrap(np.arctan2(np.gradient(y), np.gradient(x)))
        bend = np.abs(np.gradient(heading, fine))
        bend = np.convolve(np.pad(bend, 4, mode="edge"), np.ones(9) / 9, "valid")
    else:
        bend = np.zeros(len(x))
    reach = max(along[-1], 1.0)
    ends = np.minimum(fine, along[-1] - fine) / reach
    pace = speed / (1 + (25 * bend) ** 2) ** (1 / 6) * np.clip(0.35 + 6 * ends, 0.35, 1)
    clock = np.concatenate([[0], np.cumsum(np.diff(fine) / ((pace[1:] + pace[:-1]) / 2))]) * 1000
    moments = np.append(np.arange(0, clock[-1], 1000 / rate), clock[-1])
    place = np.interp(moments, clock, fine)
    x, y = np.interp(place, fine, x), np.interp(place, fine, y)
    waves = random.uniform(0.15, 0.6) * np.sin(
        2 * np.pi * (moments / 1000 * random.uniform(6, 11) + random.uniform(0, 1, (2, 1)))
    )
    points = np.stack([x + waves[0], y + waves[1]], axis=1) + random.normal(0, 0.25, (len(x), 2))
    points = np.round(2 * points) / 2
    kept = [0]
    for i in range(1, len(points)):
        if np.hypot(*(points[i] - points[kept[-1]])) >= LEAST:
            kept.append(i)
    return np.concatenate([points[kept], np.round(moments[kept])[:, None]], axis=1)
