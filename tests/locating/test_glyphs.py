"""A glyph is the ink of its digit alone: no box, no rule, no neighbour is in it, and without ink it is black."""

import cv2
import numpy as np
import pytest

from inkdigits.image.normalise import glyph
from inkdigits.locating import glyphs, locate
from inkdigits.locating.locate import Located
from tests.locating import made
from tests.locating.matching import matched
from tests.written import lines, paper, write

TEXTS = [["87406", "08765"], ["10467", "36051"], ["51376", "48192"]]


def alike(a, b):
    """The correlation of two glyphs, 0 if one is empty."""
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1]) if a.any() and b.any() else 0.0


def likeness(page, grey=None):
    """How like the glyph of each digit that is found is to the ink with which it was written, in MNIST's form."""
    located = locate.locate(page.grey if grey is None else grey)
    rows = matched(page, located.found)
    assert len(rows) >= 0.8 * len(page.labels)
    got = glyphs.glyphs(located, np.array(list(rows.values())))
    assert got.shape == (len(rows), 28, 28) and got.dtype == np.uint8
    return [alike(one, glyph(page.inks[i])) for one, i in zip(got, rows, strict=True)]


def cut_out(page, grey):
    """The same for what is simply cut out along a digit's box with a margin, as far as a digit's tail may reach."""
    values = []
    for ink, (left, top, right, bottom) in zip(page.inks, page.boxes, strict=True):
        part = 235 - np.minimum(grey[top - 9 : bottom + 9, left - 9 : right + 9], 235)
        values.append(alike(glyph(np.ascontiguousarray(part)), glyph(ink)))
    return values


def pages(**how):
    return [lines(texts, 34, seed=seed, **how) for seed, texts in enumerate(TEXTS)]


def boxed(page):
    grey = page.grey.copy()
    for left, top, right, bottom in page.boxes:
        cv2.rectangle(grey, (left - 6, top - 6), (right + 6, bottom + 6), 60, 2)
    return grey


def ruled(page):
    """A line that the digits stand on, and that some of them cross."""
    grey = page.grey.copy()
    for first in range(0, len(page.boxes), 5):
        base = round(float(np.median([box[3] for box in page.boxes[first : first + 5]])))
        grey[base - 1 : base + 1] = 70
    return grey


def grainy(page):
    soft = cv2.GaussianBlur(page.grey, (0, 0), 0.7)
    return (soft + np.random.default_rng(0).normal(0, 4, soft.shape)).clip(0, 255).astype(np.uint8)


def light(page):
    return 255 - page.grey


@pytest.mark.parametrize("changed", [None, grainy, light], ids=["plain", "grain", "light ink"])
def test_a_glyph_is_the_digit_as_it_was_written(changed):
    values = [v for page in pages(gap=0.5) for v in likeness(page, changed and changed(page))]
    assert np.median(values) > 0.85 and np.mean(np.array(values) > 0.6) >= 0.8


@pytest.mark.parametrize("changed", [boxed, ruled])
def test_boxes_and_rules_are_not_in_it(changed):
    """What is cut out with them is another picture."""
    some = pages(gap=0.6)
    values = [v for page in some for v in likeness(page, changed(page))]
    assert np.median(values) > 0.85 and np.mean(np.array(values) > 0.6) >= 0.8
    assert np.median([v for page in some for v in cut_out(page, changed(page))]) < 0.6


def test_neighbours_that_touch_are_cut_off():
    some = pages(gap=-0.04)
    values = [v for page in some for v in likeness(page)]
    assert np.median(values) > 0.75 and np.mean(np.array(values) > 0.5) >= 0.75
    assert np.median(values) > np.median([v for page in some for v in cut_out(page, page.grey)]) + 0.1


def test_each_glyph_is_of_the_scale_at_which_its_digit_was_found():
    page = paper(420, 700)
    write(page, "27435", 60, 150, 80, seed=1)
    write(page, "90816", 80, 240, 20, seed=6)
    write(page, "13572", 300, 330, 20, seed=8)
    assert np.median(likeness(page)) > 0.8


def blank(size=(120, 160)):
    return locate.locate(np.full(size, 230, np.uint8))


def test_a_mark_without_ink_is_black():
    nothing = blank()
    marks = made.found(made.number("27", 60, 60))
    got = glyphs.glyphs(Located(nothing.grey, marks, nothing.passes, np.zeros(2, np.intp)), np.arange(2))
    assert got.shape == (2, 28, 28) and not got.any()
    assert glyphs.glyphs(nothing, np.zeros(0, np.intp)).shape == (0, 28, 28)


def test_a_mark_beside_the_picture_is_black():
    marks = made.found(
        [made.Mark("3", x, y) for x, y in ((-300, 60), (900, 60), (60, -300), (60, 900), (-4, 60), (158, 118))]
    )
    page = lines(["27"], 30)
    for passes in (blank().passes, locate.locate(page.grey).passes):
        got = glyphs.glyphs(Located(page.grey, marks, passes, np.zeros(6, np.intp)), np.arange(6))
        assert got.shape == (6, 28, 28) and not got[:4].any()
