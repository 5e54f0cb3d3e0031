"""The nearest training digits are near, and mostly mean the same."""

import numpy as np
import pytest

from inkdigits.datasets import mnist
from inkdigits.explaining.neighbours import distortion, nearest


@pytest.mark.parametrize("row", [0, 7, 31_234, 59_999])
def test_a_training_digit_is_its_own_nearest(row):
    first, *others = nearest(mnist.train().images[row])
    assert (first.index, first.label, first.distance) == (row, mnist.train().labels[row], pytest.approx(0, abs=1e-4))
    assert all(neighbour.distance > 0 for neighbour in others)


def test_neighbours_come_nearest_first_and_say_what_the_data_set_says():
    found = nearest(np.roll(mnist.train().images[11], 1, axis=0), 9)
    assert len({n.index for n in found}) == len(found) == 9
    assert [n.distance for n in found] == sorted(n.distance for n in found)
    for neighbour in found:
        assert neighbour.label == mnist.train().labels[neighbour.index]
        assert (neighbour.glyph == mnist.train().images[neighbour.index]).all()


def test_the_nearest_digit_by_another_writer_has_the_same_label(digits):
    """60 digits; by chance 6 would agree."""
    train = mnist.train()
    rows = np.arange(30_000, 31_000, 17)
    same = 0
    for row in rows:
        other = next(n for n in nearest(train.images[row], 100) if train.writers[n.index] != train.writers[row])
        same += other.label == train.labels[row]
    assert same >= 0.93 * len(rows)


def test_moving_a_digit_by_two_pixels_costs_nothing_and_another_digit_does(digits):
    glyph = np.zeros((28, 28), np.uint8)
    glyph[5:23, 12:16] = 255
    bar = np.zeros_like(glyph)
    bar[12:16, 5:23] = 255
    moved, far, across = distortion(glyph, np.stack([np.roll(glyph, 2, axis=1), np.roll(glyph, 6, axis=1), bar]))
    assert moved == pytest.approx(0, abs=1e-4)
    assert moved < far and moved < across
    assert distortion(glyph, bar[None]).shape == (1,)
