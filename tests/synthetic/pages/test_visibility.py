"""What the border cuts and what cannot be seen is no mark: it is ignored, or gone where next to nothing is left of it."""

import numpy as np
import pytest

from inkdigits.synthetic.pages import visibility
from inkdigits.synthetic.pages.truth import Mark, Truth

FRAME = (0, 0, 100, 50)


def truth(*boxes):
    return Truth([Mark(str(i), box, 0, i) for i, box in enumerate(boxes)])


@pytest.mark.parametrize(
    ("box", "fate"),
    [
        ((10, 10, 20, 30), "kept"),
        ((-1, 10, 9, 30), "kept"),  # a tenth is cut
        ((-2, 10, 8, 30), "ignored"),  # a fifth
        ((94, 10, 104, 30), "ignored"),
        ((10, -12, 20, 8), "ignored"),  # three fifths
        ((10, 45, 20, 65), "gone"),  # three quarters
        ((-20, 10, -10, 30), "gone"),
        ((10, 60, 20, 80), "gone"),
    ],
)
def test_what_the_border_cuts(box, fate):
    found = truth(box)
    visibility.cut(found, FRAME)
    assert (len(found.marks), len(found.ignored)) == {"kept": (1, 0), "ignored": (0, 1), "gone": (0, 0)}[fate]
    for left, top, right, bottom in [m.box for m in found.marks] + found.ignored:
        assert 0 <= left < right <= 100 and 0 <= top < bottom <= 50


def test_ignored_places_outside_are_forgotten():
    found = truth()
    found.ignored += [(-20, 0, -10, 10), (90, 40, 130, 60)]
    visibility.cut(found, FRAME)
    assert found.ignored == [(90, 40, 100, 50)]


@pytest.mark.parametrize(("ink", "paper", "spread", "seen"), [
    (60, 200, 5, True),
    (200, 60, 5, True),  # light on dark
    (190, 200, 2, True),
    (196, 200, 1, False),  # as bright as its ground
    (185, 200, 30, False),  # drowned in grain
])  # fmt: skip
def test_contrast(ink, paper, spread, seen):
    random = np.random.default_rng(0)
    cover = np.zeros((50, 100), np.uint8)
    cover[10:30, 14:17] = 255
    grey = np.where(cover > 0, ink, paper) + random.normal(0, spread, cover.shape)
    found = truth((10, 10, 20, 30))
    visibility.drop_unseen(found, np.clip(grey, 0, 255).astype(np.uint8), cover, np.zeros_like(cover))
    assert (len(found.marks), len(found.ignored)) == ((1, 0) if seen else (0, 1))


def test_lines_around_a_digit_do_not_hide_it_but_broken_ink_is_not_seen():
    cover, ruling = np.zeros((2, 50, 100), np.uint8)
    cover[10:30, 14:17] = 255
    ruling[:, 11] = ruling[:, 19] = ruling[9] = ruling[30] = 255
    grey = np.where(ruling > 0, 20, np.where(cover > 0, 150, 200)).astype(np.uint8)
    found = truth((10, 10, 20, 30))
    visibility.drop_unseen(found, grey, cover, ruling)
    assert len(found.marks) == 1
    specks = np.where(np.random.default_rng(0).random(cover.shape) < 0.3, 0, 255)
    specks[12:15, 15] = 0  # all that is left of the digit
    visibility.drop_unseen(found, specks.astype(np.uint8), cover, np.zeros_like(ruling))
    assert not found.marks and found.ignored == [(10, 10, 20, 30)]


def test_what_does_not_lie_on_the_sheet_is_hidden():
    sheet = np.zeros((50, 100), np.float32)
    sheet[:, :50] = 1
    found = truth((10, 10, 20, 30))
    found.marks += truth((40, 10, 60, 30)).marks + truth((48, 10, 90, 30)).marks
    visibility.hide(found, sheet)
    assert [m.box for m in found.marks] == [(10, 10, 20, 30)] and found.ignored == [(40, 10, 60, 30)]
