"""The page's weights files hold the shipped networks, and the reference vectors are what Python gives."""

import base64
import hashlib
import json
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

from inkdigits import network
from inkdigits.errors import InputError, MissingExtraError
from inkdigits.image import normalise
from inkdigits.network import browser, forward
from inkdigits.network.registry import locate

ROOT = Path(__file__).parent.parent.parent
FILES = sorted((ROOT / "src" / "inkdigits" / "web" / "models").glob("*.bin"))
VECTORS = ROOT / "tests" / "vectors"


def unpacked(text, dtype):
    return np.frombuffer(base64.b64decode(text), dtype)


def pictures(text, *shape):
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), np.uint8).reshape(shape)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_files_are_of_the_shipped_models(path):
    assert path.read_bytes() == browser.pack(path.stem), "run scripts/make_web_models.py and scripts/make_vectors.py"


def test_the_page_is_light():
    sizes = {path.stem: path.stat().st_size for path in FILES}
    assert sizes["classic"] <= 600_000
    assert set(sizes) == {path.stem.removeprefix("engine-") for path in VECTORS.glob("engine-*.json")}


def test_a_file_holds_the_weights():
    data = browser.pack("classic")
    magic, version, length = struct.unpack_from("<4sII", data)
    header = json.loads(data[12 : 12 + length])
    values = np.frombuffer(data, "<f2", offset=12 + length).astype(np.float32)
    assert (magic, version, header["name"]) == (b"INKW", 1, "classic")
    assert [step["type"] for step in header["steps"]] == [
        "conv", "relu", "pool", "conv", "relu", "pool", "flatten", "dense", "relu", "dense", "softmax"
    ]  # fmt: skip
    assert header["thresholds"] == network.load("classic").thresholds
    weights = forward.read_weights("classic")
    for step in header["steps"]:
        for part in {"kernel", "bias"} & set(step):
            shape, offset = step[part]["shape"], step[part]["offset"]
            stored = values[offset : offset + np.prod(shape)].reshape(shape)
            own = weights[f"{step['name'].split('/')[0]}/{part}"]
            own = own.T if step["type"] == "dense" else own
            assert np.abs(stored - own).max() <= 2**-11 * np.abs(own).max()
    assert len(values) == sum(array.size for name, array in weights.items() if name != "scale/white")


@pytest.mark.parametrize("name", [path.stem for path in FILES])
def test_the_vectors_are_what_onnx_runtime_gives(name):
    expected = json.loads((VECTORS / f"engine-{name}.json").read_text(encoding="utf-8"))
    assert expected["source"] == hashlib.sha256(locate(name).read_bytes()).hexdigest()
    glyphs = pictures(expected["glyphs"], -1, 28, 28)
    session = onnxruntime.InferenceSession(browser.rounded(name, outputs=True))
    values = dict(zip([o.name for o in session.get_outputs()], session.run(None, {"glyphs": glyphs}), strict=True))
    theirs = unpacked(expected["probabilities"], "<f4").reshape(len(glyphs), -1)
    assert np.abs(values["probabilities"] - theirs).max() < 1e-4
    assert np.array_equal(values["probabilities"].argmax(axis=1), theirs.argmax(axis=1))
    for layer in expected["layers"]:
        own = values[layer["name"]]
        assert list(own.shape[1:]) == layer["shape"]
        for i, text in enumerate(layer["values"]):
            assert np.abs(own[i].ravel()[:: expected["stride"]] - unpacked(text, "<f4")).max() < 1e-3


def test_the_vectors_are_what_the_numpy_network_gives():
    """A second witness for the classic network, whose layers the page shows."""
    expected = json.loads((VECTORS / "engine-classic.json").read_text(encoding="utf-8"))
    glyphs = pictures(expected["glyphs"], -1, 28, 28)
    weights = {name: w.astype(np.float16).astype(np.float32) for name, w in forward.read_weights("classic").items()}
    theirs = unpacked(expected["probabilities"], "<f4").reshape(len(glyphs), -1)
    assert np.abs(forward.forward(glyphs, weights) - theirs).max() < 1e-4


def test_rounding_the_weights_hardly_changes_an_answer(digits):
    for path in FILES:
        session = onnxruntime.InferenceSession(browser.rounded(path.stem))
        rounded = session.run(None, {"glyphs": digits.images})[0]
        whole = network.load(path.stem).probabilities(digits.images)
        assert np.mean(rounded.argmax(axis=1) == whole.argmax(axis=1)) >= 0.999


def test_the_glyphs_are_what_python_makes_of_the_ink():
    for digit in json.loads((VECTORS / "glyphs.json").read_text(encoding="utf-8")):
        ink = pictures(digit["ink"], *digit["shape"])
        # One level: releases of OpenCV round differently.
        assert np.abs(normalise.glyph(ink).astype(int) - pictures(digit["glyph"], 28, 28)).max() <= 1


def changed(tmp_path, change):
    model = onnx.load(str(locate("classic")))
    change(model.graph)
    path = tmp_path / "other.onnx"
    path.write_bytes(model.SerializeToString())
    return path


def node(graph, op):
    return next(n for n in graph.node if n.op_type == op)


def test_what_the_page_cannot_run_is_refused_by_name(tmp_path):
    def tanh(graph):
        node(graph, "Relu").op_type = "Tanh"

    with pytest.raises(InputError, match=r"has a Tanh .* that the page does not run"):
        browser.pack(changed(tmp_path, tanh))

    def huge(graph):
        bias = next(w for w in graph.initializer if w.name == "dense2/bias")
        bias.CopyFrom(onnx.numpy_helper.from_array(np.full(10, 1e5, np.float32), bias.name))

    with pytest.raises(InputError, match="float16 cannot hold"):
        browser.pack(changed(tmp_path, huge))
    with pytest.raises(InputError, match="does not exist"):
        browser.pack("nonsense")


def test_packing_without_onnx_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(MissingExtraError, match="train"):
        browser.pack("classic")
