"""Separators as strokes: what tells one from another is to be seen."""

import numpy as np
import pytest

from inkdigits.synthetic.pages import signs

PEN = 0.08


def drawn(sign, count=300):
    """Return for each of many forms of a sign its points, one below the other."""
    random = np.random.default_rng(3)
    return [np.concatenate(signs.shape(sign, PEN, random)[0]) for _ in range(count)]


def test_a_comma_goes_deeper_than_a_point():
    assert max(float(points[:, 1].max()) for points in drawn(".")) < 0.07 + 1.01 * PEN  # a dab as thick as it gets
    assert min(float(points[:, 1].max()) for points in drawn(",")) >= 0.09 - 1e-6
    assert all(float(np.ptp(points, axis=0).max()) > 0.16 for points in drawn(","))


def test_a_hyphen_is_longer_than_a_point():
    assert max(float(np.ptp(points[:, 0])) for points in drawn(".")) < 0.2
    assert min(float(np.ptp(points[:, 0])) for points in drawn("-")) >= 0.2 - 1e-6


def test_points_are_dots_dabs_and_ticks_and_some_are_raised():
    every = drawn(".")
    raised = np.mean([float(points[:, 1].mean()) < -0.2 for points in every])
    assert 0.06 < raised < 0.2
    long = np.mean([float(np.ptp(points, axis=0).max()) > 0.06 for points in every])
    assert 0.3 < long < 0.8


@pytest.mark.parametrize("sign", ["", "a", "?"])
def test_letters_are_not_drawn_here(sign):
    assert signs.shape(sign, PEN, np.random.default_rng(0)) is None
