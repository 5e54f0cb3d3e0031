"""Our own drawings are digits: the network, which never saw them, reads every shape."""

import numpy as np
import pytest

import inkdigits
from inkdigits.synthetic import strokes
from tests.conftest import SAMPLES

# Ways of writing that MNIST, all that `classic` has learned from, does not have: slashed 0, 1 with an upstroke.
UNKNOWN_TO_CLASSIC = {(0, 1), (1, 1), (1, 2)}
SHAPES = [(label, shape) for label in range(10) for shape in range(len(strokes.SHAPES[label]))]


@pytest.mark.parametrize("label, shape", [s for s in SHAPES if s not in UNKNOWN_TO_CLASSIC])
def test_shapes(label, shape):
    ink = strokes.draw(strokes.digit(label, shape), 100, 10, margin=20)
    assert inkdigits.classify(ink, trust="always", model="classic").label == label


def test_smooth_passes_through_the_points():
    stroke = [(0.0, 0.0), (0.5, 1.0), (1.0, 0.0)]
    curve = strokes.smooth(stroke, steps=10)
    assert np.allclose(curve[[0, 10, 20]], stroke)


@pytest.mark.parametrize("height, pen", [(10, 1.5), (100, 9), (400, 40)])
def test_size(height, pen):
    ink = strokes.draw(strokes.digit(8), height, pen)
    rows = np.flatnonzero(ink.max(axis=1) > 100)
    assert np.ptp(rows) + 1 == pytest.approx(0.96 * height + pen, abs=0.02 * height + 2)


def test_variation_is_repeatable():
    a, b = (strokes.vary(strokes.digit(3), np.random.default_rng(5)) for _ in range(2))
    assert all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def test_there_are_samples_of_every_digit():
    assert {int(p.name[0]) for p in SAMPLES.glob("*.jpg")} == set(range(10))
