import cv2
import numpy as np
import pytest

from inkdigits.forms.ink import RES, left_of_print, printed, strokes, without_print


def comb():
    """Four boxes of 8 × 10 mm with lines of 0.4 mm, in a picture of a field."""
    grey = np.full((14 * 8, 40 * 8), 255, np.uint8)
    for k in range(5):
        x = round((3 + 8 * k) * RES)
        cv2.line(grey, (x, round(2 * RES)), (x, round(12 * RES)), 60, 3)
    for y in (2, 12):
        cv2.line(grey, (round(3 * RES), round(y * RES)), (round(35 * RES), round(y * RES)), 60, 3)
    return grey


def read(seen, empty):
    """Return a field's picture without print, and which pixels are ink, where no other field tells of a darker pen."""
    mask = printed(empty, 0.05)
    clean = without_print(seen, mask)
    return clean, 255 - clean > 0.45 * strokes(clean, left_of_print(clean, mask))


def test_lines_are_no_ink():
    empty = comb()
    seen = np.clip(cv2.GaussianBlur(empty, (0, 0), 0.8).astype(int) - 5, 0, 255).astype(np.uint8)
    clean, inked = read(seen, empty)
    assert not inked.any()
    assert clean.min() > 150


@pytest.mark.parametrize("shift", [0, 1, -1])
def test_a_stroke_that_crosses_a_line_survives_in_one_piece(shift):
    """Down across the bottom line, and from one box into the next; the print is a pixel off where the blank has it."""
    empty = comb()
    seen = np.roll(empty, shift, axis=1)
    strokes = [((50, 40), (60, 108)), ((70, 70), (120, 50))]
    for first, last in strokes:
        cv2.line(seen, first, last, 20, 5, cv2.LINE_AA)
    _, inked = read(seen, empty)
    count, labels = cv2.connectedComponents(inked.astype(np.uint8))
    for first, last in strokes:
        assert labels[first[1], first[0]] == labels[last[1] - 2, last[0] - 1] != 0
    assert count == 3  # the two, and the paper
    outside = inked.copy()
    for first, last in strokes:
        own = np.zeros_like(seen)
        cv2.line(own, first, last, 1, 13)
        outside &= own == 0
    assert not outside.any()


def test_a_line_that_is_written_along_a_printed_one_is_not_made_up():
    """Ink on both sides of a corner does not fill the line between."""
    empty = comb()
    seen = empty.copy()
    cv2.circle(seen, (60, 60), 8, 20, -1)
    _, inked = read(seen, empty)
    assert inked.sum() == pytest.approx(np.pi * 8.5**2, rel=0.2)


@pytest.mark.parametrize("pen", [40, 90, 200])
def test_a_pen_is_as_dark_as_it_is_faint_or_not(pen):
    seen = np.random.default_rng(0).normal(250, 1.5, (100, 300)).clip(0, 255).astype(np.uint8)
    cv2.putText(seen, "7264", (40, 70), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 250 - pen, 4, cv2.LINE_AA)
    assert strokes(seen, 0.0) == pytest.approx(pen + 5, abs=6)
    inked = 255 - seen > 0.45 * strokes(seen, 0.0)
    assert cv2.connectedComponents(inked.astype(np.uint8))[0] == 5  # four digits, and the paper


@pytest.mark.parametrize("grain", [0, 1, 3, 6])
def test_paper_without_a_pen_has_no_ink(grain):
    seen = np.random.default_rng(1).normal(252, grain, (100, 300)).clip(0, 255).astype(np.uint8)
    _, inked = read(seen, np.full(seen.shape, 255, np.uint8))
    assert inked.mean() < 1e-3
