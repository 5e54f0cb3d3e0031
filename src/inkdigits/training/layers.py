"""Layers that Keras lacks or is slow at."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

_REGISTER = 16  # numbers of 32 bits that a vector register of AVX-512 holds


@keras.saving.register_keras_serializable("inkdigits")
class FusedBatchNorm(keras.layers.Layer):  # type: ignore[misc]  # keras is untyped
    """Batch normalisation over all but the last axis, in TensorFlow's fused kernel.

    Keras' own layer computes mean, variance and scaling as separate operations, and is the bottleneck of a small network in
    bfloat16. Where channels do not fill vector registers the kernel is slow instead; maps of so few are normalised as rows.
    Source: Ioffe and Szegedy, "Batch Normalization", 2015.
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
        if training and not flat and inputs.shape[-1] % _REGISTER:
            outputs, mean, variance = self._normalised_as_rows(inputs)
            self._follow(mean, variance)
            return outputs
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
            self._follow(mean, variance)
        return outputs[:, 0, 0] if flat else outputs

    def _follow(self, mean: Any, variance: Any) -> None:
        """Take a batch's statistics into the followed ones."""
        self.mean.assign(self.mean * self.momentum + mean * (1 - self.momentum))
        self.variance.assign(self.variance * self.momentum + variance * (1 - self.momentum))

    def _normalised_as_rows(self, maps: Any) -> tuple[Any, Any, Any]:
        """Return maps (N, H, W, C) normalised, mean and variance: all values of a glyph are one row to compute on."""
        pixels, channels = int(maps.shape[1] * maps.shape[2]), int(maps.shape[3])
        rows = tf.cast(tf.reshape(maps, (-1, pixels * channels)), tf.float32)
        count = tf.cast(tf.shape(rows)[0] * pixels, tf.float32)

        def mean_of(values: Any) -> Any:
            return tf.reduce_sum(tf.reshape(tf.reduce_sum(values, 0), (pixels, channels)), 0) / count

        mean = mean_of(rows)
        variance = tf.maximum(mean_of(rows * rows) - mean * mean, 0.0)
        scale = self.gamma * tf.math.rsqrt(variance + self.epsilon)
        shift = self.beta - mean * scale
        outputs = rows * tf.tile(scale, [pixels]) + tf.tile(shift, [pixels])
        # As the kernel has it: the variance that is followed is that of the population, by the number less one.
        unbiased = variance * count / tf.maximum(count - 1, 1.0)
        return tf.cast(tf.reshape(outputs, tf.shape(maps)), maps.dtype), mean, unbiased

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, as Keras asks for them when it saves a network."""
        return {**super().get_config(), "momentum": self.momentum, "epsilon": self.epsilon}


@keras.saving.register_keras_serializable("inkdigits")
class MeanOfTowers(keras.layers.Layer):  # type: ignore[misc]  # keras is untyped
    """The mean of what several towers believe; in training, what each believes: (N, towers, classes).

    A mean that learns as one makes the towers depend on each other, and gives away what several of them are worth.
    """

    def call(self, inputs: list[Any], training: bool = False) -> Any:
        """Return the mean, (N, classes), or in training all of them."""
        return tf.stack(inputs, axis=1) if training else tf.add_n(inputs) / len(inputs)
