"""Results print, and become JSON that says the same and comes back as the same."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import inkdigits
from inkdigits.errors import InputError
from inkdigits.geometry import corners
from inkdigits.recognising.decide import blank, unreadable
from inkdigits.results import Digit, Line, Page, chance
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


def test_a_box_that_is_given_alone_has_its_corners(seven):
    left, top, right, bottom = seven.box
    assert seven.polygon == ((left, top), (right, top), (right, bottom), (left, bottom))
    assert json.loads(seven.to_json())["polygon"] == [list(point) for point in seven.polygon]
    moved = seven.placed(((10.5, 3), (20, 5.25), (18, 30), (8, 28)), (25, 29))
    assert moved.box == (8, 3, 20, 29) and moved.label == 7


def test_a_blank_picture_has_neither_place_nor_ink():
    assert (blank("x").polygon, blank("x").ink, blank("x").box) == (None, None, None)


SHARE = st.floats(0, 1, width=32)
TEXT = st.text(max_size=8)
ERRORS = st.builds(InputError, TEXT, st.sampled_from(["is bad", "is bad; and worse"]), st.just("give another; or none"))


@st.composite
def polygons(draw):
    coordinate = st.floats(-20, 4000, allow_nan=False).map(lambda v: round(v, 2) + 0.0)
    return tuple(draw(st.tuples(coordinate, coordinate)) for _ in range(4))


@st.composite
def digits(draw):
    if draw(st.integers(0, 5)) == 0:
        return blank("p") if draw(st.booleans()) else unreadable(draw(ERRORS), "p")
    best, answered = draw(st.integers(0, 9)), draw(st.booleans())
    share = np.array(draw(st.lists(SHARE, min_size=10, max_size=10)), np.float32)
    label, reason = (best, None) if answered else (None, "unsure")
    glyph = np.zeros((28, 28), np.uint8)
    ink = draw(st.sampled_from(["handwritten", "printed"]))
    digit = Digit(label, best, draw(SHARE), share, reason, glyph, (0, 0, 1, 1), "p", ink=ink)
    return replace(digit.placed(draw(polygons()), (4000, 3000)), warnings=tuple(draw(st.lists(TEXT, max_size=2))))


@st.composite
def pages(draw):
    if draw(st.integers(0, 5)) == 0:
        return Page((), draw(TEXT), None, (0, 0), 0.0, error=draw(ERRORS))
    lines = [
        Line(draw(TEXT), tuple(draw(st.lists(digits(), max_size=2))), draw(SHARE), (1, 2, 3, 4),
             draw(st.sampled_from([None, True, False])), draw(polygons())).placed(draw(polygons()), (900, 800))
        for _ in range(draw(st.integers(0, 2)))
    ]  # fmt: skip
    told = tuple(draw(st.lists(TEXT, max_size=2)))
    return Page(tuple(lines), draw(TEXT), None, (900, 800), draw(st.floats(0, 360)), 2, 3, warnings=told)


@given(pages())
def test_json_and_back_is_the_same(page):
    said = json.loads(page.to_json())
    again = Page.from_dict(said)
    assert again.to_dict() == said == page.to_dict()
    assert said["schema"] == 2
    assert str(again) == str(page) and again.text == page.text
    assert again.warnings == page.warnings and ("warnings" in said) == bool(page.warnings)
    for line, other in zip(page.lines, again.lines, strict=True):
        assert (other.polygon, other.box, other.expected) == (line.polygon, line.box, line.expected)
        assert Line.from_dict(json.loads(line.to_json())).to_dict() == line.to_dict()
        assert all(digit.source == page.source for digit in other.digits)


@given(digits())
def test_a_digit_to_json_and_back_is_the_same(digit):
    said = json.loads(digit.to_json())
    again = Digit.from_dict(said)
    assert again.to_dict() == said and said["schema"] == 2
    assert (again.label, again.best, again.reason, again.box, again.polygon, again.ink, again.source, str(again)) == (
        digit.label, digit.best, digit.reason, digit.box, digit.polygon, digit.ink, digit.source, str(digit)
    )  # fmt: skip
    assert ("error" in said) == (digit.error is not None) and repr(again)
    assert again.warnings == digit.warnings and ("warnings" in said) == bool(digit.warnings)
    assert np.allclose(again.probabilities, digit.probabilities, atol=1e-6)
    assert not again.glyph.any()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda said: said.update(schema=1),
        lambda said: said.pop("polygon"),
        lambda said: said.update(polygon=[[0, 0]] * 3),
        lambda said: said.update(box=[1, 2, 3]),
        lambda said: said.update(probabilities=[0.5] * 9),
        lambda said: said.update(confidence="sure"),
        lambda said: said.clear(),
    ],
)
def test_what_is_no_result_is_refused_in_one_line(seven, spoil):
    said = seven.to_dict()
    spoil(said)
    with pytest.raises(InputError, match="is not one of ours") as refused:
        Digit.from_dict(said)
    assert "\n" not in str(refused.value)
    for what in ([], None, {"schema": 2}, {"schema": 2, "lines": 5, "source": "x", "size": [1, 2]}):
        with pytest.raises(InputError):
            Page.from_dict(what)


def test_a_page_from_json_has_no_picture_to_draw_on():
    page = inkdigits.read(SAMPLES / "7-crossed.jpg")
    assert page.draw().size == (page.picture.shape[1], page.picture.shape[0])
    with pytest.raises(InputError, match="without its picture; read the picture again"):
        Page.from_dict(page.to_dict()).draw()


def test_lines_have_the_corners_of_their_box():
    line = Line("", (), 1.0, (1, 2, 30, 40))
    assert line.polygon == corners((1, 2, 30, 40))
    with pytest.raises(AttributeError):
        line.polygon = None


def test_the_best_digit_is_the_first_of_the_top_ones_whatever_is_more_probable_by_itself():
    """The best reading of a line may hold a digit that is less probable by itself than another."""
    shares = np.array([0, 0.2, 0, 0, 0.45, 0, 0, 0.35, 0, 0], np.float32)
    digit = Digit(7, 7, 0.35, shares, None, np.zeros((28, 28), np.uint8), (0, 0, 1, 1), "x")
    assert digit.top(2) == [(7, pytest.approx(0.35)), (4, pytest.approx(0.45))]
    assert digit.top(1)[0][0] == digit.best == Digit.from_dict(digit.to_dict()).top()[0][0]
    assert [label for label, _ in digit.top(10)] == [7, 4, 1, 0, 2, 3, 5, 6, 8, 9]
