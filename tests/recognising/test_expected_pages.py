"""What is expected of a line decides what is a digit in it, on pages that are drawn; through the public functions."""

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import product

import numpy as np
import pytest

import inkdigits
from inkdigits.synthetic import strokes

STROKE = "!"  # upright, as high as a digit: a 1, a slash, or the wall of a box


@lru_cache(maxsize=16)
def page(text, pitch=50):
    """Digits 36 pixels high, and upright strokes, on light paper."""
    paper = np.full((110, 80 + pitch * len(text)), 240.0)
    for place, sign in enumerate(text):
        left = 40 + pitch * place
        if sign == STROKE:
            paper[32:72, left + 14 : left + 17] = 40
            continue
        ink = strokes.draw(strokes.digit(int(sign)), 36, 4)
        paper[30 : 30 + ink.shape[0], left : left + ink.shape[1]] -= 0.8 * ink
    noise = np.random.default_rng(0).normal(0, 3, paper.shape)
    return np.clip(paper + noise, 0, 255).astype(np.uint8)


TEXTS = "!472", "4!72", "47!2", "472!"
PAGES = [*product(TEXTS, (32, 40, 50))]


def lines(text, expected, pitch=50, trust="always"):
    return inkdigits.read(page(text, pitch), expect=expected, trust=trust).lines


@pytest.mark.parametrize("length, stroke, least", [(3, "", 9), (4, "1", 7)])
def test_a_stroke_is_a_1_or_nothing(length, stroke, least):
    """As the length says; on a few pages the locator is sure that it is the one or the other."""
    right = 0
    for text, pitch in PAGES:
        for line in lines(text, f"length:{length}", pitch):
            if line.expected:
                assert len(line.digits) == length
                right += line.number_text == text.replace(STROKE, stroke)
    assert right >= least


@pytest.mark.parametrize(
    "expected", ["length:4", "values:1472,4172,4712,4721,9000", r".*[^3].*", ["mod97", "length:3"]]
)
def test_what_a_digit_says_of_itself_agrees(expected):
    satisfied = [line for text, pitch in PAGES for line in lines(text, expected, pitch) if line.expected]
    assert len(satisfied) >= (0 if "mod97" in expected else 6)
    for digit in (digit for line in satisfied for digit in line.digits):
        assert digit.best == digit.label and digit.box is not None and digit.glyph.any()
        # A mark that may be nothing is as sure as it is there, and this digit.
        assert digit.confidence <= digit.probabilities[digit.best] + 1e-6
        assert digit.probabilities.sum() == pytest.approx(1, abs=1e-5)
        first, probability = digit.top(1)[0]
        assert first == digit.best and digit.confidence <= probability + 1e-6
        if expected == "length:4":
            assert digit.confidence == pytest.approx(probability, abs=0.1)


def test_a_line_that_cannot_be_as_expected_stays_as_it_was_read():
    plain = inkdigits.read(page("47!2"), trust="always").lines[0]
    for expected in ("length:9", "values:555,98765", "range:8-9", r"(\d)\1\1", [r"\d{4}", "length:3"]):
        (line,) = lines("47!2", expected)
        assert line.expected is False and line.text == plain.text
        assert line.confidence == plain.confidence
        assert [digit.confidence for digit in line.digits] == [digit.confidence for digit in plain.digits]
    assert plain.expected is None


def test_a_doubtful_mark_is_dropped_only_where_that_is_sure():
    """Where what is expected does not tell whether it is a digit, it stays a question mark, as without an expectation."""
    seen = 0
    for text, pitch in product(TEXTS, range(32, 60, 4)):
        (plain,), (line,) = (lines(text, expected, pitch, "strict") for expected in ((), "values:472," + with_1(text)))
        if line.expected and len(plain.digits) == 4 and min(digit.confidence for digit in plain.digits) < 0.7:
            seen += 1
            assert len(line.digits) == 4 and "?" in line.text
    assert seen >= 3


def with_1(text):
    return text.replace(STROKE, "1")


def test_a_reader_with_an_expectation_may_be_used_by_several_threads():
    reader = inkdigits.Reader(expect=["length:4", "mod11"], trust="always")
    pictures = [page("47!2"), page("!472"), page("4712")] * 3
    alone = [reader.read(picture).to_dict() for picture in pictures]
    with ThreadPoolExecutor(4) as threads:
        assert [one.to_dict() for one in threads.map(reader.read, pictures)] == alone
