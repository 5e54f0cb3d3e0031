"""Black and white pictures are read as if they had greys."""

import cv2
import numpy as np
import pytest
from PIL import Image

import inkdigits
from inkdigits.image import black_and_white, ink
from tests.conftest import SAMPLES, drawing


def test_black_and_white_is_softened():
    steps = {}
    stairs = np.where(drawing() > 127, 255, 0).astype(np.uint8)
    found = ink.extract(stairs, steps.setdefault)
    assert found is not None and set(np.unique(stairs)) == {0, 255} and len(np.unique(steps["softened"])) > 2
    # Two greys are two levels as well; a single pixel between them tells that a camera or a pen drew it.
    ink.extract(stairs // 2 + 60, lambda name, picture: steps.setdefault(f"grey {name}", picture))
    assert "grey softened" in steps
    stairs[3, 5] = 200
    ink.extract(stairs, lambda name, picture: steps.setdefault(f"one {name}", picture))
    assert "one grey" in steps and "one softened" not in steps


def test_softened_digits_are_read_more_surely(digits, monkeypatch):
    """MNIST's digits made black and white: the typical one's label is twice as near to sure.

    How many are wrong, it does not change: by one in a hundred at most.
    """
    pictures = [np.where(glyph > 110, 255, 0).astype(np.uint8) for glyph in digits.images[:300]]
    labels = digits.labels[:300]

    def measured():
        read = inkdigits.classify_many(pictures, trust="always")
        probable = np.array([digit.probabilities[label] for digit, label in zip(read, labels, strict=True)])
        return np.median(1 - probable), sum(digit.best != label for digit, label in zip(read, labels, strict=True))

    unsure, wrong = measured()
    monkeypatch.setattr(black_and_white, "softened", lambda _, hairlines=True: None)
    unsure_before, wrong_before = measured()
    assert 2 * unsure < unsure_before
    assert wrong <= wrong_before + 3


@pytest.mark.parametrize(
    "name", ["0-blue-pen", "1-in-shadow", "5-small-in-a-large-page", "8-low-resolution", "9-dim-light"]
)
def test_a_dithered_photo_is_read_as_the_photo(name):
    """Its greys are dots: none of them is ink."""
    with Image.open(SAMPLES / f"{name}.jpg") as photo:
        dithered = photo.convert("L").convert("1")
    assert inkdigits.classify(dithered).label == int(name[0])


def test_outlines_are_looked_at_again_as_sharp_as_they_are(digits):
    """Softened, the two sides of an outline one pixel wide run together: there is nothing to fill."""
    outlines = [cv2.Canny(image, 100, 200) for image in digits.images[:300]]
    assert all(black_and_white.softened(outline) is not None for outline in outlines)
    assert sum(black_and_white.softened(outline, hairlines=False) is None for outline in outlines) >= 0.7 * 300
    read = inkdigits.classify_many(outlines, trust="always")
    assert sum(digit.label == label for digit, label in zip(read, digits.labels[:300], strict=True)) >= 0.92 * 300
