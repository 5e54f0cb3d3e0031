"""The corruptions of MNIST-C: what each is said to do, it does, on MNIST's own digits."""

import cv2
import numpy as np
import pytest

from inkdigits.datasets import mnist
from inkdigits.evaluation.corruptions import CORRUPTIONS, corrupt


@pytest.fixture(scope="module")
def glyphs():
    return mnist.train().images[:300]


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_every_corruption(name, glyphs):
    before = glyphs.copy()
    corrupted = corrupt(glyphs, name, seed=3)
    assert corrupted.dtype == np.uint8 and corrupted.shape == glyphs.shape
    assert np.array_equal(glyphs, before)  # the original is left alone
    assert (corrupted != glyphs).any(axis=(1, 2)).all()  # and no picture stays as it was
    assert np.array_equal(corrupted, corrupt(glyphs, name, seed=3))


def test_the_fifteen():
    assert len(CORRUPTIONS) == 15
    with pytest.raises(KeyError):
        corrupt(np.zeros((1, 28, 28), np.uint8), "nonsense")


@pytest.mark.parametrize("name", sorted(set(CORRUPTIONS) - {"scale", "brightness", "stripe", "canny_edges"}))
def test_another_seed_gives_other_pictures(name, glyphs):
    assert (corrupt(glyphs, name, seed=1) != corrupt(glyphs, name, seed=2)).any()


def centre(images):
    weights = images.astype(np.float64)
    total = weights.sum(axis=(1, 2))
    across, down = weights.sum(axis=1), weights.sum(axis=2)
    return across @ np.arange(across.shape[1]) / total, down @ np.arange(down.shape[1]) / total


def test_translate_moves_three_pixels_each_way(glyphs):
    (x, y), (moved_x, moved_y) = centre(glyphs), centre(corrupt(glyphs, "translate"))
    inside = (glyphs[:, :3].max(axis=(1, 2)) == 0) & (glyphs[:, -3:].max(axis=(1, 2)) == 0)
    inside &= (glyphs[:, :, :3].max(axis=(1, 2)) == 0) & (glyphs[:, :, -3:].max(axis=(1, 2)) == 0)
    assert inside.sum() > 150
    for before, after in ((x, moved_x), (y, moved_y)):
        assert np.allclose(np.abs(after - before)[inside], 3, atol=1e-6)


def test_scale_shrinks_to_seven_tenths(glyphs):
    area = corrupt(glyphs, "scale").astype(float).sum() / glyphs.astype(float).sum()
    assert area == pytest.approx(0.7**2, abs=0.005)


@pytest.mark.parametrize(("name", "lean"), [("rotate", np.tan(0.4)), ("shear", np.sin(0.4))])
def test_an_upright_bar_leans(name, lean):
    bar = np.zeros((40, 28, 28), np.uint8)
    bar[:, 5:23, 13:15] = 255
    upper = centre(corrupt(bar, name)[:, :10])[0]
    lower = centre(corrupt(bar, name)[:, 18:])[0]
    assert {-1, 1} == set(np.sign(upper - lower))  # to either side
    down = centre(corrupt(bar, name)[:, 18:])[1] + 18 - centre(corrupt(bar, name)[:, :10])[1]
    assert np.abs(upper - lower) / down == pytest.approx(lean, abs=0.01)


def test_brightness_lifts_everything_by_half(glyphs):
    lifted = corrupt(glyphs, "brightness")
    assert lifted.min() == 128 and (lifted[glyphs == 0] == 128).all() and (lifted[glyphs >= 128] == 255).all()


def test_stripe_inverts_both_sides_and_not_the_middle(glyphs):
    striped = corrupt(glyphs, "stripe")
    assert np.array_equal(striped[:, :, 7:21], glyphs[:, :, 7:21])
    assert np.array_equal(striped[:, :, :7], 255 - glyphs[:, :, :7])
    assert np.array_equal(striped[:, :, 21:], 255 - glyphs[:, :, 21:])


