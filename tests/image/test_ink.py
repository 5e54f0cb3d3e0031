"""Ink is found whatever the polarity, the light and the contrast; and where there is none, none is found."""

import numpy as np
import pytest

from inkdigits.image import ink
from inkdigits.synthetic import strokes
from inkdigits.synthetic.paper import Scene, photograph


@pytest.mark.parametrize("light", [0.0, 0.3, 0.5])
@pytest.mark.parametrize("shadow", [0.0, 0.4])
@pytest.mark.parametrize("seed", range(4))
def test_ink_is_where_the_pen_was(light, shadow, seed):
    """In uneven light, the ink found covers the strokes drawn, and little else."""
    random = np.random.default_rng(seed)
    drawn = strokes.draw(strokes.digit(seed + 2), 200, 12)
    scene = Scene(light=light, shadow=shadow, tilt=0.0)
    picture = photograph(drawn, (420, 380), (140, 90), scene, random)
    truth = np.zeros((380, 420), bool)
    truth[90 : 90 + drawn.shape[0], 140 : 140 + drawn.shape[1]] = drawn > 127
    found = ink.extract(picture)
    assert found is not None and found.dark
    mask = found.strength > 127
    assert (mask & truth).sum() > 0.85 * truth.sum()
    assert (mask & ~truth).sum() < 0.2 * truth.sum()


@pytest.mark.parametrize("seed", range(4))
def test_faint_pencil_in_a_grainy_photo(seed):
    """Strokes only 4 times as strong as the sensor's noise, on paper lit from one side; and the same paper, bare."""
    random = np.random.default_rng(seed)
    drawn = strokes.draw(strokes.digit(seed + 2), 120, 7)
    light = np.linspace(210, 150, 900) - np.linspace(0, 20, 600)[:, None]
    paper = light + random.normal(0, 5, light.shape)
    marked = paper.copy()
    marked[200 : 200 + drawn.shape[0], 300 : 300 + drawn.shape[1]] -= 20 * (drawn / 255)
    truth = np.zeros(light.shape, bool)
    truth[200 : 200 + drawn.shape[0], 300 : 300 + drawn.shape[1]] = drawn > 127
    found = ink.extract(np.rint(marked).astype(np.uint8))
    assert found is not None and found.dark
    mask = found.strength > 127
    assert (mask & truth).sum() > 0.6 * truth.sum()
    assert (mask & ~truth).sum() < 0.5 * truth.sum()
    assert ink.extract(np.rint(paper).astype(np.uint8)) is None


@pytest.mark.parametrize("pixels", [
    np.zeros((50, 50), np.uint8), np.full((50, 50), 255, np.uint8), np.full((9, 300, 3), 128, np.uint8),
], ids=["black", "white", "grey"])  # fmt: skip
def test_blank(pixels):
    assert ink.extract(pixels) is None


@pytest.mark.parametrize("seed", range(5))
def test_blank_paper_in_a_photo(seed):
    random = np.random.default_rng(seed)
    empty = np.zeros((4, 4), np.uint8)
    picture = photograph(empty, (400, 300), (10, 10), Scene(light=0.4, grain=0.02), random)
    assert ink.extract(picture) is None


def test_inverting_changes_nothing_but_the_polarity(digits):
    for image in digits.images[:100]:
        light, dark = ink.extract(image), ink.extract(255 - image)
        assert light is not None and dark is not None
        assert dark.dark and not light.dark
        assert np.abs(light.strength.astype(int) - dark.strength).max() <= 1
