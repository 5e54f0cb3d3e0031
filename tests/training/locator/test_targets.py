"""A page's truth becomes what the network should say, cell by cell."""

import dataclasses

import numpy as np
import pytest

from inkdigits.locating.maps import BOX_UNIT, FIRST_SEPARATOR, HANDWRITTEN, LINK_UNIT, PRINTED
from inkdigits.synthetic.pages import page as pages
from inkdigits.training.locator.targets import NOTHING, targets

THREE, POINT, SEVEN, FIVE = (6, 4), (9, 7), (6, 10), (4, 16)  # row and column of the cells that hold the centres


def test_marks_are_peaks_in_the_cells_of_their_centres(page):
    made = targets(page)
    kinds = {THREE: HANDWRITTEN, SEVEN: HANDWRITTEN, FIVE: PRINTED, POINT: FIRST_SEPARATOR}
    assert {(*cell[:2], cell[2]) for cell in np.argwhere(made.centres == 255)} == {(*c, k) for c, k in kinds.items()}
    assert 0 < made.centres[7, 4, HANDWRITTEN] < 255 and not made.centres[..., FIRST_SEPARATOR + 1 :].any()
    assert [made.classes[cell] for cell in (THREE, SEVEN, FIVE, POINT)] == [3, 7, 5, NOTHING]
    assert [made.near[cell] for cell in (THREE, FIVE, POINT, (14, 2))] == [2, 2, 1, 0]


def test_boxes_are_told_from_the_middle_of_a_cell(page):
    made = targets(page)
    assert made.boxes[THREE] * BOX_UNIT == pytest.approx([18 - 8, 26 - 12, 24 - 18, 40 - 26])
    assert made.boxes[POINT] * BOX_UNIT == pytest.approx([30 - 26, 38 - 36, 30 - 30, 40 - 38])


def test_links_lead_to_the_next_digit_of_a_number_past_its_point(page):
    made = targets(page)
    assert made.links[THREE][0] == 1 and made.links[THREE][1:] * LINK_UNIT == pytest.approx([40 - 18, 26 - 26])
    assert [made.links[cell][0] for cell in (SEVEN, FIVE, POINT)] == [0, 0, 0]


def test_what_is_ignored_is_closed(page):
    closed = np.argwhere(targets(page).open == 0)
    assert closed.min(axis=0).tolist() == [10, 18] and closed.max(axis=0).tolist() == [15, 22] and len(closed) == 30


def test_of_a_turned_page_only_the_turn_and_the_ink_are_learned(page):
    upright = targets(page)
    assert set(np.unique(upright.turns)) == {0, NOTHING}
    layers = {name: np.rot90(getattr(page, name), 3) for name in ("grey", "ink", "print", "ruling")}
    made = targets(dataclasses.replace(page, quarters=3, **layers))
    assert not made.centres.any() and not made.near.any() and not made.open.any()
    assert (made.classes == NOTHING).all() and not made.links.any()
    assert set(np.unique(made.turns)) == {3, NOTHING} and np.array_equal(
        made.turns == 3, np.rot90(upright.turns == 0, 3)
    )
    assert np.array_equal(made.ink, np.rot90(upright.ink, 3)) and made.ink.any()


def test_ink_is_told_by_layer(page):
    ink = targets(page).ink
    assert (
        ink[10, 6].tolist() == [255, 0, 0]
        and ink[5, 30].tolist() == [0, 255, 0]
        and ink[22, 20].tolist() == [0, 0, 255]
    )


def test_every_mark_of_a_drawn_page_has_its_cell(source):
    for number in range(6):
        drawn = pages.draw(source, np.random.default_rng(number), (128, 160))
        made = targets(drawn)
        for mark in drawn.truth.marks:
            x, y = mark.centre
            at = made.centres[min(int(y // 4), 31), min(int(x // 4), 39)]
            assert at.max() == 255, mark
        assert (made.centres == 255).sum() <= len(drawn.truth.marks)
