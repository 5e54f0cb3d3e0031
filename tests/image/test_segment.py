"""The digit is told from specks, from lines along the frame, and from its neighbours; its detached pieces stay."""

import numpy as np
import pytest

from inkdigits.image.segment import main_digit
from tests.conftest import drawing


def field(*rectangles):
    ink = np.zeros((100, 100), np.uint8)
    for left, top, right, bottom in rectangles:
        ink[top:bottom, left:right] = 255
    return ink


def test_the_box_is_tight():
    part = main_digit(field((40, 30, 48, 70)))
    assert part is not None and part.box == (40, 30, 48, 70) and part.strength.shape == (40, 8)


def test_specks_are_left_out():
    part = main_digit(field((40, 30, 48, 70), (5, 5, 6, 6), (90, 90, 92, 91)))
    assert part is not None and part.box == (40, 30, 48, 70)


def test_a_detached_bar_belongs_to_the_digit():
    part = main_digit(field((40, 40, 48, 80), (40, 30, 60, 35)))
    assert part is not None and part.box == (40, 30, 60, 80)


def test_a_line_along_the_frame_is_no_digit():
    part = main_digit(field((0, 95, 100, 99), (45, 30, 52, 70)))
    assert part is not None and part.box == (45, 30, 52, 70)


def test_a_neighbour_is_another_digit():
    part = main_digit(field((42, 30, 52, 70), (58, 30, 66, 70)))
    assert part is not None and part.box == (42, 30, 52, 70)


@pytest.mark.parametrize("label", [2, 3, 5, 6, 8])
@pytest.mark.parametrize("across", [True, False])
def test_a_broken_digit_is_one(label, across):
    """A crack across its middle, or down, leaves two halves as tall or as wide as each other: both are kept."""
    ink = 255 - drawing(label, height=120, pen=14)
    whole = main_digit(ink)
    assert whole is not None
    left, top, right, bottom = whole.box
    if across:
        ink[(top + bottom) // 2 : (top + bottom) // 2 + 6] = 0
    else:
        ink[:, (left + right) // 2 : (left + right) // 2 + 6] = 0
    part = main_digit(ink)
    assert part is not None and np.abs(np.subtract(part.box, whole.box)).max() <= 1


def test_a_digit_above_another_is_another():
    eight = 255 - drawing(8, height=60, pen=8, margin=2)
    both = np.vstack([eight, eight])
    part = main_digit(np.pad(both, 20))
    assert part is not None and part.box[3] - part.box[1] < 80


def test_nothing():
    assert main_digit(field()) is None
    assert main_digit(field((5, 5, 6, 6))) is None


def test_a_box_around_it_is_no_digit():
    ink = field((8, 8, 92, 11), (8, 89, 92, 92), (8, 8, 11, 92), (89, 8, 92, 92), (45, 30, 52, 70))
    part = main_digit(ink)
    assert part is not None and part.box == (45, 30, 52, 70)


def test_a_zero_that_fills_the_frame_is_a_digit():
    zero = drawing(0, height=90, pen=8, margin=4)
    zero[50:53, 36:39] = 0  # a speck inside must not make a frame of it
    part = main_digit(255 - zero)
    assert part is not None and part.box[3] - part.box[1] > 85
