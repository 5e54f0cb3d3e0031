"""The pen is told from the paper, wherever the digit lies and however tight the crop."""

import cv2
import numpy as np
import pytest

from inkdigits.image.polarity import is_dark_on_light
from tests.conftest import drawing


@pytest.mark.parametrize("label", range(10))
@pytest.mark.parametrize("margin", [6, 60])
@pytest.mark.parametrize("pen", [6, 16])
def test_a_drawn_digit(label, margin, pen):
    picture = drawing(label, margin=margin, pen=pen)
    assert is_dark_on_light(picture)
    assert not is_dark_on_light(255 - picture)


@pytest.mark.parametrize(("inside", "pen", "most"), [(0, 1, 0.01), (1, 1, 0.03), (1, 2, 0.08)])
@pytest.mark.parametrize("scale", [1, 3])
def test_crops_that_reach_into_the_strokes(digits, inside, pen, most, scale):
    """Where strokes lie along the whole border, it tells nothing: a seventh of the pens, half of thick ones, was paper."""
    wrong = 0
    for image in digits.images[:500]:
        ink = cv2.dilate(image, np.ones((pen, pen), np.uint8))
        left, top, width, height = cv2.boundingRect((ink > 64).astype(np.uint8))
        crop = ink[top + inside : top + height - inside, left + inside : left + max(width, 6) - inside]
        crop = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        wrong += is_dark_on_light(crop) + (not is_dark_on_light(255 - crop))
    assert wrong <= most * 1000


@pytest.mark.parametrize("label", range(10))
def test_a_cell_whose_edges_frame_the_paper(label):
    """The paper holds together and reaches from side to side here, and the ink lies in pieces: it is the pen still."""
    cell = cv2.resize(drawing(label, height=60, pen=6, margin=24), (72, 72), interpolation=cv2.INTER_AREA)
    cell[:4, 10:] = cell[20:, :3] = cell[-3:, :50] = 40  # edges, worn at their ends
    cell[60:63, 58:61] = 40  # and a mark
    assert is_dark_on_light(cell)
    assert not is_dark_on_light(255 - cell)


@pytest.mark.parametrize("width", [1, 2, 4])
def test_cells_cropped_with_all_their_edges(digits, width):
    """The border is all ink; what lies within the edges tells. A third of such cells were taken for light on dark."""
    wrong = 0
    for image in digits.images[:200]:
        cell = 255 - cv2.copyMakeBorder(image, width, width, width, width, cv2.BORDER_CONSTANT, value=200)
        wrong += (not is_dark_on_light(cell)) + is_dark_on_light(255 - cell)
    assert wrong <= 0.02 * 400
