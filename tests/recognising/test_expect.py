"""What a number may be narrows its reading to the best that fits, and says how sure that is."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkdigits.errors import InputError
from inkdigits.recognising import expect


def beliefs(*rows):
    """A row of probabilities per digit: {digit: probability}, the rest shared evenly."""
    table = np.zeros((len(rows), 10), np.float32)
    for row, known in zip(table, rows, strict=True):
        row[:] = (1 - sum(known.values())) / (10 - len(known))
        for digit, probability in known.items():
            row[digit] = probability
    return table


def write(digits):
    return "".join(map(str, digits))


def best(table, *descriptions):
    return expect.best(table, write, expect.parse(list(descriptions)))


def test_the_most_probable_satisfying_reading():
    """Against trying all thousand readings."""
    random = np.random.default_rng(0)
    for _ in range(20):
        table = random.dirichlet(np.full(10, 0.4), 3).astype(np.float32)
        reading = best(table, "luhn")
        satisfying = {
            d: float(np.prod(table[range(3), d]))
            for d in itertools.product(range(10), repeat=3)
            if expect.luhn(write(d))
        }
        wanted = max(satisfying, key=lambda d: satisfying[d])
        assert reading is not None and satisfying[reading.digits] == pytest.approx(satisfying[wanted], rel=1e-5)
        total = sum(satisfying.values())  # one line in a thousand is something else
        whole = total + (1 - total) / 1000
        assert reading.confidence == pytest.approx(satisfying[wanted] / whole, rel=0.02)
        for i, (digit, sure) in enumerate(zip(reading.digits, reading.each, strict=True)):
            fits = sum(p for d, p in satisfying.items() if d[i] == digit)
            assert sure == pytest.approx((fits + (table[i, digit] - fits) / 1000) / whole, rel=0.02)


def test_what_surely_does_not_stand_there_is_not_read_into_it():
    sure = beliefs({7: 0.99999}, {7: 0.99999}, {3: 0.99999}, {0: 0.99999})
    assert best(sure, r"5\d*") is None and best(sure, "luhn") is None and best(sure, "values:5730,7731") is None
    assert best(sure, r"7\d*").digits == (7, 7, 3, 0)
    # One in a thousand: as likely as that the line is not what was expected.
    torn = best(beliefs({7: 0.999, 1: 0.001}), "values:1")
    assert torn is not None and torn.confidence == pytest.approx(0.5, abs=0.01)


def test_a_list_decides():
    table = beliefs({1: 0.5, 7: 0.45}, {5: 0.9})
    assert best(table, "values:75,12").digits == (7, 5)
    assert best(table, "values:75,15").digits == (1, 5)
    assert best(table, "values:75,15").confidence == pytest.approx(0.5 / 0.95, abs=0.02)
    assert best(table, "values:123") is None


def test_separators_are_part_of_the_text():
    table = beliefs({6: 0.9}, {5: 0.6, 3: 0.3})
    reading = expect.best(table, lambda d: f"{d[0]}.{d[1]}", expect.parse("values:6.3,7.0"))
    assert reading is not None and reading.digits == (6, 3)


@pytest.mark.parametrize("description, yes, no", [
    ("length:3", "123", "12"), ("range:10-20", "15", "21"), (r"\d{2}[05]", "125", "124"), ("values:3,5", "5", "4"),
    ("luhn", "79927398713", "79927398710"), ("mod11", "0306406152", "0306406153"), ("mod97", "98", "99"),
    ("luhn", "4111111111111111", "4111111111111112"),
    ("mod97", "3214282912345698765432161182", "3214282912345698765432161183"),
])  # fmt: skip
def test_known_numbers(description, yes, no):
    (expectation,) = expect.parse(description)
    assert expectation.accepts(yes) and not expectation.accepts(no)


@given(st.integers(0, 10**9))
def test_every_number_has_one_luhn_check_digit(number):
    assert sum(expect.luhn(f"{number}{d}") for d in range(10)) == 1


@pytest.mark.parametrize("description", [
    "length:x", "length:²", "range:1-²", "range:1-" + "9" * 5000,
    "lngth:5", "Luhn", "mod10", "luhn:", "", "digits", r"\d{99999999999999999999}",
    "range:5", "range:9-3", "values:", "[", "length:",
])  # fmt: skip
def test_what_means_nothing(description):
    with pytest.raises(InputError, match="expect"):
        expect.parse(description)


@pytest.mark.parametrize("description", [None, 5, ["a", 5], {"luhn": 1}.items()])
def test_what_is_no_text(description):
    with pytest.raises(InputError, match="is neither a text nor a list of texts"):
        expect.parse(description)
