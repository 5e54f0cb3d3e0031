"""Marks are the digits that they lie on, each digit's surest mark alone; what is open counts as neither."""

import numpy as np
import pytest

from inkdigits import network
from inkdigits.synthetic.pages import page
from inkdigits.synthetic.pages.truth import Mark, SyntheticPage, Truth
from inkdigits.training.locator import known_pages
from inkdigits.training.locator.known_pages import IGNORED, UNMATCHED
from tests.locating import made


def known(marks, ignored=()):
    blank = np.zeros((100, 200), np.uint8)
    return SyntheticPage(blank, Truth(list(marks), list(ignored)), blank, blank, blank)


def digit(sign, x, y, height=30.0):
    return Mark(sign, (x - 10, y - height / 2, x + 10, y + height / 2), 0, 0)


def test_each_digit_is_its_surest_mark_and_no_other():
    there = [digit("7", 40, 50), digit("2", 80, 50)]
    found = made.found(
        [made.Mark("7", 41, 51, score=0.9), made.Mark("7", 42, 49, score=0.8), made.Mark("2", 79, 50, score=0.7)]
    )
    matched = known_pages.matched(found, np.arange(3), there, known(there))
    assert matched.tolist() == [0, UNMATCHED, 1]


def test_what_lies_beside_digits_is_none_unless_it_is_open():
    there = [digit("7", 40, 50)]
    found = made.found(
        [made.Mark("7", x, y, score=0.9 - 0.1 * i) for i, (x, y) in enumerate([(75, 50), (40, 90), (150, 50)])]
    )
    matched = known_pages.matched(found, np.arange(3), there, known(there, [(140, 40, 160, 60)]))
    assert matched.tolist() == [UNMATCHED, UNMATCHED, IGNORED]


@pytest.fixture(scope="module")
def pages(held_out):
    return [page.draw(held_out, np.random.default_rng([5, i]), (128, 160), "lines", clean=1.0) for i in range(8)]


def test_pages_that_are_read(pages):
    """Most digits of clean pages are found; no digit is two marks."""
    net = network.load("default")
    read = [known_pages.read(one, net) for one in pages]
    for one in read:
        taken = one.truth[one.truth >= 0].tolist()
        assert len(one.raw) == len(one.rows) == len(one.truth) and len(set(taken)) == len(taken)
        assert all(mark.kind == "handwritten" and mark.sign.isdigit() for mark in one.digits)
    assert sum((one.truth >= 0).sum() for one in read) > 0.7 * sum(len(one.digits) for one in read) > 20


def test_an_empty_page_has_no_marks():
    blank = np.full((64, 64), 230, np.uint8)
    empty = known_pages.read(SyntheticPage(blank, Truth(), blank * 0, blank * 0, blank * 0), network.load("default"))
    assert len(empty.rows) == len(empty.truth) == 0 and empty.raw.shape == (0, 11)
