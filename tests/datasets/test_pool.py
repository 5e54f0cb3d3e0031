"""The pool is what its settings say, the same for the same seed, and its digits are digits."""

import numpy as np

import inkdigits
from inkdigits.datasets import pool

COUNTS = {"plain": 50, "mnist": 60, "strokes": 60, "fonts": 60, "letters": 40, "strangers": 40, "several": 20}


def test_pool(digits):
    few = digits.subset(np.arange(200))
    made = pool.build(COUNTS, 0, few)
    assert np.array_equal(made.images[:200], few.images) and np.array_equal(made.labels[:200], few.labels)
    # A few pictures are so faint that no ink is found; the kinds come in order.
    synthetic = len(made) - 200
    assert 0.85 * sum(COUNTS.values()) <= synthetic <= sum(COUNTS.values())
    assert 0.25 < (made.labels[200:] == pool.STRANGER).mean() < 0.36
    again = pool.build(COUNTS, 0, few)
    assert made.fingerprint() == again.fingerprint() != pool.build(COUNTS, 1, few).fingerprint()
    drawn = made.subset(np.flatnonzero((np.arange(len(made)) >= 200) & (made.labels < 10)))
    answers = inkdigits.classify_glyphs(drawn.images).argmax(axis=1)
    assert (answers == drawn.labels).mean() > 0.75
