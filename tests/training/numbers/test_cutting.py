"""Strips hold what their text says, and nothing that is half there."""

import numpy as np
import pytest

from inkdigits.recognising import strips
from inkdigits.synthetic.pages.truth import Mark, SyntheticPage, Truth
from inkdigits.training.numbers import batches, cutting
from tests.training.drawn import DIGITS


def page(text, *, printed="", ignored=(), x=60.0, pitch=24.0):
    """A page with a number of solid digits, 34 pixels high, and another one in print below it."""
    marks, grey = [], np.full((160, 400), 240, np.uint8)
    ink, print_ = np.zeros_like(grey), np.zeros_like(grey)
    for row, (signs, kind, layer) in enumerate(((text, "handwritten", ink), (printed, "printed", print_))):
        for i, sign in enumerate(signs):
            left, top = x + i * pitch, 40.0 + 80 * row
            box = (left, top, left + 16, top + 34) if sign.isdigit() else (left + 6, top + 28, left + 11, top + 34)
            marks.append(Mark(sign, box, row, i, kind))
            a, b, c, d = (int(v) for v in box)
            layer[b:d, a:c] = 255
    grey[(ink > 0) | (print_ > 0)] = 30
    return SyntheticPage(grey, Truth(marks, list(ignored), 2), ink, print_, np.zeros_like(grey))


def cut(known, seed=0, widest=384):
    return cutting.cut(known, np.random.default_rng(seed), widest, "lines")


def test_a_number_is_cut_in_several_ways_with_its_text():
    texts = [strip.text for seed in range(12) for strip in cut(page("40.71"), seed)]
    assert len(texts) > 20 and sum(text == "40.71" for text in texts) > 0.6 * len(texts)
    assert all("40.71".find(text) >= 0 for text in texts)  # never out of order, never with a hole


def test_an_end_that_the_locator_missed_is_in_the_text_if_it_is_in_the_strip():
    made = [strip for seed in range(30) for strip in cut(page("4071", pitch=60), seed)]
    assert {"4071", "071", "407"} <= {strip.text for strip in made}
    wide = [strip.grey.shape[1] for strip in made if strip.text == "4071"]
    short = [strip.grey.shape[1] for strip in made if strip.text == "071"]
    assert np.median(wide) > 1.15 * np.median(short)
    assert np.std(np.log(wide)) > 0.1  # distorted: other hands write broader or narrower


def test_numbers_that_are_read_together_are_cut_together():
    """They stand close beside each other, whichever way the page's lines fall; what is far or in another line is alone."""
    pitch, rng = 24.0, np.random.default_rng(0)
    first = np.array([[x, 40, x + 16, 74] for x in (60, 60 + pitch)], np.float32)
    for slope in (0.0, 0.15, -0.15):
        for right, down, together in ((60, 0, True), (20, 0, True), (140, 0, False), (60, 50, False), (-150, 0, False)):
            second = first + np.array([right + pitch, down + slope * (right + pitch)] * 2, np.float32)
            pairs = [pair for _ in range(60) for pair in cutting._together([first, second], np.arctan(slope), rng)]
            assert all(np.array_equal(pair, np.concatenate([first, second])) for pair in pairs)
            assert (10 < len(pairs) < 30) if together else not pairs


def test_print_and_signs_have_no_text():
    made = [strip for seed in range(30) for strip in cut(page("", printed="4071"), seed)]
    assert made and {strip.text for strip in made} == {""}


def test_what_may_be_a_digit_or_not_leaves_no_strip():
    over = page("407", ignored=[(84.0, 40.0, 100.0, 74.0)])
    assert not [strip for seed in range(5) for strip in cut(over, seed) if strip.text]


def test_long_strips_are_left_out_and_all_are_bounded():
    made = [strip for seed in range(5) for strip in cut(page("12345678"), seed, widest=128)]
    assert all(strip.grey.shape[1] <= 128 and strip.grey.shape[0] == strips.HEIGHT for strip in made)
    assert not [strip for strip in made if strip.text == "12345678"]


def test_drawn_strips_are_the_same_whatever_the_processes_and_sorted_by_width(tiny, source):
    with batches.drawers(DIGITS, tiny.strips, "training", 5, 2, 1) as drawn:
        by_another = list(drawn(0, 8))
    here = [batch for group in range(2) for batch in batches.drawn(source, tiny.strips, 5, group, 2)]
    assert len(by_another) == len(here) == 2 * batches.GROUP
    for a, b in zip(by_another, here, strict=True):
        assert np.array_equal(a.inputs, b.inputs)
        assert all(np.array_equal(x, y) for x, y in zip(a.wanted, b.wanted, strict=True))
    assert not np.array_equal(here[0].inputs, here[4].inputs)
    for batch in here:
        assert batch.inputs.dtype == np.float16 and batch.inputs.shape[2] % 64 == 0
        assert (batch.wanted.columns * strips.STRIDE <= batch.inputs.shape[2]).all()


def test_most_drawn_strips_are_of_numbers_and_some_of_nothing(source):
    made = [s for i in range(60) for s in cutting.draw(source, np.random.default_rng([3, i]), 384)]
    empty = np.mean([not strip.text for strip in made])
    assert 0.03 < empty < 0.3 and len(made) > 120
    assert {sign for strip in made for sign in strip.text} >= set("0123456789.-")
    assert not any(strip.text and strip.grey.shape[1] < 4 * len(strip.text) for strip in made)


@pytest.mark.parametrize("angle", [-0.15, 0.15])
def test_a_frame_that_is_jittered_keeps_its_middle_and_its_angle(angle):
    frame = strips.Frame((40.0, 50.0), angle, 0.8, 160)
    middle = frame.to_picture(np.array([[80.0, 24.0]]))
    for seed in range(20):
        other = cutting._jittered(frame, np.random.default_rng(seed))
        assert other.angle == angle and 0.8 <= other.scale / frame.scale <= 1.23
        moved = other.to_picture(np.array([[other.width / 2, 24.0]]))
        assert np.abs(moved - middle).max() < 8


def test_numbers_of_one_digit_are_cut_less_often_than_longer_ones():
    one, two = ([bool(cut(page(text, x=180), seed)) for seed in range(40)] for text in ("7", "77"))
    texts = [strip.text for seed in range(40) for strip in cut(page("7", x=180), seed) if strip.text]
    assert all(two) and set(texts) == {"7"} and 4 < len(texts) / 4 < 36 and any(one)


def test_distorted_strips_hold_what_they_held():
    """The ink is all there: its columns keep their order, and none is pushed out of the strip."""
    random = np.random.default_rng(0)
    strip = np.full((strips.HEIGHT, 120), 250, np.uint8)
    for x in (30, 60, 90):
        strip[10:38, x - 3 : x + 3] = 20
    widths = set()
    for _ in range(50):
        made = cutting._distorted(strip, 384, random)
        dark = made.min(axis=0) < 120
        assert made.shape[0] == strips.HEIGHT and int((np.diff(dark.astype(int)) == 1).sum()) == 3
        widths.add(made.shape[1])
    assert min(widths) < 110 and max(widths) > 130
