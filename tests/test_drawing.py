"""Pictures become tiles of one size, whatever their own."""

import numpy as np
import pytest

from inkdigits.drawing import tile


@pytest.mark.parametrize("shape", [(1, 1), (28, 28), (5, 900, 3), (2000, 1500), (300, 2)])
def test_the_longer_side_of_a_tile_is_what_was_asked_for(shape):
    shown = tile(np.full(shape, 200, np.uint8), 120)
    assert max(shown.size) == 120 and shown.mode == "RGB"
    assert shown.getcolors() == [(shown.width * shown.height, (200, 200, 200))]


def test_pixels_of_a_small_picture_stay_squares_and_values_stay_in_range():
    shown = np.asarray(tile(np.array([[-9.0, 300.0], [100.0, 0.0]]), 100))[..., 0]
    assert (shown[:50, :50] == 0).all() and (shown[:50, 50:] == 255).all() and (shown[50:, :50] == 100).all()
