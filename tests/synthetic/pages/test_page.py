"""Whole pages: reproducible, with a truth that can be seen, on canvases of every size and in every scene."""

from itertools import pairwise

import numpy as np
import pytest

from inkdigits.synthetic.pages import page
from inkdigits.synthetic.pages.scenes import SCENES
from inkdigits.synthetic.pages.truth import SEPARATORS


@pytest.fixture(scope="module")
def pages(training):
    return [page.draw(training, np.random.default_rng([9, i])) for i in range(120)]


def whole(drawn, size):
    """Fail unless a page is whole: its arrays of its size, its marks within it."""
    height, width = size
    for layer in (drawn.grey, drawn.ink, drawn.print, drawn.ruling):
        assert layer.shape == size and layer.dtype == np.uint8
    for box in [*(m.box for m in drawn.truth.marks), *drawn.truth.ignored]:
        left, top, right, bottom = box
        assert 0 <= left < right <= width and 0 <= top < bottom <= height


def same(one, other):
    layers = ("grey", "ink", "print", "ruling")
    return (
        all(np.array_equal(getattr(one, name), getattr(other, name)) for name in layers)
        and one.truth.marks == other.truth.marks
        and one.truth.ignored == other.truth.ignored
    )


def test_the_same_seed_gives_the_same_page(training, pages):
    for i in range(10):
        assert same(page.draw(training, np.random.default_rng([9, i])), pages[i])
        assert not np.array_equal(page.draw(training, np.random.default_rng([8, i])).grey, pages[i].grey)


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("size", [(64, 64), (100, 800)], ids=str)
def test_scenes_draw_on_every_canvas(training, scene, size):
    found = 0
    for seed in range(30):
        drawn = page.draw(training, np.random.default_rng([4, seed]), size, scene)
        whole(drawn, size)
        found += sum(m.kind == "handwritten" for m in drawn.truth.marks)
    assert found > 0


@pytest.mark.parametrize("tall", [10.0, 24.0, 50.0])
@pytest.mark.parametrize("scene", ["lines", "close-up", "table"])
def test_digits_are_as_tall_as_is_asked_for(training, scene, tall):
    heights = [
        mark.box[3] - mark.box[1]
        for seed in range(20)
        for mark in page.draw(training, np.random.default_rng([3, seed]), (256, 400), scene, tall=tall).truth.marks
        if mark.kind == "handwritten" and mark.sign.isdigit()
    ]
    assert len(heights) > 20 and 0.75 * tall < np.median(heights) < 1.4 * tall


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (8, 8), (15, 17), (9, 1200), (1200, 9), (257, 255)], ids=str)
def test_hostile_sizes(training, size):
    for seed in range(12):
        whole(page.draw(training, np.random.default_rng([5, seed]), size), size)


def test_large_pages_have_ink_to_their_ends(training):
    seen = 0
    for seed in range(8):
        drawn = page.draw(training, np.random.default_rng([6, seed]), (80, 3000), "table")
        whole(drawn, (80, 3000))
        far = [m for m in drawn.truth.marks if m.box[0] > 2100 and m.sign.isdigit()]
        assert all(has_ink(drawn, m) for m in far)
        seen += len(far)
    assert seen > 50


def test_a_scene_that_is_not_there(training):
    with pytest.raises(KeyError):
        page.draw(training, np.random.default_rng(0), scene="nothing")


def has_ink(drawn, mark):
    """Whether the layer that a mark is said to be on has ink in its box."""
    layer = drawn.ink if mark.kind == "handwritten" else drawn.print
    left, top, right, bottom = mark.box
    return bool((layer[int(top) : int(np.ceil(bottom)), int(left) : int(np.ceil(right))] > 20).any())


def test_where_a_mark_is_there_is_its_layers_ink(pages):
    bare = separators = 0
    for drawn in pages:
        whole(drawn, (256, 256))
        for mark in drawn.truth.marks:
            if mark.sign.isdigit():
                assert has_ink(drawn, mark), mark
            else:
                assert mark.sign in SEPARATORS
                bare, separators = bare + (not has_ink(drawn, mark)), separators + 1
    assert bare < 0.05 * separators  # points smaller than a pixel


def separation(inside, outside):
    """How well brightness tells two sets of pixels apart: 0.5 not at all, 1 always (the area under the ROC curve)."""
    ranks = np.searchsorted(np.sort(outside), inside, "left") + np.searchsorted(np.sort(outside), inside, "right")
    share = ranks.mean() / 2 / len(outside)
    return max(share, 1 - share)


def test_digits_that_are_kept_can_be_seen(pages):
    """Their ink is brighter or darker than what lies bare around it: of 7,000 marks, 0.65 or more in 99.5 %."""
    told = []
    for drawn in pages:
        cover = np.maximum(drawn.ink, drawn.print)
        for mark in drawn.truth.marks:
            left, top, right, bottom = (int(v) for v in mark.box)
            place = slice(max(0, top - 3), bottom + 4), slice(max(0, left - 3), right + 4)
            ink, bare = drawn.grey[place][cover[place] > 100], drawn.grey[place][cover[place] < 20]
            if mark.sign.isdigit() and len(ink) > 1 and len(bare) > 1:
                told.append(separation(ink.astype(np.int16), bare.astype(np.int16)))
    assert np.percentile(told, 2) > 0.65 and np.median(told) > 0.95


def test_numbers_run_from_left_to_right(pages):
    """Their places count up along the base line, which is turned by 12 degrees at most."""
    steps = []
    for drawn in pages:
        numbers = {}
        for mark in drawn.truth.marks:
            if mark.sign.isdigit():
                numbers.setdefault(mark.number, []).append(mark)
        for number in numbers.values():
            places = [m.place for m in number]
            assert places == sorted(places) and len(set(places)) == len(places)
            steps += [b.centre[0] - a.centre[0] for a, b in pairwise(number)]
    assert np.mean(np.array(steps) > 0) > 0.995


def test_every_height_of_digit_is_there(pages):
    heights = [m.box[3] - m.box[1] for d in pages for m in d.truth.marks if m.sign.isdigit() and m.kind != "printed"]
    assert np.percentile(heights, 5) < 16 and np.percentile(heights, 95) > 36


def test_turned_pages_say_so(training):
    turns = [page.draw(training, np.random.default_rng([7, i]), (60, 90), turned=1.0) for i in range(12)]
    assert {t.quarters for t in turns} == {1, 2, 3}
    assert all(t.grey.shape == ((60, 90) if t.quarters == 2 else (90, 60)) == t.ink.shape for t in turns)
    upright = [page.draw(training, np.random.default_rng([7, i]), (60, 90)) for i in range(12)]
    assert all(np.array_equal(np.rot90(u.ink, t.quarters), t.ink) for u, t in zip(upright, turns, strict=True))
