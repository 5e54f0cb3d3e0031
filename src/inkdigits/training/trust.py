"""How far a digit network may be trusted: its confidence is fitted on the mixture of pictures that its recipe names.

The pictures go the whole way that a picture takes: what is promised is promised of `classify`, not of the network alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from inkdigits.datasets.dataset import Dataset
from inkdigits.errors import InputError
from inkdigits.evaluation import calibration, trust
from inkdigits.image import decode
from inkdigits.image.load import Picture, load
from inkdigits.network.session import Network
from inkdigits.reading import single
from inkdigits.synthetic import scenes
from inkdigits.training import pool
from inkdigits.training.pool import NOT_DIGIT
from inkdigits.training.recipe import Recipe
from inkdigits.training.settings import TrustSettings

_SEED = 1_000_007
_KINDS = {
    "damaged": ("mnist",),
    "letters": ("letters", "own_letters", "print"),
    "others": ("scribbles", "several", "halves"),
}


@dataclass(frozen=True, eq=False)
class Mixture:
    """N pictures: their labels, uint8 (N,), 0 to 10, and which of the kinds of [trust] each is of."""

    pictures: list[Picture]
    labels: npt.NDArray[np.uint8]
    kinds: npt.NDArray[np.str_]


def mixture(digits: Dataset, settings: TrustSettings) -> Mixture:
    """Return the mixture of a recipe: digits of held-out writers, letters in forms and fonts that the pool does not use.

    It is the same for every seed. Digits as they are come in their order; the same one twice, if more are asked for.
    """
    pictures: list[Picture] = []
    labels: list[int] = []
    kinds: list[str] = []
    for number, (kind, count) in enumerate(settings.counts().items()):
        random = np.random.default_rng([_SEED, number])
        for i in range(count):
            if kind == "digits":
                image, label = digits.images[i % len(digits)], int(digits.labels[i % len(digits)])
            else:
                of = _KINDS[kind]
                ink, label = pool.ink(of[i % len(of)], digits, random, "validation")
                image = scenes.picture(ink, random)
            try:
                pictures.append(load(image, decode.DIGIT_SIZE))
            except InputError:  # a random crop of a few pixels
                continue
            labels.append(label)
            kinds.append(kind)
    return Mixture(pictures, np.array(labels, np.uint8), np.array(kinds))


def answering(net: Network, digits: Dataset, recipe: Recipe | None) -> dict[str, Any]:
    """Return the "answering" part of a model's config: fitted on the recipe's mixture, or on held-out digits alone."""
    if recipe and recipe.trust.counts():
        return fit(net, digits, recipe.trust)
    return calibration.fit(net.probabilities(digits.images), digits.labels)


def fit(net: Network, digits: Dataset, settings: TrustSettings) -> dict[str, Any]:
    """Return the "answering" part of a model's config: temperature, thresholds, and under "kept" what was found of each."""
    mixed = mixture(digits, settings)
    found = single.find(mixed.pictures)
    seen = np.array([one.glyph is not None for one in found])
    glyphs = np.stack([one.glyph for one in found if one.glyph is not None])
    raw = net.probabilities(glyphs)
    known = mixed.labels[seen] < raw.shape[1]  # a network of ten classes says nothing of what is no digit
    temperature = calibration.fit_temperature(raw[known], mixed.labels[seen][known])
    calibrated = replace(net, temperature=temperature)
    answers = list(single.classify(mixed.pictures, calibrated, "always"))
    confidence = np.array([answer.confidence for answer in answers])
    best = np.array([answer.best for answer in answers])
    is_digit = mixed.labels != NOT_DIGIT
    not_digits = {kind: confidence[~is_digit & (mixed.kinds == kind)] for kind in ("letters", "others")}
    thresholds, kept = trust.fit(confidence[is_digit], (best == mixed.labels)[is_digit], not_digits)
    counts = ", ".join(f"{count:,} {kind}" for kind, count in settings.counts().items())
    about = f"a mixture of held-out pictures: {counts}"
    return {"temperature": temperature, "thresholds": thresholds, "fitted_on": about, "kept": kept}
