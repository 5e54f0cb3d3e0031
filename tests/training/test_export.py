"""The exported file is the trained network, whatever engine runs it; a difference is noticed."""

import keras
import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

from inkdigits.errors import InputError
from inkdigits.training import architectures, batches, export, norms, proof, recipe
from inkdigits.training.fit import predictor
from inkdigits.training.layers import FusedBatchNorm
from inkdigits.training.settings import AugmentSettings, NetworkSettings


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


def shaken(net, seed=1):
    """The network with weights that no layer starts with: biases, and means and variances as if it had seen digits."""
    random = np.random.default_rng(seed)
    values = []
    for variable, value in zip(net.weights, net.get_weights(), strict=True):
        if variable.path.endswith(("gamma", "variance")):
            values.append(np.abs(random.normal(1, 0.3, value.shape)) + 0.1)
        else:
            values.append(value + random.normal(0, 0.1, value.shape) if value.ndim == 1 else value)
    net.set_weights(values)
    return net


@pytest.mark.parametrize("name", architectures.ARCHITECTURES)
def test_every_architecture(name, digits, tmp_path):
    keras.utils.set_random_seed(4)
    settings = NetworkSettings(name)
    net = shaken(architectures.build(settings))
    if any(isinstance(layer, FusedBatchNorm) for layer in net.layers):
        batch = batches.source(digits, AugmentSettings(), 0)
        norms.measurer(settings, batch)(net, np.arange(50, dtype=np.int32)[np.newaxis])
    path = tmp_path / "model.onnx"
    export.save(net, name, path)
    several = digits.images[:40:20] if name in ("m3", "m5") else digits.images[:100:20]
    result = proof.prove(path, net, several)
    assert len(result["largest_difference"]) == 3
    answers = predictor(net)(several)
    assert answers.std(axis=0).max() > 0.003  # a network that answers everything alike would agree with anything
    operators = {node.op_type for node in onnx.load(path).graph.node}
    # Elsewhere it is folded into the weights before it.
    assert ("BatchNormalization" in operators) == (name in ("fast", "tiny"))


def test_a_shared_layer_is_stored_once():
    """`tiny` asks one block four times: four nodes read one kernel."""
    net = shaken(architectures.build(NetworkSettings("tiny")))
    model = export.to_onnx(net, "tiny")
    readers = [node for node in model.graph.node if "mix/kernel" in node.input]
    assert [node.name for node in readers] == ["mix/conv", "mix_2/conv", "mix_3/conv", "mix_4/conv"]
    assert [weight.name for weight in model.graph.initializer].count("mix/kernel") == 1


def test_paddings_strides_and_joints(digits, tmp_path):
    """What the architectures do not use yet, in one network: odd paddings, forks, sums of three, norms that stand alone."""
    layers = keras.layers
    glyphs = keras.Input((28, 28, 1))
    x = layers.Rescaling(3.0, -0.5, name="scaled")(glyphs)
    x = layers.Conv2D(6, (4, 2), strides=(3, 2), padding="same", name="a")(x)
    x = layers.MaxPooling2D(3, strides=2, padding="same", name="b")(x)
    x = FusedBatchNorm(name="c")(x)
    x = layers.DepthwiseConv2D(2, depth_multiplier=2, padding="same", name="d")(x)
    fork = FusedBatchNorm(name="e")(x)  # not folded: d is read by f as well
    x = layers.Add(name="f")([x, fork, layers.ReLU(name="g")(fork)])
    x = layers.AveragePooling2D(3, strides=2, padding="same", name="h")(x)
    x = layers.Dropout(0.5, name="i")(layers.Flatten(name="j")(x))
    x = layers.Dense(12, use_bias=False, activation="tanh", name="k")(layers.ReLU(name="l")(x))
    x = layers.Dense(10, name="m")(FusedBatchNorm(name="n")(x))
    net = shaken(keras.Model(glyphs, layers.Softmax(name="o")(FusedBatchNorm(name="p")(x))))
    path = tmp_path / "model.onnx"
    export.save(net, "x", path)
    assert max(proof.prove(path, net, digits.images[:50])["largest_difference"].values()) < 1e-5
    stored = {w.name for w in onnx.load(path).graph.initializer}
    assert {"c/scale", "e/scale", "n/scale"} <= stored and "p/scale" not in stored  # p is folded into the dense layer


def test_a_layer_without_counterpart_is_named(tmp_path):
    net = keras.Sequential(
        [keras.Input((28, 28, 1)), keras.layers.GaussianNoise(0.1, name="hiss"), keras.layers.Flatten()]
    )
    with pytest.raises(InputError, match="hiss: is a GaussianNoise"):
        export.to_onnx(net, "x")
    holed = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Conv2D(4, 3, dilation_rate=2, name="wide")])
    with pytest.raises(InputError, match="wide: is a convolution of a kind"):
        export.to_onnx(holed, "x")
    leaky = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.ReLU(negative_slope=0.1, name="leak")])
    with pytest.raises(InputError, match="leak: is a ReLU of a kind"):
        export.to_onnx(leaky, "x")
    late = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), FusedBatchNorm(name="late")])
    with pytest.raises(InputError, match="late: is a batch norm of what was flattened"):
        export.to_onnx(late, "x")
