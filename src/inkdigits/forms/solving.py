"""What each slot may hold, and rules between slots → the readings that keep the rules, and how probable each is then.

Rules and slots tell each other what they know until nothing changes (belief propagation, as decoders of low-density
parity checks do it): exact where no two rules share more than one slot, and close to it elsewhere. A rule that compares
sums is followed exactly (`summing`); of others, whole readings are gone through from the most probable one down, until
what is left can change nothing or there are too many (best-first enumeration, after Lawler, 1972).
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from inkdigits.forms import summing
from inkdigits.forms.constraints import Value
from inkdigits.forms.rules import Rule
from inkdigits.recognising.lattice import UNEXPECTED

_MOST = 2000  # readings that are gone through
_LEAST = 1e-8  # probability, against that of the best reading, below which one is not
_ROUNDS = 6  # in which rules and slots tell each other what they know
_STILL = 1e-4  # change of a probability below which nothing changes
_BROKEN = 0.5  # probability of a rule to be kept below which it is broken

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Choice:
    """One thing that a slot may hold: its text ("" for nothing), the value that this means, and its probability."""

    text: str
    value: Value | None
    probability: float


Choices = Sequence[Choice]  # of a slot, the most probable first


@dataclass(frozen=True, eq=False)
class Solved:
    """What slots hold, given rules: `choices` with new probabilities; `broken` are rules that nothing likely keeps."""

    choices: list[list[Choice]]
    broken: list[Rule]


def solve(choices: Sequence[Choices], rules: Sequence[Rule]) -> Solved:
    """Return what slots hold, given rules between them. A rule is kept by all sheets but one in a thousand.

    Rules about slots of which nothing is known say nothing.
    """
    own = [rule for rule in rules if all(choices[slot] for slot in rule.slots)]
    slots = sorted({slot for rule in own for slot in rule.slots})
    values = {slot: [choice.value for choice in choices[slot]] for slot in slots}
    prior = {slot: _with_rest([choice.probability for choice in choices[slot]]) for slot in slots}
    of = {slot: [r for r, rule in enumerate(own) if slot in rule.slots] for slot in slots}
    said = {(r, slot): np.ones(len(prior[slot])) for r, rule in enumerate(own) for slot in rule.slots}
    broken: set[int] = set()
    for _ in range(_ROUNDS if any(len(one) > 1 for one in of.values()) else 1):
        changed = 0.0
        for r, rule in enumerate(own):
            heard = {slot: _belief(prior[slot], [said[q, slot] for q in of[slot] if q != r]) for slot in rule.slots}
            kept = _kept(rule, values, heard)
            first = rule.slots[0]
            whole = float(heard[first] @ kept[first])
            is_broken = whole < _BROKEN * (whole + UNEXPECTED * (1 - whole))
            broken = broken | {r} if is_broken else broken - {r}
            for slot in rule.slots:
                told = np.ones_like(kept[slot]) if is_broken else kept[slot] + UNEXPECTED * (1 - kept[slot])
                changed = max(changed, float(np.abs(told / told.max() - said[r, slot]).max()))
                said[r, slot] = told / told.max()
        if changed < _STILL:
            break
    made = [list(one) for one in choices]
    for slot in slots:
        belief = _belief(prior[slot], [said[r, slot] for r in of[slot]])
        again = [replace(c, probability=float(p)) for c, p in zip(choices[slot], belief[:-1], strict=True)]
        made[slot] = sorted(again, key=lambda choice: -choice.probability)
    best = {slot: made[slot][0].value for slot in slots}
    return Solved(made, [own[r] for r in sorted(broken) if not own[r].holds(best)])


def _with_rest(probabilities: Sequence[float]) -> Array:
    """Return probabilities, and, last, that of everything else."""
    known = np.array(probabilities)
    return np.concatenate([known, [max(1 - float(known.sum()), 0.0)]]) / max(float(known.sum()), 1.0)


def _belief(prior: Array, said: Sequence[Array]) -> Array:
    belief = np.prod([prior, *said], axis=0)
    return np.asarray(belief / max(float(belief.sum()), 1e-300), np.float64)


def _kept(rule: Rule, values: Mapping[int, Sequence[Value | None]], weights: Mapping[int, Array]) -> dict[int, Array]:
    """Return how probably a rule is kept for each thing that each of its slots may hold; last: what was not read."""
    by_sums = summing.kept(rule, values, weights)
    return _gone_through(rule, values, weights) if by_sums is None else by_sums


def _gone_through(
    rule: Rule, values: Mapping[int, Sequence[Value | None]], weights: Mapping[int, Array]
) -> dict[int, Array]:
    """Return the same by going through readings; one that is not come to keeps the rule by chance."""
    slots = list(dict.fromkeys(rule.slots))
    orders = [np.argsort(-weights[slot][:-1], kind="stable") for slot in slots]
    logs = [np.log(np.maximum(weights[slot][:-1][order], 1e-12)) for slot, order in zip(slots, orders, strict=True)]
    fits, gone = ([np.zeros(len(one)) for one in logs] for _ in range(2))
    start = float(sum(one[0] for one in logs))
    heap: list[tuple[float, tuple[int, ...], int]] = [(-start, (0,) * len(slots), 0)]
    count = 0
    while heap and count < _MOST:
        cost, reading, last = heapq.heappop(heap)
        count += 1
        p = float(np.exp(-cost))
        holds = rule.holds({s: values[s][int(orders[k][reading[k]])] for k, s in enumerate(slots)})
        for k, choice in enumerate(reading):
            gone[k][choice] += p
            fits[k][choice] += p * holds
        # Each reading is made once: from the one in which its last changed slot held the next more probable choice.
        for k in range(last, len(slots)):
            if reading[k] + 1 == len(logs[k]):
                continue
            worse = cost - float(logs[k][reading[k] + 1] - logs[k][reading[k]])
            if -worse > start + np.log(_LEAST):
                heapq.heappush(heap, (worse, (*reading[:k], reading[k] + 1, *reading[k + 1 :]), k))
    by_chance, made = summing.chance(rule), {}
    for k, slot in enumerate(slots):
        own = np.full(len(weights[slot]), by_chance)
        prior = np.exp(logs[k])
        own[orders[k]] = (fits[k] + np.maximum(prior - gone[k], 0) * by_chance) / prior
        made[slot] = np.clip(own, 0.0, 1.0)
    return made
