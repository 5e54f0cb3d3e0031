"""Reduced pictures keep their levels, and quantiles are read off a histogram."""

import numpy as np
import pytest

from inkdigits.image import measure


def test_a_small_picture_is_left_alone():
    picture = np.zeros((40, 30), np.uint8)
    assert measure.reduced(picture, 48) is picture


def test_each_pixel_is_the_mean_of_a_whole_number():
    random = np.random.default_rng(0)
    picture = random.integers(0, 256, (101, 60), np.uint8)
    small = measure.reduced(picture, 48)
    assert small.shape == (33, 20)
    means = picture[:99].reshape(33, 3, 20, 3).mean(axis=(1, 3))
    assert np.abs(small - means).max() <= 0.51


def test_a_narrow_strip_keeps_two_rows():
    assert measure.reduced(np.zeros((4, 3000), np.uint8), 48).shape == (2, 47)


def test_cumulative():
    picture = np.array([[0, 1], [1, 255]], np.uint8)
    counts = measure.cumulative(picture)
    assert counts.shape == (256,) and counts[:3].tolist() == [1, 3, 3] and counts[-1] == 4
    assert measure.cumulative(picture, (picture > 0).astype(np.uint8))[-1] == 3


@pytest.mark.parametrize("width", [4, 10, 20])
def test_stroke_width(width):
    bar = np.zeros((200, 60), bool)
    bar[10:190, 20 : 20 + width] = True
    # A straight bar is where counting pixel edges is exact and the correction for slanting outlines is not.
    assert measure.stroke_width(bar) == pytest.approx(width * 4 / np.pi, rel=0.15)
