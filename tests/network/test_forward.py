"""The NumPy forward pass is the network: against ONNX Runtime, and layer by layer against the definition."""

import numpy as np
import pytest

from inkdigits import network
from inkdigits.errors import InputError
from inkdigits.network import forward


@pytest.fixture(scope="module")
def weights():
    return forward.read_weights("classic")


@pytest.mark.parametrize("batch", [1, 2, 7, 256])
def test_agrees_with_onnx_runtime(digits, weights, batch):
    ours = np.concatenate([forward.forward(digits.images[i : i + batch], weights) for i in range(0, 512, batch)])
    theirs = network.load("classic").probabilities(digits.images[: len(ours)])
    assert np.abs(ours - theirs).max() < 1e-4
    assert np.array_equal(ours.argmax(axis=1), theirs.argmax(axis=1))


def test_convolution_by_its_definition(digits, weights):
    """One cell of one feature map, computed as a text book would."""
    layers = forward.layers(digits.images[:1], weights)
    x, kernel, bias = layers["input"][0, 0], weights["conv1/kernel"], weights["conv1/bias"]
    row, column, feature = 9, 11, 5
    total = bias[feature] + sum(x[row + i, column + j] * kernel[feature, 0, i, j] for i in range(5) for j in range(5))
    assert layers["conv1"][0, feature, row, column] == pytest.approx(max(total, 0), abs=1e-5)
    assert layers["pool1"][0, feature, 4, 5] == layers["conv1"][0, feature, 8:10, 10:12].max()


def test_shapes(digits, weights):
    shapes = {name: out.shape[1:] for name, out in forward.layers(digits.images[:3], weights).items()}
    assert shapes == {
        "input": (1, 28, 28), "conv1": (32, 24, 24), "pool1": (32, 12, 12), "conv2": (64, 10, 10), "pool2": (64, 5, 5),
        "dense1": (128,), "dense2": (10,), "probabilities": (10,),
    }  # fmt: skip


def test_max_pool_drops_an_odd_rim():
    x = np.arange(25, dtype=np.float32).reshape(1, 1, 5, 5)
    assert forward.max_pool(x)[0, 0].tolist() == [[6, 8], [16, 18]]


def test_softmax_does_not_overflow():
    assert forward.softmax(np.array([[1000, 0, -1000]], np.float32)).tolist() == [[1, 0, 0]]


def test_another_network_is_refused(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        forward.read_weights("nonsense")
