"""Digits of random hands are still digits, whatever they are written with."""

import cv2
import numpy as np
import pytest

import inkdigits
from inkdigits.synthetic import hands, strokes


def framed(ink):
    return cv2.copyMakeBorder(ink, 12, 12, 12, 12, cv2.BORDER_CONSTANT, value=0)


@pytest.mark.parametrize("label", range(10))
def test_a_network_reads_them(label):
    random = np.random.default_rng(label)
    answers = inkdigits.classify_many([framed(hands.written(label, random)) for _ in range(60)], trust="always")
    assert sum(a.label == label for a in answers) >= 52


def test_the_same_seed_writes_the_same():
    a, b, other = (hands.written(4, np.random.default_rng(seed)) for seed in (8, 8, 9))
    assert np.array_equal(a, b) and not (a.shape == other.shape and np.array_equal(a, other))


def test_corners_stay_corners_and_ends_stay_near():
    form = [[(0.0, 0.3), (0.4, 0.0), (0.4, 0.0), (0.4, 1.0)]]
    for seed in range(50):
        (curve,) = hands.drawn(form, np.random.default_rng(seed))
        assert np.abs(curve[[0, -1]] - [(0.0, 0.3), (0.4, 1.0)]).max() < 0.2
        assert np.array_equal(curve[12], curve[24])  # the corner's two points, twelve steps of the curve apart


def test_an_outline_is_hollow():
    bar = [np.array([[0.5, 0.0], [0.5, 1.0]])]
    hollow = hands.outline(bar, np.random.default_rng(0)) > 127
    middle = hollow[hollow.shape[0] // 2]
    left, right = np.flatnonzero(middle)[[0, -1]]
    assert right - left >= 5 and not middle[(left + right) // 2]


def test_a_nib_ends_square_and_a_mouse_draws_hard_edges():
    bar = [np.array([[0.5, 0.0], [0.5, 1.0]])]
    square = hands.nib(bar, 20, np.random.default_rng(0)) > 127
    rows = np.flatnonzero(square.any(axis=1))
    widths = square[rows].sum(axis=1)
    assert np.ptp(widths) <= 2 and 6 <= widths[0] <= 23
    assert set(np.unique(hands.mouse(strokes.digit(8), np.random.default_rng(1)))) == {0, 255}
