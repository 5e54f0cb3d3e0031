"""Augmentation changes digits within what it says, each its own way, the same way for the same seed."""

import numpy as np
import pytest
import tensorflow as tf

from inkdigits.training.augment import augment
from inkdigits.training.settings import AugmentSettings


def changed(images, seed=(1, 2), **settings):
    x = images.astype(np.float32)[..., None] / 255
    return augment(tf.constant(x), AugmentSettings(**settings), tf.constant(seed)).numpy()[..., 0]


def test_nothing_asked_for_is_nothing_done(digits):
    images = digits.images[:20]
    assert np.allclose(changed(images, rotation=0.0, shift=1e-9), images / 255, atol=1e-5)
    assert not AugmentSettings().any and AugmentSettings(pen=0.1).any


def test_the_same_seed_gives_the_same_digits_and_another_others(digits):
    everything = {"rotation": 15, "scale": 0.2, "shear": 0.2, "shift": 2, "elastic": 1.0, "pen": 0.5}
    a = changed(digits.images[:10], **everything)
    assert np.array_equal(a, changed(digits.images[:10], **everything))
    assert not np.allclose(a, changed(digits.images[:10], seed=(1, 3), **everything))
    same = np.repeat(digits.images[:1], 8, axis=0)
    assert len({row.tobytes() for row in changed(same, **everything)}) == 8
    assert a.min() >= 0 and a.max() <= 1 + 1e-5


def centre(image):
    mass = image / image.sum()
    return mass.sum(axis=1) @ np.arange(28), mass.sum(axis=0) @ np.arange(28)


def test_shift_moves_the_centre_of_mass_by_no_more_than_asked(digits):
    moved = changed(digits.images[:200], shift=2.0)
    shifts = np.array(
        [np.subtract(centre(m), centre(i / 255)) for m, i in zip(moved, digits.images[:200], strict=True)]
    )
    assert np.abs(shifts).max() <= 2.05 and shifts.std(axis=0).min() > 0.8


def test_rotation_turns_a_bar(digits):
    bar = np.zeros((100, 28, 28), np.uint8)
    bar[:, 4:24, 13:15] = 255
    turned = changed(bar, rotation=20)
    angles = []
    for image in turned:
        rows, columns = np.nonzero(image > 0.3)
        angles.append(np.degrees(np.arctan(np.polyfit(rows, columns, 1)[0])))
    assert 15 < np.abs(angles).max() <= 21 and np.std(angles) > 8


@pytest.mark.parametrize("strength", [0.3, 0.6])
def test_the_pen_widens_and_thins(digits, strength):
    ink = digits.images[:200].sum(axis=(1, 2)) / 255
    share = changed(digits.images[:200], pen=strength).sum(axis=(1, 2)) / ink
    assert share.min() < 1 - strength / 3 and share.max() > 1 + strength / 3


def test_elastic_bends_smoothly(digits):
    bent = changed(digits.images[:200], elastic=1.0)
    difference = np.abs(bent - digits.images[:200] / 255).mean(axis=(1, 2))
    assert (difference > 0.005).all() and (difference < 0.25).all() and np.median(difference) < 0.12


def test_erasing_takes_a_square_of_any_size_up_to_its_side():
    black = np.full((400, 28, 28), 255, np.uint8)
    sides, corners = [], []
    for image in changed(black, erasing=6):
        rows, columns = (np.flatnonzero((image == 0).any(axis=axis)) for axis in (1, 0))
        assert len(rows) == len(columns) and (image == 0).sum() == len(rows) ** 2
        sides.append(len(rows))
        corners += [(rows[0], columns[0])] if len(rows) == 6 else []
    assert set(sides) == set(range(7))
    assert np.min(corners) < 3 and np.max(corners) > 19 and np.max(corners) <= 22
    assert len({row == column for row, column in corners}) == 2  # rows and columns are drawn apart
