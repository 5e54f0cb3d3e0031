"""The networks of the textbooks, from the simplest one to the CNN of the exercise."""

from __future__ import annotations

import keras
from keras.layers import AveragePooling2D, Conv2D, Dense, Dropout, Flatten, MaxPooling2D

from inkdigits.training.architectures.blocks import dropout_rates, softmax_layer
from inkdigits.training.settings import NetworkSettings


def logistic(settings: NetworkSettings) -> keras.Sequential:
    """Return logistic regression: every digit has one weight for every pixel; 7,850 parameters."""
    dropout_rates(settings)
    return keras.Sequential(
        [keras.Input((28, 28, 1)), Flatten(name="flatten"), softmax_layer(settings, "dense")], name="logistic"
    )


def mlp(settings: NetworkSettings) -> keras.Sequential:
    """Return a network of dense layers that knows nothing of rows and columns; 266,610 parameters.

    Source of the sizes: LeCun, Bottou, Bengio and Haffner, "Gradient-Based Learning", 1998, the net 784-300-100-10.
    """
    after_first, after_second = dropout_rates(settings, "after the first layer", "after the second")
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            Flatten(name="flatten"),
            Dense(300, activation="relu", name="dense1"),
            Dropout(after_first, name="dropout1"),
            Dense(100, activation="relu", name="dense2"),
            Dropout(after_second, name="dropout2"),
            softmax_layer(settings, "dense3"),
        ],
        name="mlp",
    )


def lenet5(settings: NetworkSettings) -> keras.Sequential:
    """Return LeNet-5: tanh, averages as poolings; 61,706 parameters.

    Source: LeCun et al., 1998, as it is taught today: without the table of which maps a convolution sees, with a softmax.
    """
    dropout_rates(settings)
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            Conv2D(6, 5, padding="same", activation="tanh", name="conv1"),
            AveragePooling2D(2, name="pool1"),
            Conv2D(16, 5, activation="tanh", name="conv2"),
            AveragePooling2D(2, name="pool2"),
            Flatten(name="flatten"),
            Dense(120, activation="tanh", name="dense1"),
            Dense(84, activation="tanh", name="dense2"),
            softmax_layer(settings, "dense3"),
        ],
        name="lenet5",
    )


def classic(settings: NetworkSettings) -> keras.Sequential:
    """Return the CNN of the exercise: two convolutions, two poolings, a dense layer; 225,546 parameters."""
    after_pool1, after_pool2, before_softmax = dropout_rates(
        settings, "after the first pool", "after the second", "before the softmax"
    )
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
            softmax_layer(settings, "dense2"),
        ],
        name="classic",
    )
