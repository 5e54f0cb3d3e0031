"""The pages that a locator is measured on: by writers, in fonts and in forms of digits that training never sees.

They are the same for every seed and every run of a recipe's [pages], so that figures can be compared page by page.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inkdigits.datasets.dataset import Dataset
from inkdigits.errors import InputError
from inkdigits.synthetic.pages import page, sources
from inkdigits.synthetic.pages.scenes import SCENES
from inkdigits.synthetic.pages.sources import Sources
from inkdigits.synthetic.pages.truth import SyntheticPage
from inkdigits.training.drawn_settings import PageSettings

_SEED = 1_000_003
_DIGITS = 2000  # of the held-out writers that are redrawn, at most


@dataclass(frozen=True, eq=False)
class ValidationPages:
    """Draws validation pages."""

    settings: PageSettings
    held_out: Sources

    def mixed(self) -> list[SyntheticPage]:
        """Return pages of all scenes, as often as training has them: what each epoch is measured on."""
        return [self._page([_SEED, i], None) for i in range(self.settings.validation_pages)]

    def for_answers(self) -> list[SyntheticPage]:
        """Return the pages on which it is fitted how far answers are right: larger ones, others than `mixed` gives.

        Every second one is of handwritten words and letters alone, so that trust means something among what is no digit.
        """
        size, seed = (5 * self.settings.size // 4, 7 * self.settings.size // 4), _SEED + 1
        count = self.settings.answering_pages
        return [
            page.draw(self.held_out, np.random.default_rng([seed, i]), size, None if i % 2 else "words")
            for i in range(count)
        ]

    def by_scene(self) -> dict[str, list[SyntheticPage]]:
        """Return as many pages of each scene."""
        count = self.settings.scene_pages
        return {
            name: [self._page([_SEED, scene, i], name) for i in range(count)] for scene, name in enumerate(SCENES, 1)
        }

    def _page(self, numbers: list[int], scene: str | None) -> SyntheticPage:
        size = (self.settings.size, self.settings.size)
        return page.draw(self.held_out, np.random.default_rng(numbers), size, scene)


def build(digits: Dataset, settings: PageSettings) -> ValidationPages:
    """Return what draws validation pages, from MNIST digits of writers that are held out."""
    if digits.writers is None:
        raise InputError(digits.name, "does not say who wrote its digits", "take MNIST")
    most = min(_DIGITS, settings.digits)
    held_out = sources.build(digits.images, digits.labels, digits.writers, "validation", most)
    return ValidationPages(settings, held_out)
