"""What a model is measured and calibrated on when another is made of it was held out from its training."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from inkdigits import parts
from inkdigits.datasets import load, mnist
from inkdigits.parts import halves
from inkdigits.training import recipe
from inkdigits.training.settings import DataSettings

FIVE = dataclasses.replace(recipe.load("classic"), data=DataSettings(validation=0.05))


def made_by(chosen, data="mnist"):
    """What is asked of a model: its name and its config."""
    return SimpleNamespace(name="x", config={"data": data, "recipe": chosen.to_dict()})


def rows(data):
    return {image.tobytes() for image in data.images}


def test_a_run_s_own_validation_digits():
    whole = mnist.train()
    small, usual = made_by(FIVE), made_by(recipe.load("classic"))
    _, held_out = halves([small])
    learned, watched, _ = parts.parts(load.find("mnist"), FIVE)
    assert len(held_out) == len(watched) < 0.06 * len(whole) and not rows(held_out) & rows(learned)
    # Of two runs: what both have held out.
    for nets in ([small, usual], [usual, small]):
        assert rows(halves(nets)[1]) == rows(watched)


def test_data_without_a_test_half(tmp_path):
    some = mnist.train().subset(np.arange(3000))
    np.savez(tmp_path / "mine.npz", x=some.images, y=some.labels)
    mine = str(tmp_path / "mine.npz")
    learned, watched, test = parts.parts(load.find(mine), recipe.load("classic"))
    training, validation = halves([made_by(recipe.load("classic"), mine)])
    assert rows(validation) == rows(watched) and rows(training) == rows(learned)
    assert not rows(validation) & rows(test())


def test_a_fine_tuned_model_held_out_mnist_s():
    net = made_by(recipe.load("finetune"), "my_digits/")
    assert halves([net])[1].name == "MNIST train, validation"


@pytest.mark.parametrize("config", [{}, {"data": 5, "recipe": "x"}, {"recipe": {"network": {"architecture": "none"}}}])
def test_a_config_that_somebody_else_wrote(config):
    assert halves([SimpleNamespace(name="x", config=config)])[1].name == "MNIST train, validation"
