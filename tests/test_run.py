"""A whole run from the command line: its folder, and kill -9 in the middle."""

import csv
import dataclasses
import json
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import inkdigits
from inkdigits import after, finetuning, parts, run, series
from inkdigits.cli import seeds
from inkdigits.datasets import load, mnist
from inkdigits.errors import InputError
from inkdigits.training import recipe
from inkdigits.training.settings import FinetuneSettings
from tests.cli.conftest import run as verb

# Keras' way to save a network asks TensorFlow for arrays as NumPy 1 did; nothing of ours is involved.
SAVING = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
RECIPE = '[network]\narchitecture = "classic"\n[training]\nepochs = {epochs}\nbatch = 64\nlearning_rate = 0.002\n'


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("place")
    rows = np.arange(0, 60_000, 20)
    np.savez(folder / "small.npz", x=mnist.train().images[rows], y=mnist.train().labels[rows])
    (folder / "mine.toml").write_text(RECIPE.format(epochs=4))
    return folder


def command(place, out, *more):
    return [sys.executable, "-m", "inkdigits", "train", str(place / "mine.toml"), "--data", str(place / "small.npz"),
            "--out", str(out), *more]  # fmt: skip


def rows_of(folder):
    with (folder / "history.csv").open(newline="") as file:
        return [{k: float(v) for k, v in row.items() if k != "seconds"} for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def whole(place):
    """A run that was never stopped."""
    done = subprocess.run(command(place, place / "whole"), capture_output=True, text=True, check=True)
    (folder,) = (place / "whole").iterdir()
    return folder, done


def test_the_run_folder(whole):
    folder, done = whole
    assert {p.name for p in folder.iterdir()} == {
        "config.json", "history.csv", "model.keras", "model.onnx", "metrics.json", "samples.png", "curves.png",
        "confusion_matrix.png", "errors.png", "report.html",
    }  # fmt: skip
    assert folder.name.startswith("mine-0-")
    config = json.loads((folder / "config.json").read_text())
    assert config["seed"] == 0 and config["recipe"]["training"]["batch"] == 64
    assert {"keras", "numpy", "inkdigits"} <= set(config["versions"])
    assert max(config["proof"]["largest_difference"].values()) < 1e-4
    assert str(folder / "report.html") in done.stdout and "95 % interval" in done.stdout
    assert done.stderr.count("epoch ") == 4 and "Traceback" not in done.stderr and "oneDNN" not in done.stderr


def test_a_run_folder_is_a_model(whole, digits):
    folder, _ = whole
    answers = inkdigits.classify_glyphs(digits.images, model=folder).argmax(axis=1)
    assert (answers == digits.labels).mean() > 0.9


@SAVING
def test_a_run_that_learns_from_all_digits(place, tmp_path, capsys):
    """No figures of validation, no calibration, and a report that says so."""
    text = '[network]\narchitecture = "logistic"\n[training]\nepochs = 2\nbatch = 100\nlearning_rate = 0.01\n'
    text += "[data]\neverything = true\n"
    (tmp_path / "all.toml").write_text(text)
    data = load.find(str(place / "small.npz"))
    folder = run.start(recipe.load(tmp_path / "all.toml"), 0, str(place / "small.npz"), tmp_path, "x")
    run.finish(folder, data, run.Watcher())
    assert "val_accuracy" not in rows_of(folder)[0] and len(rows_of(folder)) == 2
    config = json.loads((folder / "config.json").read_text())
    assert config["digits"] == {"training": 2499, "synthetic": 0, "validation": 0} and "answering" not in config
    assert (config["parameters"], config["multiply_adds"]) == (7850, 7840)
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert "none: no digits were held out" in report and "validation digits" not in report
    assert inkdigits.classify_glyphs(mnist.train().images[:3], model=folder).shape == (3, 10)
    document = series.record(recipe.load(tmp_path / "all.toml"), str(place / "small.npz"), tmp_path)
    assert document["mean_validation_accuracy"] is None and document["mean_accuracy"] > 0.5
    seeds.show(document)
    assert f"{document['mean_accuracy']:.3%}" in capsys.readouterr().out


@SAVING
def test_killed_and_resumed(place, whole):
    """kill -9 once the second epoch is done; the resumed run has the same history and the same final figures."""
    out = place / "killed"
    with subprocess.Popen(command(place, out), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "epoch  2/4" in line:
                process.send_signal(signal.SIGKILL)
                break
    (folder,) = out.iterdir()
    assert (folder / "checkpoint.npz").exists() and not (folder / "metrics.json").exists()
    done = verb(*command(place, out, "--resume")[3:])
    assert done.exit_code == 0, done.stderr
    assert list(out.iterdir()) == [folder]
    assert 1 <= done.stderr.count("epoch ") <= 2
    assert not list(folder.glob(".part-*"))
    for a, b in zip(rows_of(folder), rows_of(whole[0]), strict=True):
        assert a == pytest.approx(b, abs=1e-5)
    ours, theirs = (json.loads((f / "metrics.json").read_text()) for f in (folder, whole[0]))
    assert ours["confusion"] == theirs["confusion"] and ours["loss"] == pytest.approx(theirs["loss"], abs=1e-5)


def test_interrupted_by_ctrl_c(place):
    out = place / "interrupted"
    with subprocess.Popen(command(place, out), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr is not None
        seen = ""
        for line in process.stderr:
            seen += line
            if "epoch  1/4" in line:
                process.send_signal(signal.SIGINT)
    assert process.returncode == 1
    assert "--resume" in seen and "Traceback" not in seen
    (folder,) = out.iterdir()
    assert {p.name for p in folder.iterdir()} == {"config.json", "checkpoint.npz"}


def test_resume_with_nothing_to_resume_and_bad_data(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = verb("train", "classic", "--data", tmp_path / "none", "--resume")
    assert result.exit_code == 1 and "does not exist" in result.stderr and isinstance(result.exception, SystemExit)
    assert not (tmp_path / "runs").exists()


def test_nothing_is_left_of_a_run_that_never_began(place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wrong.toml").write_text('[network]\narchitecture = "classic"\ndropout = [0.1]\n')
    done = verb("train", "wrong.toml", "--data", place / "small.npz")
    assert done.exit_code == 1 and "network.dropout: has 1 rates" in done.stderr
    assert not (tmp_path / "runs").exists() and "loading the digits" not in done.stderr


def test_a_run_whose_teacher_is_not_there_never_begins(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"teacher runs/best-0: neither is a run folder .* train it first"):
        run.start(recipe.load("tiny"), 0, "mnist", tmp_path / "runs", "x")
    assert not (tmp_path / "runs").exists()


@SAVING
def test_a_teacher_that_is_not_there_is_trained_first(place, tmp_path, monkeypatch):
    """And only once: the second seed finds it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taught.toml").write_text(
        '[network]\narchitecture = "logistic"\n[training]\nepochs = 1\n[distil]\nteachers = ["runs/logistic-3"]\n'
    )
    done = verb("train", "taught.toml", "--data", place / "small.npz", "--seeds", 2)
    assert done.exit_code == 0 and done.stderr.count("runs/logistic-3, which teaches taught, comes first") == 1
    made = sorted(path.parent.name.rsplit("-", 1)[0] for path in (tmp_path / "runs").glob("*/metrics.json"))
    assert made == ["logistic-3", "taught-0", "taught-1"]


AFTER = RECIPE.format(epochs=1) + '[after]\ntta = true\nquantise = "weights"\nensemble = 2\n'


@SAVING
def test_what_is_made_of_a_series_afterwards(place, tmp_path, monkeypatch):
    """Its members are fixed before anything is trained: seeds in order, two each, and the fifth in none."""
    monkeypatch.chdir(tmp_path)
    small = np.load(place / "small.npz")
    np.savez(
        tmp_path / "halves.npz",
        x_train=small["x"],
        y_train=small["y"],
        x_test=small["x"][:500],
        y_test=small["y"][:500],
    )
    (tmp_path / "made.toml").write_text(AFTER.replace('"classic"', '"logistic"'))
    for count in ("3", "5"):  # goes on with what is there
        done = verb("train", "made.toml", "--data", "halves.npz", "--seeds", count)
        assert done.exit_code == 0, done.stderr
    made = tmp_path / "runs"
    assert sorted(path.name for path in made.glob("made-*-to-*")) == ["made-0-to-1", "made-2-to-3"]
    for folder in made.glob("made-?-2*"):
        assert (folder / "tta" / "metrics.json").exists() and (folder / "int8" / "model.onnx").exists()
    members = json.loads((made / "made-2-to-3" / "config.json").read_text())
    assert [member["seed"] for member in members["members"]] == [2, 3]
    assert {member["quantised"] for member in members["members"]} == {"weights"}
    assert inkdigits.classify_glyphs(small["x"][:3], model=made / "made-0-to-1").shape == (3, 10)


def test_no_test_half_to_measure_again(place):
    (place / "views.toml").write_text(AFTER)
    with pytest.raises(InputError, match="has no test half of its own"):
        after.check(recipe.load(str(place / "views.toml")), load.find(str(place / "small.npz")))


def test_a_run_that_another_damaged_folder_does_not_hide(tmp_path):
    chosen = recipe.load("classic")
    good = run.start(chosen, 3, "mnist", tmp_path, "inkdigits train classic --seed 3")
    (tmp_path / "classic-3-29990101T000000").mkdir()
    (tmp_path / "classic-3-29990101T000000" / "config.json").write_text('{"na')
    assert run.unfinished(chosen, 3, "mnist", tmp_path) == good
    assert run.unfinished(chosen, 4, "mnist", tmp_path) is None
    with pytest.raises(InputError, match="is not a run's config"):
        run.finish(tmp_path / "classic-3-29990101T000000", load.find("mnist"), run.Watcher())


def test_two_runs_of_the_same_moment_have_two_folders(tmp_path):
    with ThreadPoolExecutor(4) as pool:
        chosen = recipe.load("classic")
        folders = list(pool.map(lambda _: run.start(chosen, 0, "mnist", tmp_path, "x"), range(4)))
    assert len(set(folders)) == 4


def test_the_same_data_by_another_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    chosen = recipe.load("classic")
    folder = run.start(chosen, 0, "./d.npz", tmp_path, "x")
    assert run.unfinished(chosen, 0, str(tmp_path / "d.npz"), tmp_path) == folder


def test_the_test_digits_are_refused_under_any_name(place, tmp_path):
    """One of them among others is enough; told in a line, before anything is trained."""
    small = np.load(place / "small.npz")
    x = np.concatenate([small["x"], mnist.test().images[7777:7778]])
    np.savez(tmp_path / "mine.npz", x=x, y=np.append(small["y"], 0))
    data = load.find(str(tmp_path / "mine.npz"))
    with pytest.raises(InputError, match="holds 1 of MNIST's test digits, which nothing may learn from"):
        # Whichever half it falls into: the one that is held out for the test is not learned from.
        parts.parts(load.Data("mine", data.train, mnist.test), recipe.load("classic"))
    with pytest.raises(InputError, match="holds 1 of MNIST's test digits"):
        finetuning.learn(
            dataclasses.replace(recipe.load("finetune"), finetune=FinetuneSettings(source="small")),
            0, data, tmp_path, run.Watcher(),
        )  # fmt: skip
    assert mnist.check_without_test_digits(mnist.train()) is mnist.train()


def test_too_few_digits_to_hold_some_out(tmp_path):
    digits = mnist.train()
    one_each = [int(np.argmax(digits.labels == label)) for label in range(10)]
    np.savez(tmp_path / "few.npz", x_train=digits.images[one_each], y_train=np.arange(10), x_test=[], y_test=[])
    with pytest.raises(
        InputError, match="leaves no digits to learn from once some are held out; give more of each class"
    ):
        parts.parts(load.find(str(tmp_path / "few.npz")), recipe.load("classic"))
