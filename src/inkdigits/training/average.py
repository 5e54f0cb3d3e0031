"""A running average of a network's weights: it is evaluated and shipped, while training goes on with the weights."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


class WeightAverage:
    """The exponential moving average of all weights, the statistics of batch norm included; nothing where `momentum` is 0.

    It starts as a plain mean and becomes exponential with age, so that it is never dominated by where training began.
    Source: Polyak and Juditsky, 1992; the warm-up is that of TensorFlow's ExponentialMovingAverage.
    """

    def __init__(self, network: keras.Model, momentum: float) -> None:
        self._network, self._momentum = network, momentum
        self.variables = [tf.Variable(w, trainable=False) for w in network.get_weights()] if momentum else []

    def update(self, step: Any) -> None:
        """Take the network's weights into the average, after step number `step`, an integer tensor counted from 0."""
        age = tf.cast(step, tf.float32)
        keep = tf.minimum(self._momentum, (1.0 + age) / (10.0 + age))
        for mean, weight in zip(self.variables, self._network.weights, strict=False):
            mean.assign(keep * mean + (1.0 - keep) * tf.convert_to_tensor(weight))

    def weights(self) -> list[Any]:
        """Return the averaged weights, or the network's own where none are kept."""
        return [v.numpy() for v in self.variables] or self._network.get_weights()
