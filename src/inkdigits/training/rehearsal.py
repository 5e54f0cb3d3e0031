"""New digits among known ones: what a network is shown so that it learns the first and does not forget the second."""

from __future__ import annotations

import numpy as np

from inkdigits.datasets.dataset import Dataset


def mixed(own: Dataset, known: Dataset, share: float) -> Dataset:
    """Return `known` and `own`, each of the latter repeated as often as makes them `share` of all, once at least.

    Training gathers its batches from all of it in random order, so that every batch has about that share of them. Source of
    the method, rehearsal: Robins, "Catastrophic Forgetting, Rehearsal and Pseudorehearsal", 1995.
    """
    times = max(1, round(share / (1 - share) * len(known) / len(own)))
    images = np.concatenate([known.images, *[own.images] * times])
    labels = np.concatenate([known.labels, *[own.labels] * times])
    return Dataset(f"{own.name} among {known.name}", images, labels)
