"""An ensemble is the mean of its members, whatever they are and whoever runs it."""

import json

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

from inkdigits.errors import InputError
from inkdigits.network import Network, ensemble, load, quantise
from inkdigits.network.registry import locate, save
from inkdigits.network.session import open_session
from tests.cli.conftest import run


@pytest.fixture(scope="module")
def members():
    """The classic network, the same in 8 bits, and one with noise in its weights."""
    classic = locate("classic").read_bytes()
    noisy = onnx.load_from_string(classic)
    for tensor in noisy.graph.initializer:
        if tensor.name.endswith("kernel"):
            values = onnx.numpy_helper.to_array(tensor)
            values = values + np.random.default_rng(0).normal(0, 0.06, values.shape).astype(np.float32)
            tensor.CopyFrom(onnx.numpy_helper.from_array(values, tensor.name))
    return {"classic": classic, "small": quantise.weights(classic), "noisy": noisy.SerializeToString()}


def answers(model, glyphs):
    return Network("x", open_session(model, "x")).probabilities(glyphs)


def test_the_mean_of_the_members(members, digits):
    merged = ensemble.merge(members)
    alone = np.stack([answers(model, digits.images) for model in members.values()])
    assert np.abs(alone[0] - alone[2]).max() > 0.1  # they do differ
    assert answers(merged, digits.images) == pytest.approx(alone.mean(axis=0), abs=1e-6)
    theirs = ReferenceEvaluator(onnx.load_from_string(merged)).run(None, {"glyphs": digits.images[:20]})[0]
    assert theirs == pytest.approx(alone.mean(axis=0)[:20], abs=1e-4)


def test_beside_ten_digits_what_is_none_is_left_out(members, digits):
    """`default` knows an eleventh class; of its probabilities the digits' share is taken."""
    models = {"classic": members["classic"], "default": locate("default").read_bytes()}
    merged = ensemble.merge(models)
    classic, default = (answers(model, digits.images[:200]) for model in models.values())
    assert default.shape[1] == 11
    expected = (classic + default[:, :10] / default[:, :10].sum(axis=1, keepdims=True)) / 2
    assert answers(merged, digits.images[:200]) == pytest.approx(expected, abs=1e-5)
    assert answers(ensemble.merge(dict(reversed(models.items()))), digits.images[:200]) == pytest.approx(
        expected, abs=1e-5
    )


def test_members_of_other_kinds_are_refused(members):
    other = onnx.load_from_string(members["classic"])
    other.opset_import[0].version = 18
    with pytest.raises(InputError, match="other: has the operators"):
        ensemble.merge({"classic": members["classic"], "other": other.SerializeToString()})
    with pytest.raises(InputError, match="nonsense: is not an ONNX model"):
        ensemble.merge({"classic": members["classic"], "nonsense": b"nonsense"})


def test_from_the_command_line(members, digits, tmp_path):
    np.savez(tmp_path / "d.npz", x=digits.images, y=digits.labels)
    save(tmp_path / "noisy", members["noisy"], load("classic").config)
    result = run("ensemble", "classic", tmp_path / "noisy", "--data", tmp_path / "d.npz", "--out", tmp_path / "both")
    assert result.exit_code == 0 and result.stdout.count("% of d.npz") == 3
    config = json.loads((tmp_path / "both" / "config.json").read_text())
    assert [m["name"] for m in config["members"]] == ["classic", "noisy"]
    assert config["seeds"] == [0, 0] and config["recipe_hash"] == load("classic").config["recipe_hash"]
    both = load(tmp_path / "both")
    assert both.temperature == config["answering"]["temperature"] != 1
    read = json.loads(run("evaluate", tmp_path / "both", "--data", tmp_path / "d.npz", "--json").stdout)
    assert read["digits"] == 1000 and read["accuracy"] > 0.98


def test_an_ensemble_has_two_members_that_differ(tmp_path):
    for models, said in ((["classic"], "one member"), (["classic", locate("classic")], "a member twice")):
        result = run("ensemble", *models, "--out", tmp_path / "x")
        assert result.exit_code == 1 and said in result.stderr
