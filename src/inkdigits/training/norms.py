"""The statistics of batch norm, measured anew for weights that no training step has seen, as averaged ones are."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from inkdigits.errors import InputError
from inkdigits.training import architectures
from inkdigits.training.batches import Source
from inkdigits.training.layers import FusedBatchNorm
from inkdigits.training.settings import NetworkSettings

Measurer = Callable[[keras.Model, Any], None]


def measurer(settings: NetworkSettings, batch_of: Source) -> Measurer:
    """Return a function that gives a network's batch norms the mean and variance that they meet on training batches.

    It takes a float32 network of these settings, and the batches, int32 (batches, digits) row numbers. Digits are changed
    at random as in training, and nothing is dropped, as in use. Raises InputError for a network without batch norm.
    Source: Izmailov et al., "Averaging Weights Leads to Wider Optima", 2018, section 3.2.
    """
    twin = architectures.build(dataclasses.replace(settings, dropout=()))
    check(twin)
    layers = _norms(twin)
    for layer in layers:
        layer.momentum = 0.0  # its statistics are then those of the last batch alone

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.int32), tf.TensorSpec((), tf.int32)])  # type: ignore[untyped-decorator]
    def run(rows: Any, number: Any) -> list[Any]:
        twin(batch_of(rows, number)[0], training=True)
        return [tf.convert_to_tensor(v) for layer in layers for v in (layer.mean, layer.variance)]

    def measure(network: keras.Model, batches: Any) -> None:
        twin.set_weights(network.get_weights())
        met = [[value.numpy() for value in run(rows, number)] for number, rows in enumerate(batches)]
        means = [np.mean(values, axis=0) for values in zip(*met, strict=True)]
        for layer, mean, variance in zip(_norms(network), means[::2], means[1::2], strict=True):
            layer.mean.assign(mean)
            layer.variance.assign(variance)

    return measure


def check(network: keras.Model) -> None:
    """Raise InputError for a network without batch norm, which leaves training.norm_batches nothing to measure."""
    if not _norms(network):
        what = f"has nothing to measure: {network.name} is without batch norm"
        raise InputError("training.norm_batches", what, "take the setting out")


def _norms(network: keras.Model) -> list[FusedBatchNorm]:
    return [layer for layer in network.layers if isinstance(layer, FusedBatchNorm)]
