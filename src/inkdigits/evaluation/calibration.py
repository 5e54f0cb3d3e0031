"""Honest confidence, fitted on held-out writers: a temperature, and a threshold for each level of trust."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from inkdigits.errors import require
from inkdigits.recognising.decide import believe, calibrate

require("calibration", "train", "scipy")

from scipy.optimize import minimize_scalar

# The largest share of wrong answers among those given, per level, on the digits that the thresholds are fitted on.
TARGETS = {"strict": 1 / 500, "normal": 1 / 200}


def fit(probabilities: npt.NDArray[np.float32], labels: npt.NDArray[np.uint8]) -> dict[str, Any]:
    """Return the "answering" part of a model's config from the network's own probabilities on validation digits."""
    temperature = fit_temperature(probabilities, labels)
    beliefs = believe(probabilities, temperature)
    right = beliefs.digits.argmax(axis=1) == labels
    thresholds = {level: fit_threshold(beliefs.confidence, right, target) for level, target in TARGETS.items()}
    return {"temperature": temperature, "thresholds": {**thresholds, "always": 0.0}, "fitted_on": len(labels)}


def fit_temperature(probabilities: npt.NDArray[np.float32], labels: npt.NDArray[np.uint8]) -> float:
    """Return the temperature that makes the labels most probable, between 0.2 and 5."""
    rows = np.arange(len(labels))

    def loss(log_temperature: float) -> float:
        calibrated = calibrate(probabilities, float(np.exp(log_temperature)))
        return float(-np.log(np.maximum(calibrated[rows, labels], 1e-30)).mean())

    best = minimize_scalar(loss, bounds=(np.log(0.2), np.log(5.0)), method="bounded")
    return float(np.exp(best.x))


def fit_threshold(confidence: npt.NDArray[np.float32], right: npt.NDArray[np.bool_], target: float) -> float:
    """Return the least confidence, 0 to 1, above which at most `target` of the answers are wrong.

    The digits are walked from the surest on; the threshold is where the share of errors was last within the target.
    """
    order = np.argsort(-confidence, kind="stable")
    errors = np.cumsum(~right[order]) / np.arange(1, len(order) + 1)
    within = np.flatnonzero(errors <= target)
    return float(confidence[order[within[-1]]]) if len(within) else 1.0  # rounded, it could let another wrong one in
