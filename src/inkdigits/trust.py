"""How far a digit network may be trusted: its confidence is fitted on the mixture of pictures that its recipe names.

The pictures go the whole way that a picture takes: what is promised is promised of `classify`, not of the network alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from inkdigits.datasets.dataset import Dataset
from inkdigits.evaluation import calibration, thresholds
from inkdigits.network.session import Network
from inkdigits.reading import single
from inkdigits.training import mixture
from inkdigits.training.locator.answering import logistic
from inkdigits.training.pool import NOT_DIGIT
from inkdigits.training.recipe import Recipe
from inkdigits.training.settings import TrustSettings


def answering(net: Network, digits: Dataset, recipe: Recipe | None) -> dict[str, Any]:
    """Return the "answering" part of a model's config: fitted on the recipe's mixture, or on held-out digits alone."""
    if recipe and recipe.trust.counts():
        return fit(net, digits, recipe.trust)
    return calibration.fit(net.probabilities(digits.images), digits.labels)


def fit(net: Network, digits: Dataset, settings: TrustSettings) -> dict[str, Any]:
    """Return the "answering" part of a model's config, and under "kept" what was found of each threshold.

    Fitted are, one after the other: the temperature, what tells how sure a second look is, and the thresholds.
    """
    mixed = mixture.mixture(digits, settings)
    found = single.find(mixed.pictures)
    seen = np.array([one.glyph is not None for one in found])
    glyphs = np.stack([one.glyph for one in found if one.glyph is not None])
    raw = net.probabilities(glyphs)
    known = mixed.labels[seen] < raw.shape[1]  # a network of ten classes says nothing of what is no digit
    temperature = calibration.fit_temperature(raw[known], mixed.labels[seen][known])
    calibrated = replace(net, temperature=temperature)
    beliefs, looks = single.look(found, calibrated)
    right = np.array([one.mean[:10].argmax() == mixed.labels[seen][row] for row, one in looks.items()], bool)
    features = np.stack([one.features for one in looks.values()]) if looks else np.zeros((0, 4), np.float32)
    doubtful = logistic(features, right)
    # What is held to be several digits has no answer at any threshold.
    answering = replace(calibrated, doubtful=tuple(doubtful), thresholds=dict.fromkeys(net.thresholds, 0.0))
    answers = single.decided(found, beliefs, looks, answering, "normal")
    confidence = np.array([0.0 if answer.label is None else answer.confidence for answer in answers])
    best = np.array([answer.best for answer in answers])
    is_digit = mixed.labels != NOT_DIGIT
    not_digits = {kind: confidence[~is_digit & (mixed.kinds == kind)] for kind in ("letters", "others")}
    levels, kept = thresholds.fit(confidence[is_digit], (best == mixed.labels)[is_digit], not_digits)
    counts = ", ".join(f"{count:,} {kind}" for kind, count in settings.counts().items())
    about = f"a mixture of held-out pictures: {counts}"
    return {"temperature": temperature, "doubtful": doubtful, "thresholds": levels, "fitted_on": about, "kept": kept}
