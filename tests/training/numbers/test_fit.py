"""The loss is that of the forward algorithm; a training that was stopped is the training that was not; it learns."""

import dataclasses

import numpy as np
import onnxruntime
import pytest
import tensorflow as tf

from inkdigits.errors import InputError
from inkdigits.recognising import ctc
from inkdigits.training import recipe
from inkdigits.training.numbers import batches, export, fit, losses, network, validation
from inkdigits.training.numbers.batches import Texts
from tests.training.drawn import DIGITS, built


def test_the_loss_is_what_the_forward_algorithm_says():
    """Also of an empty text, and of a strip that is shorter than the batch."""
    logits = np.random.default_rng(0).normal(0, 2, (3, 1, 12, ctc.CLASSES)).astype(np.float32)
    logs = np.asarray(tf.nn.log_softmax(logits))[:, 0]
    signs = np.zeros((3, 24), np.int32)
    signs[0, :4], signs[1, :2] = (1, 1, 10, 3), (14, 0)
    wanted = Texts(*map(tf.constant, (signs, np.array([4, 2, 0], np.int32), np.array([12, 9, 10], np.int32))))
    told = losses.losses(tf.constant(logits), wanted)
    parts = [(logs[0], "11.3"), (logs[1, :9], ":0"), (logs[2, :10], "")]
    each = [-ctc.scores(one, [text])[0] for one, text in parts]
    assert float(told["loss"]) == pytest.approx(np.mean(each), rel=1e-4)
    assert float(told["texts"]) == pytest.approx(np.mean(each[:2]), rel=1e-4)
    assert float(told["nothing"]) == pytest.approx(each[2], rel=1e-4)


def test_its_size_is_that_of_the_recipe():
    size = network.size(recipe.load("numbers").network)
    assert 600_000 < size.parameters < 700_000 and 1e7 < size.multiply_adds < 5e8


def test_the_exported_file_is_the_network(tmp_path):
    settings = recipe.load("numbers").network
    net = network.build(settings)
    random = np.random.default_rng(0)
    net.set_weights([w + 0.002 * random.uniform(0.1, 1, w.shape).astype(np.float32) for w in net.get_weights()])
    path = tmp_path / "model.onnx"
    export.save(net, settings, path)
    shown = random.normal(size=(2, 48, 112, 2)).astype(np.float32)
    proof = export.prove(net, settings, path, shown)
    assert proof["largest_difference"]["float32"] <= 1e-3 and proof["largest_difference"]["file, signs"] < 0.02
    assert path.stat().st_size < 1_400_000
    session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    small = np.zeros((1, 2, 48, 20), np.float32)
    assert session.run(["signs"], {"strips": small})[0].shape == (
        1,
        ctc.CLASSES,
        10,
    )  # two columns of each cell of four pixels


@pytest.fixture
def drawn_here(monkeypatch, source):
    monkeypatch.setattr(batches, "_sources", lambda *_arguments: source)


class StoppedError(Exception):
    pass


def train(recipe_, path, seed=0, stop_at=None):
    def on_step(done, _total, _figures):
        if done == stop_at:
            raise StoppedError

    return fit.fit(recipe_, seed, DIGITS, unseen(recipe_), path, on_step, processes=0)


def unseen(recipe_, known=[]):  # noqa: B006 (drawn once)
    known[:] = known or validation.ValidationStrips(recipe_.strips, built("validation")).by_scene()["lines"]
    return known


def test_stopped_and_resumed(tiny, drawn_here, tmp_path):
    whole = train(tiny, tmp_path / "whole.npz")
    assert [row["epoch"] for row in whole.history] == [1, 2] and whole.dtype_policy == "float32"
    assert {"loss", "texts", "nothing", "val_accuracy", "character_error", "false_signs"} <= set(whole.history[0])
    path = tmp_path / "checkpoint.npz"
    with pytest.raises(StoppedError):
        train(tiny, path, stop_at=6)  # in the middle of the second epoch
    resumed = train(tiny, path)
    pairs = zip(resumed.network.get_weights(), whole.network.get_weights(), strict=True)
    assert all(np.allclose(a, b, atol=1e-5) for a, b in pairs)
    with pytest.raises(InputError, match="belongs to another recipe, seed or data set"):
        train(tiny, path, seed=1)


def test_it_learns(tiny, drawn_here, tmp_path):
    strips = dataclasses.replace(tiny.strips, steps=16)
    learned = train(dataclasses.replace(tiny, strips=strips), tmp_path / "checkpoint.npz")
    assert learned.history[1]["loss"] < 0.9 * learned.history[0]["loss"]
