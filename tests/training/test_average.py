"""The weight average against its definition, and batch norm against Keras' own."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from inkdigits.training import architectures, export
from inkdigits.training.average import WeightAverage
from inkdigits.training.fit import predictor
from inkdigits.training.layers import FusedBatchNorm
from inkdigits.training.settings import NetworkSettings


def test_average_by_its_definition():
    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False)])
    average = WeightAverage(network, 0.9)
    expected = network.get_weights()[0]
    for step in range(200):
        network.set_weights([np.full((2, 1), float(step))])
        average.update(tf.constant(step))
        keep = min(0.9, (1 + step) / (10 + step))
        expected = keep * expected + (1 - keep) * step
    assert average.weights()[0] == pytest.approx(expected, rel=1e-4)
    assert WeightAverage(network, 0.0).weights()[0] == pytest.approx(network.get_weights()[0])


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("channels", [4, 16])  # as rows, and in the fused kernel
def test_batch_norm_is_keras_batch_norm(channels, dtype):
    x = np.random.default_rng(0).normal(3, 2, (16, 5, 5, channels)).astype(np.float32)
    ours, theirs = FusedBatchNorm(momentum=0.9), keras.layers.BatchNormalization(momentum=0.9)
    for _ in range(3):
        a, b = (np.asarray(tf.cast(layer(tf.cast(x, dtype), training=True), tf.float32)) for layer in (ours, theirs))
    tolerance = 1e-3 if dtype == "float32" else 0.05
    assert np.abs(a - b).max() < tolerance
    # The fused kernel follows the unbiased variance, Keras the biased one: they differ by n / (n - 1).
    assert np.allclose(ours.mean, theirs.moving_mean, atol=0.02)
    assert np.allclose(ours.variance, theirs.moving_variance, rtol=0.01)
    a, b = (np.asarray(layer(x, training=False)) for layer in (ours, theirs))
    assert np.abs(a - b).max() < 0.05


@pytest.mark.parametrize("channels", [6, 16])
def test_batch_norm_has_the_gradient_of_keras_batch_norm(channels):
    random = np.random.default_rng(1)
    x, weights = (tf.constant(random.normal(1, 2, (8, 6, 6, channels)), tf.float32) for _ in range(2))
    found = []
    for layer in (FusedBatchNorm(), keras.layers.BatchNormalization()):
        layer.build(x.shape)
        layer.gamma.assign(np.linspace(0.5, 2, channels))
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = tf.reduce_sum(weights * layer(x, training=True) ** 2)
        found.append(tape.gradient(loss, [x, *layer.trainable_variables]))
    for ours, theirs in zip(*found, strict=True):
        assert np.allclose(ours, theirs, rtol=1e-3, atol=1e-3)


def test_batch_norm_is_folded_into_the_export(digits, tmp_path):
    keras.utils.set_random_seed(1)
    network = architectures.build(NetworkSettings("compact", (0.1, 0.1), True))
    random = np.random.default_rng(2)
    network.set_weights([np.abs(random.normal(0.5, 0.2, w.shape)) if w.ndim == 1 else w for w in network.get_weights()])
    model = export.to_onnx(network, "x")
    assert "BatchNormalization" not in {n.op_type for n in model.graph.node}
    path = tmp_path / "model.onnx"
    export.save(network, "x", path)
    from inkdigits import network as networks

    theirs = networks.load(path).probabilities(digits.images[:50])
    assert theirs.shape == (50, 11)
    assert np.abs(theirs - predictor(network)(digits.images[:50])).max() < 1e-4


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras saving on NumPy 2.4
def test_a_network_with_our_layer_is_saved_and_loaded(tmp_path):
    network = architectures.build(NetworkSettings("compact", (0.1, 0.1), True))
    network.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    for a, b in zip(loaded.get_weights(), network.get_weights(), strict=True):
        assert np.array_equal(a, b)
