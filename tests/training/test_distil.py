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


def teachers(settings, classes=10):
    return distil.Teachers(settings, [distil.folder_of_path(name) for name in settings.teachers], classes, "float32")


def beliefs(rows, sharpness=2.0, seed=0):
    return tf.nn.softmax(np.random.default_rng(seed).normal(0, sharpness, (rows, 10)).astype(np.float32))


def test_teachers_are_averaged(runs, digits):
    x = digits.images[:40, ..., np.newaxis].astype(np.float32) / 255
    one, other = (teachers(DistilSettings((run,)))(x).numpy() for run in runs)
    both = teachers(DistilSettings(runs))(x).numpy()
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
        loss = teachers(settings).losses(hard, teacher, student).numpy()
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


def finished(folder, name, seed, data="mnist", recipe_hash=None):
    """A finished run of which nothing but what its config says matters."""
    write_run(folder, architectures.build(PLAIN.network))
    chosen = recipe.load(name) if name in recipe.names() else dataclasses.replace(PLAIN, name=name)
    config = {"recipe": chosen.to_dict(), "recipe_hash": recipe_hash or chosen.hash(), "seed": seed, "data": data}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "metrics.json").write_text("{}")
    return folder


def test_a_teacher_is_the_run_of_its_recipe_seed_and_data(tmp_path):
    """Whatever other folders are called so: shorter trainings, other data, another seed, runs that were not finished."""
    finished(tmp_path / "mlp-1-20260101T000000", "mlp", 1, recipe_hash=recipe.load("mlp").with_epochs(1).hash())
    finished(tmp_path / "mlp-1-20260102T000000", "mlp", 1, data="/elsewhere/other.npz")
    (finished(tmp_path / "mlp-1-20260103T000000", "mlp", 1) / "metrics.json").unlink()
    (tmp_path / "mlp-1-20260104T000000").mkdir()
    (tmp_path / "mlp-1-20260104T000000" / "metrics.json").write_text("{}")
    finished(tmp_path / "mlp-10-20260100T000000", "mlp", 10)
    name = str(tmp_path / "mlp-1")
    with pytest.raises(InputError, match="no finished run of this recipe, seed and data; mlp-1-20260101T000000 is of"):
        distil.folder_of(name, "mnist")
    first = finished(tmp_path / "mlp-1-20260105T000000", "mlp", 1)
    finished(tmp_path / "mlp-1-20260106T000000", "mlp", 1)
    assert distil.folder_of(name, "mnist") == first  # none is chosen
    assert distil.folder_of(name, "/elsewhere/other.npz").name == "mlp-1-20260102T000000"
    assert distil.folder_of(str(tmp_path / "mlp-10"), "mnist").name == "mlp-10-20260100T000000"
    with pytest.raises(InputError, match="neither is a run folder"):
        distil.folder_of(str(tmp_path / "mlp-2"), "mnist")
    assert distil.folder_of(str(tmp_path / "mlp-1-20260101T000000"), "mnist").name == "mlp-1-20260101T000000"


def test_a_teacher_of_a_recipe_of_one_s_own(tmp_path):
    """What its hash should be is not known, so that there must be one only."""
    first = finished(tmp_path / "mine-0-20260101T000000", "mine", 0)
    finished(tmp_path / "mine-0-20260102T000000", "mine", 0)
    assert distil.folder_of(str(tmp_path / "mine-0"), "mnist") == first
    finished(tmp_path / "mine-0-20260103T000000", "mine", 0, recipe_hash="0" * 12)
    with pytest.raises(InputError, match=r"names runs of several recipes \(mine-0-.*name the folder of one whole"):
        distil.folder_of(str(tmp_path / "mine-0"), "mnist")


def test_no_such_teacher(runs, tmp_path):
    with pytest.raises(InputError, match=r"has no model\.keras"):
        teachers(DistilSettings(("classic",)))
    with pytest.raises(InputError, match="neither is a run folder nor names a finished run, runs/RECIPE-SEED"):
        distil.folder_of(str(tmp_path / "none"), "mnist")
    with pytest.raises(InputError, match="knows 10 classes, and what it is to teach 11"):
        teachers(DistilSettings(runs), 11)
    folder = tmp_path / "other"
    write_run(folder, architectures.build(PLAIN.network))
    other = {**SETTINGS, "network": {"architecture": "mlp"}}
    (folder / "config.json").write_text(json.dumps({"recipe": recipe.from_dict(other, "x", "x").to_dict()}))
    with pytest.raises(InputError, match="does not hold the network of its recipe"):
        teachers(DistilSettings((str(folder),)))


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
