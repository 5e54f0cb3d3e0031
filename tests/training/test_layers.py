"""Towers: the answer is their mean, and each learns as if it were alone."""

import keras
import numpy as np
import pytest

from inkdigits.datasets import mnist
from inkdigits.training import architectures, fit, recipe
from inkdigits.training.layers import MeanOfTowers
from inkdigits.training.settings import NetworkSettings

SETTINGS = {"network": {"architecture": "best"}, "training": {"epochs": 1, "batch": 20, "precision": "float32"}}


def test_the_mean_in_use_and_all_in_training():
    towers = [np.random.default_rng(i).random((3, 10), np.float32) for i in range(4)]
    layer = MeanOfTowers()
    assert np.asarray(layer(towers)) == pytest.approx(np.mean(towers, axis=0), abs=1e-6)
    assert np.array_equal(np.asarray(layer(towers, training=True)), np.stack(towers, axis=1))


def test_the_towers_of_best_answer_together(digits):
    network = architectures.build(NetworkSettings("best"))
    apart = keras.Model(network.inputs[0], network.get_layer("mean").input)
    x = digits.images[:7, ..., np.newaxis].astype(np.float32) / 255
    towers = [np.asarray(tower) for tower in apart(x)]
    assert len(towers) == 4 and len({tower.tobytes() for tower in towers}) == 4
    assert np.asarray(network(x)) == pytest.approx(np.mean(towers, axis=0), abs=1e-6)


def test_a_tower_does_not_learn_from_what_the_others_believe(monkeypatch):
    """One tower that begins elsewhere changes nothing in the three others: a loss of the mean would."""
    training = mnist.train().subset(np.arange(40))
    chosen = recipe.from_dict(SETTINGS, "towers", "towers")
    build = architectures.build

    def elsewhere(settings, policy):
        network = build(settings, policy)
        kernel = network.get_layer("densea").kernel
        kernel.assign(kernel * -3.0)
        return network

    plain = fit.fit(chosen, 1, training, None).network
    monkeypatch.setattr(architectures, "build", elsewhere)
    other = fit.fit(chosen, 1, training, None).network
    for layer in plain.layers:
        if not layer.trainable_weights:
            continue
        pairs = zip(layer.get_weights(), other.get_layer(layer.name).get_weights(), strict=True)
        assert all(np.allclose(a, b, atol=1e-5) for a, b in pairs) == (not layer.name.endswith("a")), layer.name
