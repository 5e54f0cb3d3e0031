"""Boxes and polygons: the box of a polygon holds it, by whole pixels, and lies in the picture."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkdigits.geometry import bounding_box, corners, polygon, whole_box

COORDINATE = st.floats(-500, 1500, allow_nan=False).map(lambda v: round(v, 2))


@given(st.lists(st.tuples(COORDINATE, COORDINATE), min_size=4, max_size=4))
def test_a_bounding_box_is_the_least_that_holds_the_polygon(points):
    left, top, right, bottom = bounding_box(polygon(points), (10_000, 10_000))
    across, down = ([max(point[i], 0) for point in points] for i in (0, 1))
    assert left <= min(across) < left + 1 and top <= min(down) < top + 1
    assert right - 1 < max(across) <= right and bottom - 1 < max(down) <= bottom
    cut = bounding_box(polygon(points), (100, 80))
    assert 0 <= cut[0] <= cut[2] <= 100 and 0 <= cut[1] <= cut[3] <= 80


@given(st.tuples(*[st.integers(0, 400)] * 4))
def test_a_box_is_the_bounding_box_of_its_corners(values):
    left, right = sorted(values[:2])
    top, bottom = sorted(values[2:])
    assert bounding_box(corners((left, top, right, bottom)), (400, 400)) == (left, top, right, bottom)


@pytest.mark.parametrize("points", [[(0, 0)] * 3, [(0, 0, 0)] * 4, [(0, 0)] * 3 + [(0, float("nan"))], "abcd"])
def test_what_is_not_four_points_is_refused(points):
    with pytest.raises(ValueError, match=r"four points|could not convert"):
        polygon(points)
    with pytest.raises(ValueError, match="values"):
        whole_box([1, 2, 3])
