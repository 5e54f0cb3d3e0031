"""What the tests of the network of numbers share: a tiny recipe."""

import pytest

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


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    path = tmp_path_factory.mktemp("tiny") / "tiny.toml"
    path.write_text(TINY)
    return recipe.load(path)
