"""The digits of a number are of one ink: what is doubtful of one is told by the others."""

import numpy as np
import pytest

from inkdigits.locating import inks
from inkdigits.locating.maps import HANDWRITTEN, PRINTED, Maps, sigmoid
from inkdigits.locating.peaks import Found

SURE, UNSURE = (3.0, -3.0), (0.0, 0.5)  # log-odds of handwriting and of print


def row_of(*numbers, top=0.0):
    """Marks of digits 20 pixels apart, each linked to the next one of its number; numbers are 200 pixels apart."""
    boxes, goes_on, following = [], [], []
    for k, count in enumerate(numbers):
        for i in range(count):
            left = 200.0 * k + 20 * i
            boxes.append([left, top, left + 15, top + 30])
            goes_on.append(0.9 if i < count - 1 else 0.0)
            following.append([left + 27.5, top + 15])
    n = len(boxes)
    return Found(
        np.zeros(n, np.int64),
        np.full(n, 0.5, np.float32),
        np.full((n, 10), 0.1, np.float32),
        np.array(boxes, np.float32),
        np.array(goes_on, np.float32),
        np.array(following, np.float32),
    )


def said(*pairs):
    return np.array(pairs, np.float32)


def test_a_doubtful_digit_is_of_the_ink_of_its_number():
    judged = inks.judged(row_of(3), said(SURE, UNSURE, SURE))
    assert judged.kinds.tolist() == [HANDWRITTEN] * 3
    other = inks.judged(row_of(3), said(SURE[::-1], UNSURE[::-1], SURE[::-1]))
    assert other.kinds.tolist() == [PRINTED] * 3


@pytest.mark.parametrize("others", [SURE, SURE[::-1]])
def test_what_stands_elsewhere_does_not_tell_the_ink_of_a_number(others):
    judged = inks.judged(row_of(2, 4), said(UNSURE, UNSURE, *[others] * 4))
    assert judged.kinds[:2].tolist() == [PRINTED] * 2
    judged = inks.judged(row_of(2, 4), said(UNSURE[::-1], UNSURE[::-1], *[others] * 4))
    assert judged.kinds[:2].tolist() == [HANDWRITTEN] * 2


def test_a_number_that_is_sure_stays_what_it_is_among_others():
    judged = inks.judged(row_of(3, 3, 3), said(*[SURE] * 3, *[SURE[::-1]] * 6))
    assert judged.kinds.tolist() == [HANDWRITTEN] * 3 + [PRINTED] * 6


def test_the_score_is_of_a_digit_of_that_ink():
    doubtful = inks.judged(row_of(1), said((1.0, 1.0)))
    sure = inks.judged(row_of(1), said((1.0, -9.0)))
    one = float(sigmoid(np.array([1.0]))[0])
    assert doubtful.scores[0] == pytest.approx((1 - (1 - one) ** 2) / 2, abs=1e-5)
    assert sure.scores[0] == pytest.approx(one, abs=1e-3)


def test_separators_and_empty_pages_stay():
    found = row_of(2)
    found.kinds[1] = 4
    judged = inks.judged(found, said(SURE, UNSURE))
    assert judged.kinds.tolist() == [HANDWRITTEN, 4] and judged.scores[1] == found.scores[1]
    empty = found.pick(np.zeros(0, np.intp))
    assert len(inks.judged(empty, np.zeros((0, 2), np.float32))) == 0


def test_a_peak_in_the_next_cell_is_heard():
    marks = np.full((28, 8, 8), -5.0, np.float32)
    marks[HANDWRITTEN, 3, 4], marks[PRINTED, 2, 3], marks[PRINTED, 7, 7] = 1.0, 2.0, 9.0
    maps = Maps(marks, np.zeros((3, 16, 16), np.float32))
    assert inks.both(maps, np.array([[17.0, 14.0], [0.0, 0.0]], np.float32)).tolist() == [[1.0, 2.0], [-5.0, -5.0]]
