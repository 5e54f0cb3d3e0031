"""Handwritten or printed: what the maps say of one digit is doubtful, so a number's digits are judged together.

All digits of a number are of one ink: the log-odds of handwriting against print are averaged over the number. What the rest
of the page is does not count: on forms both stand beside each other.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from inkdigits.locating import chains
from inkdigits.locating.maps import FIRST_SEPARATOR, HANDWRITTEN, PRINTED, STRIDE, Map, Maps, sigmoid
from inkdigits.locating.peaks import Found


def both(maps: Maps, centres: Map) -> Map:
    """Return the log-odds of a handwritten and of a printed digit at some places of a pass (x, y), float32 (N, 2).

    The highest in the cells around each, as a peak may lie one cell beside another's.
    """
    _, height, width = maps.marks.shape
    column, row = (centres / STRIDE).astype(int).T
    said = np.full((len(centres), 2), -np.inf, np.float32)
    for down in (-1, 0, 1):
        for across in (-1, 0, 1):
            rows, columns = np.clip(row + down, 0, height - 1), np.clip(column + across, 0, width - 1)
            said = np.maximum(said, maps.centres[HANDWRITTEN : PRINTED + 1, rows, columns].T)
    return said


def judged(found: Found, said: Map) -> Found:
    """Return marks with the ink that their numbers are of; `said` float32 (N, 2) is what the maps say of each (see `both`).

    The score of a digit becomes the probability that it is one, of either ink, times that of its ink.
    """
    digits = np.flatnonzero(found.kinds < FIRST_SEPARATOR)
    if not len(digits):
        return found
    own = said[digits]
    any_ink = 1 - (1 - sigmoid(own[:, 0])) * (1 - sigmoid(own[:, 1]))
    lead = own[:, 0] - own[:, 1]
    weights = any_ink.astype(np.float64)
    place = {int(row): i for i, row in enumerate(digits)}
    pooled = np.zeros(len(digits), np.float32)
    for chain in chains.linked(found, digits):
        members: npt.NDArray[np.intp] = np.array([place[row] for row in chain])
        pooled[members] = float((lead[members] * weights[members]).sum()) / max(float(weights[members].sum()), 1e-9)
    by_hand = sigmoid(pooled)
    kinds, scores = found.kinds.copy(), found.scores.copy()
    kinds[digits] = np.where(pooled >= 0, HANDWRITTEN, PRINTED)
    scores[digits] = any_ink * np.maximum(by_hand, 1 - by_hand)
    return replace(found, kinds=kinds, scores=scores)
