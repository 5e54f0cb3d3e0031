"""Rules that compare sums: how probably one is kept, given each thing that one of its slots may hold.

The probabilities of partial sums are followed slot by slot, from both ends (the forward and backward pass of a chain): a
sum of sixty cells takes no longer than sixty of two.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkdigits.forms.constraints import Value
from inkdigits.forms.rules import Rule, as_number

Values = npt.NDArray[np.float64]
Sums = npt.NDArray[np.int64]

CHANCE = {operator.eq: 0.02}  # that a value which was not read keeps a rule
OTHER_CHANCE = 0.5  # of comparisons other than equality
_PARTS = 10_000  # of a unit: decimals have four digits at most
_LARGEST = 10**14  # of these: sums of larger ones are not followed
_LEAST = 1e-6  # probability below which a choice is not followed
_STATES = 1500  # partial sums that are followed at once


@dataclass(frozen=True, eq=False)
class _Spread:
    """Partial sums, ascending, with their probabilities."""

    sums: Sums
    weights: Values

    def plus(self, other: _Spread) -> _Spread:
        """Return the spread of the sum of the two."""
        every = (self.sums[:, None] + other.sums).ravel()
        weights = (self.weights[:, None] * other.weights).ravel()
        sums, place = np.unique(every, return_inverse=True)
        made = np.asarray(np.bincount(place.ravel(), weights, len(sums)), np.float64)
        if len(sums) > _STATES:
            kept = np.sort(np.argpartition(-made, _STATES)[:_STATES])
            sums, made = sums[kept], made[kept]
        return _Spread(sums, made)


_NOTHING = _Spread(np.zeros(1, np.int64), np.ones(1))


def chance(rule: Rule) -> float:
    """Return how probably a value that was not read keeps a rule."""
    return CHANCE.get(rule.compare, OTHER_CHANCE)


def kept(
    rule: Rule, values: Mapping[int, Sequence[Value | None]], weights: Mapping[int, Values]
) -> dict[int, Values] | None:
    """Return how probably a rule is kept for each thing that a slot may hold, and, last, for one that was not read.

    `weights` are probabilities, of what was not read the last. None for a rule that cannot be followed: it compares no
    sums, or of values that are too large.
    """
    if rule.linear is None:
        return None
    slots = list(rule.linear.factors)
    numbers: dict[int, Sums] = {}
    silent: dict[int, npt.NDArray[np.bool_]] = {}
    for slot in slots:
        exact = [0 if v is None else int(as_number(v) * _PARTS) * rule.linear.factors[slot] for v in values[slot]]
        if max(map(abs, exact), default=0) > _LARGEST:
            return None
        numbers[slot] = np.array(exact, np.int64)
        silent[slot] = np.array([v is None and slot in rule.linear.loud for v in values[slot]], np.bool_)
    spreads, speaks, known = [], [], []
    for slot in slots:
        own = weights[slot][:-1]
        used = ~silent[slot] & (own > _LEAST)
        order = np.argsort(numbers[slot][used], kind="stable")
        spreads.append(_Spread(numbers[slot][used][order], own[used][order]))
        speaks.append(1 - float(own[silent[slot]].sum()))
        known.append(float(own[~silent[slot]].sum()))
    before, behind = [_NOTHING], [_NOTHING]
    for k in range(len(slots) - 1):
        before.append(before[-1].plus(spreads[k]))
        behind.append(behind[-1].plus(spreads[-1 - k]))
    by_chance, made = chance(rule), {}
    for k, slot in enumerate(slots):
        others_speak = float(np.prod(speaks[:k] + speaks[k + 1 :]))
        others_known = float(np.prod(known[:k] + known[k + 1 :]))
        always = (1 - others_speak) + max(others_speak - others_known, 0.0) * by_chance
        own = np.full(len(weights[slot]), always)
        own[-1] = (1 - others_speak) + others_speak * by_chance
        for i, number in enumerate(numbers[slot].tolist()):
            if silent[slot][i]:
                own[i] = 1.0
            elif weights[slot][i] > _LEAST:
                own[i] += _share(rule, number + rule.linear.constant * _PARTS, before[k], behind[-1 - k])
        made[slot] = np.minimum(own, 1.0)
    return made


def _share(rule: Rule, number: int, one: _Spread, other: _Spread) -> float:
    """Return how probably a number and two spreads sum to what a rule asks for."""
    if not (len(one.sums) and len(other.sums)):
        return 0.0  # nothing that can be added was read in one of the slots
    asked = -number - one.sums
    left = np.searchsorted(other.sums, asked, "left")
    if rule.compare is operator.eq:
        place = np.minimum(left, len(other.sums) - 1)
        return float(one.weights @ np.where(other.sums[place] == asked, other.weights[place], 0.0))
    right = np.searchsorted(other.sums, asked, "right")
    below = np.concatenate([[0.0], np.cumsum(other.weights)])
    at = right if rule.compare in (operator.le, operator.gt) else left
    smaller = below[at]
    kept_by = smaller if rule.compare in (operator.lt, operator.le) else below[-1] - smaller
    return float(one.weights @ kept_by)
