"""A Digit prints, and becomes JSON that says the same."""

import json

import pytest

import inkdigits
from inkdigits.results import chance
from tests.conftest import SAMPLES, drawing


@pytest.fixture
def seven():
    return inkdigits.classify(SAMPLES / "7-crossed.jpg")


def test_json_says_the_same(seven):
    said = json.loads(seven.to_json())
    assert said["label"] == seven.label == 7
    assert said["box"] == list(seven.box)
    assert said["probabilities"] == pytest.approx(seven.probabilities.tolist(), abs=1e-6)
    assert "\n" not in seven.to_json()


@pytest.mark.parametrize(
    "probability, text",
    [(0.9731, "97.3%"), (0.9999, ">99.9%"), (1.0, ">99.9%"), (0.0001, "<0.1%"), (0.0, "<0.1%"), (0.9994, "99.9%")],
)
def test_chance(probability, text):
    assert chance(probability) == text


def test_printing(seven):
    assert str(seven) == f"7 ({chance(seven.confidence)})"
    assert "label=7" in repr(seven)
    blank = inkdigits.classify(drawing()[:20, :20])
    assert str(blank) == "? (blank)"


def test_top_is_ordered(seven):
    top = seven.top(3)
    assert top[0] == (7, pytest.approx(float(seven.probabilities.max())))
    assert [p for _, p in top] == sorted((p for _, p in top), reverse=True)


def test_frozen(seven):
    with pytest.raises(AttributeError):
        seven.label = 3


def test_draw(seven):
    assert seven.draw(4).size == (112, 112)
