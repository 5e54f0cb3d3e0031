"""The network that reads whole numbers: fully convolutional, from a strip to what stands in each of its columns.

Residual blocks (He et al., 2016) at strides 2 and 4, then at stride 4 across and 8 down; one convolution over all rows, and
a few across, so that each column knows what stands beside it. Each cell at stride 4 says two columns, one for each
half: narrow digits close together need as many, and the maps before them do not. As in Shi et al., "An end-to-end trainable
neural network for image-based sequence recognition", 2015, but with convolutions in place of its recurrent layers.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from inkdigits.recognising.ctc import BLANK, CLASSES
from inkdigits.recognising.strips import HEIGHT, STRIDE
from inkdigits.training.architectures.size import Size, measure
from inkdigits.training.drawn_settings import NumberSettings
from inkdigits.training.layers import FusedBatchNorm

layers = keras.layers

_ROWS = HEIGHT // 8  # of the maps that are read column by column
_CELL = 4  # pixels of a strip across one cell of the maps
COLUMNS = _CELL // STRIDE  # that a cell says
_WIDTH = 256  # pixels of a strip for which its cost is told


def build(settings: NumberSettings, policy: str = "float32", width: int | None = None) -> keras.Model:
    """Return the network: float32 (N, 48, W, 2) → signs (N, 1, W/2, 16), before the softmax.

    W is a multiple of 4; `width` fixes it.
    """
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        return _built(settings, width)
    finally:
        keras.config.set_dtype_policy(before)


def size(settings: NumberSettings) -> Size:
    """Return the network's parameters, and the multiply-adds of a strip of 256 pixels: about eight digits."""
    return measure(build(settings, width=_WIDTH))


def _built(settings: NumberSettings, width: int | None) -> keras.Model:
    stem, four, eight, line = settings.channels
    strips = keras.Input((HEIGHT, width, 2), name="strips")
    x = _conv(strips, stem, "stem", (5, 5), (2, 2))
    x = _stage(x, four, settings.blocks[0], "s4", (2, 2), (3, 3))
    x = _stage(x, eight, settings.blocks[1], "s8", (2, 1), (3, 3))
    # All rows of a column at once: only across is there padding.
    x = layers.Conv2D(line, (_ROWS, 1), use_bias=False, name="rows")(x)
    x = layers.ReLU(name="rows_relu")(FusedBatchNorm(name="rows_norm")(x))
    for i in range(settings.blocks[2]):
        x = _block(x, line, f"line_{i}", (1, 5))
    bias = np.zeros((COLUMNS, CLASSES), np.float32)
    bias[:, BLANK] = 2.0  # most columns are blank: training does not begin with learning that
    start = keras.initializers.Constant(bias.ravel())
    x = layers.Conv2D(COLUMNS * CLASSES, 1, bias_initializer=start, name="signs")(x)
    x = layers.Reshape((1, -1, CLASSES), name="columns")(x)
    x = layers.Activation("linear", dtype="float32", name="signs_out")(x)
    return keras.Model(strips, x, name="number")


def _conv(x: Any, channels: int, name: str, kernel: tuple[int, int], strides: tuple[int, int] = (1, 1)) -> Any:
    x = layers.Conv2D(channels, kernel, strides, padding="same", use_bias=False, name=name)(x)
    return layers.ReLU(name=f"{name}_relu")(FusedBatchNorm(name=f"{name}_norm")(x))


def _block(x: Any, channels: int, name: str, kernel: tuple[int, int]) -> Any:
    inner = _conv(x, channels, f"{name}a", kernel)
    inner = layers.Conv2D(channels, kernel, padding="same", use_bias=False, name=f"{name}b")(inner)
    inner = FusedBatchNorm(name=f"{name}b_norm")(inner)
    return layers.ReLU(name=f"{name}_relu")(layers.Add(name=f"{name}_sum")([x, inner]))


def _stage(x: Any, channels: int, blocks: int, name: str, strides: tuple[int, int], kernel: tuple[int, int]) -> Any:
    """Halve the resolution, then add residual blocks."""
    x = _conv(x, channels, f"{name}_down", kernel, strides)
    for i in range(blocks):
        x = _block(x, channels, f"{name}_{i}", kernel)
    return x
