"""Models are found by name or path; a file that is none is one clear error and runs nothing."""

import json
import os
import pickle
import signal
import subprocess
import sys
import threading

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from inkdigits import network
from inkdigits.errors import InputError
from inkdigits.network.registry import MODELS


def test_shipped_models_load_and_are_small():
    assert network.DEFAULT in network.shipped()
    for name in network.shipped():
        net = network.load(name)
        assert net.name == name
        assert net.thresholds["always"] == 0 <= net.thresholds["normal"] <= net.thresholds["strict"] <= 1
        assert (MODELS / name / "model.onnx").stat().st_size < 12e6
        assert (MODELS / name / "README.md").stat().st_size > 1000


def test_a_model_is_loaded_once():
    assert network.load("classic") is network.load("classic")


def test_a_model_is_loaded_again_when_its_config_changes(tmp_path):
    (tmp_path / "model.onnx").write_bytes((MODELS / "classic" / "model.onnx").read_bytes())
    assert network.load(tmp_path).temperature == 1.0
    answering = {"temperature": 2.0, "thresholds": {"strict": 0.9, "normal": 0.5, "always": 0.0}}
    (tmp_path / "config.json").write_text(json.dumps({"answering": answering}))
    assert network.load(tmp_path).temperature == 2.0


def test_batches_of_any_size_agree(digits):
    net = network.load("classic")
    whole = net.probabilities(digits.images)
    assert np.allclose(net.probabilities(digits.images[:1])[0], whole[0], atol=1e-5)
    assert np.allclose(net.probabilities(digits.images[:777]), whole[:777], atol=1e-5)


def other_model():
    node = helper.make_node("Identity", ["a"], ["b"])
    value = [helper.make_tensor_value_info(n, TensorProto.FLOAT, ["N", 3]) for n in "ab"]
    graph = helper.make_graph([node], "other", value[:1], value[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    return model.SerializeToString()


class Trap:
    def __reduce__(self):
        return print, ("code from a model file was run",)


@pytest.mark.parametrize("data, what", [
    (b"", "is not an ONNX model"), (b"text", "is not an ONNX model"), (pickle.dumps(Trap()), "is not an ONNX model"),
    (other_model(), "for something else"),
    ((MODELS / "classic" / "model.onnx").read_bytes()[:5000], "is not an ONNX model"),
])  # fmt: skip
def test_what_is_no_model(tmp_path, data, what, capsys):
    path = tmp_path / "model.onnx"
    path.write_bytes(data)
    with pytest.raises(InputError, match=what) as caught:
        network.load(path)
    assert "\n" not in str(caught.value)
    assert not any(capsys.readouterr())


@pytest.mark.parametrize(
    "config", ["not json", "[]", '{"answering": {"temperature": "hot"}}', '{"answering": {"temperature": 0}}']
)
def test_a_broken_config(tmp_path, config):
    (tmp_path / "model.onnx").write_bytes((MODELS / "classic" / "model.onnx").read_bytes())
    (tmp_path / "config.json").write_text(config)
    with pytest.raises(InputError, match=r"config\.json"):
        network.load(tmp_path)


def test_a_lone_file_is_enough(tmp_path):
    (tmp_path / "my.onnx").write_bytes((MODELS / "classic" / "model.onnx").read_bytes())
    assert network.load(tmp_path / "my.onnx").temperature == 1.0


def test_the_config_says_where_the_model_is_from():
    config = json.loads((MODELS / "classic" / "config.json").read_text())
    assert {"recipe", "seed", "recipe_hash", "versions", "data_sha256", "proof", "answering", "test"} <= set(config)


def test_the_graph_is_readable():
    """Weights bear the layers' names, and nothing in the graph is there without need."""
    model = onnx.load(MODELS / "classic" / "model.onnx")
    assert [n.op_type for n in model.graph.node] == [
        "Cast", "Div", "Reshape", "Conv", "Relu", "MaxPool", "Conv", "Relu", "MaxPool", "Flatten", "Gemm", "Relu", "Gemm",
        "Softmax",
    ]  # fmt: skip


def altered(change):
    model = onnx.load(MODELS / "classic" / "model.onnx")
    change(model)
    return model.SerializeToString()


def with_nan(model):
    weights = next(w for w in model.graph.initializer if w.name == "dense2/bias")
    weights.CopyFrom(numpy_helper.from_array(np.full(10, np.nan, np.float32), weights.name))


def without_softmax(model):
    del model.graph.node[-1]
    model.graph.node[-1].output[0] = "probabilities"


@pytest.mark.parametrize("change", [with_nan, without_softmax])
def test_a_model_whose_answers_are_no_probabilities(tmp_path, change):
    (tmp_path / "model.onnx").write_bytes(altered(change))
    with pytest.raises(InputError, match=r"no.* probabilities"):
        network.load(tmp_path)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_can_read_large_batches(digits):
    net = network.load("classic")
    net.probabilities(digits.images)
    child = os.fork()
    if child == 0:
        os._exit(0 if len(net.probabilities(digits.images)) == len(digits) else 1)
    late = threading.Timer(30, os.kill, (child, signal.SIGKILL))  # it waits for threads that it does not have
    late.start()
    _, status = os.waitpid(child, 0)
    late.cancel()
    assert status == 0


def test_reading_leaves_nothing_behind(tmp_path):
    """ONNX Runtime would report its use, and keep an identifier for that in temporary and cache folders."""
    environment = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY"}
    places = {"TMPDIR": tmp_path, "HOME": tmp_path, "XDG_CACHE_HOME": tmp_path}
    sample = MODELS.parent.parent / "samples" / "7-crossed.jpg"
    code = f"import inkdigits; assert inkdigits.classify({str(sample)!r}).label == 7"
    environment |= {name: str(place) for name, place in places.items()}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    assert list(tmp_path.rglob("*")) == []
