"""Runs of one recipe that differ in their seed: mean, spread, and how well the mean is known."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from inkdigits.errors import require

require("aggregating runs", "train", "scipy")

from scipy import stats


@dataclass(frozen=True)
class Spread:
    """What N values show. `deviation` (of the sample, N - 1) and `interval` are None for a single one."""

    count: int
    mean: float
    deviation: float | None
    interval: tuple[float, float] | None


def spread(values: Sequence[float]) -> Spread:
    """Return mean, standard deviation and the mean's 95 % interval, by Student's t, of at least one value."""
    mean = statistics.fmean(values)
    if len(values) == 1:
        return Spread(1, mean, None, None)
    deviation = statistics.stdev(values)
    half = float(stats.t.ppf(0.975, len(values) - 1)) * deviation / len(values) ** 0.5
    return Spread(len(values), mean, deviation, (mean - half, mean + half))
