"""The network of whole numbers sees each number whole, wherever passes end, and says where its columns are."""

import numpy as np
import pytest

from inkdigits.locating import locate
from inkdigits.locating.numbers import Row, Token
from inkdigits.recognising import ctc, number, strips
from tests.locating import made
from tests.written import lines, paper, write

TEXT = "2743586"


def numbered(grey, passes, boxes, of_pass=0):
    """Say that a picture has one number with these boxes, all found by one pass."""
    marks = made.found([made.Mark("7", (b[0] + b[2]) / 2, (b[1] + b[3]) / 2, height=b[3] - b[1]) for b in boxes])
    order = np.argsort(marks.boxes[:, 0] + marks.boxes[:, 2])
    return locate.Located(grey, marks, passes, np.full(len(marks), of_pass, np.intp)), [order.tolist()]


def greedy(said):
    return [None if one is None else ctc.greedy(one.logs) for one in said]


@pytest.fixture(scope="module")
def page():
    return lines([TEXT], 30, gap=0.3)


def test_a_number_is_read_and_its_columns_are_in_the_picture(page):
    located, numbers = numbered(page.grey, [locate._read(page.grey, 1.0)], page.boxes)
    (said,) = number.read(located, numbers, 0.0)
    assert ctc.greedy(said.logs) == TEXT and said.digit_height == pytest.approx(30, rel=0.2)
    columns = ctc.align(said.logs, TEXT).columns
    middles = [(b[0] + b[2]) / 2 for b in page.boxes]
    assert np.abs(said.in_picture(columns)[:, 0] - middles).max() < 15


@pytest.mark.parametrize("place", [(0, 0, 120, 80), (100, 0, 999, 80), (60, 0, 150, 999)])
@pytest.mark.parametrize("scale", [0.8, 1.3])
def test_a_number_that_a_pass_has_cut_is_read_from_the_picture(page, place, scale):
    """A pass may have read a tile of the picture; the number goes on in the next one."""
    height, width = page.grey.shape
    left, top, right, bottom = place
    whole = locate._read(page.grey, scale)
    tile = locate._part(page.grey, scale, (left, top, min(right, width), min(bottom, height)))
    assert tile.grey.size < 0.8 * whole.grey.size
    for one in (whole, tile):
        located, numbers = numbered(page.grey, [one], page.boxes)
        assert greedy(number.read(located, numbers, 0.0)) == [TEXT]


def test_what_is_beyond_the_picture_is_plain_paper(page):
    left, right = page.boxes[0][0], page.boxes[-1][2]
    part = np.ascontiguousarray(page.grey[:, int(left) - 1 : int(right) + 2])
    boxes = [(a - int(left) + 1, b, c - int(left) + 1, d) for a, b, c, d in page.boxes]
    located, numbers = numbered(part, [locate._read(part, 1.0)], boxes)
    assert greedy(number.read(located, numbers, 0.0)) == [TEXT]


def test_marks_far_outside_say_nothing_and_do_no_harm(page):
    boxes = [(a + 5000, b + 5000, c + 5000, d + 5000) for a, b, c, d in page.boxes]
    located, numbers = numbered(page.grey, [locate._read(page.grey, 1.0)], boxes)
    assert greedy(number.read(located, numbers, 0.0)) == [""]


@pytest.mark.parametrize("left_out", range(1, 6))
def test_a_digit_that_was_missed_within_a_number_is_read_with_the_digits_on_both_sides(page, left_out):
    """Two numbers remain, which stand closer than a digit with room on both sides."""
    boxes = page.boxes[:left_out] + page.boxes[left_out + 1 :]
    located, (marks,) = numbered(page.grey, [locate._read(page.grey, 1.0)], boxes)
    row = Row([Token("", mark) for mark in marks], [marks[:left_out], marks[left_out:]])
    ((group,),) = number.read_rows(located, [row])
    assert group.count == 2 and greedy([group.said]) == [TEXT]


def test_numbers_far_apart_are_read_one_by_one(page):
    boxes = [page.boxes[0], page.boxes[-1]]
    located, (marks,) = numbered(page.grey, [locate._read(page.grey, 1.0)], boxes)
    row = Row([Token("", mark) for mark in marks], [[mark] for mark in marks])
    assert [group.count for group in number.read_rows(located, [row])[0]] == [1, 1]


def test_numbers_that_are_too_long_or_too_many_or_empty_are_not_read():
    wide = paper(60, 3000)
    write(wide, "27" * 30, 40, 45, 24, gap=0.5)
    located, numbers = numbered(wide.grey, [locate._read(wide.grey, 1.0)], wide.boxes)
    assert number.read(located, [*numbers, [], numbers[0][:3]], 0.0)[:2] == [None, None]
    assert number.read(located, [*numbers, [], numbers[0][:3]], 0.0)[2] is not None
    many = number.read(located, [numbers[0][:2]] * 203, 0.0)
    assert [one is None for one in many] == [False] * 200 + [True] * 3


def test_a_strip_says_the_same_beside_wider_ones(page):
    frame = strips.around(np.array(page.boxes, np.float32))
    strip = strips.cut(page.grey, frame, 235)
    (alone,) = number.run([strip])
    beside, _ = number.run([strip, np.full((48, 3 * strip.shape[1]), 230, np.uint8)])
    assert alone.shape == beside.shape == (frame.columns, 16)
    assert np.abs(np.exp(alone) - np.exp(beside)).max() < 0.02
