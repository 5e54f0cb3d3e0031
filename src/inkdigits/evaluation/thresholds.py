"""Thresholds of confidence that keep what a level of trust promises, on a mixture of digits and of what is none.

Thresholds are tested one after the other, from a strict one on; the last one before the first that fails is taken. What is
promised of it then holds with a probability of 95 % for pictures like these: each test is an exact binomial bound
(Clopper and Pearson, "The Use of Confidence or Fiducial Limits", 1934), and tested in a fixed order none of the earlier
ones costs anything (Angelopoulos and others, "Learn then Test", 2021). Pictures count as independent, which those by one
writer are not quite.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from inkdigits.errors import require

require("thresholds", "train", "scipy")

from scipy.stats import beta

Confidence = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Promise:
    """What a level of trust promises: the largest share of wrong answers among those given to digits, and of answers to
    letters and to other things that are no digit among all of these."""

    wrong: float
    letters: float
    others: float


PROMISES = {"strict": Promise(1 / 500, 1 / 100, 1 / 100), "normal": Promise(1 / 200, 5 / 100, 3 / 100)}
_RISK = 0.05  # probability that a promise is not kept
_FIRST = 0.3  # share of the digits that the strictest threshold answers,
_ENOUGH = 2  # or so many times the digits, none of them wrong, that could show the promise to be kept
_STEP = 0.002  # of that share, from one threshold to the next


@dataclass(frozen=True)
class Kept:
    """What was found of a threshold: `answered` of the digits, `wrong` among these; answered letters and others; bounds."""

    threshold: float
    digits: int
    answered: int
    wrong: int
    wrong_bound: float
    letters: int
    letters_answered: int
    letters_bound: float
    others: int
    others_answered: int
    others_bound: float

    def keeps(self, promise: Promise) -> bool:
        """Tell whether a promise is kept, with bounds for those kinds that there are any of."""
        return (
            self.wrong_bound <= promise.wrong
            and (not self.letters or self.letters_bound <= promise.letters)
            and (not self.others or self.others_bound <= promise.others)
        )


def upper_bound(count: int, of: int) -> float:
    """Return the share that the true one exceeds with a probability of 5 % at most; 1 where there are none."""
    return 1.0 if count >= of else float(beta.ppf(1 - _RISK, count + 1, of - count))


def measured(
    threshold: float, confidence: Confidence, right: npt.NDArray[np.bool_], not_digits: Mapping[str, Confidence]
) -> Kept:
    """Return what is found of a threshold. `not_digits` has the confidences of "letters" and "others"."""
    given = confidence >= threshold
    answered, wrong = int(given.sum()), int((given & ~right).sum())
    counts: list[float] = []
    for kind in ("letters", "others"):
        some = not_digits.get(kind, np.zeros(0))
        false = int((some >= threshold).sum())
        counts += [len(some), false, upper_bound(false, len(some))]
    return Kept(threshold, len(confidence), answered, wrong, upper_bound(wrong, answered), *counts)  # type: ignore[arg-type]


def fit(
    confidence: Confidence, right: npt.NDArray[np.bool_], not_digits: Mapping[str, Confidence]
) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    """Return the threshold of each level, not rounded, and what was found of each.

    `confidence` (N,), N at least 1, is of digits; `right` bool (N,) tells whether the most probable one is the right one.
    Where not even the strictest threshold keeps a promise, the threshold is 1.
    """
    ordered = np.sort(np.asarray(confidence, np.float64))[::-1]
    thresholds, found = {}, {}
    for level, promise in PROMISES.items():
        enough = _ENOUGH * math.log(_RISK) / math.log(1 - promise.wrong) / len(ordered)
        shares = np.append(np.arange(max(_FIRST, min(enough, 1)), 1, _STEP), 1)
        steps = np.unique(ordered[np.ceil(shares * len(ordered)).astype(int) - 1])[::-1]
        last = measured(1.0, confidence, right, not_digits)
        for step in steps.tolist():
            tried = measured(step, confidence, right, not_digits)
            if not tried.keeps(promise):
                break
            last = tried
        thresholds[level] = last.threshold
        found[level] = asdict(last)
    return {**thresholds, "always": 0.0}, found
