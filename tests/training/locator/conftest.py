"""What the locator's tests share: a page drawn by hand with its truth, and a tiny recipe."""

import dataclasses

import numpy as np
import pytest

from inkdigits.synthetic.pages.truth import Mark, SyntheticPage, Truth
from inkdigits.training import recipe

TINY = """\
task = "locate"
[network]
channels = [8, 8, 8, 8]
blocks = [1, 1, 1]
decoder = [8, 8]
[training]
epochs = 2
batch = 2
learning_rate = 0.003
weight_average = 0.9
precision = "float32"
[pages]
size = 64
steps = 2
digits = 500
validation_pages = 8
scene_pages = 1
answering_pages = 2
"""


@pytest.fixture
def page():
    """Two digits of one number with a point between them, a printed digit, and a digit that does not count."""
    marks = [
        Mark("3", (8, 12, 24, 40), 0, 0),
        Mark(".", (26, 36, 30, 40), 0, 1),
        Mark("7", (32, 12, 48, 40), 0, 2),
        Mark("5", (56, 4, 72, 28), 1, 0, "printed"),
    ]
    shape = (64, 96)
    layers = {name: np.zeros(shape, np.uint8) for name in ("ink", "print", "ruling")}
    layers["ink"][12:40, 8:24] = layers["ink"][12:40, 32:48] = layers["ink"][36:40, 26:30] = 255
    layers["print"][4:28, 56:72] = 255
    layers["ruling"][44:46, :] = 255
    covered = np.maximum.reduce(list(layers.values()))
    return SyntheticPage(255 - covered, Truth(marks, [(72.0, 40.0, 88.0, 60.0)]), **layers)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    path = tmp_path_factory.mktemp("tiny") / "tiny.toml"
    path.write_text(TINY)
    return recipe.load(path)


@pytest.fixture(scope="session")
def odd(tiny):
    """The tiny network with numbers of channels that fill no register."""
    return dataclasses.replace(tiny.network, channels=(4, 8, 12, 20), blocks=(0, 1, 2), decoder=(12, 6))
