"""Test labels that people reject: MNIST's test set has fifteen, and is worth measuring without them as well."""

from __future__ import annotations

import numpy as np

from inkdigits.datasets import mnist
from inkdigits.datasets.dataset import Dataset

# Rows of MNIST's test set, counted from 0, whose label a majority of five people did not agree with. Source:
# Northcutt, Athalye and Mueller, "Pervasive Label Errors in Test Sets Destabilize Machine Learning Benchmarks", 2021
# (arXiv:2103.14749).
MNIST_TEST = (947, 1621, 1901, 2130, 2462, 2597, 2654, 3520, 3558, 5937, 6651, 6783, 8527, 9679, 9729)


def labels_of(data: Dataset) -> tuple[int, ...]:
    """Return the rows of a data set whose labels are known to be contested: those of digits of MNIST's test set."""
    return tuple(np.flatnonzero(np.isin(mnist.test_rows(data.images), MNIST_TEST)).tolist())
