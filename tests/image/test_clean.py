"""Strips of other paper are evened where there are some; bars of a broad pen are read as they are."""

import numpy as np

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


def test_strips_of_paper_are_evened():
    even = clean.evened(on_strips(), across=False)
    assert even is not None
    assert (even[20:30, :20] < 100).all() and (even[10:13, 16:32] > 150).mean() > 0.9
    level = clean.evened(np.ascontiguousarray(on_strips().T), across=True)
    assert level is not None and np.array_equal(level, even.T)


def test_one_paper_is_no_strips(digits):
    """Digits on plain paper, and on paper whose light falls off slowly, are left as they are."""
    for image in digits.images[:100]:
        assert clean.evened(image, across=False) is None and clean.evened(image, across=True) is None


def test_blots_of_ones_are_read():
    """Pens more than half as wide as the picture: the network has seen such bars."""
    blots = [block(width=width, seed=seed) for seed in range(10) for width in (18, 20, 22)]
    answers = [digit.best for digit in inkdigits.classify_many(blots, trust="always")]
    assert answers.count(1) >= 24
