"""Clutter lies over a digit without hiding it."""

import numpy as np
import pytest

import inkdigits
from inkdigits.synthetic import clutter, strokes


@pytest.mark.parametrize("kind", clutter.KINDS)
def test_clutter(kind):
    random = np.random.default_rng(0)
    right, most = 0, 0.0
    for count in range(50):
        label = count % 10
        clean = strokes.draw(strokes.digit(label), 60, 7, margin=15).astype(np.float32) / 255
        cover = clean.copy()
        kind(cover, random)
        changed = float((np.abs(cover - clean) > 0.2).mean())
        assert changed < (0.35 if kind is clutter.scrawl else 0.2) and cover.min() >= 0 and cover.max() <= 1
        most = max(most, changed)
        picture = np.rint(255 * (1 - 0.8 * cover)).astype(np.uint8)
        right += inkdigits.classify(picture, trust="always").label == label
    assert most > 0.01
    assert right >= 30  # lines through a digit are hard for today's network, and easy for a person


@pytest.mark.parametrize("kind", clutter.KINDS)
def test_the_same_seed_makes_the_same_clutter(kind):
    a, b = (np.zeros((30, 40), np.float32) for _ in range(2))
    kind(a, np.random.default_rng(2))
    kind(b, np.random.default_rng(2))
    assert np.array_equal(a, b)


def test_what_stands_in_a_ring_or_disc_is_still_there():
    """Around an empty middle nothing changes in it but its polarity; the ring or disc is drawn."""
    for seed in range(20):
        cover = np.zeros((80, 60), np.float32)
        cover[36:44, 28:32] = 1.0
        before = cover.copy()
        clutter.surround(cover, np.random.default_rng(seed))
        middle, was = cover[30:50, 24:36], before[30:50, 24:36]
        assert np.allclose(middle, was, atol=0.02) or np.allclose(middle, 1 - was, atol=0.02)
        assert np.abs(cover - before).mean() > 0.02
