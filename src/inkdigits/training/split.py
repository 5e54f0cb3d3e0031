"""Training and validation digits: whole writers are held out, since that is what a new user is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from inkdigits.datasets.dataset import Dataset

# One split for every run of every recipe, so that their validation figures can be compared pair by pair.
_SPLIT_SEED = 1
_OWN_TEST_SHARE = 1 / 6  # of a data set that has no test half of its own, as MNIST's 10,000 of 70,000 nearly are


def by_writer(
    data: Dataset, share: float, names: tuple[str, str] = ("training", "validation")
) -> tuple[Dataset, Dataset]:
    """Return (training, validation) with about `share` of the digits held out, no writer in both.

    Where the writers are not known, the digits are drawn at random, the same share of every label. `names` are appended to
    the data set's own.
    """
    random = np.random.default_rng(_SPLIT_SEED)
    held_out = np.zeros(len(data), bool)
    if data.writers is not None:
        people, counts = np.unique(data.writers, return_counts=True)
        order = random.permutation(len(people))
        enough = int(np.searchsorted(np.cumsum(counts[order]), share * len(data))) + 1
        held_out = np.isin(data.writers, people[order[:enough]])
    else:
        for label in np.unique(data.labels):
            rows = random.permutation(np.flatnonzero(data.labels == label))
            held_out[rows[: max(1, round(share * len(rows)))]] = True
    kept, taken = (f"{data.name}, {name}" for name in names)
    return data.subset(~held_out, kept), data.subset(held_out, taken)


def own_test(data: Dataset) -> tuple[Dataset, Dataset]:
    """Return a data set without the part that is held out for the test where it has no test half, and that part."""
    return by_writer(data, _OWN_TEST_SHARE, ("without the test part", "test part"))


def in_parts(data: Dataset, count: int, seed: int) -> npt.NDArray[np.intp]:
    """Return for each digit its part, 0 to `count` − 1: parts of equal size, and of every label about as many in each."""
    random = np.random.default_rng(seed)
    order = np.lexsort((random.permutation(len(data)), data.labels))  # label by label, at random within each
    parts = np.empty(len(data), np.intp)
    parts[order] = np.arange(len(data)) % count
    return parts
