"""Locator and digit network → one posterior: is a mark a digit, which one, and how surely.

Both networks have seen the mark, one in its surroundings and one alone. Their probabilities are multiplied, each to a
power; how far that can be trusted was learned by logistic regression on synthetic pages of other writers, fonts and
papers. The locator's config.json holds all its numbers (`training.locator.answering` fits them).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from inkdigits.errors import InputError
from inkdigits.locating import network
from inkdigits.locating.maps import sigmoid
from inkdigits.locating.peaks import Found
from inkdigits.recognising import number as number_network

Values = npt.NDArray[np.float32]

# Probability of being a digit at all from which a mark stands in a line. It is low: what is left out cannot be answered
# any more, and what is no digit is held back by its confidence.
PRESENT = 0.2
_FARTHEST = 12.0  # log-odds beyond which a network is not believed any further


@dataclass(frozen=True, eq=False)
class WithNumbers:
    """What was learned about answers where the network of whole numbers has read them, too.

    Weights `right` are for the same features, with those of `number_features` behind them; `in_context` are for all of
    these and those of `context`, which are made of what `right` says of a page's other digits. Its config.json holds them.
    """

    right: tuple[float, ...]
    right_of_ten: tuple[float, ...]
    in_context: tuple[float, ...]
    in_context_of_ten: tuple[float, ...]
    line: tuple[float, ...]
    thresholds: dict[str, float]


@dataclass(frozen=True, eq=False)
class Answering:
    """What was learned about answers. Weights are for the features of `features` and `whole_line.features`, in their order.

    `powers` of the digit network's and the locator's probabilities; `present` and `right`, weights for a digit network that
    knows "not a digit", `right_of_ten` for one that does not; `line`; `thresholds` of `right` for each level of trust.
    """

    powers: tuple[float, float]
    present: tuple[float, ...]
    right: tuple[float, ...]
    present_of_ten: tuple[float, ...]
    right_of_ten: tuple[float, ...]
    line: tuple[float, ...]
    thresholds: dict[str, float]


# How many numbers each part of the config holds.
_COUNTS = {"powers": 2, "present": 9, "right": 9, "present_of_ten": 9, "right_of_ten": 9, "line": 4}
_OF_NUMBER = 3  # features of what the network of numbers says
_OF_CONTEXT = 2
_COUNTS_WITH_NUMBERS = {
    "right": 9 + _OF_NUMBER,
    "right_of_ten": 9 + _OF_NUMBER,
    "in_context": 9 + _OF_NUMBER + _OF_CONTEXT,
    "in_context_of_ten": 9 + _OF_NUMBER + _OF_CONTEXT,
    "line": 4 + _OF_NUMBER,
}
NO_NUMBER = np.zeros(_OF_NUMBER, np.float32)  # where the network of numbers has not been asked


@lru_cache(maxsize=1)
def answering() -> Answering:
    """Return what the shipped locator's config says. Raises InputError if it is damaged."""
    values, thresholds = _stored(network.MODEL.with_name("config.json"), "answering", _COUNTS)
    return Answering(**values, thresholds=thresholds)


def with_numbers() -> WithNumbers | None:
    """Return what the config of the network of numbers says, None if there is none. Raises InputError if it is damaged."""
    path = number_network.config()
    return _with_numbers(path) if path.exists() else None


@lru_cache(maxsize=2)
def _with_numbers(path: Path) -> WithNumbers | None:
    values, thresholds = _stored(path, "answering", _COUNTS_WITH_NUMBERS)
    return WithNumbers(**values, thresholds=thresholds)


def threshold(trust: str) -> float:
    """Return the least probability of being right at which a digit is answered, at a level of trust."""
    known = with_numbers() if number_network.is_there() else None
    return (known or answering()).thresholds[trust]


