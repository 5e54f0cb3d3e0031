"""How large a network is: its parameters, and the multiply-adds that one glyph costs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import keras

from inkdigits.training import calls


@dataclass(frozen=True)
class Size:
    """Trained parameters (statistics that batch norm follows are none), and multiply-adds for one glyph.

    A layer that is called more than once has its parameters once, and costs each time.

    Multiply-adds are those of convolutions and dense layers. Batch norm costs none: it is folded into them in use.
    """

    parameters: int
    multiply_adds: int


def measure(network: keras.Model) -> Size:
    """Return the size of a network."""
    parameters = sum(math.prod(weight.shape) for weight in network.trainable_weights)
    return Size(parameters, sum(_multiply_adds(call) for call in calls.of(network)))


def _multiply_adds(call: calls.Call) -> int:
    """Return the products of weights and values: each weight of a filter is used once for every pixel that comes out."""
    layer = call.layer
    if isinstance(layer, keras.layers.Dense):
        return int(math.prod(layer.kernel.shape))
    if isinstance(layer, keras.layers.Conv2D | keras.layers.DepthwiseConv2D):
        rows, columns = call.output.shape[1:3]
        return int(rows * columns * math.prod(layer.kernel.shape))
    return 0
