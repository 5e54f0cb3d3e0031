"""The mixture of pictures on which a digit network's confidence is fitted: digits held out, damaged ones, what is none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkdigits.datasets.dataset import Dataset
from inkdigits.errors import InputError
from inkdigits.image import decode
from inkdigits.image.load import Picture, load
from inkdigits.synthetic import scenes
from inkdigits.training import pool
from inkdigits.training.settings import TrustSettings

_SEED = 1_000_007
_KINDS = {
    "damaged": ("mnist",),
    "letters": ("letters", "own_letters", "print"),
    # Halves of digits are left out: too many look like another digit.
    "others": ("scribbles", "several"),
}


@dataclass(frozen=True, eq=False)
class Mixture:
    """N pictures: their labels, uint8 (N,), 0 to 10, and which of the kinds of [trust] each is of."""

    pictures: list[Picture]
    labels: npt.NDArray[np.uint8]
    kinds: npt.NDArray[np.str_]


def mixture(digits: Dataset, settings: TrustSettings) -> Mixture:
    """Return the mixture of a recipe, as its [trust] tells: digits of held-out writers, letters in held-out fonts.

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
                image, _ = scenes.picture(ink, random)
            try:
                pictures.append(load(image, decode.DIGIT_SIZE))
            except InputError:  # a random crop of a few pixels
                continue
            labels.append(label)
            kinds.append(kind)
    return Mixture(pictures, np.array(labels, np.uint8), np.array(kinds))
