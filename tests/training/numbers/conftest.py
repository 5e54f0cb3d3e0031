"""What the tests of the network of numbers share: a tiny recipe, and sources to draw pages with."""

import numpy as np
import pytest

from inkdigits.datasets import mnist
from inkdigits.synthetic.pages import sources
from inkdigits.training import recipe

TINY = """\
task = "numbers"
[network]
channels = [16, 16, 16, 16]
blocks = [0, 1, 1]
[training]
epochs = 2
batch = 2
learning_rate = 0.01
weight_average = 0.9
precision = "float32"
[strips]
widest = 192
steps = 4
digits = 500
scene_strips = 1
answering_pages = 2
"""

DIGITS = mnist.train().subset(np.arange(600), "a few digits")


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    path = tmp_path_factory.mktemp("tiny") / "tiny.toml"
    path.write_text(TINY)
    return recipe.load(path)


@pytest.fixture(scope="session")
def source():
    return sources.build(DIGITS.images, DIGITS.labels, DIGITS.writers, "training", 500)