def test_impulse_noise_hits_seventeen_hundredths():
    grey = np.full((200, 28, 28), 100, np.uint8)
    noisy = corrupt(grey, "impulse_noise")
    assert (noisy == 0).mean() == pytest.approx(0.085, abs=0.005)
    assert (noisy == 255).mean() == pytest.approx(0.085, abs=0.005)


def test_shot_noise_keeps_the_mean_and_leaves_paper_alone():
    grey = np.full((300, 28, 28), 51, np.uint8)  # a fifth: clipping at 1 hardly matters
    noisy = corrupt(grey, "shot_noise").astype(float) / 255
    assert noisy.mean() == pytest.approx(0.2, abs=0.005)
    assert noisy.var() == pytest.approx(0.2 / 3, abs=0.005)  # Poisson: variance is the mean over the count at full ink
    assert corrupt(np.zeros((1, 28, 28), np.uint8), "shot_noise").max() == 0


def test_glass_blur_keeps_the_ink_and_is_no_blur_across():
    upright = np.zeros((100, 28, 28), np.uint8)
    upright[:, 6:22, 14] = 255
    blurred = corrupt(upright, "glass_blur").astype(float)
    assert blurred.sum() == pytest.approx(upright.astype(float).sum(), rel=0.01)
    assert blurred[:, :, 14].mean() < 0.8 * upright[:, :, 14].mean()  # pixels have moved out of the column
    assert blurred[:, :, 17:].max() == 0  # one column to the right at most, twice; a blur would go further


def test_motion_blur_smears_to_one_side():
    points = np.zeros((100, 28, 28), np.uint8)
    points[:, 14, 20] = 255
    smeared = corrupt(points, "motion_blur").astype(float)
    assert smeared[:, :, 21:].max() == 0
    assert smeared.sum(axis=(1, 2)) == pytest.approx(255, abs=8)
    x, y = centre(smeared)
    assert (x < 20).all() and {-1, 1} <= set(np.sign(np.rint(y - 14)))


def test_fog_is_smooth_and_differs_from_picture_to_picture():
    fog = corrupt(_corner(300), "fog").astype(float)
    assert fog.mean(axis=(1, 2)).std() > 15
    assert np.abs(np.diff(fog[:, 4:], axis=2)).mean() < 6


def _corner(count):
    """Pictures with one full pixel, which sets the peak that fog is scaled to, and nothing else."""
    pictures = np.zeros((count, 28, 28), np.uint8)
    pictures[:, 0, 0] = 255
    return pictures


def test_spatter_is_grey_mud():
    mud = corrupt(np.zeros((200, 28, 28), np.uint8), "spatter")
    assert mud.max() == 63 and 0.02 < (mud > 0).mean() < 0.5
    assert set(np.unique(mud)) <= {0, *range(50, 64)}  # thin mud is none


def test_lines_cross_the_whole_picture():
    blank = np.zeros((200, 28, 28), np.uint8)
    dotted, zigzag = corrupt(blank, "dotted_line"), corrupt(blank, "zigzag")
    columns = dotted.max(axis=(0, 1)) > 0
    assert columns.tolist() == [i % 4 >= 2 and i < 27 for i in range(28)]
    spread = (zigzag.max(axis=1) > 0).mean(axis=0)
    assert (spread[2:24] > 0.8).all() and (spread[:2] == 0).all()
    # A tooth goes two rows up and two down, four columns each: the row of the ink moves, there and back.
    rows = zigzag[:, :, 4].argmax(axis=1).astype(int) - zigzag[:, :, 8].argmax(axis=1)
    assert np.median(np.abs(rows)) >= 3


def test_canny_edges_are_an_outline(glyphs):
    edges = corrupt(glyphs, "canny_edges")
    assert set(np.unique(edges)) == {0, 255}
    square = np.zeros((1, 28, 28), np.uint8)
    square[0, 8:20, 8:20] = 255
    (outline,) = corrupt(square, "canny_edges")
    count, _, stats, _ = cv2.connectedComponentsWithStats(255 - outline, connectivity=4)
    assert count == 3 and stats[1:, cv2.CC_STAT_AREA].min() >= 100  # one closed line: an inside and an outside
