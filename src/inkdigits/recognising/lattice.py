"""A line's marks, which may be left out, and the ways to cut its ink → the best reading that is as expected.

Readings are not listed: those that lead to the same state of what is expected are one for all that follows. So sums over
all of them (the forward and backward probabilities of hidden Markov models) and the most probable one take a pass along
the line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from inkdigits.recognising.automata import DEAD, PLACE, Numbers, Values, Walk

Values64 = npt.NDArray[np.float64]

# One line in so many is not what it is expected to be: another number, or one that was written down wrong. What is less
# likely than that to have been written is not read into it, whatever is expected.
UNEXPECTED = 1e-3
# States that are followed at once, and the least probability of one: where there are few, and where there are many.
_MOST, _LEAST = 1000, 1e-9
_MOST_NARROW, _LEAST_NARROW = 200, 1e-6


@dataclass(frozen=True, eq=False)
class Node:
    """A mark: with the probability `taken[k]` it is `signs[k]`, with `left_out` it is nothing; they sum to 1 at most.

    `mark` names it; it is the same mark in every cut.
    """

    mark: int
    signs: str
    taken: Values64
    left_out: float


@dataclass(frozen=True, eq=False)
class Cut:
    """One way to divide a piece of ink: its marks from left to right, and how probable this way is."""

    probability: float
    nodes: tuple[Node, ...]


# The pieces of a line from left to right, each with the ways to cut it, of which one is right. Marks that exclude each
# other are in different cuts of one piece. Most pieces are one mark, and have one cut.
Lattice = Sequence[Sequence[Cut]]


@dataclass(frozen=True, eq=False)
class Reading:
    """The best reading that satisfies what was expected; `confidence` is the probability of its text, given that.

    `signs` are its marks with what they are read as; `each` has for every mark of the lattice the probability of each of
    its signs, given what was expected.
    """

    signs: dict[int, str]
    confidence: float
    each: dict[int, Values64]


def best(lattice: Lattice, walk: Walk) -> Reading | None:
    """Return the best reading whose text `walk` accepts, or None if none of the likely ones is accepted.

    What is expected is believed, but for one line in a thousand, of which nothing is expected. So the confidence is near 1
    where nothing else fits, 0.5 where two readings fit equally well or where what fits is a thousand times less likely than
    what does not; what is even less likely counts as not satisfying.

    Which marks are taken is decided before what each is read as: a mark that may be any digit is one. Taken are those that
    more readings take than leave out, each reading counted by its probability; or those of the most probable reading, if
    these together are the more probable.
    """
    with walk.lock:
        walk.begin()
        return _best(lattice, walk)


def _best(lattice: Lattice, walk: Walk) -> Reading | None:
    paths = _forward(lattice, walk)
    total = paths.total()
    if total < UNEXPECTED * (1 - total):
        return None
    whole = total + UNEXPECTED * (1 - total)
    fits = paths.backward()
    each: dict[int, Values64] = {}
    for node, cut, first in paths.nodes:
        known = fits[first : first + len(node.signs)]
        other = np.maximum(paths.chance[cut] * node.taken - known, 0)
        each[node.mark] = each.get(node.mark, 0.0) + np.minimum((known + UNEXPECTED * other) / whole, 1.0)
    one, choices = paths.most_probable()
    options = [_decided(lattice, paths, fits, total), _only(lattice, paths, set(one), choices)]
    decided = max((_forward(option, walk) for option in options), key=_Paths.total)
    signs, _ = decided.most_probable()
    while not signs[last := next(reversed(signs))].isdigit():
        del signs[last]  # a separator behind the number
    text = "".join(signs.values())
    right = _forward(lattice, Walk([Values([text])])).total()
    return Reading(signs, min(right / whole, 1.0), each)


def _decided(lattice: Lattice, paths: _Paths, fits: Values64, total: float) -> Lattice:
    """Return the lattice with one cut of each piece, and only the marks that are taken: what is more probable than not."""
    entered = iter(paths.cuts)
    probability: dict[int, float] = {}
    cuts = set()
    for piece in lattice:
        ways = {next(entered): total for _ in piece}
        if len(piece) > 1:
            ways = {cut: float(fits[cut]) for cut in ways}
        probability.update(ways)
        cuts.add(max(ways, key=lambda cut: ways[cut]))
    marks: set[int] = set()
    for node, cut, first in paths.nodes:
        if cut in cuts and fits[first : first + len(node.signs)].sum() >= 0.5 * probability[cut]:
            marks.add(node.mark)
    return _only(lattice, paths, marks, cuts)


def _only(lattice: Lattice, paths: _Paths, marks: set[int], cuts: set[int]) -> Lattice:
    """Return the lattice with only some of its cuts, in which some marks are taken and all others left out."""
    entered = iter(paths.cuts)
    pieces = []
    for piece in lattice:
        ways = [cut for cut in piece if next(entered) in cuts or len(piece) == 1]
        pieces.append(
            [replace(cut, nodes=tuple(_settled(node, node.mark in marks) for node in cut.nodes)) for cut in ways]
        )
    return pieces


def _settled(node: Node, taken: bool) -> Node:
    return replace(node, left_out=0.0) if taken else replace(node, signs="", taken=np.zeros(0))


@dataclass(eq=False)
class _Layer:
    """The states that may be reached after a part of the line, each with the probability of all readings that lead there.

    `best` is that of the most probable one, which came from `row` of `layer` by `choice`. Every other way is in `edges`:
    (layer, its rows, their choices, probabilities, rows here).
    """

    states: Numbers
    total: Values64
    best: Values64
    came: tuple[Numbers, Numbers, Numbers]  # layer, row, choice
    edges: list[tuple[int, Numbers, Numbers, Values64, Numbers]]


_Way = tuple[int, Numbers, Numbers, Values64, Numbers]  # from a layer: its rows, choices, probabilities, states


@dataclass(eq=False)
class _Paths:
    """All ways through a lattice. A choice is a sign of a node, or a cut, numbered through; −1 is any other step.

    `cuts` are the cuts in order, `chance` is the probability of each; `nodes` the nodes, each with its cut and the choice
    that its first sign is; `signs` has the mark and the sign of each choice.
    """

    walk: Walk
    layers: list[_Layer] = field(default_factory=list)
    nodes: list[tuple[Node, int, int]] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)
    chance: dict[int, float] = field(default_factory=dict)
    signs: list[tuple[int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        one, none = np.ones(1), np.full(1, -1)
        self.layers.append(_Layer(np.zeros(1, np.intp), one, one, (none, none, none), []))

    def add_cut(self, source: int, cut: Cut) -> int:
        """Follow a cut from a layer; return the layer after it."""
        choice = len(self.signs)
        self.cuts.append(choice)
        self.chance[choice] = cut.probability
        self.signs.append((-1, ""))
        rows = np.arange(len(self.layers[source].states))
        if cut.probability < 1:
            choices, chance = np.full(len(rows), choice), np.full(len(rows), cut.probability)
            source = self._arrive([(source, rows, choices, chance, self.layers[source].states)])
        for node in cut.nodes:
            source = self._add_node(source, node, choice)
        return source

    def _add_node(self, source: int, node: Node, cut: int) -> int:
        first = len(self.signs)
        self.nodes.append((node, cut, first))
        self.signs += [(node.mark, sign) for sign in node.signs]
        states = self.layers[source].states
        places = np.array([PLACE[sign] for sign in node.signs], np.intp)
        least = _LEAST_NARROW if self.walk.narrow else _LEAST
        rows, kept = np.nonzero(self.layers[source].total[:, None] * node.taken > least)
        after = self.walk.follow(states[rows], places[kept])
        choices, chance = first + kept, node.taken[kept]
        alive = np.flatnonzero(after != DEAD)
        ways: list[_Way] = [(source, rows[alive], choices[alive], chance[alive], after[alive])]
        if node.left_out > 0:
            every = np.arange(len(states))
            ways.append((source, every, np.full(len(states), -1), np.full(len(states), node.left_out), states))
        return self._arrive(ways)

    def join(self, sources: list[int]) -> int:
        """Return the layer in which the cuts of a piece meet."""
        if len(sources) == 1:
            return sources[0]
        ways: list[_Way] = []
        for source in sources:
            states = self.layers[source].states
            ways.append((source, np.arange(len(states)), np.full(len(states), -1), np.ones(len(states)), states))
        return self._arrive(ways)

    def _arrive(self, ways: list[_Way]) -> int:
        """Make a layer of all that leads to it; ways to one state meet."""
        rows, choices, states = (np.concatenate([way[i] for way in ways]) for i in (1, 2, 4))
        layers = np.repeat([way[0] for way in ways], [len(way[1]) for way in ways])
        total = np.concatenate([self.layers[way[0]].total[way[1]] * way[3] for way in ways])
        most_probable = np.concatenate([self.layers[way[0]].best[way[1]] * way[3] for way in ways])
        order = np.lexsort((-most_probable, states))
        starts = np.flatnonzero(np.diff(states[order], prepend=-1))
        first = order[starts]
        group = np.empty(len(order), np.intp)
        group[order] = np.cumsum(np.diff(states[order], prepend=-1) != 0) - 1
        sums = np.bincount(group, total, len(starts)).astype(np.float64)
        most = _MOST_NARROW if self.walk.narrow else _MOST
        kept = np.sort(np.argsort(-sums, kind="stable")[:most]) if len(sums) > most else np.arange(len(sums))
        place = np.full(len(sums), -1)
        place[kept] = np.arange(len(kept))
        edges, begin = [], 0
        for layer, from_rows, from_choices, chance, _ in ways:
            into = place[group[begin : begin + len(from_rows)]]
            begin += len(from_rows)
            stays = into >= 0
            edges.append((layer, from_rows[stays], from_choices[stays], chance[stays], into[stays]))
        came = layers[first][kept], rows[first][kept], choices[first][kept]
        self.layers.append(_Layer(states[first][kept], sums[kept], most_probable[first][kept], came, edges))
        return len(self.layers) - 1

    def _accepted(self) -> npt.NDArray[np.bool_]:
        return self.walk.satisfied(self.layers[-1].states)

    def total(self) -> float:
        """Return the probability of all readings that are accepted."""
        return float(self.layers[-1].total[self._accepted()].sum())

    def backward(self) -> Values64:
        """Return for each choice the probability of all accepted readings that make it."""
        fits = np.zeros(len(self.signs) + 1)  # the last one: steps that are no choice
        rest = [np.zeros(len(layer.states)) for layer in self.layers]
        rest[-1] = self._accepted().astype(np.float64)
        for number in range(len(self.layers) - 1, 0, -1):
            for source, rows, choices, chance, into in self.layers[number].edges:
                flow = chance * rest[number][into]
                rest[source] += np.bincount(rows, flow, len(rest[source]))
                fits += np.bincount(choices % len(fits), self.layers[source].total[rows] * flow, len(fits))
        return fits

    def most_probable(self) -> tuple[dict[int, str], set[int]]:
        """Return the marks and signs of the most probable reading that is accepted, and its choices; there must be one."""
        layer = len(self.layers) - 1
        row = int(np.where(self._accepted(), self.layers[-1].best, -1).argmax())
        made: list[int] = []
        while layer > 0:
            layers, rows, choices = self.layers[layer].came
            if choices[row] >= 0:
                made.append(int(choices[row]))
            layer, row = int(layers[row]), int(rows[row])
        signs = [self.signs[choice] for choice in reversed(made)]
        return {mark: sign for mark, sign in signs if sign}, set(made)


def _forward(lattice: Lattice, walk: Walk) -> _Paths:
    """Follow all ways through a lattice."""
    paths = _Paths(walk)
    layer = 0
    for piece in lattice:
        layer = paths.join([paths.add_cut(layer, cut) for cut in piece])
    return paths
