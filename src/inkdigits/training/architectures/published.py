"""Designs of others, as published: VGG and ResNet at the size of a digit, and the nets of the 99.7 % on MNIST."""

from __future__ import annotations

from typing import Any

import keras
from keras.layers import Add, Dense, Dropout, Flatten, GlobalAveragePooling2D, MaxPooling2D, ReLU, Rescaling

from inkdigits.training.architectures.blocks import chain, convolution, dropout_rates, normed_softmax, softmax_layer
from inkdigits.training.settings import NetworkSettings


def vgg(settings: NetworkSettings) -> keras.Sequential:
    """Return pairs of 3×3 convolutions, the picture halved and the filters doubled after each; 29 M multiply-adds.

    Source of the style: Simonyan and Zisserman, "Very Deep Convolutional Networks", 2014; with batch norm.
    """
    before_dense, before_softmax = dropout_rates(settings, "before the dense layer", "before the softmax")
    layers: list[keras.layers.Layer] = [keras.Input((28, 28, 1))]
    for stage, filters in enumerate((32, 64, 128), 1):
        layers += convolution(filters, f"{stage}a", padding="same")
        layers += convolution(filters, f"{stage}b", padding="same")
        layers += [MaxPooling2D(2, name=f"pool{stage}")]
    layers += [
        Flatten(name="flatten"),
        Dropout(before_dense, name="dropout1"),
        Dense(128, activation="relu", name="dense1"),
        Dropout(before_softmax, name="dropout2"),
        softmax_layer(settings, "dense2"),
    ]
    return keras.Sequential(layers, name="vgg")


def resnet(settings: NetworkSettings) -> keras.Model:
    """Return a first convolution and three residual blocks of 16, 32 and 64 filters; 9 M multiply-adds.

    Source of the style: He, Zhang, Ren and Sun, "Deep Residual Learning", 2015, the nets for CIFAR-10 with one block a
    stage, and a 1×1 convolution in the way round where the shape changes.
    """
    (before_softmax,) = dropout_rates(settings, "before the softmax")
    glyphs = keras.Input((28, 28, 1))
    x = chain(glyphs, convolution(16, "0", padding="same"))
    x = _residual_block(x, 16, "1", strides=1)
    x = _residual_block(x, 32, "2", strides=2)
    x = _residual_block(x, 64, "3", strides=2)
    x = GlobalAveragePooling2D(name="average")(x)
    x = Dropout(before_softmax, name="dropout")(x)
    return keras.Model(glyphs, softmax_layer(settings, "dense")(x), name="resnet")


def _residual_block(x: Any, filters: int, name: str, strides: int) -> Any:
    """Return x plus what two convolutions make of it."""
    change = chain(x, convolution(filters, f"{name}a", padding="same", strides=strides))
    change = chain(change, convolution(filters, f"{name}b", padding="same", relu=False))
    if strides != 1 or x.shape[-1] != filters:
        x = chain(x, convolution(filters, f"{name}s", size=1, strides=strides, relu=False))
    return ReLU(name=f"relu{name}")(Add(name=f"add{name}")([x, change]))


def m3(settings: NetworkSettings) -> keras.Sequential:
    """Return M3: ten unpadded 3×3 convolutions; 173 M multiply-adds.

    Source: An, Lee, Park, Yang and So, "An Ensemble of Simple Convolutional Neural Network Models for MNIST Digit
    Recognition", 2020, as is `m5`.
    """
    return _unpadded("m3", settings, 3, range(32, 177, 16))


def m5(settings: NetworkSettings) -> keras.Sequential:
    """Return M5: five unpadded 5×5 convolutions; 137 M multiply-adds."""
    return _unpadded("m5", settings, 5, range(32, 161, 32))


def _unpadded(name: str, settings: NetworkSettings, size: int, filters: range) -> keras.Sequential:
    """Return unpadded convolutions with batch norm and nothing else: no pool, no dropout, no bias."""
    dropout_rates(settings)
    layers: list[keras.layers.Layer] = [keras.Input((28, 28, 1)), Rescaling(2.0, -1.0, name="scale2")]
    for number, count in enumerate(filters, 1):
        layers += convolution(count, str(number), size)
    return keras.Sequential([*layers, Flatten(name="flatten"), *normed_softmax(settings)], name=name)
