"""Learning-rate schedules: a step's number → the optimizer's step size."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

from inkdigits.training.settings import TrainingSettings


class Schedule(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]  # keras is untyped
    """Up to the peak in a straight line over the first `warmup` share of the steps, then along a curve.

    The curve is "constant"; "step", times `decay` each time that `decay_steps` have passed; "exponential", the same
    without the stairs; "cosine" (Loshchilov and Hutter, "SGDR", 2016) or "one-cycle" (Smith and Topin, "Super-Convergence",
    2017, in its simplest form): down to zero at the last step, as half a wave or in a straight line.
    """

    def __init__(
        self, kind: str, peak: float, warmup: float, steps: int, decay: float = 1.0, decay_steps: float = 1.0
    ) -> None:
        self.kind, self.peak, self.warmup, self.steps = kind, peak, warmup, steps
        self.decay, self.decay_steps = decay, decay_steps

    def __call__(self, step: Any) -> Any:
        """Return the learning rate at a step, counted from 0."""
        step = ops.cast(step, "float32")
        progress = (step + 1) / (self.steps + 1)  # neither the first step nor the last has a rate of zero
        rising = ops.minimum(progress / self.warmup, 1.0) if self.warmup else 1.0
        return self.peak * rising * self._curve(step, progress)

    def _curve(self, step: Any, progress: Any) -> Any:
        """Return the share of the peak that is left."""
        decays = ops.maximum(step - self.warmup * self.steps, 0.0) / self.decay_steps
        left = ops.minimum((1 - progress) / (1 - self.warmup), 1.0)  # of the way down
        if self.kind == "step":
            return self.decay ** ops.floor(decays)
        if self.kind == "exponential":
            return self.decay**decays
        if self.kind == "cosine":
            return (1 - ops.cos(math.pi * left)) / 2
        if self.kind == "one-cycle":
            return ops.maximum(left, 0.0)
        return 1.0

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, as Keras asks for them when it saves an optimizer."""
        return dict(vars(self))


def build(settings: TrainingSettings, steps: int) -> Schedule:
    """Return what the optimizer takes as its learning rate over `steps` steps in all."""
    decay_steps = settings.decay_epochs * steps / settings.epochs
    return Schedule(settings.schedule, settings.learning_rate, settings.warmup, steps, settings.decay, decay_steps)
