"""A page as a picture for the browser: it looks like the page, and is bounded in size whatever it holds."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from inkdigits.server import shown


def opened(url):
    head, _, data = url.partition(",")
    assert head == "data:image/jpeg;base64"
    return Image.open(io.BytesIO(base64.b64decode(data, validate=True)))


@pytest.mark.parametrize("size", [(300, 200), (2048, 1448), (1, 2000)])
def test_it_has_the_sides_of_the_page_in_proportion(size):
    picture = opened(shown.data_url(np.full((size[1], size[0]), 200, np.uint8)))
    scale = min(1, 1600 / max(size))
    assert picture.size == (max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))
    assert picture.mode == "L"


def test_colours_stay_what_they_are():
    red = np.zeros((40, 60, 3), np.uint8)
    red[..., 0] = 200
    found = np.asarray(opened(shown.data_url(red)).convert("RGB")).reshape(-1, 3).mean(axis=0)
    assert found == pytest.approx([200, 0, 0], abs=4)


@pytest.mark.parametrize("shape", [(2048, 1448), (2048, 1448, 3)])
def test_noise_is_made_small_enough(shape):
    noise = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    assert len(shown.data_url(noise)) < 720_000