def _stored(path: Path, name: str, counts: dict[str, int]) -> tuple[dict[str, Any], dict[str, float]]:
    """Return the weights and the thresholds of a config's part. Raises InputError if it is damaged."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))[name]
        values: dict[str, Any] = {key: tuple(map(float, stored[key])) for key in counts}
        thresholds = {level: float(stored["thresholds"][level]) for level in ("strict", "normal", "always")}
    except (OSError, AttributeError, KeyError, TypeError, ValueError):
        values, thresholds = {}, {}
    numbers = [*thresholds.values(), *(one for value in values.values() for one in value)]
    if {key: len(value) for key, value in values.items()} != counts or not np.isfinite(numbers).all():
        raise InputError(path, f'has a malformed "{name}" part', "install inkdigits again")
    return values, thresholds


@dataclass(frozen=True, eq=False)
class Judged:
    """What is believed of N marks: float32 `digits` (N, 10), given that it is one; `present` (N,); `right` (N,).

    `present` is the probability that it is a digit of its ink, `right` that it is one and the most probable one.
    """

    digits: Values
    present: Values
    right: Values


def combined(classes: Values, raw: Values, powers: tuple[float, float]) -> Values:
    """Return the probabilities of the ten digits: the locator's (N, 10) and the digit network's own (N, 10 or 11)."""
    own, given = powers
    logs = own * np.log(np.maximum(raw[:, :10], 1e-6)) + given * np.log(np.maximum(classes, 1e-6))
    odds = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True), np.float32)


def features(found: Found, rows: npt.NDArray[np.intp], raw: Values, digits: Values) -> Values:
    """Return what is known of some marks, float32 (N, 9); `raw` is the digit network's answer, `digits` the combined one.

    1; log-odds of the peak; log-odds of "not a digit" (0 from networks without it); log-odds of the best digit against the
    next one; whether both networks name the same digit; log of the probability that the digit network gives the best one;
    how surely another digit's link points here, and the own link at another digit; how much taller or lower than the
    page's digits it is, the logarithm's absolute value.
    """
    classes, one = found.classes[rows], np.ones(len(rows), np.float32)
    not_digit = log_odds(raw[:, 10]) if raw.shape[1] > 10 else 0 * one
    ordered = np.sort(digits, axis=1)
    lead = np.log(np.maximum(ordered[:, -1], 1e-6)) - np.log(np.maximum(ordered[:, -2], 1e-6))
    agree = raw[:, :10].argmax(axis=1) == classes.argmax(axis=1)
    own = np.log(np.maximum(raw[np.arange(len(raw)), digits.argmax(axis=1)], 1e-4))
    columns = (one, log_odds(found.scores[rows]), not_digit, np.minimum(lead, _FARTHEST), agree, own)
    return np.stack([np.asarray(c, np.float32) for c in (*columns, *_context(found.pick(rows)))], axis=1)


def _context(marks: Found) -> tuple[Values, Values, Values]:
    """Return the last three of the features, each float32 (N,)."""
    if not len(marks):
        return (np.zeros(0, np.float32),) * 3
    heights = np.maximum(marks.boxes[:, 3] - marks.boxes[:, 1], 1.0)
    usual = float(np.median(heights[marks.scores >= min(0.5, float(marks.scores.max()))]))
    steps = marks.next[:, None] - marks.centres[None]  # from where a mark's link points to every other mark
    off = np.hypot(steps[..., 0], steps[..., 1]) / heights[None]
    near = np.maximum(0, 1 - 2 * off) * marks.goes_on[:, None]
    np.fill_diagonal(near, 0)
    pointed_at = (near * marks.scores[:, None]).max(axis=0)
    points_at = (near * marks.scores[None]).max(axis=1)
    return pointed_at, points_at, np.minimum(np.abs(np.log(heights / usual)), 2.0)


def judge(found: Found, rows: npt.NDArray[np.intp], raw: Values) -> Judged:
    """Return what is believed of some marks, given what the digit network says of their glyphs, float32 (N, 10 or 11)."""
    known = answering()
    digits = combined(found.classes[rows], raw, known.powers)
    seen = features(found, rows, raw, digits)
    ten = raw.shape[1] == 10
    present = sigmoid(seen @ np.array(known.present_of_ten if ten else known.present, np.float32))
    right = sigmoid(seen @ np.array(known.right_of_ten if ten else known.right, np.float32))
    return Judged(digits, present, np.minimum(right, present))


def number_features(certain: float, share: float, agree: bool) -> Values:
    """Return what the network of whole numbers adds, float32 (3,), of a digit or of a number.

    Log-odds of the sign in its column, or of the text, as that network alone says; log-odds of it among the candidates that
    marks and strip have together; whether that network's likeliest text is the one that was decided for.
    """
    odds = log_odds(np.array([certain, share], np.float32))
    return np.array([*odds, float(agree)], np.float32)


def context(odds: Values, of_number: npt.NDArray[np.intp]) -> Values:
    """Return what other digits tell of each, float32 (N, 2): mean log-odds of the page's and of its number's others.

    `odds` (N,) are log-odds that each is right, `of_number` (N,) tells which number each is in. A page that is read
    well elsewhere is a clear one; where most marks of a number are doubtful, it is a word. Both means are drawn towards
    even odds where there are few others.
    """
    columns = []
    for groups, held_back in ((np.zeros_like(of_number), 2.0), (of_number, 1.0)):
        _, group = np.unique(groups, return_inverse=True)
        sums, counts = np.bincount(group, odds), np.bincount(group)
        columns.append((sums[group] - odds) / (counts[group] - 1 + held_back))
    return np.asarray(np.stack(columns, axis=1), np.float32)


def judge_again(
    found: Found,
    rows: npt.NDArray[np.intp],
    raw: Values,
    judged: Judged,
    added: Values,
    of_number: npt.NDArray[np.intp],
) -> Judged:
    """Return what is believed of marks once the network of numbers has said `added`, (N, 3), of them.

    `of_number` (N,) tells which number each is in. It is as it was where nothing was fitted for that, and of marks that
    were not asked about.
    """
    known = with_numbers()
    asked = (added != 0).any(axis=1)
    if known is None or not asked.any():
        return judged
    seen = np.concatenate([features(found, rows, raw, judged.digits), added], axis=1)[asked]
    ten = raw.shape[1] == 10
    odds = seen @ np.array(known.right_of_ten if ten else known.right, np.float32)
    seen = np.concatenate([seen, context(odds, of_number[asked])], axis=1)
    right = judged.right.copy()
    right[asked] = sigmoid(seen @ np.array(known.in_context_of_ten if ten else known.in_context, np.float32))
    return Judged(judged.digits, judged.present, right)


def shares(judged: Judged) -> npt.NDArray[np.float64]:
    """Return how probably each mark, if it is a digit, is each of the ten, (N, 10): the best one as `right` says.

    `right` has been calibrated and `digits` has not. They are raised to the power that makes both agree.
    """
    logs = np.log(np.maximum(judged.digits.astype(np.float64), 1e-9))
    logs -= logs.max(axis=1, keepdims=True, initial=-np.inf)
    wanted = np.clip(judged.right.astype(np.float64) / np.maximum(judged.present, 1e-9), 0.1, 1 - 1e-6)
    low, high = np.full(len(logs), np.log(0.02)), np.full(len(logs), np.log(50.0))
    for _ in range(30):  # bisection: the higher the power, the more probable the best one
        middle = (low + high) / 2
        best = 1 / np.exp(logs * np.exp(middle)[:, None]).sum(axis=1)
        low, high = np.where(best < wanted, middle, low), np.where(best < wanted, high, middle)
    odds = np.exp(logs * np.exp(high)[:, None])
    return np.asarray(odds / odds.sum(axis=1, keepdims=True), np.float64)


def strongest_left_out(found: Found, number: list[int], rows: npt.NDArray[np.intp], present: Values) -> float:
    """Return how probably the likeliest mark that was left out of a number, in it or right beside it, is a digit.

    `number` are its digits' rows in `found`; `present` float32 (N,) is what is believed of the marks `rows`.
    """
    inside = near(found, number, found.centres[rows])
    return float(present[inside & (present < PRESENT)].max(initial=1e-4))


def near(found: Found, number: list[int], points: Values) -> npt.NDArray[np.bool_]:
    """Tell which points, (N, 2), are in a number or right beside it; `number` are its digits' rows, from left to right."""
    own = found.boxes[number]
    height = float(np.median(own[:, 3] - own[:, 1]))
    x, y = points.T
    inside = (x > own[:, 0].min() - 0.8 * height) & (x < own[:, 2].max() + 0.8 * height)
    line = found.centres[number]
    return np.asarray(inside & (np.abs(y - np.interp(x, line[:, 0], line[:, 1])) < 0.6 * height), np.bool_)


def log_odds(probability: Values) -> Values:
    """Return the logarithms of odds, to 12 either way: a network is not believed any further."""
    p = np.clip(probability.astype(np.float64), 1e-6, 1 - 1e-6)
    return np.asarray(np.clip(np.log(p / (1 - p)), -_FARTHEST, _FARTHEST), np.float32)
