"""Connectionist temporal classification: log-probabilities column by column → texts, and how probable each of them is.

Each column of a strip has probabilities of the signs and of a blank. A path takes one of them in each column; its text is
what is left when repeats are merged and blanks taken out. Source: Graves et al., "Connectionist temporal classification",
2006; prefix beam search as in Graves and Jaitly, "Towards end-to-end speech recognition", 2014.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Logs = npt.NDArray[np.float32]
Values = npt.NDArray[np.float64]

SIGNS = "0123456789.,-/:"
BLANK = len(SIGNS)  # the class behind those of the signs
CLASSES = BLANK + 1

_INDEX = {sign: i for i, sign in enumerate(SIGNS)}
_LEAST = 1e-4  # probability of a sign in a column from which the search follows it
_BEAM = 12  # beginnings of texts that the search follows at once


def scores(logs: Logs, texts: Sequence[str]) -> Values:
    """Return log P of each text, float64 (K,), given log-probabilities (T, 16): the sum over all paths that say it.

    −inf for a text that needs more columns than there are. All texts are followed at once, by the forward algorithm.
    """
    known = logs.astype(np.float64)
    longest = max((len(text) for text in texts), default=0)
    states = np.full((len(texts), 2 * longest + 1), BLANK)  # blank, sign, blank, … blank
    for row, text in enumerate(texts):
        states[row, 1 : 2 * len(text) : 2] = [_INDEX[sign] for sign in text]
    skips = np.zeros(states.shape, bool)  # a blank between two signs is left out unless they are equal
    skips[:, 3::2] = states[:, 3::2] != states[:, 1:-2:2]
    ends = np.array([2 * len(text) for text in texts], np.intp)
    rows = np.arange(len(texts))
    forward = np.full(states.shape, -np.inf)
    forward[:, 0] = 0.0  # before the first column
    for t, column in enumerate(known):
        after = forward.copy()
        after[:, 1:] = np.logaddexp(after[:, 1:], forward[:, :-1])
        after[:, 2:] = np.where(skips[:, 2:], np.logaddexp(after[:, 2:], forward[:, :-2]), after[:, 2:])
        if t == 0:
            after[:, 2:] = -np.inf  # a path begins with the first blank or the first sign
        forward = after + column[states]
    last = forward[rows, ends]
    return np.where(ends > 0, np.logaddexp(last, forward[rows, np.maximum(ends - 1, 0)]), last)


def greedy(logs: Logs) -> str:
    """Return the text of the most probable path through (T, 16) values: not quite the most probable text."""
    path = logs.argmax(axis=-1)
    first = np.concatenate([[True], path[1:] != path[:-1]])
    return "".join(SIGNS[k] for k in path[first] if k != BLANK)


def best(logs: Logs, count: int = 8) -> list[str]:
    """Return up to `count` texts that log-probabilities (T, 16) say most probably, the most probable first."""
    beam: dict[str, tuple[float, float]] = {
        "": (1.0, 0.0)
    }  # probability with a blank at the end, and with a sign there
    for column in np.exp(logs.astype(np.float64)).tolist():
        blank = column[BLANK]
        signs = [(SIGNS[k], p) for k, p in enumerate(column[:BLANK]) if p >= _LEAST]
        following: dict[str, list[float]] = {}
        for text, (of_blank, of_sign) in beam.items():
            same = following.setdefault(text, [0.0, 0.0])
            same[0] += (of_blank + of_sign) * blank
            if text:
                same[1] += of_sign * column[_INDEX[text[-1]]]
            for sign, p in signs:
                longer = following.setdefault(text + sign, [0.0, 0.0])
                longer[1] += (of_blank if text.endswith(sign) else of_blank + of_sign) * p
        kept = sorted(following.items(), key=lambda entry: -sum(entry[1]))[:_BEAM]
        whole = sum(kept[0][1]) or 1.0  # so that products of many columns do not vanish
        beam = {text: (a / whole, b / whole) for text, (a, b) in kept}
    texts = list(beam)
    order = np.argsort(-scores(logs, texts), kind="stable")[:count]
    return [texts[i] for i in order]


@dataclass(frozen=True, eq=False)
class Alignment:
    """Where the most probable path of a text has its signs: the column at which each is surest, and its probability."""

    columns: npt.NDArray[np.intp]
    probabilities: Values


def align(logs: Logs, text: str) -> Alignment | None:
    """Return where a text's signs stand in log-probabilities (T, 16); None if it needs more columns than there are.

    The most probable path that says the text is found by the Viterbi algorithm.
    """
    known = logs.astype(np.float64)
    if not text:
        return Alignment(np.zeros(0, np.intp), np.zeros(0))
    states = np.full(2 * len(text) + 1, BLANK)
    states[1::2] = [_INDEX[sign] for sign in text]
    skips = np.zeros(len(states), bool)
    skips[3::2] = states[3::2] != states[1:-2:2]
    score = np.full(len(states), -np.inf)
    score[:2] = known[0, states[:2]]
    steps = np.zeros((len(known), len(states)), np.intp)
    for t in range(1, len(known)):
        ways = np.full((3, len(states)), -np.inf)
        ways[0] = score
        ways[1, 1:] = score[:-1]
        ways[2, 2:] = np.where(skips[2:], score[:-2], -np.inf)
        steps[t] = ways.argmax(axis=0)
        score = ways.max(axis=0) + known[t, states]
    state = len(states) - 1 if score[-1] >= score[-2] else len(states) - 2
    if not np.isfinite(score[state]):
        return None
    columns, surest = np.zeros(len(text), np.intp), np.full(len(text), -np.inf)
    for t in range(len(known) - 1, -1, -1):
        if state % 2 and known[t, states[state]] >= surest[state // 2]:
            columns[state // 2], surest[state // 2] = t, known[t, states[state]]
        state -= steps[t, state]
    return Alignment(columns, np.exp(surest))
