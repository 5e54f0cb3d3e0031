import cv2
import numpy as np
import pytest

from inkdigits.forms.ink import RES, without_print


def comb():
    """Four boxes of 8 × 10 mm with lines of 0.4 mm, in a picture of a field."""
    grey = np.full((14 * 8, 40 * 8), 255, np.uint8)
    for k in range(5):
        x = round((3 + 8 * k) * RES)
        cv2.line(grey, (x, round(2 * RES)), (x, round(12 * RES)), 60, 3)
    for y in (2, 12):
        cv2.line(grey, (round(3 * RES), round(y * RES)), (round(35 * RES), round(y * RES)), 60, 3)
    return grey


def test_lines_are_no_ink():
    empty = comb()
    seen = np.clip(cv2.GaussianBlur(empty, (0, 0), 0.8).astype(int) - 5, 0, 255).astype(np.uint8)
    clean, inked = without_print(seen, empty, 0.05)
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
    _, inked = without_print(seen, empty, 0.05)
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
    _, inked = without_print(seen, empty, 0.05)
    assert inked.sum() == pytest.approx(np.pi * 8.5**2, rel=0.2)
