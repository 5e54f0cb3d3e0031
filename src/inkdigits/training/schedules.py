"""Learning-rate schedules: a step's number → Adam's step size."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from inkdigits.training.settings import TrainingSettings


class OneCycle(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]  # keras is untyped
    """Up to the peak in a straight line over the first `warmup` share of the steps, then down to zero in another.

    Source: Smith and Topin, "Super-Convergence", 2017, in its simplest form.
    """

    def __init__(self, peak: float, warmup: float, steps: int) -> None:
        self.peak, self.warmup, self.steps = peak, warmup, steps

    def __call__(self, step: Any) -> Any:
        """Return the learning rate at a step, counted from 0."""
        progress = (ops.cast(step, "float32") + 1) / (self.steps + 1)
        falling = (1 - progress) / (1 - self.warmup)
        rising = progress / self.warmup if self.warmup else 1.0
        return self.peak * ops.maximum(ops.minimum(rising, falling), 0.0)

    def get_config(self) -> dict[str, float]:
        """Return the arguments, as Keras asks for them when it saves an optimizer."""
        return {"peak": self.peak, "warmup": self.warmup, "steps": self.steps}


def build(settings: TrainingSettings, steps: int) -> float | OneCycle:
    """Return what Adam takes as its learning rate over `steps` steps in all."""
    if settings.schedule == "constant":
        return settings.learning_rate
    return OneCycle(settings.learning_rate, settings.warmup, steps)
