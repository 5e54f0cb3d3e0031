"""What the contested labels change: the arithmetic, and that only MNIST's test set has any."""

import numpy as np
import pytest

from inkdigits.datasets import mnist
from inkdigits.datasets.dataset import Dataset
from inkdigits.evaluation import contested, evaluate
from inkdigits.evaluation.metrics import measure, wilson
from inkdigits.network import load
from inkdigits.recognising.decide import believe

THRESHOLDS = {"always": 0.0}


def test_only_mnists_test_digits_have_contested_labels(digits):
    test = mnist.test()
    assert contested.labels_of(test) == contested.MNIST_TEST and len(set(contested.MNIST_TEST)) == 15
    assert contested.labels_of(Dataset("by another name", test.images, test.labels)) == contested.MNIST_TEST
    order = np.random.default_rng(1).permutation(len(test))
    assert sorted(order[list(contested.labels_of(test.subset(order)))].tolist()) == list(contested.MNIST_TEST)
    assert contested.labels_of(digits) == contested.labels_of(mnist.train()) == ()


def test_against_leaving_the_rows_out():
    """What is said of the rest is what measuring the rest alone gives."""
    random = np.random.default_rng(0)
    beliefs = believe(np.eye(10, dtype=np.float32)[random.integers(0, 10, 500)], 1.0)
    labels = np.where(random.random(500) < 0.8, beliefs.digits.argmax(axis=1), 3).astype(np.uint8)
    rows = (0, 7, 8, 100, 499)
    whole = measure("x", beliefs, labels, THRESHOLDS, rows)
    rest = np.setdiff1d(np.arange(500), rows)
    alone = measure("x", believe(beliefs.digits[rest], 1.0), labels[rest], THRESHOLDS)
    assert whole.uncontested == (alone.correct, alone.count) and alone.correct < whole.correct
    said = whole.to_dict()["without_contested_labels"]
    assert said["accuracy"] == alone.accuracy and said["digits"] == 495 and said["left_out"] == list(rows)
    assert said["accuracy_95_interval"] == pytest.approx(list(wilson(alone.correct, 495)))
    assert "without_contested_labels" not in alone.to_dict()


def test_the_wrong_answers_stand_beside_their_rows(digits):
    metrics, beliefs = evaluate.evaluate(load("classic"), Dataset("x", digits.images, (digits.labels + 1) % 10))
    figures = metrics.to_dict()
    assert figures["errors_said"] == beliefs.digits.argmax(axis=1)[figures["errors"]].tolist()
    assert len(figures["errors"]) > 900
