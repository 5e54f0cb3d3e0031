"""What was exported comes back as the same network: same answers, same file; anything else is an error that names it."""

import hashlib

import keras
import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from inkdigits import network
from inkdigits.errors import InputError
from inkdigits.network import registry
from inkdigits.training import architectures, export, from_onnx
from inkdigits.training.fit import predictor
from inkdigits.training.settings import NetworkSettings


@pytest.mark.parametrize("name", network.shipped())
def test_the_shipped_networks_come_back(name, digits):
    """Equal probabilities, to what 8 bits take; and exported again, the same graph, so no weight has changed its place."""
    given = from_onnx.read(registry.locate(name))
    back = given.build()
    theirs = network.load(name).probabilities(digits.images[:200])
    in_8_bits = any(node.op_type == "QuantizeLinear" for node in onnx.load(registry.locate(name)).graph.node)
    assert np.abs(predictor(back)(digits.images[:200]) - theirs).max() < (0.1 if in_8_bits else 1e-4)
    assert in_8_bits or export.to_onnx(back, name).graph == given.graph
    assert given.classes == theirs.shape[1]
    assert given.fingerprint == hashlib.sha256(registry.locate(name).read_bytes()).hexdigest()


@pytest.mark.parametrize("name", architectures.ARCHITECTURES)
def test_every_architecture_comes_back(name, digits, tmp_path):
    """With weights and statistics of batch norm at random, so that nothing is the same by chance."""
    keras.utils.set_random_seed(5)
    rates = {"classic": (0.0,) * 3, "compact": (0.0,) * 2, "small": (0.0,) * 2}
    net = architectures.build(NetworkSettings(name, rates.get(name, ())))
    random = np.random.default_rng(1)
    net.set_weights([w + random.uniform(0, 0.05, w.shape).astype(np.float32) for w in net.get_weights()])
    export.save(net, name, tmp_path / "model.onnx")
    back = from_onnx.read(tmp_path / "model.onnx").build()
    glyphs = digits.images[:20]
    # As the proof of an export: kernels differ from machine to machine.
    assert np.abs(predictor(back)(glyphs) - predictor(net)(glyphs)).max() < 1e-4
    assert export.to_onnx(back, name).graph == onnx.load(tmp_path / "model.onnx").graph


def test_in_bfloat16_the_softmax_and_the_weights_stay_float32():
    back = from_onnx.read(registry.locate("classic")).build("mixed_bfloat16")
    assert [layer.compute_dtype for layer in back.layers if layer.weights] == ["bfloat16"] * 3 + ["float32"]
    assert {weight.dtype for weight in back.weights} == {"float32"}


def changed(tmp_path, change):
    model = onnx.load(registry.locate("classic"))
    change(model.graph)
    path = tmp_path / "model.onnx"
    path.write_bytes(model.SerializeToString())
    return path


def node(graph, name):
    return next(n for n in graph.node if n.name == name)


def other_operation(graph):
    node(graph, "conv1/relu").op_type = "Sigmoid"
    node(graph, "conv1/relu").name = "other/sigmoid"


def other_scale(graph):
    weight = next(w for w in graph.initializer if w.name == "scale/white")
    weight.CopyFrom(numpy_helper.from_array(np.ones(1, np.float32), "scale/white"))


def other_way(graph):
    node(graph, "dense1/gemm").input[0] = "flat"


def other_settings(graph):
    node(graph, "dense2/gemm").attribute.append(onnx.helper.make_attribute("alpha", 0.5))


def no_bias(graph):
    del node(graph, "dense1/gemm").input[2:]


def other_shape(graph):
    weight = next(w for w in graph.initializer if w.name == "dense1/kernel")
    weight.CopyFrom(numpy_helper.from_array(np.zeros((77, 128), np.float32), "dense1/kernel"))


@pytest.mark.parametrize("change, what", [
    (other_operation, "other/sigmoid: is Sigmoid, which cannot be trained further"),
    (other_scale, "does not begin as our networks do"),
    (other_way, "dense1/gemm: is Gemm, which cannot be trained further"),
    (other_settings, "has settings that do not come back"),
    (no_bias, "dense1/gemm: lacks weights"),
    (other_shape, "dense1/gemm: has weights of a shape that does not fit"),
])  # fmt: skip
def test_a_graph_that_is_not_ours_is_named(tmp_path, change, what):
    with pytest.raises(InputError, match=what):
        from_onnx.read(changed(tmp_path, change))


def test_damaged_bytes(tmp_path):
    (tmp_path / "model.onnx").write_bytes(b"\x08no")
    with pytest.raises(InputError, match="cannot be read as ONNX"):
        from_onnx.read(tmp_path / "model.onnx")
