"""What several networks are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from keras.layers import Conv2D, Dense, Layer, ReLU, Softmax

from inkdigits.errors import InputError
from inkdigits.training.layers import FusedBatchNorm
from inkdigits.training.settings import NetworkSettings


def convolution(
    filters: int, name: str, size: int = 3, padding: str = "valid", strides: int = 1, relu: bool = True
) -> list[Layer]:
    """Return a convolution without bias, batch norm, and ReLU unless something is to be added before it."""
    return [
        Conv2D(filters, size, strides, padding, use_bias=False, name=f"conv{name}"),
        FusedBatchNorm(name=f"norm{name}"),
        *([ReLU(name=f"relu{name}")] if relu else []),
    ]


def chain(inputs: Any, layers: Iterable[Layer]) -> Any:
    """Return what comes out of layers, one behind the other, for a network that is no plain sequence."""
    for layer in layers:
        inputs = layer(inputs)
    return inputs


def softmax_layer(settings: NetworkSettings, name: str) -> Layer:
    """Return the last dense layer, with a softmax.

    It is computed in float32 whatever the rest uses: tiny probabilities have no room in bfloat16.
    """
    return Dense(settings.classes, activation="softmax", dtype="float32", name=name)


def normed_softmax(settings: NetworkSettings) -> list[Layer]:
    """Return a last dense layer without bias, batch norm and a softmax, in float32."""
    return [
        Dense(settings.classes, use_bias=False, dtype="float32", name="dense"),
        FusedBatchNorm(dtype="float32", name="norm_dense"),
        Softmax(dtype="float32", name="softmax"),
    ]


def dropout_rates(settings: NetworkSettings, *places: str) -> tuple[float, ...]:
    """Return the recipe's dropout rate for each place, zeros where it has none. Raises InputError for another number."""
    if not settings.dropout:
        return (0.0,) * len(places)
    if len(settings.dropout) != len(places):
        example = [0.1, 0.3, 0.4][: len(places)]
        wanted = f"give {len(places)}: {', '.join(places)}; as {example}" if places else "leave the setting out"
        raise InputError("network.dropout", f"has {len(settings.dropout)} rates", wanted)
    return settings.dropout
