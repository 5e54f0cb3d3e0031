import re

import numpy as np
import pytest

from inkdigits.forms import decoding
from inkdigits.recognising import pattern
from inkdigits.recognising.automata import Length, Luhn, Walk
from inkdigits.recognising.lattice import Node


def node(mark, shares, left_out=0.0):
    taken = np.zeros(10)
    for digit, p in shares.items():
        taken[digit] = p
    return Node(mark, "0123456789", taken, left_out)


def digits(text):
    return pattern.automaton(re.compile(text))


def test_probabilities_are_those_of_all_ways():
    nodes = [node(0, {4: 0.6, 9: 0.3}), node(1, {1: 0.8}, 0.2)]
    found = decoding.texts_in_boxes(nodes, Walk([digits(r"\d{1,2}")]))
    assert dict(found.texts)["41"] == pytest.approx(0.48 / 0.9, rel=0.01)
    assert dict(found.texts)["9"] == pytest.approx(0.06 / 0.9, rel=0.01)
    assert found.fits == pytest.approx(0.9)


def test_a_box_between_two_digits_is_not_empty():
    nodes = [node(0, {1: 0.9}, 0.1), node(1, {2: 0.5}, 0.5), node(2, {3: 0.9}, 0.1)]
    assert "13" not in dict(decoding.texts_in_boxes(nodes, Walk([digits(r"\d+")])).texts)


def test_decimals_have_their_boxes():
    """12 in the first two of four boxes is not 0.12."""
    nodes = [node(0, {1: 0.99}), node(1, {2: 0.99}), node(2, {}, 0.999), node(3, {}, 0.999)]
    assert decoding.texts_in_boxes(nodes, Walk([digits(r"\d+")])).best[0] == "12"
    assert decoding.texts_in_boxes(nodes, Walk([digits(r"\d+")]), to_the_last=True).best == ("", 0.0)


def test_a_check_digit_decides():
    nodes = [node(0, {7: 0.97}), node(1, {9: 0.97}), node(2, {9: 0.97}), node(3, {7: 0.6, 2: 0.37})]
    best, probability = decoding.texts_in_boxes(nodes, Walk([Length(4), Luhn()])).best
    assert best == "7997"
    assert 0.99 < probability < 1


def test_what_is_unlikely_to_be_as_expected_is_not_believed():
    nodes = [node(k, {1: 0.9995, 7: 0.0005}) for k in range(2)]
    assert decoding.texts_in_boxes(nodes, Walk([digits("77")])).best[1] < 0.01


def test_signs_are_as_sure_as_the_texts_of_that_length_that_have_them():
    found = decoding.Posterior((("12", 0.7), ("13", 0.2), ("1", 0.1)), 1.0)
    assert found.signs("12") == pytest.approx((0.9, 0.7))
