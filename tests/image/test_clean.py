"""A thick stroke that fills a tight crop is told from a strip of paper; a blot is worn down only if it is all blot."""

import numpy as np
import pytest

import inkdigits
from inkdigits.image import clean


def block(side=32, width=20, seed=0):
    """A 1 of a pen more than half as wide as the picture, from its top to its bottom, with ragged sides, as scans have."""
    random = np.random.default_rng(seed)
    picture = np.zeros((side, side), np.uint8)
    left, right = (np.repeat(random.integers(-1, 2, side // 4), 4) + (side + sign * width) // 2 for sign in (-1, 1))
    for row in range(side):
        picture[row, left[row] : right[row]] = 255
    return picture


def on_strips(side=48):
    """A 7 of a pen three pixels wide on paper with a darker half, negated there: white, then black."""
    picture = np.zeros((side, side), np.uint8)
    picture[10:13, 14:34] = 255
    for row in range(10, 38):
        column = 33 - (row - 10) // 2
        picture[row, column : column + 3] = 255
    picture[:, 24:] = 255 - picture[:, 24:]
    return picture


@pytest.mark.parametrize("seed", range(8))
def test_a_thick_stroke_is_no_strip_of_paper(seed):
    assert clean.evened(block(seed=seed)) is None


def test_strips_of_paper_are_evened():
    even = clean.evened(on_strips())
    assert even is not None
    assert (even[20:30, :20] < 100).all() and (even[10:13, 16:32] > 150).mean() > 0.9


@pytest.mark.parametrize("seed", range(8))
def test_a_blot_of_a_one_becomes_a_thin_stroke(seed):
    thin = clean.thinned(block(seed=seed))
    assert thin is not None
    columns = np.flatnonzero(thin.any(axis=0))
    rows = np.flatnonzero(thin.any(axis=1))
    assert len(columns) < 9 and len(rows) > 12


def test_what_has_thin_parts_is_left(digits):
    """A thinning that lost a tail would make other digits of them."""
    assert [g for g in digits.images[:300] if clean.thinned(g) is not None] == []
    blob = block()
    blob[:14] = 0
    blob[:14, 15:18] = 255  # a thick foot under a thin stem
    assert clean.thinned(blob) is None
    assert clean.thinned(np.zeros((20, 20), np.uint8)) is None


def test_blots_of_ones_are_read():
    """As they are, six of these thirty are."""
    blots = [block(width=width, seed=seed) for seed in range(10) for width in (18, 20, 22)]
    answers = [digit.best for digit in inkdigits.classify_many(blots, trust="always")]
    assert answers.count(1) >= 24
