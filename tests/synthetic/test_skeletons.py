"""Thinned shapes keep their form, and paths that are drawn again are the characters that they were traced from."""

import cv2
import numpy as np
import pytest

from inkdigits.synthetic.skeletons import Skeletons, skeletons, thinned, trace, without_specks


def shape(draw, side=40):
    picture = np.zeros((side, side), np.uint8)
    draw(picture)
    return picture > 0


def thin(draw, side=40):
    return thinned(shape(draw, side)[None])[0]


def blocks(picture):
    """How many squares of two by two pixels are ink."""
    return int((picture[:-1, :-1] & picture[1:, :-1] & picture[:-1, 1:] & picture[1:, 1:]).sum())


@pytest.mark.parametrize("radius", [6, 10, 15])
@pytest.mark.parametrize("pen", [3, 4, 7])
def test_a_thinned_ring_stays_closed_and_one_pixel_wide(radius, pen):
    found = thin(lambda p: cv2.circle(p, (20, 20), radius, 255, pen))
    inside, _ = cv2.connectedComponents((~found).astype(np.uint8), connectivity=4)
    assert inside - 1 == 2  # within and around
    assert cv2.connectedComponents(found.astype(np.uint8), connectivity=8)[0] - 1 == 1
    assert blocks(found) == 0
    rows, columns = np.nonzero(found)
    assert np.abs(np.hypot(rows - 20, columns - 20) - radius).max() < 2
    (path,) = trace(found)
    assert np.linalg.norm(path[0] - path[-1]) < 1e-6  # round: it ends where it began
    length = np.linalg.norm(np.diff(path, axis=0), axis=1).sum()
    assert length == pytest.approx(2 * np.pi * radius, rel=0.15)


def test_a_thinned_bar_is_its_middle_line():
    found = thin(lambda p: cv2.rectangle(p, (5, 17), (34, 23), 255, -1))
    (path,) = trace(found)
    assert blocks(found) == 0
    assert np.abs(path[:, 1] - 20).max() <= 1.5
    assert 20 <= np.ptp(path[:, 0]) <= 30


def test_thinning_of_many_shapes_is_that_of_each():
    drawn = [
        shape(lambda p: cv2.circle(p, (20, 20), 12, 255, 5)),
        shape(lambda p: cv2.line(p, (3, 5), (35, 30), 255, 6)),
        shape(lambda p: None),
        shape(lambda p: cv2.rectangle(p, (0, 0), (39, 39), 255, 5)),  # up to the border
    ]
    together = thinned(np.stack(drawn))
    for one, of_all in zip(drawn, together, strict=True):
        np.testing.assert_array_equal(thinned(one[None])[0], of_all)
        assert not (of_all & ~one).any()  # nothing is added
        assert of_all.any() == one.any()  # and nothing vanishes


def test_paths_go_from_end_to_end_and_from_crossing_to_crossing():
    def upright_and_branch(p):
        cv2.line(p, (20, 4), (20, 36), 255, 1)
        cv2.line(p, (20, 20), (36, 20), 255, 1)

    assert len(trace(shape(lambda p: cv2.line(p, (4, 4), (34, 30), 255, 1)))) == 1
    assert len(trace(shape(upright_and_branch))) == 3
    assert trace(shape(lambda p: None)) == []
    (dot,) = trace(shape(lambda p: cv2.circle(p, (20, 20), 0, 255, -1)))
    assert dot.shape == (2, 2)


def test_what_has_no_ink_has_no_paths():
    nothing = skeletons(np.zeros((3, 28, 28), np.uint8))
    assert [nothing[i] for i in range(len(nothing))] == [[], [], []]
    assert len(skeletons(np.zeros((0, 28, 28), np.uint8))) == 0


def test_packed_paths_are_those_of_each_character(digits):
    pictures = digits.images[:30].copy()
    pictures[7] = 0
    together = skeletons(pictures)
    assert isinstance(together, Skeletons) and len(together) == 30
    for i in range(30):
        alone = skeletons(pictures[i : i + 1])[0]
        assert len(alone) == len(together[i])
        for one, of_all in zip(alone, together[i], strict=True):
            np.testing.assert_array_equal(one, of_all)


def test_a_character_is_one_high(digits):
    found = skeletons(digits.images[:200])
    for i in range(200):
        points = np.concatenate(found[i])
        assert points.min() == 0 and np.isfinite(points).all()
        assert 0.999 <= points[:, 1].max() <= 1.001 or points[:, 0].max() > 5  # flat: a dash


def test_drawn_again_a_digit_covers_itself(digits):
    """Its path stays within its ink, and no part of its ink is far from the path."""
    found = skeletons(digits.images[:200])
    inside, near = [], []
    for i in range(200):
        ink = digits.images[i] > 110
        rows = np.flatnonzero(ink.any(axis=1))
        again = np.zeros((28, 28), np.uint8)
        # The path lies half a pen within the ink's edge, on all sides.
        height, top = rows[-1] - rows[0] - 1.5, rows[0] + 0.75
        columns = np.flatnonzero(ink.any(axis=0))
        left = columns[0] + 0.75
        for path in found[i]:
            cv2.polylines(again, [np.rint((path * height + (left, top)) * 16).astype(np.int32)], False, 255, 1, 8, 4)
        thick = cv2.dilate(ink.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        inside.append(float(thick[again > 0].mean()))
        distance = cv2.distanceTransform((again == 0).astype(np.uint8), cv2.DIST_L2, 5)
        near.append(float((distance[ink] < 4).mean()))
    assert np.mean(inside) > 0.97 and np.mean(near) > 0.97
    assert np.mean(np.array(inside) > 0.8) > 0.97


def test_a_speck_beside_a_digit_is_none_of_its_strokes():
    stroke = np.array([(0.1, 0.0), (0.1, 0.9)], np.float32)
    bar = np.array([(0.3, 0.1), (0.6, 0.1)], np.float32)
    speck = np.array([(0.5, 0.98), (0.52, 1.0)], np.float32)
    kept = without_specks([stroke, bar, speck])
    assert len(kept) == 2
    assert np.concatenate(kept)[:, 1].max() == pytest.approx(1)  # 1 high again
    near = np.array([(0.1, 0.95), (0.12, 0.97)], np.float32)  # where the pen left off
    assert len(without_specks([stroke, bar, near])) == 3
    assert len(without_specks([speck])) == 1
    assert without_specks([]) == []
