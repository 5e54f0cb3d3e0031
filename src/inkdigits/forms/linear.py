"""Sums of values with factors: what most rules compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Linear:
    """A sum of values, each with a whole factor by its slot, and a constant.

    Those in `loud` may not be empty: a rule says nothing where they are. Others count nothing then.
    """

    factors: Mapping[int, int]
    constant: int = 0
    loud: frozenset[int] = frozenset()

    def plus(self, other: Linear, sign: int = 1) -> Linear:
        """Return the sum of the two, or with −1 their difference."""
        factors = dict(self.factors)
        for slot, factor in other.factors.items():
            factors[slot] = factors.get(slot, 0) + sign * factor
        return Linear(factors, self.constant + sign * other.constant, self.loud | other.loud)

    def times(self, factor: int) -> Linear:
        """Return it so many times."""
        return Linear({slot: factor * own for slot, own in self.factors.items()}, factor * self.constant, self.loud)
