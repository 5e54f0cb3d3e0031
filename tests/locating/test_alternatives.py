"""Other ways to cut a page's ink: what suppression has left out, and a line's lattice with it; on maps made by hand."""

import numpy as np
import pytest

from inkdigits.locating import alternatives, numbers
from inkdigits.locating.locate import Located, Pass
from inkdigits.locating.maps import FIRST_SEPARATOR, SEPARATORS
from inkdigits.recognising import cuts, expect, lattice
from inkdigits.recognising.automata import Walk
from inkdigits.recognising.cuts import Marks
from tests.locating.made import empty_maps, put

HEIGHT, WIDTH = 96, 256
SLASH = FIRST_SEPARATOR + SEPARATORS.index("/")


def located(maps):
    one = Pass(np.full((HEIGHT, WIDTH), 255, np.uint8), maps, (1.0, 1.0), (0.0, 0.0))
    found = one.found(0.1)
    return Located(one.grey, found, [one], np.zeros(len(found), np.intp))


def line(maps):
    """What a line that was read from these maps may be: the reading that is best for an expectation."""
    given = located(maps)
    other = alternatives.look(given, (0,))
    found = other.located.found
    is_digit = found.kinds < FIRST_SEPARATOR
    chances = np.where(is_digit, found.scores.astype(np.float64), 0)
    read = np.zeros(len(found), bool)
    read[: other.first] = chances[: other.first] >= 0.2
    marks = Marks(other, read, chances, 0.98 * found.classes.astype(np.float64) + 0.002)
    (row,) = numbers.rows(given.found, read[: other.first])
    lattice_ = cuts.lattice(row, marks)

    def best(*expected):
        walk = Walk([e.automaton for e in expect.parse(list(expected))])
        reading = lattice.best(lattice_.pieces, walk)
        if reading is None:
            return None
        return "".join(" " if m is None else reading.signs[m] for m in cuts.written(lattice_.order, reading.signs))

    return best, other


def wide_or_narrow(wide, narrow):
    """A 4, then one 0 or two 1s on the same ink, then a 7."""
    maps = empty_maps(HEIGHT, WIDTH)
    put(maps, 0, 0.95, (20, 30, 40, 62), 4, (84, 46))
    put(maps, 0, wide, (60, 30, 108, 62), 0, (140, 46))
    put(maps, 0, narrow, (60, 30, 80, 62), 1, (98, 46))
    put(maps, 0, narrow, (88, 30, 108, 62), 1, (140, 46))
    put(maps, 0, 0.95, (130, 30, 150, 62), 7)
    return maps


@pytest.mark.parametrize("wide, narrow", [(0.8, 0.6), (0.6, 0.5), (0.9, 0.5)])
def test_one_wide_mark_or_two_narrow_ones(wide, narrow):
    best, other = line(wide_or_narrow(wide, narrow))
    assert len(other.located.found) - other.first == 2
    wide_row = int(np.flatnonzero(other.located.found.classes.argmax(axis=1) == 0)[0])
    for row in range(other.first, len(other.located.found)):
        assert other.instead_of[row].tolist() == [wide_row]
    assert best("length:3") == "407" and best(r"\d+") == "407"
    assert best("length:4") == "4117" and best("values:4117,555") == "4117"
    assert best("length:5") is None


def test_two_narrow_marks_that_were_read_or_one_wide_one():
    best, other = line(wide_or_narrow(0.5, 0.8))
    assert len(other.located.found) - other.first == 1
    assert best("length:4") == "4117" and best("length:3", r"4\d7") == "407"


def test_a_mark_in_the_same_place_is_no_other_cut():
    maps = empty_maps(HEIGHT, WIDTH)
    put(maps, 0, 0.95, (20, 30, 40, 62), 4, (84, 46))
    put(maps, 0, 0.9, (60, 30, 84, 62), 0)
    put(maps, 0, 0.5, (68, 30, 90, 62), 6)
    _, other = line(maps)
    assert other.first == len(other.located.found) == 2


def test_a_slash_that_was_read_as_1_and_the_other_way():
    maps = empty_maps(HEIGHT, WIDTH)
    put(maps, 0, 0.95, (20, 30, 40, 62), 6, (62, 46))
    put(maps, 0, 0.8, (56, 30, 68, 62), 1, (90, 46))
    put(maps, SLASH, 0.6, (56, 28, 70, 64), 1)
    put(maps, 0, 0.95, (80, 30, 100, 62), 5)
    best, _ = line(maps)
    assert best(r"\d+") == "615" and best(r"\d/\d") == "6/5" and best("values:6/5,7/5") == "6/5"
    assert best(r"\d{2}") is None or best(r"\d{2}") == "65"
    maps = empty_maps(HEIGHT, WIDTH)
    put(maps, 0, 0.95, (20, 30, 40, 62), 6, (90, 46))
    put(maps, SLASH, 0.8, (56, 28, 70, 64), 1)
    put(maps, 0, 0.6, (56, 30, 68, 62), 1, (90, 46))
    put(maps, 0, 0.95, (80, 30, 100, 62), 5)
    best, _ = line(maps)
    assert best(r"[\d/]+") == "6/5" and best("length:3") == "615"


def test_a_faint_mark_is_taken_in_and_a_doubtful_one_left_out():
    maps = empty_maps(HEIGHT, WIDTH)
    put(maps, 0, 0.95, (20, 30, 40, 62), 4, (70, 46))
    put(maps, 0, 0.15, (64, 30, 76, 62), 1)
    put(maps, 0, 0.95, (100, 30, 120, 62), 7)
    put(maps, 0, 0.55, (140, 30, 152, 62), 1)
    best, other = line(maps)
    assert other.first == len(other.located.found)
    assert best("length:4").replace(" ", "") == "4171"
    assert best("length:2").replace(" ", "") == "47"
    assert best("length:3").replace(" ", "") == "471"


@pytest.mark.parametrize("y, taken", [(46, True), (88, False)])
def test_only_marks_at_the_lines_level_are_taken_in(y, taken):
    maps = empty_maps(HEIGHT + 32, WIDTH)
    put(maps, 0, 0.95, (20, 30, 40, 62), 4, (110, 46))
    put(maps, 0, 0.15, (64, y - 16, 76, y + 16), 1)
    put(maps, 0, 0.95, (100, 30, 120, 62), 7)
    best, _ = line(maps)
    assert (best("length:3") == "417") is taken


def test_there_are_at_most_forty():
    maps = empty_maps(800, 1600)
    for row in range(20, 780, 40):
        for left in range(8, 1540, 64):
            put(maps, 0, 0.8, (left, row, left + 48, row + 32), 0)
            put(maps, 0, 0.5, (left, row, left + 18, row + 32), 1)
    given = located(maps)
    other = alternatives.look(given, (0,))
    assert other.first == len(given.found) > 300 and len(other.located.found) - other.first == 40
    assert np.array_equal(other.located.found.boxes[: other.first], given.found.boxes)


def test_a_page_without_marks_has_no_other_cuts():
    other = alternatives.look(located(empty_maps(HEIGHT, WIDTH)), (0,))
    assert other.first == len(other.located.found) == 0 and other.instead_of == {}
