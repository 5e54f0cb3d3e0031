"""The mean of runs and its interval."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkdigits.evaluation.spread import spread


def test_a_known_interval():
    """Student's own example of 1908, the differences in hours of sleep: R's t.test gives 0.7001142 to 2.4598858."""
    values = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]
    result = spread(values)
    assert result.mean == pytest.approx(1.58) and result.deviation == pytest.approx(1.2300, abs=1e-4)
    assert result.interval == pytest.approx((0.7001142, 2.4598858), abs=1e-6)


def test_a_single_run_has_no_spread():
    result = spread([0.99])
    assert (result.count, result.mean, result.deviation, result.interval) == (1, 0.99, None, None)


def test_the_interval_holds_the_truth_as_often_as_it_says():
    random = np.random.default_rng(0)
    hits = 0
    for _ in range(2000):
        interval = spread(random.normal(0.99, 0.001, 5).tolist()).interval
        assert interval is not None
        hits += interval[0] <= 0.99 <= interval[1]
    assert 0.935 < hits / 2000 < 0.965


@given(st.lists(st.floats(0, 1), min_size=2, max_size=30))
def test_the_mean_is_in_the_middle(values):
    result = spread(values)
    assert result.interval is not None and result.deviation is not None
    assert sum(result.interval) / 2 == pytest.approx(np.mean(values), abs=1e-12)
    assert result.deviation == pytest.approx(np.std(values, ddof=1), abs=1e-12)
