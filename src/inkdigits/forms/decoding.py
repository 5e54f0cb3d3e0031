"""A lattice and what is expected → the texts that may stand there, each with its probability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from inkdigits.recognising.automata import DEAD, PLACE, Walk
from inkdigits.recognising.lattice import UNEXPECTED, Cut, Lattice, Node

_BEAM = 300  # beginnings of texts that are followed at once
_LEAST = 1e-7  # probability below which a beginning is not followed
_MOST = 100  # texts that are kept

_Key = tuple[str, int, int]  # text, state of the walk, how many boxes: none yet, some, and an empty one behind them


@dataclass(frozen=True, eq=False)
class Posterior:
    """Texts with their probabilities, the most probable first, which sum to 1 at most.

    What is left belongs to texts that are not as expected, or so improbable that they were not followed. `fits` is the
    probability, before anything was expected, of all texts that are as expected.
    """

    texts: tuple[tuple[str, float], ...]
    fits: float

    @property
    def best(self) -> tuple[str, float]:
        """The most probable text and its probability; ("", 0) if there is none."""
        return self.texts[0] if self.texts else ("", 0.0)

    def times(self, share: float) -> Posterior:
        """Return the same with each text so many times as probable."""
        return Posterior(tuple((text, p * share) for text, p in self.texts), self.fits)

    def signs(self, text: str) -> tuple[float, ...]:
        """Return the probability of each sign of a text: of all texts as long, those that have it there."""
        known = [(other, p) for other, p in self.texts if len(other) == len(text)]
        return tuple(sum(p for other, p in known if other[i] == sign) for i, sign in enumerate(text))


def texts(lattice: Lattice, walk: Walk) -> Posterior:
    """Return the texts of a lattice that are as expected. As expected are all but one in a thousand (see `lattice`)."""
    with walk.lock:
        walk.begin()
        found = _followed(lattice, walk, in_boxes=False)
    return _posterior(found)


def texts_in_boxes(nodes: Sequence[Node], walk: Walk, to_the_last: bool = False) -> Posterior:
    """Return the texts of boxes with one digit each: a node a box. Boxes between two digits are not empty.

    `to_the_last` says that the last box is not empty, either: where decimals have boxes of their own, 12 in the first of
    four boxes is not 0.12.
    """
    with walk.lock:
        walk.begin()
        last = [replace(node, left_out=0.0) if to_the_last and node is nodes[-1] else node for node in nodes]
        found = _followed([[Cut(1.0, (node,))] for node in last], walk, in_boxes=True)
    return _posterior(found)


def _posterior(found: dict[str, float]) -> Posterior:
    fits = sum(found.values())
    if fits <= 0:
        return Posterior((), 0.0)
    whole = fits + UNEXPECTED * max(1 - fits, 0.0)
    ordered = sorted(found.items(), key=lambda one: -one[1])[:_MOST]
    return Posterior(tuple((text, p / whole) for text, p in ordered), min(fits, 1.0))


def _followed(lattice: Lattice, walk: Walk, in_boxes: bool) -> dict[str, float]:
    """Return the probability of each text that is as expected."""
    paths: dict[_Key, float] = {("", 0, 0): 1.0}
    for piece in lattice:
        merged: dict[_Key, float] = {}
        for cut in piece:
            branch = {key: p * cut.probability for key, p in paths.items()}
            for node in cut.nodes:
                branch = _after(branch, node, walk, in_boxes)
            for key, p in branch.items():
                merged[key] = merged.get(key, 0.0) + p
        paths = dict(sorted(merged.items(), key=lambda one: -one[1])[:_BEAM])
    found: dict[str, float] = {}
    for (text, state, _), p in paths.items():
        if text and walk.satisfied(np.array([state]))[0]:
            number = text.rstrip(".,-/:")
            found[number] = found.get(number, 0.0) + p
    return found


def _after(paths: dict[_Key, float], node: Node, walk: Walk, in_boxes: bool) -> dict[_Key, float]:
    made: dict[_Key, float] = {}
    signs = [(sign, float(p)) for sign, p in zip(node.signs, node.taken, strict=True) if p > _LEAST]
    states: npt.NDArray[np.intp] = np.array([key[1] for key in paths], np.intp)
    following = {sign: walk.follow(states, np.full(len(states), PLACE[sign])) for sign, _ in signs}
    for i, ((text, state, phase), before) in enumerate(paths.items()):
        if node.left_out > 0:
            key = (text, state, 2 if in_boxes and phase == 1 else phase)
            made[key] = made.get(key, 0.0) + before * node.left_out
        if phase == 2:
            continue
        for sign, p in signs:
            after = int(following[sign][i])
            if after != DEAD and before * p > _LEAST:
                key = (text + sign, after, 1)
                made[key] = made.get(key, 0.0) + before * p
    if len(made) > _BEAM:
        made = dict(sorted(made.items(), key=lambda one: -one[1])[:_BEAM])
    return made
