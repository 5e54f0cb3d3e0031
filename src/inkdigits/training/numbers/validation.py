"""The strips that the network which reads numbers is measured on: by writers, in fonts and forms that training never sees.

They are the same for every seed and every run of a recipe's [strips].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inkdigits.datasets.dataset import Dataset
from inkdigits.synthetic.pages import page
from inkdigits.synthetic.pages.scenes import SCENES
from inkdigits.synthetic.pages.sources import Sources
from inkdigits.synthetic.pages.truth import SyntheticPage
from inkdigits.training import drawing
from inkdigits.training.drawn_settings import StripSettings
from inkdigits.training.numbers import cutting
from inkdigits.training.numbers.cutting import Strip

_SEED = 1_000_033
_DIGITS = 2000  # of the held-out writers that are redrawn, at most
_SIZE = (320, 448)  # pixels of the pages on which it is fitted how far answers are right
_CROP = (192, 384)  # and of the pictures of one number


@dataclass(frozen=True, eq=False)
class ValidationStrips:
    """Draws validation strips, and pages."""

    settings: StripSettings
    held_out: Sources

    def by_scene(self) -> dict[str, list[Strip]]:
        """Return as many strips of each scene."""
        return {scene: self._strips(number, scene) for number, scene in enumerate(SCENES, 1)}

    def for_answers(self) -> list[SyntheticPage]:
        """Return the pages on which it is fitted how far answers are right: every fourth one of words and letters alone."""
        randoms = (np.random.default_rng([_SEED, 0, i]) for i in range(self.settings.answering_pages))
        return [
            page.draw(self.held_out, r, _SIZE, None if i % 4 else "words", clean=cutting.CLEAN)
            for i, r in enumerate(randoms)
        ]

    def for_lines(self) -> list[SyntheticPage]:
        """Return as many pictures of one number or few, clear ones, on which it is fitted how surely a line is right."""
        randoms = (np.random.default_rng([_SEED, 1, i]) for i in range(self.settings.answering_pages))
        return [page.draw(self.held_out, r, _CROP, "close-up", clean=1.0) for r in randoms]

    def _strips(self, number: int, scene: str) -> list[Strip]:
        random = np.random.default_rng([_SEED, number])
        made: list[Strip] = []
        while len(made) < self.settings.scene_strips:
            made += cutting.draw(self.held_out, random, self.settings.widest, scene)
        return made[: self.settings.scene_strips]


def build(digits: Dataset, settings: StripSettings) -> ValidationStrips:
    """Return what draws validation strips, from MNIST digits of writers that are held out."""
    most = min(_DIGITS, settings.digits)
    return ValidationStrips(settings, drawing.build_sources(digits, "validation", most))
