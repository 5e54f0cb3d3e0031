"""The networks, by name. Each definition is meant to be read aloud."""

from __future__ import annotations

from collections.abc import Callable

import keras

from inkdigits.errors import InputError, nearest
from inkdigits.training.architectures import own, published, textbook
from inkdigits.training.settings import GIVEN, NetworkSettings

ARCHITECTURES: dict[str, Callable[[NetworkSettings], keras.Model]] = {
    "logistic": textbook.logistic,
    "mlp": textbook.mlp,
    "lenet5": textbook.lenet5,
    "classic": textbook.classic,
    "vgg": published.vgg,
    "resnet": published.resnet,
    "m3": published.m3,
    "m5": published.m5,
    "compact": own.compact,
    "small": own.small,
    "fast": own.fast,
    "light": own.light,
    "tiny": own.tiny,
    "best": own.best,
    "wide": own.wide,
}


def build(settings: NetworkSettings, dtype_policy: str = "float32") -> keras.Model:
    """Return a freshly initialised network that computes in "float32" or "mixed_bfloat16". Raises InputError."""
    if settings.architecture == GIVEN:
        raise InputError("network.architecture", "is that of a trained network", "name one with --from")
    if settings.architecture not in ARCHITECTURES:
        there_are = f"There are {', '.join(ARCHITECTURES)}"
        hint = f"did you mean {nearest(settings.architecture, ARCHITECTURES)}?"
        raise InputError("network.architecture", f"is {settings.architecture!r}", f"{hint} {there_are}")
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(dtype_policy)
    try:
        return ARCHITECTURES[settings.architecture](settings)
    finally:
        keras.config.set_dtype_policy(before)
