"""Strips are level, their digits 28 pixels high, and each point of them is known in the picture."""

import cv2
import numpy as np
import pytest

from inkdigits.recognising import strips
from inkdigits.recognising.strips import DIGIT, HEIGHT, Frame


def boxes(count, angle, height=40.0, x=100.0, y=200.0, pitch=36.0):
    places = [(x + i * pitch * np.cos(angle), y + i * pitch * np.sin(angle)) for i in range(count)]
    return np.array([(a - 12, b - height / 2, a + 12, b + height / 2) for a, b in places], np.float32)


def turned_page(angle, count=6):
    """A page with upright bars on a line that falls by `angle`; the bars are turned with it."""
    page = np.full((500, 500), 230, np.uint8)
    for i in range(count):
        x, y = 100 + i * 36 * np.cos(angle), 200 + i * 36 * np.sin(angle)
        up = np.array([-np.sin(angle), np.cos(angle)]) * 20
        ends = [(round(x + s * up[0]), round(y + s * up[1])) for s in (-1, 1)]
        cv2.line(page, *ends, 20, 5)
    return page


@pytest.mark.parametrize("angle", [-0.2, 0.0, 0.15])
def test_turned_numbers_come_out_level(angle):
    frame = strips.around(boxes(6, angle), angle)
    strip = strips.cut(turned_page(angle), frame, 230)
    assert strip.shape == (HEIGHT, frame.width) and frame.angle == pytest.approx(angle, abs=1e-3)
    dark = strip < 120
    columns = np.flatnonzero(dark.any(axis=0))
    groups = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
    assert len(groups) == 6
    for group in groups:
        rows = np.flatnonzero(dark[:, group].any(axis=1))
        assert len(rows) == pytest.approx(DIGIT, abs=5) and rows.mean() == pytest.approx(HEIGHT / 2 - 0.5, abs=1.5)
        assert len(group) <= 7  # a bar that leans is wider


def test_a_number_of_many_digits_has_a_slope_of_its_own_and_two_digits_have_the_pages():
    assert strips.around(boxes(12, 0.1), 0.0).angle == pytest.approx(0.1, abs=0.02)
    assert abs(strips.around(boxes(2, 0.3), 0.0).angle) < 0.1
    assert strips.around(boxes(1, 0.0), 0.12).angle == pytest.approx(0.12)


@pytest.mark.parametrize("angle", [-0.3, 0.0, 0.2])
def test_points_go_to_the_strip_and_back(angle):
    frame = Frame((50.0, 70.0), angle, 0.7, 200)
    points = np.random.default_rng(0).uniform(0, 300, (20, 2))
    assert frame.to_picture(frame.to_strip(points)) == pytest.approx(points)
    assert frame.to_picture(np.zeros((1, 2))) == pytest.approx(np.array([[50.0, 70.0]]))


def test_columns_are_where_their_digits_are():
    given = boxes(5, 0.1)
    frame = strips.around(given, 0.1)
    centres = (given[:, :2] + given[:, 2:]) / 2
    columns = np.rint(frame.to_strip(centres.astype(float))[:, 0] / strips.STRIDE - 0.5).astype(int)
    assert np.abs(frame.of_column(columns) - centres).max() < strips.STRIDE / frame.scale
    assert frame.columns == -(-frame.width // strips.STRIDE) > columns.max()


def test_beside_a_number_there_is_room_and_beyond_the_picture_there_is_paper():
    frame = strips.around(boxes(1, 0.0, height=28.0, x=5, y=20))
    assert frame.width == pytest.approx(24 + 2 * strips.MARGIN * DIGIT, abs=1)
    strip = strips.cut(np.zeros((40, 40), np.uint8), frame, 200)
    assert strip[:, 0].tolist() == [200] * HEIGHT and strip[HEIGHT // 2, frame.width // 2] == 0
