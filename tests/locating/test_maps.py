"""What the network reads is the same in any light; what it says of a cell is told in pixels."""

import numpy as np
import pytest

from inkdigits.locating import maps, network
from tests.locating import made
from tests.written import lines


@pytest.fixture(scope="module")
def page():
    return lines(["27 435", "9081", "66 413"], 28).grey


@pytest.mark.parametrize("shape", [(16, 16), (48, 80), (7, 300), (1, 1)])
def test_two_channels_of_the_size_of_the_picture(shape):
    made_of = maps.inputs(np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8))
    assert made_of.shape == (*shape, 2) and made_of.dtype == np.float32 and np.isfinite(made_of).all()


@pytest.mark.parametrize("value", [0, 1, 128, 254, 255])
def test_a_constant_picture_has_nothing_in_it(value):
    assert np.abs(maps.inputs(np.full((90, 130), value, np.uint8))).max() < 0.05


def test_grain_is_not_enlarged_to_ink(page):
    grain = np.random.default_rng(1).normal(240, 2, (120, 160)).clip(0, 255).astype(np.uint8)
    most, ink = (np.quantile(np.abs(maps.inputs(p)[..., 1]), share) for p, share in ((grain, 0.999), (page, 0.98)))
    assert most < 0.5 * ink


def test_brightness_changes_nothing(page):
    assert np.allclose(maps.inputs(page), maps.inputs(page - 35), atol=0.01)


def test_contrast_changes_little(page):
    strong, faint = maps.inputs(page), maps.inputs((128 + 0.4 * (page - 128.0)).astype(np.uint8))
    for channel in range(2):
        a, b = strong[..., channel], faint[..., channel]
        assert np.corrcoef(a.ravel(), b.ravel())[0, 1] > 0.98
        assert np.abs(a - b).max() < 0.35 * np.abs(a).max()


def test_light_ink_on_dark_ground_is_dark_ink_with_its_sign_changed(page):
    assert np.allclose(maps.inputs(255 - page), -maps.inputs(page), atol=0.01)


def test_faint_ink_beside_a_shadow_is_nearly_as_strong_as_dark_ink_in_the_light():
    ink = np.zeros((120, 400), bool)
    ink[40:80, 20:380:12] = ink[40:80, 21:380:12] = True
    light = np.linspace(230, 90, 400)[None] + np.zeros((120, 1))
    contrast = np.linspace(0.8, 0.2, 400)
    local = maps.inputs(np.where(ink, light * (1 - contrast), light).astype(np.uint8))[..., 1]
    dark, faint = local[:, 60:120][ink[:, 60:120]], local[:, 280:340][ink[:, 280:340]]
    assert faint.mean() < 0.5 * dark.mean() < 0


def test_a_cell_is_decoded_from_its_middle():
    said = made.empty_maps(32, 48)
    said.marks[made.CLASSES + 5, 2, 3] = 8
    said.marks[made.BOXES : made.LINKS, 2, 3] = 0.5, 0.75, 0.25, 1.0
    said.marks[made.LINKS : made.TURNS, 2, 3] = 3, 0.5, -0.25
    said.marks[made.TURNS + 2, 2, 3] = 8
    cells = said.cells(np.array([2, 0]), np.array([3, 0]))
    # The middle is at (14, 10); boxes are in 16 pixels, links in 32.
    assert cells.boxes[0].tolist() == [14 - 8, 10 - 12, 14 + 4, 10 + 16]
    assert cells.next[0].tolist() == [14 + 16, 10 - 8] and cells.goes_on[0] == pytest.approx(1 / (1 + np.exp(-3)))
    assert cells.classes[0].argmax() == 5 and cells.turns[0].argmax() == 2
    assert cells.classes.sum(axis=1) == pytest.approx(1) and cells.turns.sum(axis=1) == pytest.approx(1)
    assert cells.classes[1] == pytest.approx(0.1)


def test_a_box_has_an_inside_whatever_is_said_of_its_sides():
    """Of what is as thin as a pen, its left side may be said to be to the right of its right one."""
    said = made.empty_maps(32, 48)
    said.marks[made.BOXES : made.LINKS, 1, 1] = -0.25, 0.5, 0.125, 0.5
    boxes = said.cells(np.array([1, 0]), np.array([1, 0])).boxes
    assert boxes[0].tolist() == [8, -2, 10, 14] and boxes[1].tolist() == [1.5, 1.5, 2.5, 2.5]


def test_the_shipped_network_says_what_maps_expect():
    said = network.run(np.full((48, 80), 200, np.uint8))
    assert said.marks.shape == (sum(maps.HEADS), 12, 20) and said.ink.shape == (len(maps.INK_LAYERS), 24, 40)
    assert said.centres.shape == (2 + len(maps.SEPARATORS), 12, 20)


def test_without_ink_a_picture_is_upright():
    said = made.empty_maps(32, 48)
    said.marks[made.TURNS + 2] = 8  # an opinion of cells that hold nothing
    assert said.turn().tolist() == [1, 0, 0, 0]
    said.ink[2] = 9  # and of a ruling
    assert said.turn().tolist() == [1, 0, 0, 0]


@pytest.mark.parametrize("layer", [0, 1])
def test_ink_alone_tells_how_a_picture_is_turned(layer):
    said = made.empty_maps(32, 48)
    said.marks[made.TURNS + 2] = 8
    said.marks[made.TURNS + 2, :4, :4], said.marks[made.TURNS + 3, :4, :4] = 0, 8
    said.ink[layer, :8, :8] = 5
    turns = said.turn()
    assert turns.argmax() == 3 and turns[3] > 0.95 and turns.sum() == pytest.approx(1)


def test_probabilities_of_logits_without_bounds():
    logits = np.array([-1e30, -100, 0, 100, 1e30], np.float32)
    assert maps.sigmoid(logits) == pytest.approx([0, 0, 0.5, 1, 1], abs=1e-6)
    rows = maps.softmax(np.stack([logits, logits[::-1]]))
    assert np.isfinite(rows).all() and rows.sum(axis=1) == pytest.approx(1)
