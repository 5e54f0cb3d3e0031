"""What a number may be narrows its reading to the best that fits, and says how sure that is."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkdigits.errors import InputError
from inkdigits.recognising import expect, lattice
from inkdigits.recognising.automata import Walk
from inkdigits.recognising.lattice import Cut, Node
from inkdigits.recognising.pattern import Derivatives, Prefixes


def beliefs(*rows):
    """A row of probabilities per digit: {digit: probability}, the rest shared evenly."""
    table = np.zeros((len(rows), 10), np.float32)
    for row, known in zip(table, rows, strict=True):
        row[:] = (1 - sum(known.values())) / (10 - len(known))
        for digit, probability in known.items():
            row[digit] = probability
    return table


def best(table, *descriptions):
    """The best reading of digits that are all there."""
    nodes = [Node(i, "0123456789", row.astype(np.float64), 0.0) for i, row in enumerate(table)]
    walk = Walk([e.automaton for e in expect.parse(list(descriptions))])
    return lattice.best([[Cut(1.0, (node,))] for node in nodes], walk)


def text_of(reading):
    return None if reading is None else "".join(reading.signs.values())


def test_what_surely_does_not_stand_there_is_not_read_into_it():
    sure = beliefs({7: 0.99999}, {7: 0.99999}, {3: 0.99999}, {0: 0.99999})
    assert best(sure, r"5\d*") is None and best(sure, "luhn") is None and best(sure, "values:5730,7731") is None
    assert text_of(best(sure, r"7\d*")) == "7730"
    # One in a thousand: as likely as that the line is not what was expected.
    torn = best(beliefs({7: 0.999, 1: 0.001}), "values:1")
    assert torn is not None and torn.confidence == pytest.approx(0.5, abs=0.01)


def test_a_list_decides():
    table = beliefs({1: 0.5, 7: 0.45}, {5: 0.9})
    assert text_of(best(table, "values:75,12")) == "75"
    assert text_of(best(table, "values:75,15")) == "15"
    assert best(table, "values:75,15").confidence == pytest.approx(0.5 / 0.95, abs=0.02)
    assert best(table, "values:123") is None


@pytest.mark.parametrize("description, yes, no", [
    ("length:3", "123", "12"), ("range:10-20", "15", "21"), (r"\d{2}[05]", "125", "124"), ("values:3,5", "5", "4"),
    ("luhn", "79927398713", "79927398710"), ("mod11", "0306406152", "0306406153"), ("mod97", "98", "99"),
    ("luhn", "4111111111111111", "4111111111111112"),
    ("mod97", "3214282912345698765432161182", "3214282912345698765432161183"),
])  # fmt: skip
def test_known_numbers(description, yes, no):
    (expectation,) = expect.parse(description)
    assert expectation.accepts(yes) and not expectation.accepts(no)


@settings(deadline=None)
@given(st.integers(0, 10**9))
def test_every_number_has_one_luhn_check_digit(number):
    (luhn,) = expect.parse("luhn")
    assert sum(luhn.accepts(f"{number}{d}") for d in range(10)) == 1


@pytest.mark.parametrize("description", [
    "length:x", "length:²", "range:1-²", "range:1-" + "9" * 5000,
    "lngth:5", "Luhn", "mod10", "luhn:", "", "digits", r"\d{99999999999999999999}",
    "range:5", "range:9-3", "values:", "[", "length:",
])  # fmt: skip
def test_what_means_nothing(description):
    with pytest.raises(InputError, match="expect"):
        expect.parse(description)


@pytest.mark.parametrize("description", [5, ["a", 5], {"luhn": 1}.items()])
def test_what_is_no_text(description):
    with pytest.raises(InputError, match="is neither a text nor a list of texts"):
        expect.parse(description)


SIGNS = "0123456789.,-/:"
PATTERNS = [
    r"\d{5}", r"^\d+$", r"(\d+)+5", r"\d{2}[05]", r"[1-9]\d{0,2}(,\d{3})*(\.\d\d)?", r"(?!0)\d+", r"(?=\d*7)\d{3}",
    r"(?:12|1)(2|3)?\d", r"(?:(?=1)\d2)+", r"(\d)\1", r"\b\d+\b", r"(?<=1)2|12", r"1(?<=1)2", r"[^0]\D\d", r".{2,3}?",
    r"\d\d:\d\d|\d+", r"(1|2|)*3", r"(?!.*(.)\1)\d+", r"\d{1,2}/\d{1,2}", r"(?:)", r"1?$", r"(?i)\d", r"(?:1{2,3}){2}",
    r"(?!\d{2}$)\d+", r"(^|2)\d", r"\s|\w\w", r"\d+?\.?\d*", r"(?:a?1){2,}", r"(1)?(?(1)2|3)", r"(?:1|12)(?:2|$)",
    r"\d*(?=2)\d",
]  # fmt: skip


@settings(deadline=None)
@given(st.sampled_from(PATTERNS), st.text("0127.,", max_size=6) | st.text(SIGNS, max_size=5))
def test_an_expression_accepts_what_it_matches(pattern, text):
    (expectation,) = expect.parse(pattern)
    assert expectation.accepts(text) == (re.fullmatch(pattern, text) is not None)


@settings(deadline=None)
@given(st.integers(0, 200), st.integers(0, 2000), st.text("0123456789", max_size=5))
def test_a_range_is_of_numbers(low, more, text):
    (expectation,) = expect.parse(f"range:{low}-{low + more}")
    assert expectation.accepts(text) == (text != "" and low <= int(text) <= low + more)


@pytest.mark.parametrize("pattern, kind", [(r"(?!0)\d{3}(,\d{3})*", Derivatives), (r"(\d)\1", Prefixes)])
def test_back_references_alone_need_another_matcher(pattern, kind):
    assert isinstance(expect.parse(pattern)[0].automaton, kind)


def test_none_expects_nothing():
    assert expect.parse(None) == []
