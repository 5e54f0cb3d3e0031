"""The digit is told from specks, from lines along the frame, and from its neighbours; its detached pieces stay."""

import numpy as np

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
