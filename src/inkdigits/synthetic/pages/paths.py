"""Paths of a pen, changed: smoothed, divided, given the bar or the first stroke that some hands add to a 7."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from inkdigits.synthetic.pages.canvas import Points


def smooth(path: Points, times: int) -> Points:
    """Return a path with its corners cut `times` times (Chaikin, 1974), ends kept: the polygon becomes a curve."""
    for _ in range(times):
        if len(path) < 3:
            return path
        a, b = path[:-1], path[1:]
        cut = np.empty((2 * len(a), 2), np.float32)
        cut[0::2], cut[1::2] = 0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b
        cut[0], cut[-1] = path[0], path[-1]
        path = cut
    return path


def right_end(paths: list[Points]) -> Points:
    """Return the end of a path that is furthest to the right, (2,)."""
    return max((end for path in paths for end in (path[0], path[-1])), key=lambda end: float(end[0]))


def bar(paths: list[Points], random: np.random.Generator) -> list[Points]:
    """Return the bar through the stem of a 7 (a digit's paths, 1 high), where there is one stroke at that level."""
    level = random.uniform(0.4, 0.65)
    every = np.concatenate(paths)
    near = every[np.abs(every[:, 1] - level) < 0.1]
    if not len(near) or np.ptp(near[:, 0]) > 0.3:
        return []
    x, half = float(near[:, 0].mean()), random.uniform(0.12, 0.42)
    x += random.normal(0, 0.04)
    rise = random.normal(0.02, 0.05)
    points = [[x - half, level + rise], [x, level + random.normal(0, 0.02)], [x + half, level - rise]]
    return [np.asarray(points, np.float32)]


def hook(paths: list[Points], random: np.random.Generator) -> list[Points]:
    """Return the short stroke down with which many begin a 7 (a digit's paths, 1 high): at the left end of its top."""
    every = np.concatenate(paths)
    top = every[every[:, 1] < 0.25]
    if not len(top) or np.ptp(top[:, 0]) < 0.2:
        return []
    x, y = top[top[:, 0].argmin()]
    foot = [x + random.normal(-0.02, 0.03), y + random.uniform(0.08, 0.28)]
    return [np.asarray([foot, [x, y]], np.float32)]


def parts(path: Points, count: int) -> list[Points]:
    """Return a path in so many pieces, each beginning where the last one ends."""
    if len(path) < 2 * count:
        return [path]
    cuts = np.linspace(0, len(path) - 1, count + 1).round().astype(int)
    return [path[a : b + 1] for a, b in pairwise(cuts)]
