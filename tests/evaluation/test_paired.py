"""McNemar's test and the paired bootstrap, against SciPy's."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from inkdigits.evaluation import paired


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_mcnemar(only_a, only_b):
    expected = stats.binomtest(only_a, only_a + only_b, 0.5).pvalue if only_a + only_b else 1.0
    # SciPy's own sums run out of numbers near the least that a float can hold, and it says 0.
    assert paired.mcnemar(only_a, only_b) == pytest.approx(expected, rel=1e-9, abs=1e-200)


def test_mcnemar_of_hardly_any_chance():
    exact = Fraction(2 * sum(comb(1075, k) for k in range(11)), 2**1075)  # SciPy says 0
    assert paired.mcnemar(10, 1065) == pytest.approx(float(exact), rel=1e-12)


def test_mcnemar_of_many_digits_is_quick_and_finite():
    assert paired.mcnemar(15_000, 15_000) == 1.0
    assert paired.mcnemar(0, 30_000) == 0.0  # 2⁻²⁹⁹⁹⁹


def answers(seed, count=4000, a=0.97, b=0.96):
    random = np.random.default_rng(seed)
    hard = random.random(count)  # digits that are hard for one are hard for the other
    return (0.5 * hard + 0.5 * random.random(count)) < a * 0.9, (0.5 * hard + 0.5 * random.random(count)) < b * 0.9


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_bootstrap_is_scipys(seed):
    right_a, right_b = answers(seed)
    result = paired.compare(right_a, right_b)
    differences = right_a.astype(float) - right_b
    expected = stats.bootstrap(
        (differences,), np.mean, n_resamples=4000, batch=100, method="percentile", random_state=np.random.default_rng(9)
    ).confidence_interval
    assert result.difference == pytest.approx(differences.mean())
    assert result.interval == pytest.approx((expected.low, expected.high), abs=6e-4)
    assert paired.compare(right_a, right_b).interval == result.interval  # the same every time


def test_the_counts():
    right_a, right_b = answers(5)
    figures = paired.compare(right_a, right_b).to_dict()
    assert figures["accuracy_a"] == right_a.mean() and figures["accuracy_b"] == right_b.mean()
    assert figures["both_wrong"] == (~right_a & ~right_b).sum()
    turned = paired.compare(right_b, right_a)
    assert turned.difference == -figures["difference"] and turned.p_value == figures["mcnemar_p"]


@pytest.mark.parametrize(
    ("only_a", "only_b", "start"),
    [
        (0, 0, "A and B are right and wrong on the same digits"),
        (7, 5, "No difference is shown: A alone reads 7 right, B alone 5, and if they were equally good, a split as "
               "uneven would come 77% of the time."),
        (40, 10, "A reads these digits better than B: "),
        (10, 40, "B reads these digits better than A: "),
    ],
)  # fmt: skip
def test_the_verdict(only_a, only_b, start):
    right = np.arange(1000)
    verdict = paired.compare(right >= only_b, (right < only_b) | (right >= only_a + only_b)).verdict()
    assert verdict.startswith(start)
