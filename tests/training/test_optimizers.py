"""The recipe's optimizer, against the papers' formulas and against Keras' own Adam."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from inkdigits.training import optimizers
from inkdigits.training.settings import TrainingSettings


@pytest.mark.parametrize("name", ["kernel", "bias"])
def test_sgd_is_nesterovs_and_biases_do_not_decay(name):
    settings = TrainingSettings(optimizer="sgd", learning_rate=0.1, momentum=0.8, weight_decay=0.5, warmup=0.0)
    optimizer = optimizers.build(settings, 100)
    weight = keras.Variable(np.array([2.0]), name=name)
    expected, velocity = 2.0, 0.0
    for gradient in (1.0, -3.0, 0.5):
        optimizer.apply([tf.constant([gradient])], [weight])
        velocity = 0.8 * velocity - 0.1 * gradient
        expected += 0.8 * velocity - 0.1 * gradient - (0.1 * 0.5 * expected if name == "kernel" else 0)
    assert float(weight.numpy()[0]) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("name", ["kernel", "bias"])
def test_adam_is_keras_own_in_one_operation(name):
    """Over many steps, with a schedule, decay, and gradients of every size; several variables, as in a network."""
    settings = TrainingSettings(learning_rate=0.05, momentum=0.7, beta2=0.95, weight_decay=0.1, warmup=0.2)
    random = np.random.default_rng(0)
    start = [random.normal(size=(3, 4)), random.normal(size=5)]
    ours, keras_own = ([keras.Variable(w, name=name, dtype="float32") for w in start] for _ in range(2))
    optimizer = optimizers.build(settings, 50)
    assert isinstance(optimizer, optimizers.FusedAdam)
    plain = keras.optimizers.Adam(optimizer._learning_rate, 0.7, 0.95, weight_decay=0.1)
    plain.exclude_from_weight_decay(var_names=["bias"])
    for _ in range(50):
        gradients = [tf.constant(random.normal(size=w.shape) * 10 ** random.uniform(-4, 2), tf.float32) for w in start]
        optimizer.apply(gradients, ours)
        plain.apply(gradients, keras_own)
    for a, b, w in zip(ours, keras_own, start, strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-4, atol=1e-5)
        assert np.abs(a.numpy() - w).max() > 0.1
    assert int(optimizer.iterations) == 50
    for a, b in zip(optimizer.variables, plain.variables, strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-4, atol=1e-5)
