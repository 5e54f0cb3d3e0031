"""What is expected of a line decides what is a digit in it, on pages that are drawn; through the public functions."""

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

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


def the_line(text, expected, trust="always"):
    (line,) = inkdigits.read(page(text), expect=expected, trust=trust).lines
    return line


@pytest.mark.parametrize(
    "drawn, three, four", [("!472", "472", "1472"), ("47!2", "472", "4712"), ("4!72", "472", "4172")]
)
def test_a_stroke_is_a_1_or_nothing(drawn, three, four):
    for length, digits in ((3, three), (4, four)):
        line = the_line(drawn, f"length:{length}")
        assert line.number_text == digits and line.expected is True
        assert [digit.best for digit in line.digits] == [int(d) for d in digits]


@pytest.mark.parametrize("expected", ["length:4", "values:1472,9000", r"1\d+", ["range:1000-1999", "length:4"]])
def test_what_a_digit_says_of_itself_agrees(expected):
    line = the_line("!472", expected)
    assert line.number_text == "1472"
    for digit in line.digits:
        (first, probability), *_ = digit.top()
        assert first == digit.best == digit.label and probability == pytest.approx(digit.probabilities[digit.best])
        assert digit.confidence == pytest.approx(probability, abs=0.1) and digit.confidence <= probability + 1e-6
        assert digit.probabilities.sum() == pytest.approx(1, abs=1e-5)
        assert digit.box is not None and digit.glyph.any()


def test_a_line_that_cannot_be_as_expected_stays_as_it_was_read():
    plain = inkdigits.read(page("!472"), trust="always").lines[0]
    for expected in ("length:9", "values:555,98765", "range:7-8", r"(\d)\1\1", [r"\d{4}", "length:3"]):
        line = the_line("!472", expected)
        assert line.expected is False and line.text == plain.text
        assert line.confidence == plain.confidence
        assert [digit.confidence for digit in line.digits] == [digit.confidence for digit in plain.digits]
    assert plain.expected is None


def test_a_mark_is_dropped_only_where_that_is_sure():
    """An expectation that tells nothing of a doubtful mark makes nothing of it: it stays a question mark."""
    plain = inkdigits.read(page("!472"), trust="normal").lines[0]
    either = the_line("!472", "values:472,1472", trust="normal")
    assert plain.number_text.endswith("472") or "?" in plain.text
    assert "?" in either.text if either.confidence < 0.9 else either.number_text in ("472", "1472")
    assert the_line("!472", "length:3", trust="normal").number_text == "472"


def test_a_reader_with_an_expectation_may_be_used_by_several_threads():
    reader = inkdigits.Reader(expect=["length:4", "mod11"], trust="always")
    pictures = [page("47!2"), page("!472"), page("4712")] * 4
    alone = [reader.read(picture).to_dict() for picture in pictures]
    with ThreadPoolExecutor(4) as threads:
        assert [one.to_dict() for one in threads.map(reader.read, pictures)] == alone
