"""What is fitted on a few pages is what the reader takes: as many weights as features, thresholds in their order."""

import numpy as np
import pytest

from inkdigits import network
from inkdigits.recognising.posterior import Answering
from inkdigits.synthetic.pages import page
from inkdigits.training.locator import answering


@pytest.fixture(scope="module")
def pages(held_out):
    return [page.draw(held_out, np.random.default_rng([9, i]), (128, 128), "lines") for i in range(12)]


@pytest.fixture(scope="module")
def fitted(pages):
    return answering.fit(pages, network.load("default"))


def test_it_is_what_the_reader_takes(fitted):
    known = Answering(**fitted["answering"])
    for weights in (known.present, known.right, known.present_of_ten, known.right_of_ten):
        assert len(weights) == 9 and np.isfinite(weights).all()
    assert len(known.line) == 4 and np.isfinite(known.line).all() and len(known.powers) == 2
    assert all(0.1 <= power <= 1.2 for power in known.powers)


def test_thresholds_rise_with_trust(fitted):
    levels = fitted["answering"]["thresholds"]
    assert 1 >= levels["strict"] >= levels["normal"] >= levels["always"] == 0


def test_what_it_is_fitted_on_is_told(fitted, pages):
    told = fitted["fitted_on"]
    there = sum(m.sign.isdigit() and m.kind == "handwritten" for p in pages for m in p.truth.marks)
    assert told["pages"] == 12 and 0 < told["digits"] <= min(there, told["marks"]) and told["numbers"] > 0


def test_a_surer_peak_speaks_for_a_digit(fitted):
    """The second of the features: the log-odds of the locator's own peak."""
    assert fitted["answering"]["present"][1] > 0 and fitted["answering"]["present_of_ten"][1] > 0


@pytest.mark.parametrize("wrong, level", [(0.0, 0.444), (0.005, 0.45), (0.1, 1.0)])
def test_a_threshold_keeps_its_share_of_wrong_answers(wrong, level):
    """Of marks from 0.5 on so many are wrong, spread evenly; below, every second one is: one in twenty may be."""
    right = np.linspace(1, 0, 4001, dtype=np.float32)
    good = np.ones(4001, bool)
    if wrong:
        good[:2000][round(1 / wrong) // 2 :: round(1 / wrong)] = False
    good[2001::2] = False
    levels = answering.thresholds(right, good)
    assert levels["normal"] == pytest.approx(level, abs=0.02) or (wrong > 0.01 and levels["normal"] > 0.9)
    assert levels["always"] == 0 and levels["strict"] >= levels["normal"]


def test_logistic_regression_finds_the_weights_that_made_the_labels():
    random = np.random.default_rng(0)
    values = np.concatenate([np.ones((20_000, 1)), random.normal(size=(20_000, 2))], axis=1).astype(np.float32)
    weights = np.array([-0.5, 1.5, -0.8])
    labels = random.random(20_000) < 1 / (1 + np.exp(-values @ weights))
    assert answering.logistic(values, labels) == pytest.approx(weights, abs=0.1)
