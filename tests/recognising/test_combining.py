"""Marks and strip agree, or one of them knows better: what is decided, and how surely."""

import json

import numpy as np
import pytest

from inkdigits.errors import InputError
from inkdigits.recognising import combining, number
from inkdigits.recognising.combining import Combining
from inkdigits.recognising.lattice import Node
from tests.recognising.test_ctc import plain

FITTED = Combining(weight=1.0, inserted=-4.0)


def digit(label, present=0.98, sure=0.97, other=None):
    taken = np.full(10, (1 - sure) / 9)
    taken[label] = sure
    if other is not None:
        taken[other] += 0.5 * sure
        taken[label] -= 0.5 * sure
    return Node(label, "0123456789", present * taken / taken.sum(), 1 - present)


def sign(text, present=0.9):
    taken = np.full(5, 0.02)
    taken[".,-/:".index(text)] = 0.92
    return Node(0, ".,-/:", present * taken, 1 - present)


def decided(nodes, path, places=None, fitted=FITTED):
    places = np.arange(1, 3 * len(nodes), 3.0) if places is None else np.array(places, float)
    return combining.decide(nodes, places, plain(path), fitted)


def test_where_both_agree_it_is_sure():
    made = decided([digit(4), digit(0), digit(7)], " 4  0  7 ")
    assert made.chosen.text == "407" and made.chosen.nodes == (0, 1, 2)
    assert made.share > 0.99 and made.agree == (True, True) and made.by_strip > 0.5
    assert made.columns.tolist() == [1, 4, 7] and (made.certain > 0.9).all()
    assert [float(each.sum()) for each in made.of_nodes] == pytest.approx([1, 1, 1])


def test_the_strip_decides_between_two_digits():
    made = decided([digit(4), digit(2, other=7)], " 4  7 ")
    assert made.chosen.text == "47" and made.chosen.nodes == (0, 1)
    assert made.of_nodes[1][7] > 0.9 and made.of_nodes[1][2] < 0.1


def test_a_digit_that_has_no_mark_is_put_in_where_the_strip_has_it():
    made = decided([digit(4), digit(7)], " 4  1  7 ", [1, 7])
    assert made.chosen.text == "417" and made.chosen.nodes == (0, None, 1) and made.columns[1] == 4
    assert made.agree == (True, False)


def test_of_two_equal_digits_the_one_without_a_mark_is_where_no_mark_is():
    for places, nodes in (([1, 7], (0, None, 1)), ([4, 7], (None, 0, 1))):
        made = decided([digit(1), digit(7)], " 1  1  7 ", places)
        assert made.chosen.text == "117" and made.chosen.nodes == nodes


def test_a_doubtful_mark_goes_and_a_sure_one_stays():
    assert decided([digit(4), digit(1, present=0.3), digit(7)], " 4     7 ").chosen.text == "47"
    sure = decided([digit(4), digit(1, present=0.999), digit(7)], " 4     7 ", fitted=Combining(0.25, -4))
    assert sure.chosen.text == "417" and sure.agree[0] is False


def test_separators_are_put_in_and_told_apart():
    assert decided([digit(1), digit(5)], " 1 . 5 ", [1, 5]).chosen.text == "1.5"
    made = decided([digit(1), sign(":", 0.6), digit(5)], " 1 / 5 ", [1, 3, 5], Combining(1.0, -2))
    assert made.chosen.text == "1/5"


def test_no_number_ends_with_a_separator_or_is_nothing():
    made = decided([digit(4, present=0.6)], " . ", [1])
    assert made is None or made.chosen.text.endswith("4")
    nothing = decided([digit(3, present=0.5)], "          ")
    assert nothing is None or (nothing.chosen.text == "3" and nothing.share < 0.3)


def test_a_disputed_number_is_less_sure_than_an_agreed_one():
    agreed, disputed = decided([digit(4), digit(7)], " 4  7 "), decided([digit(4), digit(1)], " 4  7 ")
    assert disputed.share < agreed.share and not all(disputed.agree)


def test_the_likeliest_texts_of_marks():
    nodes = [digit(4), digit(2, other=7), digit(1, present=0.4)]
    texts = combining.likeliest(nodes, 8)
    assert set(texts[:4]) == {"42", "47", "421", "471"} and len(texts) == 8


def test_a_separator_is_as_probable_as_was_fitted():
    fitted = Combining(separator_bias=3.0, separator_slope=2.0)
    assert fitted.separator(0.5) == pytest.approx(1 / (1 + np.exp(-3)))
    assert fitted.separator(0.5) > Combining(separator_bias=1.0).separator(0.5)
    rising = [fitted.separator(score) for score in (0.0, 0.1, 0.3, 0.9, 1.0)]
    assert rising == sorted(rising) and 0 < rising[0] < rising[-1] < 1


def test_a_damaged_config_is_told_in_one_line(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"combining": {"weight": 0.7, "inserted": -3}}))
    with number.using(tmp_path / "model.onnx"):
        assert combining.known() == Combining(0.7, -3.0)
    for damage in ('{"combining": {"weight": NaN}}', '{"combining": 3}', "{", '{"combining": {"w": 1}}'):
        other = tmp_path / str(abs(hash(damage)))
        other.mkdir()
        (other / "config.json").write_text(damage)
        with number.using(other / "model.onnx"), pytest.raises(InputError, match="malformed"):
            combining.known()
    with number.using(tmp_path / "nowhere" / "model.onnx"):
        assert combining.known() == Combining()
