"""The locator's network: fully convolutional, a stem of stride 2, an encoder to stride 16, a light decoder back to 4 and 2.

The shape is that of small detectors: residual blocks (He et al., 2016), features of the coarse maps added to the finer ones
(Lin et al., "Feature pyramid networks", 2017), and centre maps as in Zhou et al., "Objects as points", 2019.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from inkdigits.locating.maps import CENTRES, HEADS, INK_LAYERS
from inkdigits.training.architectures.size import Size, measure
from inkdigits.training.drawn_settings import LocatorSettings
from inkdigits.training.layers import FusedBatchNorm

layers = keras.layers

_SIDE = 64  # pixels of a picture for which all is computed that is then told of any size


def build(settings: LocatorSettings, policy: str = "float32", size: int | None = None) -> keras.Model:
    """Return the network: float32 (N, H, W, 2) → marks (N, H/4, W/4, 28) and ink (N, H/2, W/2, 3), before activation.

    H and W are multiples of 16; `size` fixes both.
    """
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        return _built(settings, size)
    finally:
        keras.config.set_dtype_policy(before)


def size(settings: LocatorSettings) -> Size:
    """Return the network's parameters, and the multiply-adds that a million pixels cost it, borders left out."""
    measured = measure(build(settings, size=_SIDE))
    return Size(measured.parameters, round(measured.multiply_adds * 1e6 / _SIDE**2))


def _built(settings: LocatorSettings, size: int | None) -> keras.Model:
    picture = keras.Input((size, size, 2), name="picture")
    stem, four, eight, sixteen = settings.channels
    two = _conv(picture, stem, "stem", kernel=5, stride=2)
    s4 = _stage(two, four, settings.blocks[0], "s4")
    s8 = _stage(s4, eight, settings.blocks[1], "s8")
    s16 = _stage(s8, sixteen, settings.blocks[2], "s16")
    up8 = _merged(s16, s8, settings.decoder[0], "up8")
    up4 = _merged(up8, s4, settings.decoder[1], "up4")
    bias = np.zeros(sum(HEADS), np.float32)
    bias[:CENTRES] = -4.6  # a centre in one cell of a hundred: training begins without a flood of false ones
    marks = layers.Conv2D(sum(HEADS), 1, bias_initializer=keras.initializers.Constant(bias), name="marks")(up4)
    fine = layers.UpSampling2D(name="up2_enlarged")(layers.Conv2D(12, 1, name="up2_coarse")(up4))
    fine = layers.Add(name="up2_sum")([fine, layers.Conv2D(12, 1, name="up2_fine")(two)])
    ink = layers.Conv2D(len(INK_LAYERS), 3, padding="same", name="ink")(layers.ReLU(name="up2_relu")(fine))
    marks = layers.Activation("linear", dtype="float32", name="marks_out")(marks)
    ink = layers.Activation("linear", dtype="float32", name="ink_out")(ink)
    return keras.Model(picture, [marks, ink], name="locator")


def _conv(x: Any, channels: int, name: str, kernel: int = 3, stride: int = 1, active: bool = True) -> Any:
    x = layers.Conv2D(channels, kernel, stride, padding="same", use_bias=False, name=name)(x)
    x = FusedBatchNorm(name=f"{name}_norm")(x)
    return layers.ReLU(name=f"{name}_relu")(x) if active else x


def _stage(x: Any, channels: int, blocks: int, name: str) -> Any:
    """Halve the resolution, then add residual blocks."""
    x = _conv(x, channels, f"{name}_down", stride=2)
    for i in range(blocks):
        inner = _conv(_conv(x, channels, f"{name}_{i}a"), channels, f"{name}_{i}b", active=False)
        x = layers.ReLU(name=f"{name}_{i}_relu")(layers.Add(name=f"{name}_{i}_sum")([x, inner]))
    return x


def _merged(coarse: Any, fine: Any, channels: int, name: str) -> Any:
    """Enlarge coarse maps, add the finer ones, and mix."""
    enlarged = layers.UpSampling2D(name=f"{name}_enlarged")(layers.Conv2D(channels, 1, name=f"{name}_coarse")(coarse))
    summed = layers.Add(name=f"{name}_sum")([enlarged, layers.Conv2D(channels, 1, name=f"{name}_fine")(fine)])
    return _conv(summed, channels, f"{name}_mix")
