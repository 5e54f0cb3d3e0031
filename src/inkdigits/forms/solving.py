"""What each slot may hold, and rules between slots → the readings that keep the rules, and how probable each is then.

Slots that rules connect are looked at together: whole readings are gone through from the most probable one down, until
what is left can change nothing, or there are too many (best-first enumeration of independent choices, after Lawler,
1972).
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inkdigits.forms.constraints import Value
from inkdigits.forms.rules import Rule
from inkdigits.recognising.lattice import UNEXPECTED

_MOST = 4000  # readings that are gone through
_LEAST = 1e-8  # probability, against that of the best reading, below which one is not


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
    """Return what slots hold, given rules between them. Rules are kept by all readings but one in a thousand."""
    made = [list(one) for one in choices]
    broken: list[Rule] = []
    for slots, own in _connected(rules, {i for i, one in enumerate(choices) if one}):
        result = _together({i: choices[i] for i in slots}, own)
        if result is None:
            best = {i: choices[i][0].value for i in slots}
            broken += [rule for rule in own if not rule.holds(best)]
            continue
        for i, probabilities in result.items():
            kept = [Choice(c.text, c.value, p) for c, p in zip(choices[i], probabilities, strict=True)]
            made[i] = sorted(kept, key=lambda choice: -choice.probability)
    return Solved(made, broken)


def _connected(rules: Sequence[Rule], known: set[int]) -> list[tuple[list[int], list[Rule]]]:
    """Return slots that rules connect, with these rules. Rules about slots that are not known say nothing."""
    groups: list[tuple[set[int], list[Rule]]] = []
    for rule in rules:
        if not known.issuperset(rule.slots):
            continue
        slots, own = set(rule.slots), [rule]
        rest = []
        for group in groups:
            if group[0] & slots:
                slots |= group[0]
                own = group[1] + own
            else:
                rest.append(group)
        groups = [*rest, (slots, own)]
    return [(sorted(slots), own) for slots, own in groups]


def _together(choices: dict[int, Choices], rules: Sequence[Rule]) -> dict[int, list[float]] | None:
    """Return the probability of each choice, given that rules are kept; None if no likely reading keeps them."""
    slots = list(choices)
    place = {slot: k for k, slot in enumerate(slots)}
    logs = [np.log(np.maximum([c.probability for c in choices[slot]], 1e-12)) for slot in slots]
    kept = [np.zeros(len(one)) for one in logs]
    kept_before: dict[tuple[int, tuple[int, ...]], bool] = {}

    def holds(number: int, reading: tuple[int, ...]) -> bool:
        rule = rules[number]
        key = number, tuple(reading[place[slot]] for slot in rule.slots)
        if key not in kept_before:
            values = {slot: choices[slot][reading[place[slot]]].value for slot in rule.slots}
            kept_before[key] = rule.holds(values)
        return kept_before[key]

    first = (0,) * len(slots)
    start = float(sum(one[0] for one in logs))
    heap: list[tuple[float, tuple[int, ...], int]] = [(-start, first, 0)]
    seen = fits = 0.0
    gone = 0
    while heap and gone < _MOST:
        cost, reading, last = heapq.heappop(heap)
        gone += 1
        p = float(np.exp(-cost))
        seen += p
        if all(holds(number, reading) for number in range(len(rules))):
            fits += p
            for k, choice in enumerate(reading):
                kept[k][choice] += p
        # Each reading is made once: from the one in which its last changed slot held the next more probable choice.
        for k in range(last, len(slots)):
            if reading[k] + 1 == len(logs[k]):
                continue
            worse = cost - float(logs[k][reading[k] + 1] - logs[k][reading[k]])
            if -worse > start + np.log(_LEAST):
                heapq.heappush(heap, (worse, (*reading[:k], reading[k] + 1, *reading[k + 1 :]), k))
    if fits < UNEXPECTED * max(seen - fits, 0.0):
        return None
    # What was not gone through, and what is none of the choices, keeps the rules as often as what was gone through.
    whole = fits + UNEXPECTED * max(seen - fits, 0.0) + max(1 - seen, 0.0) * fits / max(seen, 1e-12)
    return {slot: (kept[k] / whole).tolist() for k, slot in enumerate(slots)}
