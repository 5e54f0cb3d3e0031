"""Networks of our own: two for use, and the laboratory's, each best at one thing."""

from __future__ import annotations

import keras
from keras.layers import (
    Add,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    Layer,
    MaxPooling2D,
    ReLU,
)

from inkdigits.training.architectures.blocks import chain, convolution, dropout_rates, softmax_layer
from inkdigits.training.layers import FusedBatchNorm, MeanOfTowers
from inkdigits.training.settings import NetworkSettings


def compact(settings: NetworkSettings) -> keras.Sequential:
    """Return the network for use: small, fast, and good at unfamiliar handwriting.

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
    before_dense, before_softmax = dropout_rates(settings, "before the dense layer", "before the softmax")
    first, second, third, fourth, fifth = filters
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            *convolution(first, "1"),
            *convolution(second, "2"),
            MaxPooling2D(2, name="pool2"),
            *convolution(third, "3"),
            *convolution(fourth, "4"),
            MaxPooling2D(2, name="pool4"),
            *convolution(fifth, "5"),
            Flatten(name="flatten"),
            Dropout(before_dense, name="dropout1"),
            Dense(dense, activation="relu", name="dense1"),
            Dropout(before_softmax, name="dropout2"),
            softmax_layer(settings, "dense2"),
        ],
        name=name,
    )


def fast(settings: NetworkSettings) -> keras.Sequential:
    """Return the network that learns in seconds: a wide first look, pooled at once, so that little is left to compute.

    ReLU comes after the pool: the answer is the same, for a quarter of the work.
    """
    (before_softmax,) = dropout_rates(settings, "before the softmax")
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            Conv2D(16, 5, name="conv1"),
            MaxPooling2D(2, name="pool1"),
            ReLU(name="relu1"),
            Conv2D(32, 3, use_bias=False, name="conv2"),
            MaxPooling2D(2, name="pool2"),
            FusedBatchNorm(name="norm2"),
            ReLU(name="relu2"),
            Flatten(name="flatten"),
            Dense(128, activation="relu", name="dense"),
            Dropout(before_softmax, name="dropout"),
            softmax_layer(settings, "answer"),
        ],
        name="fast",
    )


def light(settings: NetworkSettings) -> keras.Sequential:
    """Return the network for large numbers of digits: about 22,000 parameters and 900,000 multiply-adds.

    Each convolution has sixteen filters or thirty-two, whole vector registers, and sees as small a picture as digits allow.
    """
    (before_softmax,) = dropout_rates(settings, "before the softmax")
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            *convolution(16, "1", size=5),
            MaxPooling2D(2, name="pool1"),
            *convolution(16, "2"),
            *convolution(32, "3"),
            MaxPooling2D(2, name="pool3"),
            *convolution(32, "4", padding="same"),
            Flatten(name="flatten"),
            Dropout(before_softmax, name="dropout"),
            softmax_layer(settings, "dense"),
        ],
        name="light",
    )


def tiny(settings: NetworkSettings) -> keras.Model:
    """Return the network of fewer than 1,000 parameters: one separable block, asked four times.

    984 parameters. The block, nine weights for each of 14 maps and a mixing of all, is the same every time; only the batch
    norm behind it is its own. Each time it adds to what came in, and after every second time the picture is halved.
    """
    dropout_rates(settings)
    inputs = keras.Input((28, 28, 1))
    x = chain(inputs, [*convolution(6, "1", size=5), MaxPooling2D(2, name="pool1"), *convolution(14, "2", size=1)])
    look = DepthwiseConv2D(3, padding="same", use_bias=False, name="look")
    mix = Conv2D(14, 1, use_bias=False, name="mix")
    for number in (1, 2, 3, 4):
        seen = FusedBatchNorm(name=f"norm_mix{number}")(mix(look(x)))
        x = ReLU(name=f"relu_mix{number}")(Add(name=f"add{number}")([x, seen]))
        if number % 2 == 0:
            x = MaxPooling2D(2, name=f"pool_mix{number}")(x)
    read_out = [
        DepthwiseConv2D(3, use_bias=False, name="place"),
        Flatten(name="flatten"),
        softmax_layer(settings, "dense"),
    ]
    return keras.Model(inputs, chain(x, read_out), name="tiny")


def best(settings: NetworkSettings) -> keras.Model:
    """Return the most accurate network of at most 10 million multiply-adds: four towers, whose mean is the answer.

    About 300,000 parameters. Each tower is a wider `light`, and learns by itself: four that err apart are worth more than
    one that is four times as large.
    """
    inputs = keras.Input((28, 28, 1))
    towers = [chain(inputs, _tower(settings, (16, 32, 32, 64, 64), name)) for name in "abcd"]
    return keras.Model(inputs, MeanOfTowers(name="mean", dtype="float32")(towers), name="best")


def wide(settings: NetworkSettings) -> keras.Sequential:
    """Return one tower of `best`, twice as wide: as much work as the four, in one piece, for ensembles to be joined by.

    About 290,000 parameters and 9 million multiply-adds.
    """
    return keras.Sequential([keras.Input((28, 28, 1)), *_tower(settings, (32, 64, 64, 128, 128))], name="wide")


def _tower(settings: NetworkSettings, filters: tuple[int, ...], name: str = "") -> list[Layer]:
    """Return a wide first look, pooled at once, then pairs of 3×3 convolutions, and a softmax; names end with `name`."""
    (before_softmax,) = dropout_rates(settings, "before the softmax")
    first, second, third, fourth, fifth = filters
    return [
        *convolution(first, f"1{name}", size=5),
        MaxPooling2D(2, name=f"pool1{name}"),
        *convolution(second, f"2{name}"),
        *convolution(third, f"3{name}", padding="same"),
        MaxPooling2D(2, name=f"pool3{name}"),
        *convolution(fourth, f"4{name}", padding="same"),
        *convolution(fifth, f"5{name}"),
        Flatten(name=f"flatten{name}"),
        Dropout(before_softmax, name=f"dropout{name}"),
        softmax_layer(settings, f"dense{name}"),
    ]
