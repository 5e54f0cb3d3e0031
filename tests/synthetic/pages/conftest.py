"""What the tests of synthetic pages draw with: the sources of both parts, from a few writers."""

from dataclasses import replace

import numpy as np
import pytest

from inkdigits.datasets import mnist
from inkdigits.synthetic.pages import sources
from inkdigits.synthetic.pages.canvas import Canvas
from inkdigits.synthetic.pages.truth import Truth
from inkdigits.synthetic.pages.writing import Writer, hand


@pytest.fixture(scope="session")
def people():
    """The digits of nine writers of MNIST's training digits."""
    everybody = mnist.train()
    assert everybody.writers is not None
    return everybody.subset(np.isin(everybody.writers, np.unique(everybody.writers)[:9]))


@pytest.fixture(scope="session")
def training(people):
    mine = people.subset(np.isin(people.writers, np.unique(people.writers)[:6]))
    return sources.build(mine.images, mine.labels, mine.writers, "training")


@pytest.fixture(scope="session")
def validation(people):
    rest = people.subset(np.isin(people.writers, np.unique(people.writers)[6:]))
    return sources.build(rest.images, rest.labels, rest.writers, "validation")


@pytest.fixture
def writer_of(training):
    """A function that gives a writer with a hand of a seed (some of it changed), a canvas and a truth of its own."""

    def make(seed, size=(80, 500), degrees=0.0, pen=None, **changed):
        angle = np.radians(degrees)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        middle = np.array([size[1] / 2, size[0] / 2])
        canvas = Canvas(*size, np.concatenate([turn, (middle - turn @ middle)[:, None]], axis=1))
        random = np.random.default_rng(seed)
        return Writer(canvas, Truth(), training, replace(hand(training, random, pen), **changed), random)

    return make
