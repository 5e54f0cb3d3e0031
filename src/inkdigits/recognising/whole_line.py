"""How surely a line is right: its digits, all of them, in order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from inkdigits.locating.maps import sigmoid
from inkdigits.recognising.posterior import NO_NUMBER, Values, answering, log_odds, with_numbers


def features(right: Values, rejected: float, links: Values) -> Values:
    """Return what is known of a line, float32 (4,).

    1; log-odds that all its digits are right, as if they were independent; log-odds that the most probable of the marks in
    it that were left out is a digit after all; log-odds of the least sure link within its numbers.
    """
    whole = float(np.prod(right.astype(np.float64)))
    weakest = float(links.min()) if len(links) else 0.98
    return np.concatenate([[1.0], *(log_odds(np.array([v], np.float32)) for v in (whole, rejected, weakest))]).astype(
        np.float32
    )


def least_sure(added: Sequence[Values]) -> Values:
    """Return the least that the network of numbers says of any number of a line, (3,); NO_NUMBER if one was not asked."""
    if not added or not all(of_number.any() for of_number in added):
        return NO_NUMBER
    return np.asarray(np.min(added, axis=0), np.float32)


def confidence(right: Values, rejected: float, links: Values, added: Values = NO_NUMBER) -> float:
    """Return the probability that the digits of a line are those that stand there, all of them, in order.

    Separators and spaces are not judged. `added` is what the network of numbers says (`least_sure`).
    """
    known = with_numbers() if added.any() else None
    seen = features(right, rejected, links)
    weights = answering().line
    if known is not None:
        seen, weights = np.concatenate([seen, added]), known.line
    value = seen @ np.array(weights, np.float32)
    return float(sigmoid(np.array([value], np.float32))[0])
