"""Layers that Keras lacks or is slow at."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("inkdigits")
class FusedBatchNorm(keras.layers.Layer):  # type: ignore[misc]  # keras is untyped
    """Batch normalisation over all but the last axis, in TensorFlow's fused kernel.

    Keras' own layer computes mean, variance and scaling as separate operations, and is the bottleneck of a small network in
    bfloat16. Source: Ioffe and Szegedy, "Batch Normalization", 2015.
    """

    def __init__(self, momentum: float = 0.98, epsilon: float = 1e-3, **options: Any) -> None:
        super().__init__(**options)
        self.momentum, self.epsilon = momentum, epsilon

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the four vectors: scale and shift are learned, mean and variance are followed."""
        options = {"shape": (input_shape[-1],), "dtype": "float32", "autocast": False}
        self.gamma = self.add_weight(name="gamma", initializer="ones", **options)
        self.beta = self.add_weight(name="beta", initializer="zeros", **options)
        self.mean = self.add_weight(name="mean", initializer="zeros", trainable=False, **options)
        self.variance = self.add_weight(name="variance", initializer="ones", trainable=False, **options)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Normalise by the batch's own statistics in training, by the followed ones otherwise."""
        flat = len(inputs.shape) == 2  # a dense layer's outputs: a picture of one pixel to the kernel
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=inputs[:, tf.newaxis, tf.newaxis] if flat else inputs,
            scale=tf.convert_to_tensor(self.gamma),
            offset=tf.convert_to_tensor(self.beta),
            mean=[] if training else tf.convert_to_tensor(self.mean),
            variance=[] if training else tf.convert_to_tensor(self.variance),
            epsilon=self.epsilon,
            is_training=training,
        )
        if training:
            self.mean.assign(self.mean * self.momentum + mean * (1 - self.momentum))
            self.variance.assign(self.variance * self.momentum + variance * (1 - self.momentum))
        return outputs[:, 0, 0] if flat else outputs

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, as Keras asks for them when it saves a network."""
        return {**super().get_config(), "momentum": self.momentum, "epsilon": self.epsilon}
