"""The networks, by name. Each definition is meant to be read aloud."""

from __future__ import annotations

from collections.abc import Callable

import keras
from keras.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D, ReLU

from inkdigits.errors import InputError
from inkdigits.training.layers import FusedBatchNorm
from inkdigits.training.settings import NetworkSettings


def classic(settings: NetworkSettings) -> keras.Sequential:
    """Return the CNN of the exercise: two convolutions, two poolings, a dense layer; 225,546 parameters."""
    if len(settings.dropout) != 3:
        raise InputError("network.dropout", f"has {len(settings.dropout)} rates", "give three, as [0.1, 0.4, 0.4]")
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
            Dense(settings.classes, activation="softmax", dtype="float32", name="dense2"),
        ],
        name="classic",
    )


def compact(settings: NetworkSettings) -> keras.Sequential:
    """Return the network for use: small, fast, and good at strange hands.

    About 290,000 parameters and 6 million multiply-adds. Filters come in sixteens, the width of a vector register: ONNX
    Runtime takes longer for 24 than for 32.
    """
    return _five_convolutions("compact", settings, (16, 16, 64, 96, 160), 128)


def small(settings: NetworkSettings) -> keras.Sequential:
    """Return the network for the web page: `compact`, narrow enough to come over the wire at once.

    About 120,000 parameters and 4 million multiply-adds.
    """
    return _five_convolutions("small", settings, (16, 16, 48, 64, 96), 64)


def _five_convolutions(name: str, settings: NetworkSettings, filters: tuple[int, ...], dense: int) -> keras.Sequential:
    """Return five 3×3 convolutions with batch norm, pooled after the second and the fourth, and a dense layer."""
    if len(settings.dropout) != 2:
        raise InputError("network.dropout", f"has {len(settings.dropout)} rates", "give two, as [0.2, 0.3]")
    before_dense, before_softmax = settings.dropout
    first, second, third, fourth, fifth = filters
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            *_convolution(first, "1"),
            *_convolution(second, "2"),
            MaxPooling2D(2, name="pool2"),
            *_convolution(third, "3"),
            *_convolution(fourth, "4"),
            MaxPooling2D(2, name="pool4"),
            *_convolution(fifth, "5"),
            Flatten(name="flatten"),
            Dropout(before_dense, name="dropout1"),
            Dense(dense, activation="relu", name="dense1"),
            Dropout(before_softmax, name="dropout2"),
            Dense(settings.classes, activation="softmax", dtype="float32", name="dense2"),
        ],
        name=name,
    )


def _convolution(filters: int, name: str) -> list[keras.layers.Layer]:
    """Return an unpadded 3×3 convolution, batch norm and ReLU."""
    return [
        Conv2D(filters, 3, use_bias=False, name=f"conv{name}"),
        FusedBatchNorm(name=f"norm{name}"),
        ReLU(name=f"relu{name}"),
    ]


ARCHITECTURES: dict[str, Callable[[NetworkSettings], keras.Sequential]] = {
    "classic": classic,
    "compact": compact,
    "small": small,
}


def build(settings: NetworkSettings, dtype_policy: str = "float32") -> keras.Sequential:
    """Return a freshly initialised network that computes in "float32" or "mixed_bfloat16". Raises InputError."""
    if settings.architecture not in ARCHITECTURES:
        names = ", ".join(ARCHITECTURES)
        raise InputError("network.architecture", f"is {settings.architecture!r}", f"choose one of {names}")
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(dtype_policy)
    try:
        return ARCHITECTURES[settings.architecture](settings)
    finally:
        keras.config.set_dtype_policy(before)
