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


def test_softened_digits_are_read_better(digits, monkeypatch):
    """MNIST's digits made black and white at 40 pixels: their labels are more probable."""

    def stairs(glyph):
        return np.where(cv2.resize(glyph, (56, 56), interpolation=cv2.INTER_CUBIC) > 110, 255, 0).astype(np.uint8)

    pictures = [stairs(glyph) for glyph in digits.images[:300]]

    def loss():
        read = inkdigits.classify_many(pictures, trust="always")
        probable = [digit.probabilities[label] for digit, label in zip(read, digits.labels[:300], strict=True)]
        return -np.log(np.maximum(probable, 1e-6)).mean()

    better = loss()
    monkeypatch.setattr(black_and_white, "softened", lambda _, hairlines=True: None)
    assert better < loss()


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
    assert black_and_white.softened(outlines[0], hairlines=False) is None
    assert black_and_white.softened(outlines[0]) is not None
    read = inkdigits.classify_many(outlines, trust="always")
    assert sum(digit.label == label for digit, label in zip(read, digits.labels[:300], strict=True)) >= 0.92 * 300
