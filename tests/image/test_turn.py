"""Pictures are turned upright, and every place in them is found again in the picture that was given."""

import cv2
import numpy as np
import pytest

from inkdigits.geometry import bounding_box, corners
from inkdigits.image import turn
from inkdigits.image.load import Picture, load

SPOT = (40, 25, 52, 31)  # a dark box on a light picture of 120 × 90 pixels


def spotted(size=(120, 90), reduction=1):
    pixels = np.full((size[1], size[0]), 240, np.uint8)
    left, top, right, bottom = SPOT
    pixels[top:bottom, left:right] = 10
    return Picture("spot", pixels, (size[0] * reduction, size[1] * reduction))


def found(pixels):
    """The bounding box of what is dark."""
    rows, columns = np.nonzero(pixels < 125)
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


@pytest.mark.parametrize("reduction", [1, 3])
@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_right_angles_are_turned_back_exactly(quarters, reduction):
    picture = spotted(reduction=reduction)
    turned, back = turn.quarter(picture, quarters)
    assert turned.size == (picture.size if quarters % 2 == 0 else picture.size[::-1])
    shape = turn.turned_back(found(turned.pixels), back, picture.reduction)
    assert bounding_box(shape, picture.size) == tuple(v * reduction for v in SPOT)
    # The first corner is the upper left one of the turned picture; the others follow clockwise in both.
    first = {0: (40, 25), 1: (52, 25), 2: (52, 31), 3: (40, 31)}[quarters]
    assert shape[0] == tuple(float(v * reduction) for v in first)
    (x0, y0), (x1, y1), (x2, y2) = shape[:3]
    assert (x1 - x0) * (y2 - y1) - (y1 - y0) * (x2 - x1) > 0


@pytest.mark.parametrize("angle", [-14.0, -7.0, 7.0, 12.5])
def test_a_skewed_picture_is_turned_back_to_a_tenth_of_a_pixel(angle):
    """By the middles of spots, which the turn leaves where they are."""
    random = np.random.default_rng(0)
    for _ in range(10):
        pixels = np.full((90, 120), 240, np.uint8)
        x, y = random.integers(20, 100), random.integers(20, 70)
        cv2.circle(pixels, (int(x), int(y)), 5, 10, -1, cv2.LINE_AA)
        picture = Picture("spot", pixels, (240, 180))
        turned, _, back = turn.skewed(picture, 255 - pixels, angle)
        weights = 240.0 - turned.pixels
        rows, columns = np.indices(weights.shape)
        at = [float((weights * places).sum() / weights.sum()) + 0.5 for places in (columns, rows)]
        ((across, down), *_) = turn.turned_back((*at, *at), back, picture.reduction)
        assert (across, down) == pytest.approx((2 * (x + 0.5), 2 * (y + 0.5)), abs=0.2)


def test_two_turns_are_undone_one_after_the_other():
    picture = spotted()
    quarter, first = turn.quarter(picture, 1)
    _, _, last = turn.skewed(quarter, 255 - quarter.pixels, 9.0)
    both = turn.after(last, first)
    point = (33.0, 44.0, 55.0, 66.0)
    by_steps = np.array([turn.turned_back((x, y, x, y), first, (1, 1))[0] for x, y in np.array(
        turn.turned_back(point, last, (1, 1)))])  # fmt: skip
    assert np.array(turn.turned_back(point, both, (1, 1))) == pytest.approx(by_steps, abs=0.02)
    assert turn.turned_back(point, turn.UNTURNED, (1, 1)) == corners(point)


def test_a_turned_page_stays_a_page_of_its_document():
    picture = load(np.full((90, 120), 200, np.uint8))
    moved = Picture(picture.name, picture.pixels, picture.size, (2, 3))
    assert turn.quarter(moved, 1)[0].place == (2, 3)
