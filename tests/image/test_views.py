"""Reduced pictures keep their levels, and quantiles are read off a histogram."""

import numpy as np

from inkdigits.image import views


def test_a_small_picture_is_left_alone():
    picture = np.zeros((40, 30), np.uint8)
    assert views.reduced(picture, 48) is picture


def test_each_pixel_is_the_mean_of_a_whole_number():
    random = np.random.default_rng(0)
    picture = random.integers(0, 256, (101, 60), np.uint8)
    small = views.reduced(picture, 48)
    assert small.shape == (33, 20)
    means = picture[:99].reshape(33, 3, 20, 3).mean(axis=(1, 3))
    assert np.abs(small - means).max() <= 0.51


def test_a_narrow_strip_keeps_two_rows():
    assert views.reduced(np.zeros((4, 3000), np.uint8), 48).shape == (2, 47)


def test_cumulative():
    picture = np.array([[0, 1], [1, 255]], np.uint8)
    counts = views.cumulative(picture)
    assert counts.shape == (256,) and counts[:3].tolist() == [1, 3, 3] and counts[-1] == 4
    assert views.cumulative(picture, (picture > 0).astype(np.uint8))[-1] == 3
