"""What is printed, or no paper at all, is taken out of the ink; what the pen wrote stays."""

import cv2
import numpy as np
import pytest

from inkdigits.image import components, rules
from inkdigits.synthetic import strokes


def handwriting(text, size=40, shape=(300, 400), at=(120, 150)):
    """Digits of our own strokes as ink, 255 on 0, `size` pixels high."""
    ink = np.zeros(shape, np.uint8)
    left, top = at
    for sign in text:
        digit = strokes.draw(strokes.digit(int(sign), 0), size, 4)
        part = ink[top : top + digit.shape[0], left : left + digit.shape[1]]
        np.maximum(part, digit[: part.shape[0], : part.shape[1]], out=part)
        left += digit.shape[1]
    return ink


def table(ink):
    ink[:, :90] = 255


def frame(ink):
    cv2.rectangle(ink, (20, 20), (380, 280), 255, 2)


def ruled(ink):
    for row in (40, 120, 235, 290):
        ink[row : row + 2] = 255


def squared(ink):
    ink[::60, :] = 255
    ink[:, 110::90] = 255


def askew(ink):
    cv2.line(ink, (0, 230), (399, 240), 255, 2)
    cv2.line(ink, (100, 0), (104, 299), 255, 2)


def taken_out(ink):
    return rules.without(ink, rules.connected(ink))


@pytest.mark.parametrize("printed", [table, frame, ruled, squared, askew])
@pytest.mark.parametrize("text", ["7", "52", "318"])
def test_print_goes_and_handwriting_stays(printed, text):
    written = handwriting(text)
    page = written.copy()
    printed(page)
    foreign = (page > 127) & (written < 20)
    left = taken_out(page)
    assert np.count_nonzero(left[foreign] > rules.STROKE) < 0.05 * np.count_nonzero(foreign)
    own = written > 127
    assert np.count_nonzero(left[own] > rules.STROKE) > 0.93 * np.count_nonzero(own)


def test_a_strip_of_ones_is_left_alone():
    """Upright strokes from top to bottom: rules, if the strip did not show that everything in it is as high."""
    strip = np.zeros((60, 200), np.uint8)
    for column in (20, 70, 120, 170):
        strip[4:56, column : column + 5] = 255
    assert taken_out(strip) is strip


def test_a_tight_crop_is_left_alone():
    for digit in range(10):
        ink = strokes.draw(strokes.digit(digit, 0), 100, 14)
        rows, columns = np.flatnonzero(ink.max(axis=1) > 72), np.flatnonzero(ink.max(axis=0) > 72)
        tight = np.ascontiguousarray(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
        kept = taken_out(tight)
        assert np.count_nonzero(kept > 72) > 0.99 * np.count_nonzero(tight > 72), digit


@pytest.mark.parametrize("digit", [1, 2, 3, 4, 7])
def test_a_large_digit_by_a_fine_pen_is_left_alone(digit):
    page = np.zeros((300, 400), np.uint8)
    ink = strokes.draw(strokes.digit(digit, 0), 200, 3)
    page[50 : 50 + ink.shape[0], 100 : 100 + ink.shape[1]] = ink
    assert taken_out(page) is page


def test_the_dashes_of_a_broken_rule_are_no_ones():
    page = handwriting("52")
    for row in range(0, 300, 22):
        page[row : row + 16, 60:63] = 255
    found = components.find(page).pieces
    assert len(found) == 2 and all(piece.box[0] > 100 for piece in found)


def test_a_column_of_ones_stays():
    """One below the other, as far apart as people write lines: no dashes."""
    page = np.zeros((400, 300), np.uint8)
    for row in range(40, 360, 80):
        page[row : row + 40, 100:104] = 255
        digit = strokes.draw(strokes.digit(5, 0), 40, 4)
        page[row - 4 : row - 4 + digit.shape[0], 130 : 130 + digit.shape[1]] = digit
    assert len(components.find(page).pieces) == 8


def test_an_underline_is_no_part_of_the_digit_above_it():
    page = handwriting("5", at=(120, 100))
    page[148:151, 115:165] = 255
    pieces = sorted(components.find(page).pieces, key=lambda p: p.height)
    assert len(pieces) == 2
    assert pieces[0].height <= 6 and pieces[1].height >= 36


@pytest.mark.parametrize("strength", [np.zeros((30, 40), np.uint8), np.full((30, 40), 255, np.uint8)])
def test_nothing_and_everything(strength):
    assert taken_out(strength).shape == strength.shape
    components.find(strength)


@pytest.mark.parametrize("square", [20, 40])
@pytest.mark.parametrize("pale", [75, 150])
def test_squared_paper_paler_than_the_pen(square, pale):
    """The digits hang together with the grid, and grain breaks its lines; what is no stronger than they are is no pen."""
    random = np.random.default_rng(square)
    written = handwriting("318")
    page = written.copy()
    grid = np.zeros_like(page)
    grid[::square] = grid[:, ::square] = pale
    page = np.maximum(page, np.where(grid > 0, grid + random.normal(0, 6, page.shape), 0).clip(0, 255).astype(np.uint8))
    left = taken_out(page)
    foreign = (grid > 0) & (written < 20)
    assert np.count_nonzero(left[foreign] > rules.STROKE) < 0.05 * np.count_nonzero(foreign)
    own = written > 200
    assert np.count_nonzero(left[own] > rules.STROKE) > 0.95 * np.count_nonzero(own)
