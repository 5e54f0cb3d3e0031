"""Thresholds keep what they promise, on other pictures than those they were fitted on, and are no stricter than that."""

import numpy as np
import pytest

from inkdigits.evaluation import thresholds as fitted


def digits(random, count, share_wrong=0.02):
    """Confidences, and whether right: the surer, the less often wrong, as of a calibrated network."""
    confidence = 1 - random.beta(0.3, 6, count) * (2 * share_wrong * 21)
    confidence = np.clip(confidence, 0, 1)
    return confidence, random.random(count) < confidence


@pytest.mark.parametrize(
    ("count", "of", "bound"), [(0, 1000, 0.002991), (0, 59, 0.04951), (5, 1000, 0.01048), (7, 7, 1.0)]
)
def test_the_bound_is_clopper_and_pearsons(count, of, bound):
    """Values of the exact one-sided 95 % bound: 1 - 0.05 ** (1 / n) for none."""
    assert fitted.upper_bound(count, of) == pytest.approx(bound, rel=2e-3)


def test_what_is_promised_holds_on_other_pictures_in_nineteen_of_twenty_fits():
    broken = 0
    for seed in range(40):
        random = np.random.default_rng(seed)
        letters = np.clip(random.beta(0.5, 3, 3000), 0, 1)
        thresholds, _ = fitted.fit(*digits(random, 9000), {"letters": letters})
        confidence, right = digits(random, 400_000)
        given = confidence >= thresholds["strict"]
        others = np.clip(random.beta(0.5, 3, 200_000), 0, 1) >= thresholds["strict"]
        broken += (~right[given]).mean() > 1 / 500 or others.mean() > 1 / 100
    assert broken <= 5  # 2 in the mean; more than 5 of 40 come once in seventy


def test_levels_are_ordered_and_thresholds_are_confidences_that_occurred():
    random = np.random.default_rng(1)
    confidence, right = digits(random, 20_000)
    thresholds, found = fitted.fit(confidence, right, {"letters": random.beta(0.5, 5, 5000), "others": np.zeros(5000)})
    assert thresholds["strict"] > thresholds["normal"] > thresholds["always"] == 0
    assert {thresholds["strict"], thresholds["normal"]} <= set(confidence.tolist())  # not rounded
    for level, promise in fitted.PROMISES.items():
        kept = fitted.measured(thresholds[level], confidence, right, {"letters": np.zeros(0)})
        assert kept.wrong_bound <= promise.wrong and found[level]["answered"] == (confidence >= thresholds[level]).sum()
        a_little_less = thresholds[level] - 0.05 * (1 - thresholds[level]) - 1e-3
        assert found[level]["wrong_bound"] > 0.5 * promise.wrong or a_little_less < 0


def test_letters_alone_can_make_a_threshold_strict():
    random = np.random.default_rng(2)
    confidence, right = random.uniform(0.3, 1, 9000), np.ones(9000, bool)
    free, _ = fitted.fit(confidence, right, {})
    held, found = fitted.fit(confidence, right, {"letters": np.linspace(0, 0.99, 4000)})
    assert held["normal"] > free["normal"] and held["normal"] > 0.9 and held["strict"] >= held["normal"]
    assert found["normal"]["letters_answered"] <= 0.05 * 4000


def test_where_no_threshold_keeps_a_promise_almost_nothing_is_answered():
    random = np.random.default_rng(3)
    confidence = random.uniform(0, 0.99, 3000)
    thresholds, found = fitted.fit(confidence, random.random(3000) < 0.5, {})
    assert thresholds["strict"] == thresholds["normal"] == 1.0 and found["strict"]["answered"] == 0
