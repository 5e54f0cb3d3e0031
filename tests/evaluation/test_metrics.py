"""Figures against SciPy's and scikit-learn's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix, log_loss, precision_recall_fscore_support

from inkdigits.evaluation import calibration
from inkdigits.evaluation.metrics import measure, wilson
from inkdigits.recognising.decide import believe, calibrate

THRESHOLDS = {"strict": 0.9, "normal": 0.5, "always": 0.0}


@given(st.integers(1, 20_000), st.data())
def test_wilson(trials, data):
    successes = data.draw(st.integers(0, trials))
    expected = binomtest(successes, trials).proportion_ci(method="wilson")
    assert wilson(successes, trials) == (pytest.approx(expected.low, abs=1e-6), pytest.approx(expected.high, abs=1e-6))


def test_wilson_of_nothing():
    assert wilson(0, 0) == (0.0, 1.0)


def answers(seed, count=3000, sharpness=4.0):
    """Answers that are calibrated by construction: the labels are drawn from the probabilities."""
    random = np.random.default_rng(seed)
    logits = random.normal(size=(count, 10)) * sharpness
    probabilities = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    labels = (probabilities.cumsum(axis=1) > random.random((count, 1))).argmax(axis=1)
    return probabilities.astype(np.float32), labels.astype(np.uint8)


def test_against_scikit_learn():
    probabilities, labels = answers(1)
    ours, said = measure("x", believe(probabilities, 1.0), labels, THRESHOLDS), probabilities.argmax(axis=1)
    exact = probabilities.astype(np.float64)
    exact /= exact.sum(axis=1, keepdims=True)
    assert np.array_equal(ours.confusion, confusion_matrix(labels, said))
    assert ours.loss == pytest.approx(log_loss(labels, exact, labels=range(10)), abs=1e-4)
    precision, recall, f1, count = precision_recall_fscore_support(labels, said)
    for row in ours.per_digit():
        i = int(row["digit"])
        assert (row["precision"], row["recall"], row["f1"]) == pytest.approx((precision[i], recall[i], f1[i]))
        assert row["count"] == count[i]
    assert ours.accuracy == np.mean(labels == said)


def test_errors_come_surest_first():
    probabilities, labels = answers(2)
    result = measure("x", believe(probabilities, 1.0), labels, THRESHOLDS)
    sure = probabilities.max(axis=1)[result.errors]
    assert (np.diff(sure) <= 0).all() and len(sure) == result.count - result.correct


def test_calibration_error_sees_overconfidence():
    probabilities, labels = answers(3, 20_000, 1.5)
    assert measure("x", believe(probabilities, 1.0), labels, THRESHOLDS).calibration_error < 0.02
    assert measure("x", believe(probabilities, 0.4), labels, THRESHOLDS).calibration_error > 0.1


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_the_temperature_is_found(temperature):
    """Probabilities that were made too sure or too unsure are set right again."""
    probabilities, labels = answers(4, 20_000, 1.5)
    spoilt = calibrate(probabilities, 1 / temperature)
    assert calibration.fit_temperature(spoilt, labels) == pytest.approx(temperature, rel=0.06)


def test_thresholds_keep_their_promise():
    probabilities, labels = answers(5, 20_000, 6.0)
    fitted = calibration.fit(probabilities, labels)
    result = measure("x", believe(probabilities, fitted["temperature"]), labels, fitted["thresholds"])
    for level, target in calibration.TARGETS.items():
        assert result.trust[level]["error"] <= target * 1.1
        assert result.trust[level]["coverage"] > 0
    assert result.trust["always"]["coverage"] == 1
    assert calibration.fit_threshold(np.array([0.9, 0.8], np.float32), np.array([False, False]), 0.01) == 1.0


def test_confusions():
    probabilities = np.eye(10, dtype=np.float32)[[4, 9, 9, 9, 7]]
    result = measure("x", believe(probabilities, 1.0), np.array([4, 4, 4, 9, 1], np.uint8), THRESHOLDS)
    assert result.confusions() == [(4, 9, 2), (1, 7, 1)]
