"""Calibration changes confidence and never an answer; the threshold is where the answer begins."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkdigits.recognising import decide

GLYPH, BOX = np.zeros((28, 28), np.uint8), (0, 0, 4, 4)


@given(st.lists(st.floats(-20, 20, width=32), min_size=10, max_size=10, unique=True), st.floats(0.3, 4))
def test_calibration_is_a_softmax_of_scaled_logits(logits, temperature):
    x = np.array([logits], np.float64)
    softmax = lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum()  # noqa: E731
    calibrated = decide.calibrate(softmax(x).astype(np.float32), temperature)
    assert calibrated.sum() == pytest.approx(1, abs=1e-5)
    assert np.allclose(calibrated, softmax(x / temperature), atol=1e-3)


def beliefs(*probabilities):
    return decide.believe(np.array([probabilities], np.float32), 1.0)


def test_threshold():
    believed = beliefs(*[0.25 / 9] * 3, 0.75, *[0.25 / 9] * 6)
    sure = decide.decide(believed, 0, GLYPH, BOX, "x", 0.75)
    unsure = decide.decide(believed, 0, GLYPH, BOX, "x", 0.76)
    assert (sure.label, sure.reason) == (3, None)
    assert (unsure.label, unsure.best, unsure.reason) == (None, 3, "unsure")


def test_what_is_no_digit():
    """An eleventh column takes its share of the confidence, and the digits' probabilities still sum to 1."""
    believed = beliefs(*[0.02] * 3, 0.24, *[0.02] * 6, 0.58)
    digit = decide.decide(believed, 0, GLYPH, BOX, "x", 0.5)
    assert (digit.label, digit.best, digit.reason) == (None, 3, "not a digit")
    assert digit.confidence == pytest.approx(0.24) and digit.probabilities.sum() == pytest.approx(1)
    assert decide.decide(believed, 0, GLYPH, BOX, "x", 0.0).label == 3
