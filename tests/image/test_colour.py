"""Pens are seen by their colour where brightness does not tell them from the paper."""

import cv2
import numpy as np
import pytest

import inkdigits
from inkdigits.image.colour import grey
from tests.conftest import drawing


def painted(cover, pen, paper):
    """A picture of a drawing, black on white, in two colours."""
    share = cover[..., None] / 255
    return np.rint(np.array(paper) * share + np.array(pen) * (1 - share)).astype(np.uint8)


@pytest.mark.parametrize(
    "pen, paper",
    [
        ((230, 140, 40), (150, 150, 150)),
        ((200, 30, 30), (78, 78, 78)),
        ((90, 60, 220), (60, 100, 40)),
        ((150, 150, 150), (230, 140, 40)),
    ],
)
def test_colours_of_the_same_brightness(pen, paper):
    pictures = [painted(drawing(label), pen, paper) for label in range(10)]
    plain = cv2.cvtColor(pictures[8], cv2.COLOR_RGB2GRAY)
    assert np.ptp(plain) < 14
    assert np.ptp(grey(pictures[8])) > 60
    assert [digit.label for digit in inkdigits.classify_many(pictures)] == list(range(10))


@pytest.mark.parametrize("pen", [(20, 30, 120), (180, 20, 30), (0, 0, 0), (120, 120, 130)])
def test_brightness_does_where_it_tells(pen):
    picture = painted(drawing(3), pen, (250, 248, 240))
    assert np.array_equal(grey(picture), cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))


def test_the_noise_of_a_camera_is_no_colour():
    random = np.random.default_rng(0)
    noisy = np.clip(random.normal(180, 12, (200, 200, 3)), 0, 255).astype(np.uint8)
    assert np.array_equal(grey(noisy), cv2.cvtColor(noisy, cv2.COLOR_RGB2GRAY))


def test_grey_stays():
    picture = drawing(5)
    assert grey(picture) is picture
    assert grey(np.zeros((8, 8, 3), np.uint8)).shape == (8, 8)
