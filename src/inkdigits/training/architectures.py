"""The networks, by name. Each definition is meant to be read aloud."""

from __future__ import annotations

from collections.abc import Callable

import keras
from keras.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D

from inkdigits.errors import InputError
from inkdigits.training.settings import NetworkSettings


def classic(settings: NetworkSettings) -> keras.Sequential:
    """Return the CNN of the exercise: two convolutions, two poolings, a dense layer; 225,546 parameters."""
    if len(settings.dropout) != 3:
        raise InputError(
            "classic", f"has {len(settings.dropout)} dropout rates", "give three: dropout = [0.25, 0.25, 0.5]"
        )
    after_pool1, after_pool2, before_softmax = settings.dropout
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            Conv2D(32, 5, activation="relu", name="conv1"),
            MaxPooling2D(2, name="pool1"),
            Dropout(after_pool1, name="dropout1"),
            Conv2D(64, 3, activation="relu", name="conv2"),
            MaxPooling2D(2, name="pool2"),
            Dropout(after_pool2, name="dropout2"),
            Flatten(name="flatten"),
            Dense(128, activation="relu", name="dense1"),
            Dropout(before_softmax, name="dropout3"),
            # The softmax is computed in float32 whatever the rest uses: tiny probabilities have no room in bfloat16.
            Dense(10, activation="softmax", dtype="float32", name="dense2"),
        ],
        name="classic",
    )


ARCHITECTURES: dict[str, Callable[[NetworkSettings], keras.Sequential]] = {"classic": classic}


def build(settings: NetworkSettings, dtype_policy: str = "float32") -> keras.Sequential:
    """Return a freshly initialised network that computes in "float32" or "mixed_bfloat16". Raises InputError."""
    if settings.architecture not in ARCHITECTURES:
        names = ", ".join(ARCHITECTURES)
        raise InputError("recipe", f"has network.architecture = {settings.architecture!r}", f"choose one of {names}")
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(dtype_policy)
    try:
        return ARCHITECTURES[settings.architecture](settings)
    finally:
        keras.config.set_dtype_policy(before)
