"""What the tests of synthetic pages draw with: the sources of both parts, from a few writers."""

import numpy as np
import pytest

from inkdigits.datasets import mnist
from inkdigits.synthetic.pages import sources
from inkdigits.synthetic.pages.canvas import Canvas
from inkdigits.synthetic.pages.truth import Truth
from inkdigits.synthetic.pages.writing import Writer, hand


@pytest.fixture(scope="session")
def digits():
    """Digits of some thirty writers: not all of them have written each digit with a thin pen."""
    return mnist.train().subset(np.arange(29_000, 32_000))


@pytest.fixture(scope="session")
def training(digits):
    first = digits.subset(np.isin(digits.writers, np.unique(digits.writers)[:8]))
    return sources.build(first.images, first.labels, first.writers, "training")


@pytest.fixture(scope="session")
def validation(digits):
    rest = digits.subset(~np.isin(digits.writers, np.unique(digits.writers)[:8]))
    return sources.build(rest.images, rest.labels, rest.writers, "validation")


@pytest.fixture
def writer_of(training):
    """A function that gives a writer with a hand of a seed, a canvas and a truth of its own."""

    def make(seed, size=(80, 500), degrees=0.0, pen=None):
        angle = np.radians(degrees)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        middle = np.array([size[1] / 2, size[0] / 2])
        canvas = Canvas(*size, np.concatenate([turn, (middle - turn @ middle)[:, None]], axis=1))
        random = np.random.default_rng(seed)
        return Writer(canvas, Truth(), training, hand(training, random, pen), random)

    return make
