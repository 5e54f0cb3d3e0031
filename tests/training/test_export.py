"""The exported file is the trained network, whatever engine runs it; a difference is noticed."""

import keras
import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

from inkdigits.errors import InputError
from inkdigits.training import architectures, export, proof, recipe
from inkdigits.training.fit import predictor


@pytest.fixture
def network():
    keras.utils.set_random_seed(3)
    net = architectures.build(recipe.load("classic").network)
    net.set_weights([w + np.random.default_rng(1).normal(0, 0.05, w.shape) for w in net.get_weights()])
    return net


def test_proof(network, digits, tmp_path):
    path = tmp_path / "model.onnx"
    export.save(network, "x", path)
    result = proof.prove(path, network, digits.images)
    assert result["digits"] == 1000 and set(result["largest_difference"]) == {"onnxruntime", "keras", "numpy"}
    assert max(result["largest_difference"].values()) < 1e-4


def test_onnx_reference_evaluator_agrees(network, digits, tmp_path):
    path = tmp_path / "model.onnx"
    export.save(network, "x", path)
    theirs = ReferenceEvaluator(onnx.load(path)).run(None, {"glyphs": digits.images[:8]})[0]
    assert np.abs(theirs - predictor(network)(digits.images[:8])).max() < 1e-4


def test_a_wrong_export_is_noticed(network, digits, tmp_path):
    path = tmp_path / "model.onnx"
    export.save(network, "x", path)
    weights = network.get_weights()
    weights[0][0, 0, 0, 0] += 0.5
    network.set_weights(weights)
    with pytest.raises(RuntimeError, match="differs: keras"):
        proof.prove(path, network, digits.images)


def test_networks_beyond_forward_py_use_the_reference_evaluator(digits, tmp_path):
    layers = [keras.Input((28, 28, 1)), keras.layers.Conv2D(4, 3, strides=2, activation="relu", name="a"),
              keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax", name="b")]  # fmt: skip
    net = keras.Sequential(layers)
    path = tmp_path / "model.onnx"
    export.save(net, "x", path)
    assert "onnx reference" in proof.prove(path, net, digits.images[:50])["largest_difference"]


def test_a_layer_without_counterpart_is_named(tmp_path):
    net = keras.Sequential(
        [keras.Input((28, 28, 1)), keras.layers.GaussianNoise(0.1, name="hiss"), keras.layers.Flatten()]
    )
    with pytest.raises(InputError, match="hiss: is a GaussianNoise"):
        export.to_onnx(net, "x")
    holed = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Conv2D(4, 3, dilation_rate=2, name="wide")])
    with pytest.raises(InputError, match="wide: is a convolution of a kind"):
        export.to_onnx(holed, "x")
