"""Two networks on the same digits: which reads more of them right, and whether that could be chance.

Two lone percentages tell little, since most digits are read by both. What counts is what one reads and the other misses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

RESAMPLES = 10_000
SEED = 0  # of the resampling: equal inputs give equal intervals


@dataclass(frozen=True)
class Comparison:
    """Two networks, A and B, on the same digits.

    `only_a` counts the digits that A alone reads right, `only_b` those that B alone does; `p_value` is McNemar's;
    `interval` holds the 95 % interval (low, high) of `difference`, accuracy of A less that of B, -1 to 1.
    """

    digits: int
    both: int
    only_a: int
    only_b: int
    p_value: float
    interval: tuple[float, float]

    @property
    def accuracy_a(self) -> float:
        """Share that A reads right, 0 to 1."""
        return (self.both + self.only_a) / self.digits

    @property
    def accuracy_b(self) -> float:
        """Share that B reads right, 0 to 1."""
        return (self.both + self.only_b) / self.digits

    @property
    def difference(self) -> float:
        """Accuracy of A less that of B."""
        return (self.only_a - self.only_b) / self.digits

    def verdict(self) -> str:
        """Return what it amounts to, in a sentence about "A" and "B"."""
        a, b = f"{self.only_a:,}", f"{self.only_b:,}"
        split = f"A alone reads {a} right, B alone {b}"
        if not self.only_a + self.only_b:
            return "A and B are right and wrong on the same digits."
        chance = f"if they were equally good, a split as uneven would come {_how_often(self.p_value)}"
        if self.p_value >= 0.05:
            return f"No difference is shown: {split}, and {chance}."
        better, worse = ("A", "B") if self.only_a > self.only_b else ("B", "A")
        return f"{better} reads these digits better than {worse}: {split}; {chance}."

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain values."""
        return {
            "digits": self.digits,
            "accuracy_a": self.accuracy_a,
            "accuracy_b": self.accuracy_b,
            "difference": self.difference,
            "difference_95_interval": list(self.interval),
            "resamples": RESAMPLES,
            "both_right": self.both,
            "only_a_right": self.only_a,
            "only_b_right": self.only_b,
            "both_wrong": self.digits - self.both - self.only_a - self.only_b,
            "mcnemar_p": self.p_value,
            "verdict": self.verdict(),
        }


def compare(right_a: npt.NDArray[np.bool_], right_b: npt.NDArray[np.bool_]) -> Comparison:
    """Return the comparison of two networks from which of the same N digits each reads right, bool (N,), N above 0."""
    only_a, only_b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    interval = bootstrap(only_a, only_b, len(right_a))
    return Comparison(len(right_a), int((right_a & right_b).sum()), only_a, only_b, mcnemar(only_a, only_b), interval)


def mcnemar(only_a: int, only_b: int) -> float:
    """Return the p-value of McNemar's exact test, two-sided, 0 to 1: 1 if nothing sets the two apart.

    If neither is better, each digit that one reads and the other misses falls to either side with equal odds. Source:
    McNemar, "Note on the sampling error of the difference between correlated proportions or percentages", 1947; the
    binomial instead of the chi-squared distribution, so that it is right for few digits as well.
    """
    apart, fewer = only_a + only_b, min(only_a, only_b)
    ways = of_k = 1  # of k = 0 digits falling to the one side; whole numbers, so that nothing is rounded or underflows
    for k in range(fewer):
        of_k = of_k * (apart - k) // (k + 1)
        ways += of_k
    return min(1.0, 2 * ways / (1 << apart))


def bootstrap(only_a: int, only_b: int, digits: int) -> tuple[float, float]:
    """Return the 95 % interval of the difference in accuracy, (low, high), by resampling the digits in pairs.

    A digit counts +1, -1 or 0, so drawing N digits with replacement is drawing the three counts from a multinomial
    distribution: the same bootstrap in one call. Source: Efron, "Bootstrap methods: another look at the jackknife", 1979;
    percentile interval.
    """
    shares = np.array([only_a, only_b, digits - only_a - only_b]) / digits
    counts = np.random.default_rng(SEED).multinomial(digits, shares, RESAMPLES)
    low, high = np.quantile((counts[:, 0] - counts[:, 1]) / digits, [0.025, 0.975])
    return float(low), float(high)


def _how_often(p_value: float) -> str:
    if p_value < 0.0001:
        return "less than once in 10,000 times"
    return f"{p_value:.0%} of the time" if p_value >= 0.01 else f"{p_value:.2%} of the time"
