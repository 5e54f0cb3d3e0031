"""The learning rate at known points, and at the very first and last step."""

import numpy as np
import pytest

from inkdigits.training import schedules
from inkdigits.training.settings import TrainingSettings


def rates(schedule, steps=1000, **settings):
    rate = schedules.build(TrainingSettings(schedule=schedule, learning_rate=0.01, epochs=10, **settings), steps)
    return np.array([float(rate(step)) for step in range(steps)]) / 0.01


def test_constant():
    assert np.allclose(rates("constant", 10, warmup=0.0), 1)


def test_step_falls_at_whole_epochs():
    rate = rates("step", warmup=0.0, decay=0.5, decay_epochs=2.0)  # 100 steps are an epoch
    assert np.allclose(rate[[0, 199, 200, 399, 400, 999]], [1, 1, 0.5, 0.5, 0.25, 0.0625])


def test_exponential_meets_the_stairs_where_they_begin():
    rate = rates("exponential", warmup=0.0, decay=0.5, decay_epochs=2.0)
    assert np.allclose(rate[[0, 200, 400, 300]], [1, 0.5, 0.25, 0.5**1.5])
    assert (np.diff(rate) < 0).all()


def test_cosine_is_half_a_wave():
    rate = rates("cosine", warmup=0.0)
    assert np.allclose(rate[[0, 249, 499, 749]], [1, np.cos(np.pi / 8) ** 2, 0.5, np.sin(np.pi / 8) ** 2], atol=5e-3)
    assert 0 < rate[-1] < 1e-4


def test_one_cycle():
    rate = rates("one-cycle", 100, warmup=0.25)
    assert rate.argmax() in (24, 25) and rate.max() == pytest.approx(1, rel=0.05)
    assert 0 < rate[-1] < 0.02 and 0 < rate[0] < 0.06
    assert np.allclose(np.diff(rate[:24]), 0.0396, atol=1e-4) and np.allclose(np.diff(rate[26:]), -0.0132, atol=1e-4)


@pytest.mark.parametrize("schedule", ["constant", "step", "exponential", "cosine", "one-cycle"])
def test_warm_up_is_a_straight_line_and_the_curve_begins_behind_it(schedule):
    rate = rates(schedule, 200, warmup=0.2, decay=0.5, decay_epochs=1.0)
    assert np.allclose(rate[:39], np.arange(1, 40) / (0.2 * 201))
    assert rate.max() == pytest.approx(1, rel=0.03) and 38 <= rate.argmax() <= 41
