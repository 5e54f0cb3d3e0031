"""What the border has cut off and what is small and unsure is no number; tight crops and small, sure digits stay."""

import numpy as np
import pytest

import inkdigits
from inkdigits.image.load import Picture
from inkdigits.reading import leftovers
from inkdigits.results import Digit
from inkdigits.synthetic.paper import Scene, photograph
from tests.reading.test_page import cut, written


@pytest.fixture(scope="module")
def clear(digits):
    """Digits that the shipped network is sure of."""
    sure = inkdigits.classify_glyphs(digits.images)
    right = (sure.argmax(axis=1) == digits.labels) & (sure.max(axis=1) > 0.999)
    return digits.subset(right)


def photo(sheet, seed):
    height, width = sheet.shape
    scene = Scene(light=0.2, tilt=0.0, grain=0.01)
    return photograph(sheet, (width, height), (0, 0), scene, np.random.default_rng(seed))


def number_between_rows(digits, seed, left):
    """A number in the middle; over and under it what a crop has left of others: a share `left` of each digit."""
    random = np.random.default_rng(seed)
    number = cut(written("482", digits, random))
    sheet = np.zeros((260, 360), np.uint8)
    sheet[110 : 110 + number.shape[0], 80 : 80 + number.shape[1]] = number
    for sign, x, at in (("6", 60, "top"), ("9", 230, "bottom"), ("5", 120, "top")):
        digit = cut(written(sign, digits, random))
        rows = round(left * digit.shape[0])
        if at == "top":
            sheet[:rows, x : x + digit.shape[1]] = digit[-rows:]
        else:
            sheet[-rows:, x : x + digit.shape[1]] = digit[:rows]
    return photo(sheet, seed)


@pytest.mark.parametrize("left", [0.3, 0.45, 0.6])
@pytest.mark.parametrize("seed", range(4))
def test_what_the_border_cuts_off_is_no_number(clear, seed, left):
    page = inkdigits.read(number_between_rows(clear, seed, left), trust="always")
    assert [line.number_text for line in page.lines] == ["482"]


@pytest.mark.parametrize("seed", range(4))
def test_whole_digits_at_the_border_are_read(clear, seed):
    page = inkdigits.read(number_between_rows(clear, seed, left=1.0), trust="always")
    assert "".join(line.number_text for line in page.lines) in ("654829", "564829")


@pytest.mark.parametrize("seed", range(4))
def test_tight_crops_of_two_lines_are_read(clear, seed):
    random = np.random.default_rng(seed)
    over, under = (cut(written(text, clear, random, height=h)) for text, h in (("4826", 44), ("7305", 26)))
    sheet = np.zeros((over.shape[0] + 14 + under.shape[0], max(over.shape[1], under.shape[1])), np.uint8)
    sheet[: over.shape[0], : over.shape[1]] = over
    sheet[-under.shape[0] :, : under.shape[1]] = under
    page = inkdigits.read(photo(sheet, seed), trust="always")
    assert [line.number_text for line in page.lines] == ["4826", "7305"]


PAGE = Picture("a page", np.full((300, 400), 255, np.uint8), (800, 600))  # boxes are in pixels twice as fine


def digit(left, top, height, confidence):
    even, glyph = np.full(10, 0.1, np.float32), np.zeros((28, 28), np.uint8)
    return Digit(1, 1, confidence, even, None, glyph, (left, top, left + 20, top + height), "a page")


NUMBER = [digit(200, 200, 60, 0.99), digit(230, 200, 60, 0.95)]


@pytest.mark.parametrize(
    ("one", "left_over"),
    [
        (digit(200, 400, 30, 0.6), True),  # small and unsure
        (digit(200, 400, 30, 0.95), False),  # small, but sure: small writing
        (digit(200, 400, 50, 0.6), False),  # unsure, but of the others' size
        (digit(200, 0, 30, 0.99), True),  # cut off at the top
        (digit(200, 2, 30, 0.99), True),  # one pixel of the working picture from it
        (digit(200, 8, 30, 0.99), False),
        (digit(780, 400, 30, 0.99), True),  # at the right
        (digit(0, 400, 30, 0.99), True),
        (digit(200, 570, 30, 0.99), True),
        (digit(200, 540, 60, 0.99), False),  # at the bottom, but whole
    ],
)
def test_what_is_left_over(one, left_over):
    assert (one in leftovers.among([NUMBER, [one]], PAGE, straight=True)) == left_over
    assert not leftovers.among([NUMBER, [one]], PAGE, straight=True) & set(NUMBER)


def test_a_digit_that_the_border_cuts_stays_where_its_number_goes_on():
    beside, apart = digit(256, 570, 30, 0.99), digit(350, 570, 30, 0.99)
    line = [digit(200, 500, 60, 0.99), digit(230, 500, 60, 0.99), beside, apart]
    assert leftovers.among([line], PAGE, straight=True) == {apart}


def test_an_unsure_digit_stays_in_a_line_with_sure_ones():
    line = [*NUMBER, digit(400, 220, 30, 0.5)]
    assert leftovers.among([line], PAGE, straight=True) == set()


def test_where_nothing_is_sure_or_whole_nothing_is_left_over():
    unsure = [[digit(200, 100, 60, 0.5)], [digit(200, 300, 20, 0.5)]]
    at_the_border = [[digit(200, 0, 60, 0.99)], [digit(200, 580, 20, 0.99)]]
    assert leftovers.among(unsure, PAGE, straight=True) == set()
    assert leftovers.among(at_the_border, PAGE, straight=True) == set()


def test_on_a_page_set_upright_the_frame_is_not_the_border():
    assert leftovers.among([NUMBER, [digit(200, 0, 30, 0.99)]], PAGE, straight=False) == set()
