"""Distillation: the loss against its definition, and that teachers teach."""

import dataclasses
import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from inkdigits.datasets import mnist
from inkdigits.errors import InputError
from inkdigits.training import architectures, distil, export, fit, recipe
from inkdigits.training.settings import DistilSettings

# Keras 3.15 on NumPy 2.4, when it writes its own files; nothing of ours is involved.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

DIGITS = mnist.train().subset(np.arange(2500), "small")
SETTINGS = {"network": {"architecture": "logistic"}, "training": {"epochs": 2, "batch": 50, "precision": "float32"}}
PLAIN = recipe.from_dict(SETTINGS, "plain", "plain")


def write_run(folder, network):
    """What of a run folder a teacher is loaded from."""
    folder.mkdir()
    network.save(folder / "model.keras")
    export.save(network, "teacher", folder / "model.onnx")
    (folder / "config.json").write_text(json.dumps({"recipe": PLAIN.to_dict()}))
    return str(folder)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """One trained run, and one of noise."""
    place = tmp_path_factory.mktemp("runs")
    trained = fit.fit(PLAIN, 0, DIGITS.subset(np.arange(2000)), None).network
    keras.utils.set_random_seed(5)
    return write_run(place / "trained", trained), write_run(place / "noise", architectures.build(PLAIN.network))


def with_teachers(*teachers, **options):
    return dataclasses.replace(PLAIN, distil=DistilSettings(teachers, **options))


def beliefs(rows, sharpness=2.0, seed=0):
    return tf.nn.softmax(np.random.default_rng(seed).normal(0, sharpness, (rows, 10)).astype(np.float32))


def test_teachers_are_averaged(runs, digits):
    x = digits.images[:40, ..., np.newaxis].astype(np.float32) / 255
    one, other = (distil.Teachers(DistilSettings((run,)), 10, "float32")(x).numpy() for run in runs)
    both = distil.Teachers(DistilSettings(runs), 10, "float32")(x).numpy()
    assert both == pytest.approx((one + other) / 2, abs=1e-6)
    path = runs[0] + "/model.keras"
    assert one == pytest.approx(fit.predictor(keras.models.load_model(path))(digits.images[:40]), abs=1e-6)


@pytest.mark.parametrize("temperature", [1.0, 3.0])
def test_the_loss_by_its_definition(runs, temperature):
    teacher, student, hard = beliefs(30), beliefs(30, seed=1), np.arange(30, dtype=np.float32)
    p, q = (np.power(v, 1 / temperature) for v in (teacher, student))
    p, q = p / p.sum(axis=1, keepdims=True), q / q.sum(axis=1, keepdims=True)
    soft = -(p * np.log(q)).sum(axis=1) * temperature**2
    for share in (0.0, 0.3, 1.0):
        settings = DistilSettings((runs[0],), share, temperature)
        loss = distil.Teachers(settings, 10, "float32").losses(hard, teacher, student).numpy()
        assert loss == pytest.approx((1 - share) * hard + share * soft, rel=1e-4)


def test_a_share_of_0_is_training_without_teachers(runs):
    training = DIGITS.subset(np.arange(1000))
    alone, taught = (fit.fit(r, 3, training, None).network for r in (PLAIN, with_teachers(*runs, share=0.0)))
    for a, b in zip(alone.get_weights(), taught.get_weights(), strict=True):
        assert np.array_equal(a, b)


def test_a_teacher_teaches_what_labels_do_not_say(runs):
    """All labels are wrong, and the student reads the digits all the same."""
    training, validation = DIGITS.subset(np.arange(2000)), DIGITS.subset(np.arange(2000, 2500))
    misled = dataclasses.replace(training, labels=(training.labels + 1) % 10)
    chosen = with_teachers(runs[0], share=1.0).with_epochs(6)
    trained = fit.fit(chosen, 1, misled, validation)
    assert trained.history[-1]["val_accuracy"] > 0.75 and trained.history[-1]["accuracy"] < 0.1
    assert len(trained.teachers_sha256) == 64


def test_a_teacher_is_found_by_the_beginning_of_its_name(tmp_path):
    for name in ("mlp-1-20260103T000000", "mlp-1-20260101T000000", "mlp-1-20260102T000000", "mlp-10-20260100T000000"):
        write_run(tmp_path / name, architectures.build(PLAIN.network))
        (tmp_path / name / "config.json").write_text(json.dumps({"recipe": PLAIN.to_dict()}))
    for name in ("mlp-1-20260103T000000", "mlp-1-20260102T000000", "mlp-10-20260100T000000"):
        (tmp_path / name / "metrics.json").write_text("{}")
    named, short = (
        distil.Teachers(DistilSettings((str(tmp_path / name),)), 10, "float32").fingerprint
        for name in ("mlp-1-20260102T000000", "mlp-1")
    )
    assert named == short  # the first of those that are finished, not the first, and not seed 10
    with pytest.raises(InputError, match="neither is a run folder"):
        distil.Teachers(DistilSettings((str(tmp_path / "mlp-2"),)), 10, "float32")


def test_no_such_teacher(runs, tmp_path):
    with pytest.raises(InputError, match=r"has no model\.keras"):
        distil.Teachers(DistilSettings(("classic",)), 10, "float32")
    with pytest.raises(InputError, match="neither is a run folder nor begins the name of a finished one"):
        distil.Teachers(DistilSettings((str(tmp_path / "none"),)), 10, "float32")
    with pytest.raises(InputError, match="knows 10 classes, and what it is to teach 11"):
        distil.Teachers(DistilSettings(runs), 11, "float32")
    folder = tmp_path / "other"
    write_run(folder, architectures.build(PLAIN.network))
    other = {**SETTINGS, "network": {"architecture": "mlp"}}
    (folder / "config.json").write_text(json.dumps({"recipe": recipe.from_dict(other, "x", "x").to_dict()}))
    with pytest.raises(InputError, match="does not hold the network of its recipe"):
        distil.Teachers(DistilSettings((str(folder),)), 10, "float32")


def test_the_settings(runs):
    def read(**values):
        return recipe.from_dict({**SETTINGS, "distil": values}, "x", "x.toml")

    taught = read(teachers=list(runs), temperature=3)
    assert taught.distil == DistilSettings(runs, 0.9, 3.0) and recipe.from_dict(taught.to_dict(), "x", "x") == taught
    assert taught.hash() != PLAIN.hash() == read().hash()
    for values, said in (
        ({"teachers": "runs/a"}, "give a list of words in quotes"),
        ({"teachers": [1]}, "give a list of words in quotes"),
        ({"share": 2}, "distil.share = 2"),
        ({"temprature": 1}, "did you mean temperature"),
    ):
        with pytest.raises(InputError, match=said):
            read(**values)
