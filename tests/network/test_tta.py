"""Test-time augmentation: what the views are, and that the answer is the mean over them."""

import numpy as np
import pytest

from inkdigits.evaluation import evaluate
from inkdigits.network import load, tta


def test_a_shift_moves_every_pixel(digits):
    glyphs = digits.images[:50]
    moved = tta.view(glyphs, 1, -1, 0)
    assert moved.dtype == np.uint8 and np.array_equal(moved[:, 1:, :-1], glyphs[:, :-1, 1:])
    assert not moved[:, 0].any() and not moved[:, :, -1].any()


def test_a_turn_is_counter_clockwise_about_the_middle(digits):
    quarter = tta.view(digits.images[:20], 0, 0, 90)
    assert np.abs(quarter.astype(int) - np.rot90(digits.images[:20], 1, (1, 2))).max() <= 1


def test_the_mean_over_the_views(digits):
    net, glyphs = load("classic"), digits.images[:100]
    each = [net.probabilities(tta.view(glyphs, *how)) for how in tta.VIEWS]
    assert len(each) == 7 and np.array_equal(each[0], net.probabilities(glyphs))
    assert tta.probabilities(net, glyphs) == pytest.approx(np.mean(each, axis=0), abs=1e-6)


def test_evaluation_takes_it(digits):
    _, plain = evaluate.evaluate(load("classic"), digits)
    _, mean = evaluate.evaluate(load("classic"), digits, augmented=True)
    assert np.abs(plain.digits - mean.digits).max() > 0.001
    assert (plain.digits.argmax(axis=1) == mean.digits.argmax(axis=1)).mean() > 0.99
