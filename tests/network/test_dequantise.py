"""From 8 bits back to float32: the same network again, in Keras too; an ensemble as one network of branches."""

import keras
import numpy as np
import onnx
import pytest

from inkdigits import network
from inkdigits.network import dequantise, ensemble, quantise
from inkdigits.network.registry import locate
from inkdigits.network.session import open_session
from inkdigits.training import architectures, export, from_onnx
from inkdigits.training.settings import NetworkSettings


def exported(name):
    """An untrained network, with weights and statistics of batch norm at random, so that nothing is the same by chance."""
    keras.utils.set_random_seed(5)
    net = architectures.build(NetworkSettings(name))
    random = np.random.default_rng(1)
    net.set_weights([w + random.uniform(0, 0.05, w.shape).astype(np.float32) for w in net.get_weights()])
    return export.to_onnx(net, name).SerializeToString()


def made(kind, digits, model):
    return quantise.weights(model) if kind == "weights" else quantise.static(model, digits.images[:300])


def answers(model, glyphs):
    return open_session(model, "x").run(None, {"glyphs": glyphs})[0]


@pytest.mark.parametrize("kind", ["weights", "static"])
def test_a_shipped_network_comes_back_to_keras(kind, digits, tmp_path):
    """Its answers are those of the file in 8 bits, to what rounding of activations takes, and labels are the same."""
    model = made(kind, digits, locate("classic").read_bytes())
    (tmp_path / "model.onnx").write_bytes(model)
    back = from_onnx.read(tmp_path / "model.onnx").build()
    theirs = answers(model, digits.images)
    ours = np.asarray(back(digits.images[..., np.newaxis] / np.float32(255)))
    assert np.abs(ours - theirs).max() < (1e-5 if kind == "weights" else 0.1)
    assert (ours.argmax(axis=1) == theirs.argmax(axis=1)).mean() > 0.995
    assert back.count_params() == network.load("classic").config["parameters"]


def test_a_relu_that_rounding_stood_for_comes_back(digits):
    model = quantise.static(locate("classic").read_bytes(), digits.images[:300])
    before = onnx.load_from_string(locate("classic").read_bytes()).graph
    in_8_bits = onnx.load_from_string(model).graph
    after = dequantise.dequantised(in_8_bits)
    relus = [[node.name for node in graph.node if node.op_type == "Relu"] for graph in (before, in_8_bits, after)]
    assert len(relus[1]) < len(relus[0]) and sorted(relus[2]) == sorted(relus[0])


@pytest.mark.parametrize("in_8_bits", [False, True])
def test_an_ensemble_comes_back_as_branches(in_8_bits, digits, tmp_path):
    """Exported again, it answers as it does in Keras."""
    whole = ensemble.merge({"a": locate("classic").read_bytes(), "b": exported("vgg")})
    model = made("static", digits, whole) if in_8_bits else whole
    (tmp_path / "model.onnx").write_bytes(model)
    back = from_onnx.read(tmp_path / "model.onnx").build()
    x = digits.images[:100]
    ours = np.asarray(back(x[..., np.newaxis] / np.float32(255)))
    assert np.abs(ours - answers(model, x)).max() < (0.1 if in_8_bits else 1e-5)
    again = export.to_onnx(back, "again").SerializeToString()
    assert np.abs(ours - answers(again, x)).max() < 1e-5


def test_a_graph_in_float32_is_left_alone():
    graph = onnx.load(locate("classic")).graph
    assert dequantise.dequantised(graph) is graph


@pytest.mark.parametrize("name", ["tiny", "best"])
def test_sums_and_towers_come_back(name, digits, tmp_path):
    """The tool that makes 8 bits also sorts the nodes: those of one layer need not stand together any more."""
    model = quantise.static(exported(name), digits.images[:300])
    (tmp_path / "model.onnx").write_bytes(model)
    ours = np.asarray(from_onnx.read(tmp_path / "model.onnx").build()(digits.images[:50, ..., None] / np.float32(255)))
    # What the file holds without its rounding of activations: an untrained network makes much of that, and its logits are
    # in the hundreds, so that the last bits of float32 are ten-thousandths of a probability.
    in_8_bits = onnx.load_from_string(model)
    plain = onnx.helper.make_model(dequantise.dequantised(in_8_bits.graph), opset_imports=in_8_bits.opset_import)
    plain.ir_version = in_8_bits.ir_version
    assert np.abs(ours - answers(plain.SerializeToString(), digits.images[:50])).max() < 1e-3
