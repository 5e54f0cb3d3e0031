"""Pictures of one digit: it is there, whole, mostly alone, in bitmaps and negatives, too; what is none has no mark."""

import numpy as np
import pytest

from inkdigits.synthetic.pages import page
from inkdigits.synthetic.pages.scenes import singles


@pytest.fixture(scope="module")
def pictures(training):
    return [page.draw(training, np.random.default_rng([6, i]), (128, 128), "single") for i in range(150)]


def digits(drawn):
    return [m for m in drawn.truth.marks if m.kind == "handwritten" and m.sign.isdigit()]


def test_most_pictures_have_one_digit_and_some_none(pictures):
    counts = np.array([len(digits(drawn)) for drawn in pictures])
    assert 0.5 < (counts == 1).mean() < 0.85 and 0.1 < (counts == 0).mean() < 0.45
    heights = [m.box[3] - m.box[1] for drawn in pictures for m in digits(drawn)]
    assert min(heights) < 20 and max(heights) > 55


def test_digits_differ_from_what_is_around_them_and_as_many_are_light_as_one_would_think(pictures):
    light = []
    for drawn in pictures:
        for m in digits(drawn):
            left, top, right, bottom = (int(v) for v in m.box)
            place = slice(top, bottom + 1), slice(left, right + 1)
            ink = drawn.ink[place] > 127
            if ink.any() and not ink.all():
                light.append(float(drawn.grey[place][ink].mean()) > float(drawn.grey[place][~ink].mean()))
    assert len(light) > 80 and 0.25 < np.mean(light) < 0.6


@pytest.mark.parametrize("box", [(40, 30, 70, 90), (0, 0, 128, 128), (100, 100, 127, 128), (5, 60, 9, 64)])
def test_frames_are_within_the_picture_and_hold_most_of_the_digit(box):
    random = np.random.default_rng(0)
    for _ in range(200):
        left, top, right, bottom = singles.frame(box, (128, 128), random)
        assert 0 <= left < right <= 128 and 0 <= top < bottom <= 128
        assert right - left >= 12 and bottom - top >= 12
        across = min(right, box[2]) - max(left, box[0])
        assert across >= 0.8 * (box[2] - box[0])


def test_bitmaps_change_what_is_kept_alone():
    random = np.random.default_rng(1)
    whole = np.asarray(random.integers(0, 255, (64, 64)), np.uint8)
    changed = 0
    for _ in range(40):
        grey = whole.copy()
        singles.as_bitmap(grey, (10, 12, 50, 60), 30.0, random)
        outside = np.ones_like(grey, bool)
        outside[12:60, 10:50] = False
        assert np.array_equal(grey[outside], whole[outside])
        changed += not np.array_equal(grey, whole)
    assert 2 < changed < 25
