"""Batch norm's statistics, measured anew, are those of what the layer meets."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from inkdigits.errors import InputError
from inkdigits.training import architectures, batches, norms
from inkdigits.training.settings import AugmentSettings, NetworkSettings

SETTINGS = NetworkSettings("resnet", (0.9,))
ROWS = np.arange(200, dtype=np.int32).reshape(4, 50)


def met(network, x, name):
    """Mean and variance of what a layer is given."""
    before = keras.Model(network.inputs[0], network.get_layer(name).input)(x)
    return np.mean(before, axis=(0, 1, 2)), np.var(before, axis=(0, 1, 2), ddof=1)


@pytest.mark.parametrize("changes", [AugmentSettings(), AugmentSettings(shift=8.0)])
def test_statistics_are_the_means_over_the_batches(digits, changes):
    network = architectures.build(SETTINGS)
    batch_of = batches.source(digits, changes, seed=3)
    norms.measurer(SETTINGS, batch_of)(network, ROWS)
    inputs = [batch_of(tf.constant(rows), tf.constant(number))[0] for number, rows in enumerate(ROWS)]
    expected = [met(network, x, "norm0") for x in inputs]
    layer = network.get_layer("norm0")
    assert np.allclose(layer.mean, np.mean([m for m, _ in expected], axis=0), atol=1e-5)
    assert np.allclose(layer.variance, np.mean([v for _, v in expected], axis=0), rtol=1e-3)


def test_deeper_layers_are_measured_behind_normalised_ones_and_weights_stay(digits):
    network = architectures.build(SETTINGS)
    trained = [w.numpy() for w in network.trainable_weights]
    norms.measurer(SETTINGS, batches.source(digits, AugmentSettings(), 0))(network, ROWS[:1])
    # One batch alone: in use, each layer then meets just what it was measured on.
    x = digits.images[ROWS[0]].astype(np.float32)[..., None] / 255
    for name in ("norm1b", "norm3s", "norm3b"):
        mean, variance = met(network, x, name)
        assert np.allclose(network.get_layer(name).mean, mean, atol=2e-3)
        assert np.allclose(network.get_layer(name).variance, variance, rtol=0.02, atol=1e-4)
    assert all(np.array_equal(a, b) for a, b in zip(trained, network.trainable_weights, strict=True))


def test_a_network_without_batch_norm(digits):
    with pytest.raises(
        InputError, match=r"training.norm_batches: has nothing to measure: lenet5 is without batch norm"
    ):
        norms.measurer(NetworkSettings("lenet5"), batches.source(digits, AugmentSettings(), 0))
