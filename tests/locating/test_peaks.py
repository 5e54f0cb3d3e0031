"""Peaks become marks, one for each thing; how many there may be is bounded, and so is the work."""

import numpy as np
import pytest

from inkdigits.locating import peaks
from inkdigits.locating.maps import FIRST_SEPARATOR, HANDWRITTEN, PRINTED
from tests.locating import made

POINT, COMMA, SLASH = FIRST_SEPARATOR, FIRST_SEPARATOR + 1, FIRST_SEPARATOR + 3


def seen(*marks, least=0.1, size=(96, 192)):
    """The marks that are found where each of these, (kind, score, box, …), was put."""
    maps = made.empty_maps(*size)
    for mark in marks:
        made.put(maps, *mark)
    return peaks.peaks(maps, least)


def test_marks_stand_where_they_were_put():
    found = seen(
        (HANDWRITTEN, 0.6, (10, 20, 30, 50), 7, (60, 36)),
        (PRINTED, 0.9, (50, 22, 70, 52), 3),
        (COMMA, 0.8, (34, 44, 38, 54)),
    )
    assert found.kinds.tolist() == [PRINTED, COMMA, HANDWRITTEN]
    assert found.scores == pytest.approx([0.9, 0.8, 0.6], abs=1e-5)
    assert found.boxes == pytest.approx(np.array([(50, 22, 70, 52), (34, 44, 38, 54), (10, 20, 30, 50)]), abs=1e-4)
    assert found.centres == pytest.approx(np.array([(60, 37), (36, 49), (20, 35)]), abs=1e-4)
    assert found.classes[[0, 2]].argmax(axis=1).tolist() == [3, 7]
    assert found.goes_on[2] > 0.9 and found.next[2] == pytest.approx((60, 36), abs=1e-4) and found.goes_on[0] == 0.5


def test_what_is_lower_than_asked_is_no_mark():
    marks = [(HANDWRITTEN, score, (20 + 40 * i, 20, 40 + 40 * i, 50)) for i, score in enumerate((0.05, 0.2, 0.6))]
    assert len(seen(*marks)) == 2 and len(seen(*marks, least=0.3)) == 1 and len(seen(*marks, least=0.02)) == 3
    assert len(seen()) == 0


def test_of_two_marks_on_one_digit_the_surer_stays():
    for kind in (HANDWRITTEN, PRINTED):
        found = seen((HANDWRITTEN, 0.7, (10, 10, 34, 50), 1), (kind, 0.8, (14, 6, 44, 50), 4))
        assert found.kinds.tolist() == [kind] and found.classes.argmax() == 4


def test_neighbours_that_overlap_stay():
    found = seen((HANDWRITTEN, 0.7, (10, 10, 34, 50)), (HANDWRITTEN, 0.8, (28, 12, 52, 52)))
    assert len(found) == 2


def test_a_part_of_a_digit_goes():
    """The upper ring of an 8, taken for a 0."""
    assert seen((HANDWRITTEN, 0.8, (10, 10, 40, 70), 8), (HANDWRITTEN, 0.6, (14, 10, 36, 38), 0)).classes.argmax() == 8


@pytest.mark.parametrize("digit, slash", [(0.9, 0.5), (0.4, 0.8)])
def test_a_stroke_is_a_1_or_a_slash_but_not_both(digit, slash):
    found = seen((HANDWRITTEN, digit, (20, 10, 32, 58), 1), (SLASH, slash, (19, 8, 33, 60)))
    assert found.kinds.tolist() == [HANDWRITTEN if digit > slash else SLASH]


def test_a_point_in_the_box_of_a_digit_stays():
    """Under the arm of a 7, say."""
    assert len(seen((HANDWRITTEN, 0.9, (10, 10, 50, 58), 7), (POINT, 0.4, (42, 52, 48, 58)))) == 2


def test_there_are_at_most_so_many_marks_and_they_are_the_surest():
    maps = made.empty_maps(960, 960)
    scores = np.random.default_rng(0).permutation(np.linspace(0.2, 0.95, 6400)).reshape(80, 80)
    maps.marks[HANDWRITTEN, 1::3, 1::3] = np.log(scores / (1 - scores))
    maps.marks[made.BOXES : made.LINKS] = 0.25  # 8 pixels wide and high
    found = peaks.peaks(maps)
    assert len(found) == peaks.MOST
    assert found.scores == pytest.approx(np.sort(scores.ravel())[::-1][: peaks.MOST], abs=1e-5)


def comparisons(count, monkeypatch):
    """How often two boxes are compared where `count` marks stand as close as in writing."""
    side = int(np.sqrt(count))
    marks = [made.Mark("8", 24.0 * (i % side), 40.0 * (i // side), score=0.9 - 1e-5 * i) for i in range(count)]
    calls = []
    monkeypatch.setattr(peaks, "min", lambda *values: calls.append(1) or min(values), raising=False)
    assert len(peaks.suppressed(made.found(marks))) == count
    return len(calls)


def test_ten_times_the_marks_are_ten_times_the_comparisons(monkeypatch):
    few, many = comparisons(196, monkeypatch), comparisons(1936, monkeypatch)
    assert few > 0 and many < 12 * few


@pytest.mark.parametrize("asked, other, stays", [(0.4, 0.7, "asked"), (0.4, 0.9, "other"), (0.8, 0.7, "asked")])
def test_where_writing_may_be_print_what_is_asked_for_stays_unless_the_other_is_far_surer(asked, other, stays):
    digits = [made.Mark("7", 40, 40, score=asked), made.Mark("7", 41, 40, score=other)]
    found = made.found(digits, [0, 1])
    for kinds in ((HANDWRITTEN,), (PRINTED,)):
        found.kinds[:] = kinds[0], 1 - kinds[0]
        assert peaks.suppressed(found, kinds).tolist() == [0 if stays == "asked" else 1]
    assert peaks.suppressed(found).tolist() == [0 if asked > other else 1]


def test_marks_go_to_other_pixels_and_back():
    found = seen((HANDWRITTEN, 0.6, (10, 20, 30, 50), 7, (60, 36)), (PRINTED, 0.9, (50, 22, 70, 52), 3))
    there = found.mapped((0.5, 2.0), (-10.0, 4.0))
    assert there.boxes[0].tolist() == pytest.approx([20, 52, 30, 112], abs=1e-3)
    assert there.next[1] == pytest.approx((25, 80), abs=1e-3)
    back = there.mapped((2.0, 0.5), (5.0, -8.0))
    assert np.allclose(back.boxes, found.boxes, atol=1e-3) and np.allclose(back.next, found.next, atol=1e-3)


def test_marks_of_several_pictures_are_joined_by_their_scores():
    parts = [seen((HANDWRITTEN, score, (10, 10, 30, 50), label)) for score, label in ((0.5, 5), (0.9, 9), (0.7, 7))]
    whole = peaks.joined(parts)
    assert whole.classes.argmax(axis=1).tolist() == [9, 7, 5] and len(whole) == 3
    assert peaks.suppressed(whole).tolist() == [0]
