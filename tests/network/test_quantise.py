"""Eight bits: the file is as small as is said, the answers are the same, and another engine reads it the same way."""

import json

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

from inkdigits.errors import InputError
from inkdigits.network import Network, load, quantise
from inkdigits.network.registry import locate, save
from inkdigits.network.session import open_session
from inkdigits.training import architectures, export, recipe
from tests.cli.conftest import run

CLASSIC = locate("classic")


@pytest.fixture(scope="module")
def small():
    return quantise.weights(CLASSIC.read_bytes())


def arrays(model):
    return [onnx.numpy_helper.to_array(t) for t in onnx.load_from_string(model).graph.initializer]


def answers(model, glyphs):
    return Network("x", open_session(model, "x")).probabilities(glyphs)


def test_weights_lie_within_half_a_step(small):
    """Each kernel that comes out of the file is the one that went in, to half a 127th of its channel's largest."""
    stored = arrays(small)
    steps = [(q, stored[i + 1]) for i, q in enumerate(stored) if q.dtype == np.int8]
    kernels = [a for a in arrays(CLASSIC.read_bytes()) if a.ndim >= 2]
    assert len(steps) == len(kernels) == 4
    for (integers, scale), kernel in zip(steps, kernels, strict=True):
        others = tuple(i for i in range(kernel.ndim) if scale.shape[i] == 1)
        largest = np.abs(kernel).max(axis=others, keepdims=True)
        assert (np.abs(integers * scale - kernel) <= largest / 127 / 2 * 1.001).all()
        assert (np.abs(integers).max(axis=others) == 127).all()


def test_the_file_is_a_byte_a_weight_and_little_more(small):
    parameters = load("classic").config["parameters"]
    assert parameters < len(small) < 1.02 * parameters
    held = sum(a.nbytes for a in arrays(small))
    assert len(small) - held < 1000  # what the container takes
    names = {t.name for t in onnx.load_from_string(small).graph.initializer}
    assert max(map(len, names)) <= 2


def test_the_answers_stay(small, digits):
    before = load("classic").probabilities(digits.images)
    for model in (small, quantise.static(CLASSIC.read_bytes(), digits.images[:256])):
        after = answers(model, digits.images)
        assert (after.argmax(axis=1) == before.argmax(axis=1)).mean() >= 0.998
        assert np.abs(after - before).mean() < 1e-3
        assert np.abs(after.sum(axis=1) - 1).max() < 1e-5  # confidences are not rounded to 256 steps


def test_another_engine_agrees(small, digits):
    theirs = ReferenceEvaluator(onnx.load_from_string(small)).run(None, {"glyphs": digits.images[:50]})[0]
    assert np.abs(theirs - answers(small, digits.images[:50])).max() < 1e-4


def test_static_computes_in_8_bits(digits):
    model = onnx.load_from_string(quantise.static(CLASSIC.read_bytes(), digits.images[:64]))
    nodes = [node.op_type for node in model.graph.node]
    assert nodes.count("QuantizeLinear") >= 5 and nodes[-2:] == ["Gemm", "Softmax"]


def test_a_channel_of_zeros_is_no_division_by_zero():
    proto = onnx.load(CLASSIC)
    kernel = next(t for t in proto.graph.initializer if t.name == "conv1/kernel")
    values = onnx.numpy_helper.to_array(kernel).copy()
    values[3] = 0
    kernel.CopyFrom(onnx.numpy_helper.from_array(values, kernel.name))
    integers = next(a for a in arrays(quantise.weights(proto.SerializeToString())) if a.dtype == np.int8)
    assert (integers[3] == 0).all() and np.abs(integers).max() == 127


def test_from_the_command_line(tmp_path, digits):
    np.savez(tmp_path / "d.npz", x=digits.images, y=digits.labels)
    arguments = ["quantise", "classic", "--data", tmp_path / "d.npz", "--out", tmp_path / "small"]
    result = run(*arguments)
    assert result.exit_code == 0 and "99 of 99 labels agree" in result.stdout
    config = json.loads((tmp_path / "small" / "config.json").read_text())
    assert config["quantised"]["bytes"] == (tmp_path / "small" / "model.onnx").stat().st_size
    assert "test" not in config and load(tmp_path / "small").temperature == load("classic").temperature
    assert "holds a model already" in run(*arguments).stderr


def test_nothing_is_written_over_a_model_nor_of_nonsense(tmp_path):
    with pytest.raises(InputError, match="is not an ONNX model"):
        save(tmp_path / "new", b"nonsense", {})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["tiny", "resnet"])
def test_other_architectures(name, digits):
    """Depthwise convolutions, sums and averages come through as well."""
    model = export.to_onnx(architectures.build(recipe.load(name).network), name).SerializeToString()
    before = answers(model, digits.images[:100])
    for small in (quantise.weights(model), quantise.static(model, digits.images[:100])):
        assert answers(small, digits.images[:100]) == pytest.approx(before, abs=0.02)


@pytest.mark.parametrize("kind", ["weights", "static"])
def test_what_is_in_8_bits_is_known(kind, digits):
    model = locate("classic").read_bytes()
    assert not quantise.is_quantised(model)
    small = quantise.weights(model) if kind == "weights" else quantise.static(model, digits.images[:100])
    assert quantise.is_quantised(small)
    result = run("quantise", "default")
    assert result.exit_code == 1 and "default: is in 8 bits already" in result.stderr


def test_names_do_not_run_out():
    nodes = [onnx.helper.make_node("Relu", [f"in{i}"], [f"out{i}"]) for i in range(800)]
    quantise._shorten(nodes, [])
    names = {name for node in nodes for name in (*node.input, *node.output)}
    assert len(names) == 1600 and max(map(len, names)) == 3
