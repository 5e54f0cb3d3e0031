"""A number's marks, and what the network of whole numbers says of its strip → the text that both together say.

Candidates are the likeliest texts of each. A text's score is log P(text | marks) + weight · log P(text | strip): a product
of experts (Hinton, 1999), whose weight was fitted on synthetic pages.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from inkdigits.errors import InputError
from inkdigits.recognising import ctc, number
from inkdigits.recognising.ctc import Logs
from inkdigits.recognising.lattice import Node
from inkdigits.recognising.strips import DIGIT, STRIDE

Values = npt.NDArray[np.float64]

_CANDIDATES = 8  # of the marks, and of the strip
_FLOOR = 1e-4  # probability below which a mark's signs, and its absence, do not sink
_LOWEST = -60.0  # log-probability of a text that a strip cannot say
# Columns by which a sign may be off its mark: a fifth of the height of a digit, as a standard deviation.
_OFF = 0.2 * DIGIT / STRIDE


@dataclass(frozen=True)
class Combining:
    """What was fitted.

    weight            of the strip's log-probability
    inserted          log-probability of a sign without a mark
    separator_bias    log-odds that a mark is a separator where its peak's are 0
    separator_slope   by how much they rise with those of the peak
    """

    weight: float = 0.5
    inserted: float = -5.0
    separator_bias: float = 1.7
    separator_slope: float = 2.0

    def separator(self, score: float) -> float:
        """Return how probably a mark of this score, from 0 to 1, is a separator, if it is anything."""
        score = min(max(score, 1e-3), 1 - 1e-3)
        return 1 / (1 + math.exp(-self.separator_bias - self.separator_slope * math.log(score / (1 - score))))


def known() -> Combining:
    """Return what the config of the network in use says. Raises InputError if it is damaged."""
    path = number.config()
    return _known(path, path.stat().st_mtime_ns if path.exists() else 0)


@lru_cache(maxsize=2)
def _known(path: Path, _changed: int) -> Combining:
    if not path.exists():
        return Combining()
    try:
        stored = json.loads(path.read_text(encoding="utf-8")).get("combining", {})
        made = Combining(**{name: float(value) for name, value in stored.items()})
    except (OSError, AttributeError, TypeError, ValueError):
        made = Combining(float("nan"))
    if not np.isfinite(astuple(made)).all():
        raise InputError(path, 'has a malformed "combining" part', "install inkdigits again")
    return made


@dataclass(frozen=True, eq=False)
class Text:
    """A candidate: for each sign the node that it is, or None where there is no mark for it; and its scores."""

    text: str
    nodes: tuple[int | None, ...]
    by_marks: float
    by_strip: float


@dataclass(frozen=True, eq=False)
class Decision:
    """The text that was decided for, among the candidates.

    chosen    what was decided for
    share     its probability among the candidates
    of_nodes  for each node the probability of each of its signs, and last that it is nothing, among the candidates
    columns   int (S,): where each sign of the text stands, in columns of the strip
    certain   float64 (S,): the probability of each sign in its column, as the strip alone says
    by_strip  the probability of the text, as the strip alone says
    agree     whether the strip's own likeliest text is that, and whether the marks' is
    """

    chosen: Text
    share: float
    of_nodes: list[Values]
    columns: npt.NDArray[np.intp]
    certain: Values
    by_strip: float
    agree: tuple[bool, bool]


def decide(nodes: Sequence[Node], places: Values, logs: Logs, fitted: Combining) -> Decision | None:
    """Return what marks, `nodes` from left to right, and a strip, log-probabilities (T, 16), say together.

    `places` float64 (N,) are the columns in which the nodes stand. None if the strip is too short for any text.
    """
    of_marks, of_strip = likeliest(nodes, _CANDIDATES), ctc.best(logs, _CANDIDATES)
    texts = list(dict.fromkeys([*of_marks, *of_strip]))
    said = np.maximum(ctc.scores(logs, texts), _LOWEST)
    every = [Text(text, *_located(nodes, text, fitted.inserted), float(s)) for text, s in zip(texts, said, strict=True)]
    total = np.array([t.by_marks + fitted.weight * t.by_strip for t in every])
    shares = np.exp(total - total.max())
    shares /= shares.sum()
    numbers = [i for i, text in enumerate(texts) if _is_number(text) and said[i] > _LOWEST]
    if not numbers:
        return None
    best = max(numbers, key=lambda i: total[i])
    alignment = ctc.align(logs, texts[best])
    assert alignment is not None  # its score is finite
    placed, _ = _aligned(nodes, texts[best], fitted.inserted, (places, alignment.columns))
    chosen = Text(texts[best], placed, every[best].by_marks, every[best].by_strip)
    every[best] = chosen
    return Decision(
        chosen,
        float(shares[best]),
        _of_nodes(nodes, every, shares),
        alignment.columns,
        alignment.probabilities,
        float(np.exp(chosen.by_strip)),
        (chosen.text == of_strip[0], chosen.text == next((t for t in of_marks if _is_number(t)), None)),
    )


def _is_number(text: str) -> bool:
    """Tell whether a text may stand in a line: there is a digit in it, and no separator behind the last one."""
    return bool(text) and text[-1].isdigit()


def likeliest(nodes: Sequence[Node], count: int) -> list[str]:
    """Return up to `count` texts that marks say most probably: each mark is one of its signs or nothing."""
    beam: dict[str, float] = {"": 0.0}
    for node in nodes:
        options = [("", node.left_out), *zip(node.signs, node.taken.tolist(), strict=True)]
        options = sorted(options, key=lambda option: -option[1])[:4]
        longer: dict[str, float] = {}
        for text, score in beam.items():
            for sign, p in options:
                new = text + sign
                longer[new] = float(np.logaddexp(longer.get(new, -np.inf), score + np.log(max(p, _FLOOR))))
        beam = dict(sorted(longer.items(), key=lambda entry: -entry[1])[: 2 * count])
    return list(beam)[:count]


def _located(nodes: Sequence[Node], text: str, inserted: float) -> tuple[tuple[int | None, ...], float]:
    return _aligned(nodes, text, inserted, None)


def _aligned(
    nodes: Sequence[Node], text: str, inserted: float, where: tuple[Values, npt.NDArray[np.intp]] | None
) -> tuple[tuple[int | None, ...], float]:
    """Return which node each sign of a text is, and log P(text | marks) of this best alignment.

    A sign without a node costs `inserted`, a node without a sign the log-probability that it is nothing. `where` are the
    columns of nodes and signs, if the distance between the two is to count.
    """
    # Plain lists: the tables are small, and there are many.
    rows = [[inserted * j for j in range(len(text) + 1)]]
    ways = [[2] * (len(text) + 1)]  # 0 a node without a sign, 1 both, 2 a sign without a node
    for i, node in enumerate(nodes):
        nothing = math.log(max(node.left_out, _FLOOR))
        taken = {sign: math.log(max(p, _FLOOR)) for sign, p in zip(node.signs, node.taken.tolist(), strict=True)}
        before = rows[-1]
        row, way = [before[0] + nothing], [0]
        for j, sign in enumerate(text):
            both = before[j] + taken.get(sign, -math.inf)
            if where is not None:
                both -= 0.5 * (float(where[0][i] - where[1][j]) / _OFF) ** 2
            options = (before[j + 1] + nothing, both, row[j] + inserted)
            best = max(options)
            row.append(best)
            way.append(options.index(best))
        rows.append(row)
        ways.append(way)
    found: list[int | None] = [None] * len(text)
    i, j = len(nodes), len(text)
    while i or j:
        step = ways[i][j]
        if step == 1:
            found[j - 1] = i - 1
        i, j = i - (step != 2), j - (step != 0)
    return tuple(found), rows[-1][-1]


def _of_nodes(nodes: Sequence[Node], every: Sequence[Text], shares: Values) -> list[Values]:
    """Return for each node the probability of each of its signs, and that it is nothing, among candidates."""
    found = [np.zeros(len(node.signs) + 1) for node in nodes]
    for text, share in zip(every, shares, strict=True):
        left = set(range(len(nodes)))
        for sign, node in zip(text.text, text.nodes, strict=True):
            if node is not None:
                found[node][nodes[node].signs.index(sign)] += share
                left.discard(node)
        for node in left:
            found[node][-1] += share
    return found
