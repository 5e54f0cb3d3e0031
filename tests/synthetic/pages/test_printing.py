"""Print and ruling go on their own layers, and printed digits are in the truth."""

from itertools import pairwise

import numpy as np
import pytest

from inkdigits.synthetic.pages import texts
from inkdigits.synthetic.pages.canvas import OVERSAMPLING, Canvas
from inkdigits.synthetic.pages.printing import Press
from inkdigits.synthetic.pages.ruling import Ruler
from inkdigits.synthetic.pages.truth import SEPARATORS, Truth

STRAIGHT = np.array([[1.0, 0, 0], [0, 1, 0]])


@pytest.fixture
def press(training):
    return Press(Canvas(60, 300, STRAIGHT), Truth(), training.fonts, np.random.default_rng(0))


def test_a_printed_text(press):
    font = press.fonts[0]
    press.text("No. 3.50 m", 10, 40, 20, font)
    assert [(m.sign, m.number, m.place) for m in press.truth.marks] == [
        ("3", 0, 0),
        (".", 0, 1),
        ("5", 0, 2),
        ("0", 0, 3),
    ]
    assert all(m.kind == "printed" for m in press.truth.marks)
    assert not press.canvas.ink.any() and not press.canvas.ruling.any()
    for mark in press.truth.marks:
        left, top, right, bottom = (round(OVERSAMPLING * v) for v in mark.box)
        part = press.canvas.print[top:bottom, left:right] > 0
        assert part.mean() > 0.15 and part[:2].any() and part[-3:].any() and part[:, :2].any() and part[:, -3:].any()
    tall = [m.box[3] - m.box[1] for m in press.truth.marks if m.sign.isdigit()]
    assert all(15 < t < 24 for t in tall)


@pytest.mark.parametrize(
    ("text", "numbers"), [("1 2", 2), ("1a2", 2), ("12,", 1), ("(12)", 1), ("1.2.3", 1), ("abc", 0)]
)
def test_what_is_one_printed_number(press, text, numbers):
    press.text(text, 10, 40, 20, press.fonts[0])
    assert len({m.number for m in press.truth.marks}) == numbers
    assert "".join(m.sign for m in press.truth.marks if m.sign.isdigit()) == "".join(filter(str.isdigit, text))


def test_a_block_fills_its_width(press):
    press.block(5, 15, 280, 3, 9)
    columns = np.flatnonzero(press.canvas.print.any(axis=0))
    assert columns[0] < 40 and columns[-1] > 450 and not press.canvas.ink.any()


def test_ruling_goes_on_its_own_layer():
    canvas = Canvas(60, 300, STRAIGHT)
    for seed in range(20):
        ruler = Ruler(canvas, np.random.default_rng(seed), 1.0)
        ruler.comb(20, 10, 25, 30, 8)
        ruler.ring(250, 30, 20, 12)
        ruler.dots((0, 0, 300, 60), 12)
        ruler.box((30, 5, 90, 50), rounded=True)
    assert canvas.ruling.any() and not canvas.ink.any() and not canvas.print.any()


def test_a_grid_of_dots_is_bounded():
    canvas = Canvas(60, 300, STRAIGHT)
    Ruler(canvas, np.random.default_rng(0), 1.0).dots((0, 0, 1e5, 1e5), 1.0)
    assert not canvas.ruling.any()


def test_numbers_are_digits_and_separators():
    random = np.random.default_rng(0)
    numbers = [texts.number(random) for _ in range(2000)]
    for number in numbers:
        assert (
            (number[0].isdigit() or number[0] == "-")
            and number[-1].isdigit()
            and set(number) <= set("0123456789" + SEPARATORS)
        )
        assert not any(a in SEPARATORS and b in SEPARATORS for a, b in pairwise(number))
    assert 20 < sum(number[0] == "-" for number in numbers) < 120
    assert {sign for number in numbers for sign in number} == set("0123456789" + SEPARATORS)
    lengths = [len(texts.digits(random)) for _ in range(2000)]
    assert min(lengths) == 1 and max(lengths) == 12
    assert all(len(texts.digits(random, n)) == n for n in range(1, 13))


def test_1_and_7_are_the_most_frequent_digits_but_for_rows_of_0():
    random = np.random.default_rng(1)
    drawn = "".join(texts.digits(random) for _ in range(3000))
    shares = np.array([drawn.count(str(d)) for d in range(10)]) / len(drawn)
    assert 0.12 < shares[0] < 0.2 and 0.14 < shares[1] < 0.18 and 0.1 < shares[7] < 0.13
    rest = shares[[2, 3, 4, 5, 6, 8, 9]]
    assert (np.abs(rest - rest.mean()) < 0.02).all() and rest.mean() < 0.09


def test_letters_alone_are_none_that_could_be_digits():
    random = np.random.default_rng(2)
    alone = {text for text in (texts.letters(random, 2) for _ in range(4000)) if len(text) == 1}
    assert len(alone) > 20 and not alone & set("0OoDQIilj|SsZzqg1")


@pytest.mark.parametrize("sign", ["/", "$", "."])
def test_a_single_sign_is_print_and_not_told(press, sign):
    left, top, right, bottom = press.sign(sign, 50, 45, 30, press.fonts[0])
    assert 40 < left < right < 90 and 0 < top < bottom < 60
    assert press.canvas.print[2 * int(top) : 2 * int(bottom) + 2, 2 * int(left) : 2 * int(right) + 2].any()
    assert not press.truth.marks
    assert press.sign("\u4e2d", 50, 60, 30, press.fonts[0]) is None
