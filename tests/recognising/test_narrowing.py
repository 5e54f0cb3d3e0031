"""A doubtful line is narrowed to the reading that is expected of it."""

import numpy as np
import pytest

from inkdigits.recognising import narrowing
from inkdigits.recognising.expect import parse
from inkdigits.results import Digit, Line


def test_a_doubtful_digit_is_settled_by_what_is_expected():
    """A sure 4, and what is a 1 or a 7: the expectation decides, and the confidence of each tells how surely."""
    glyph = np.zeros((28, 28), np.uint8)
    rows = {4: {4: 0.999}, 1: {1: 0.7, 7: 0.299}}
    digits = []
    for best, known in rows.items():
        p = np.full(10, (1 - sum(known.values())) / (10 - len(known)), np.float32)
        p[list(known)] = list(known.values())
        digits.append(Digit(best, best, known[best], p, None, glyph, (0, 0, 9, 9), "x"))
    line = Line("41", tuple(digits), 0.7, (0, 0, 9, 9))

    def narrowed(expected, threshold=0.9):
        return narrowing.narrowed(line, parse(expected), threshold)

    seven = narrowed("values:47,12")
    assert (seven.text, seven.expected, [d.label for d in seven.digits]) == ("47", True, [4, 7])
    assert seven.digits[1].confidence == pytest.approx(seven.confidence, abs=0.01) and seven.confidence > 0.99
    both = narrowed("values:47,41")
    assert both.text == "4?" and both.digits[1].reason == "unsure" and both.digits[0].label == 4
    assert narrowed("values:99").expected is False and narrowed("values:91").text == "41"
