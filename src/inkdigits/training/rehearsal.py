"""New digits among known ones: what a network is shown so that it learns the first and does not forget the second."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
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


def led_back(network: keras.Model, beginning: list[Any], is_well: Callable[[], bool]) -> float:
    """Lead a network's weights back towards those it began with, a quarter of the way at a time, until `is_well`.

    Returns which share of what it has learned is left, 1 to 0.25. What was new is kept longer than what was forgotten is
    missed. Source: Wortsman et al., "Robust Fine-Tuning of Zero-Shot Models", 2022.
    """
    learned = network.get_weights()
    share = 1.0
    while not is_well() and share > 0.25:
        share -= 0.25
        mean = [share * new + (1 - share) * old for new, old in zip(learned, beginning, strict=True)]
        network.set_weights(mean)
    return share
