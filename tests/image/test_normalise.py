"""MNIST's own digits come out as they were, and any digit comes out in MNIST's form."""

import cv2
import numpy as np
import pytest

from inkdigits.image import normalise
from inkdigits.image.measure import stroke_width
from inkdigits.image.segment import main_digit
from tests.conftest import drawing


def test_mnist_digits_are_already_normal(digits):
    """Cut out and placed again, at least 99 of 100 are the same to the pixel; no code here knows MNIST's placing."""
    same = 0
    for image in digits.images:
        rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
        cut = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        same += np.array_equal(normalise.glyph(cut), image)
    assert same >= 0.99 * len(digits)


@pytest.mark.parametrize("height", [8, 12, 20, 60, 200, 1500])
@pytest.mark.parametrize("label", [1, 4, 8])
def test_form(height, label):
    part = main_digit(255 - drawing(label, height=height, pen=max(1.5, height / 10), margin=5))
    assert part is not None
    glyph = normalise.glyph(part.strength)
    assert glyph.shape == (28, 28) and glyph.dtype == np.uint8
    rows, columns = np.flatnonzero(glyph.any(axis=1)), np.flatnonzero(glyph.any(axis=0))
    assert 19 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 20
    assert glyph.max() > 230
    mass = glyph.astype(float)
    centre = (mass.sum(axis=1) @ np.arange(28) / mass.sum(), mass.sum(axis=0) @ np.arange(28) / mass.sum())
    assert centre == (pytest.approx(14, abs=0.51), pytest.approx(14, abs=0.51))


@pytest.mark.parametrize("size", [100, 300, 900])
def test_size_does_not_matter(size):
    """The same drawing, larger, gives nearly the same glyph."""
    glyphs = []
    for height in (size, 2 * size):
        part = main_digit(255 - drawing(3, height=height, pen=height / 9, margin=9))
        assert part is not None
        glyphs.append(normalise.glyph(part.strength).astype(int))
    assert np.abs(glyphs[0] - glyphs[1]).mean() < 6


@pytest.mark.parametrize("shape", [(21, 9), (40, 40), (53, 31), (99, 64)])
def test_averaging_is_opencvs(shape):
    ink = np.random.default_rng(0).integers(1, 256, shape, dtype=np.uint8)
    size = round(shape[1] * 20 / shape[0]), 20
    expected = cv2.resize(ink, size, interpolation=cv2.INTER_AREA).astype(int)
    peak = np.percentile(expected, 90)
    assert np.abs(normalise.fit(ink) - np.minimum(expected * 255 / peak, 255)).max() < 3


def test_a_fine_pen_is_widened():
    part = main_digit(255 - drawing(7, height=800, pen=4, margin=9))
    assert part is not None
    glyph = normalise.glyph(part.strength)
    assert 1.3 < stroke_width(glyph > 127) < 3.5


def test_place_keeps_everything_inside():
    lopsided = np.zeros((20, 20), np.uint8)
    lopsided[:, 0] = 255
    assert normalise.place(lopsided).astype(int).sum() == 20 * 255
