"""A second look at a doubtful digit: all that it may be is read at once, and their mean believed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkdigits import network
from inkdigits.locating.maps import sigmoid
from inkdigits.network import tta
from inkdigits.reading.candidates import Candidate, Views, candidates
from inkdigits.recognising import decide
from inkdigits.recognising.decide import Beliefs
from inkdigits.recognising.posterior import log_odds

# Digits of at least this confidence are not looked at again: 96 of 100 as they come.
SURE = 0.96


@dataclass(frozen=True, eq=False)
class Look:
    """What a second look at one picture came to.

    `mean` float32 (10 or 11,) is the mean of what is believed of the picture as it was and of its candidates; `first` the
    same of the picture as it was alone; `beside` how surely another digit stands beside it, 0 to 1. `candidate` is the one
    that is the surest of the digit believed, None where the picture as it was is believed to be that digit, too.
    """

    mean: npt.NDArray[np.float32]
    first: npt.NDArray[np.float32]
    beside: float
    candidate: Candidate | None = None

    @property
    def features(self) -> npt.NDArray[np.float32]:
        """What tells how probably the digit is right, float32 (4,).

        1, and log-odds: of the mean, of the same digit in the picture as it was, and that no other digit stands beside it.
        """
        best = int(self.mean[:10].argmax())
        known = np.array([self.mean[best], self.first[best], 1 - self.beside], np.float32)
        return np.concatenate([np.ones(1, np.float32), log_odds(known)])

    def beliefs(self, weights: tuple[float, ...]) -> Beliefs:
        """Return what is believed, one row. `weights` (4,) are of a logistic regression on `features`; () for none."""
        believed = decide.believe(self.mean[None], 1.0)
        if weights:
            confidence = sigmoid(self.features[None] @ np.array(weights, np.float32))
        else:
            confidence = believed.confidence * np.float32(1 - self.beside)
        return Beliefs(believed.digits, confidence, believed.not_digit)


def look(views: list[Views], glyphs: npt.NDArray[np.uint8], beliefs: Beliefs, net: network.Network) -> dict[int, Look]:
    """Return what a second look came to, for those rows of the beliefs that are not sure.

    `glyphs`, uint8 (N, 28, 28), are what the beliefs are of. A doubtful one is asked about again as it is, moved and turned
    a little (`network.tta`), beside the candidates of its picture.
    """
    unsure = np.flatnonzero(beliefs.confidence < SURE)
    if not len(unsure):
        return {}
    as_it_was = decide.calibrate(tta.probabilities(net, glyphs[unsure]), net.temperature)
    found = [list(candidates(views[row])) for row in unsure]
    every = [one.glyph for several in found for one in several]
    theirs = decide.calibrate(net.probabilities(np.stack(every)), net.temperature) if every else as_it_was[:0]
    looks, end = {}, 0
    for first, own, row in zip(as_it_was, found, unsure, strict=True):
        start, end = end, end + len(own)
        each = np.concatenate([first[None], theirs[start:end]])
        mean = np.asarray(each.mean(axis=0), np.float32)
        best = int(mean[:10].argmax())
        surest = 0 if int(first.argmax()) == best else int(each[:, best].argmax())
        beside = max((one.beside for one in own), default=0.0)
        looks[int(row)] = Look(mean, first, beside, own[surest - 1] if surest else None)
    return looks
