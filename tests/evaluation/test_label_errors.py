"""Confident learning finds labels that were made wrong on purpose, and leaves the others alone."""

import numpy as np
import pytest

from inkdigits.evaluation import label_errors
from tests.evaluation.test_metrics import answers


def spoilt(labels, share, seed=0):
    """Some labels changed: each i to i + 1. Returns the new labels and which rows were changed."""
    changed = np.random.default_rng(seed).random(len(labels)) < share
    return np.where(changed, (labels + 1) % 10, labels).astype(np.uint8), np.flatnonzero(changed)


def test_planted_errors_are_found():
    probabilities, labels = answers(1, 20_000, 40.0)
    own = (probabilities.argmax(axis=1) != labels).sum()  # digits that the probabilities themselves are wrong about
    given, planted = spoilt(labels, 0.02)
    found = label_errors.find(given, probabilities)
    hits = np.isin(found.rows, planted)
    assert hits.sum() > 0.85 * len(planted) and (~hits).sum() < own / 5
    assert hits[:100].all()  # the most suspicious first
    assert (found.suggested[hits] == labels[found.rows[hits]]).mean() > 0.99
    shares = np.array([found.joint[i, i - 1] / found.joint[i].sum() for i in range(10)])
    assert shares == pytest.approx(0.02, abs=0.012)


def test_perfect_labels_have_no_suspects():
    labels = np.arange(10, dtype=np.uint8).repeat(5)
    found = label_errors.find(labels, np.eye(10, dtype=np.float32)[labels])
    assert len(found.rows) == 0 and np.array_equal(found.joint, 5 * np.eye(10))


def test_a_worked_example():
    """Two labels that agree with what is shown, one that does not, one where nothing is sure."""
    labels = np.array([0, 0, 0, 1, 1, *range(2, 10)], np.uint8)
    probabilities = np.eye(10, dtype=np.float32)[labels]
    probabilities[2, :2] = 0.1, 0.9  # labelled 0, shows a 1
    probabilities[4, :2] = 0.4, 0.6  # a doubtful 1: below 0.8, the usual one, and above none
    found = label_errors.find(labels, probabilities)
    assert found.rows.tolist() == [2] and found.suggested.tolist() == [1]
    assert found.joint[0].tolist()[:2] == [2, 1] and found.joint[1].tolist()[:2] == [0, 1]
