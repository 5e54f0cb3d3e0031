"""What takes a step along the gradient: the recipe's optimizer, Adam or SGD, over its schedule."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from inkdigits.training import schedules
from inkdigits.training.settings import TrainingSettings


class FusedAdam(keras.optimizers.Adam):  # type: ignore[misc]  # keras is untyped
    """Adam in TensorFlow's fused kernel: one operation a weight, where Keras' own makes ten passes over it.

    The formula is Keras' own. A small network's steps are so short that the passes count, and so does their tracing.
    Source: Kingma and Ba, "Adam", 2014, in the form before section 2.1.
    """

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Take one step for one variable (Keras calls this)."""
        index = self._get_variable_index(variable)
        step = tf.cast(self.iterations + 1, tf.float32)
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=self._momentums[index].value.handle,
            v=self._velocities[index].value.handle,
            beta1_power=self.beta_1**step,
            beta2_power=self.beta_2**step,
            lr=tf.cast(learning_rate, tf.float32),
            beta1=self.beta_1,
            beta2=self.beta_2,
            epsilon=self.epsilon,
            grad=tf.cast(gradient, tf.float32),
        )


def build(settings: TrainingSettings, steps: int) -> keras.Optimizer:
    """Return the recipe's optimizer over a schedule of `steps` steps.

    Weights decay apart from the gradient, in either (for Adam: Loshchilov and Hutter, "AdamW", 2017).
    """
    rate, decay = schedules.build(settings, steps), settings.weight_decay or None
    if settings.optimizer == "sgd":
        optimizer = keras.optimizers.SGD(rate, settings.momentum, nesterov=settings.momentum > 0, weight_decay=decay)
    else:
        optimizer = FusedAdam(rate, settings.momentum, settings.beta2, weight_decay=decay)
    if decay:
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer
