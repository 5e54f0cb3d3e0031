"""Pages on a side or askew are set upright; places go back to the picture that was given; what is upright stays."""

import cv2
import numpy as np
import pytest

from inkdigits.locating import locate, upright
from inkdigits.locating.maps import HANDWRITTEN
from tests.locating.matching import matched
from tests.written import lines

ROWS = ["27435", "52347", "73524", "45372"]  # upside down most of these are no digits
HEIGHT = 30


def turned(grey, degrees):
    """A picture turned clockwise in a frame that holds it, and where a point (x, y, 1) of it goes, (2, 3)."""
    height, width = grey.shape
    matrix = np.eye(3)
    quarters, rest = divmod(degrees % 360, 90)
    if rest > 45:
        quarters, rest = quarters + 1, rest - 90
    if rest:
        c, s = np.cos(np.radians(rest)), np.sin(np.radians(rest))
        wide, high = round(width * c + height * abs(s)), round(width * abs(s) + height * c)
        matrix[:2, :2] = (c, -s), (s, c)
        matrix[:2, 2] = np.array([wide, high]) / 2 - matrix[:2, :2] @ (width / 2, height / 2)
        pixels = matrix[:2].copy()  # OpenCV counts from the pixels' middles
        pixels[:, 2] += pixels[:, :2].sum(axis=1) / 2 - 0.5
        grey = cv2.warpAffine(grey, pixels, (wide, high), flags=cv2.INTER_LINEAR, borderValue=235)
        width, height = wide, high
    for _ in range(quarters % 4):
        grey = np.rot90(grey, -1)
        matrix = np.array([[0, -1, height], [1, 0, 0], [0, 0, 1]]) @ matrix
        width, height = height, width
    return np.ascontiguousarray(grey), matrix[:2]


def moved(points, matrix):
    return points @ matrix[:, :2].T + matrix[:, 2]


def given_back(page, matrix, seen):
    """How far each digit's middle, as it is told, is from where it is in the given picture; how many were found."""
    there = moved(page.centres, matrix)
    back = cv2.invertAffineTransform(seen.back)
    rows = matched(page, seen.located.found, moved(there, back))
    told = moved(seen.located.found.centres[list(rows.values())], seen.back)
    return np.hypot(*(told - there[list(rows)]).T), len(rows)


@pytest.mark.parametrize("degrees", [0, 90, 270])
@pytest.mark.parametrize("seed", range(2))
def test_a_page_on_its_side_is_turned_and_places_are_told_as_it_was_given(degrees, seed):
    page = lines(ROWS, HEIGHT, seed=seed)
    grey, matrix = turned(page.grey, degrees)
    seen = upright.read(grey, (HANDWRITTEN,))
    assert seen.rotation == degrees and seen.grey.shape == page.grey.shape
    off, count = given_back(page, matrix, seen)
    assert count >= 18 and np.median(off) < 2 and off.max() < 0.15 * HEIGHT


def test_most_pages_that_are_upside_down_are_turned():
    """Not all: what is in doubt stays as it was given."""
    undone = 0
    for seed in range(4):
        page = lines(ROWS, HEIGHT, seed=seed)
        grey, matrix = turned(page.grey, 180)
        seen = upright.read(grey, (HANDWRITTEN,))
        assert seen.rotation in (0, 180)
        if seen.rotation == 180:
            undone += 1
            off, count = given_back(page, matrix, seen)
            assert count >= 18 and np.median(off) < 2 and off.max() < 0.15 * HEIGHT
    assert undone >= 2


@pytest.mark.parametrize("degrees", [-15, -7, 7, 15, 97])
def test_a_page_askew_is_read_and_places_are_told_as_it_was_given(degrees):
    """Whether it was set level or read as it lies: `rotation` is what was undone, no more and no less."""
    page = lines(ROWS, HEIGHT, seed=1)
    grey, matrix = turned(page.grey, degrees)
    seen = upright.read(grey, (HANDWRITTEN,))
    undone = [90.0 * round(degrees / 90) % 360, degrees % 360]
    assert min(abs(seen.rotation - angle) for angle in undone) < 2.5
    off, count = given_back(page, matrix, seen)
    assert count >= 18 and np.median(off) < 2 and off.max() < 0.2 * HEIGHT


@pytest.mark.parametrize("degrees", [-19, 19])
def test_lines_that_rise_steeply_are_set_level(degrees):
    page = lines(ROWS, HEIGHT, seed=2)
    grey, matrix = turned(page.grey, degrees)
    seen = upright.read(grey, (HANDWRITTEN,))
    assert abs(seen.rotation - degrees % 360) < 4
    off, count = given_back(page, matrix, seen)
    assert count >= 18 and np.median(off) < 2


@pytest.mark.parametrize("text", ["27435", "111", "6969", "0808", "7", "61196", "90606", "16891", "25252"])
def test_a_page_of_one_line_is_not_turned(text):
    """Not even what can be read upside down as well."""
    for seed in range(2):
        page = lines([text], 40, seed=seed)
        seen = upright.read(page.grey, (HANDWRITTEN,))
        assert seen.rotation == 0 and np.array_equal(seen.grey, page.grey) and np.array_equal(seen.back, np.eye(2, 3))


@pytest.mark.parametrize("grey", [np.full((90, 300), 240, np.uint8), np.zeros((300, 90), np.uint8)])
def test_an_empty_page_is_upright(grey):
    seen = upright.read(grey, (HANDWRITTEN,))
    assert seen.rotation == 0 and len(seen.located.found) == 0 and np.array_equal(seen.back, np.eye(2, 3))


def test_marks_beside_the_picture_are_dropped(monkeypatch):
    """In the paper that is put around it to read it, say."""
    page = lines(["27"], 40)
    height, width = page.grey.shape
    located = locate.locate(page.grey)
    boxes = located.found.boxes.copy()
    assert len(boxes) >= 2
    monkeypatch.setattr(locate, "locate", lambda *_args, **_options: located)
    for wrong in ((-30, 10, -2, 50), (width + 1, 10, width + 20, 50), (10, -40, 30, -1), (10, height, 30, height + 30)):
        located.found.boxes[0] = wrong
        seen = upright.read(page.grey, (HANDWRITTEN,))
        assert len(seen.located.found) == len(boxes) - 1 == len(seen.located.of_pass)
