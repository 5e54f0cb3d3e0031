"""A series of seeds: stopped and gone on with, shared between processes, and never run twice."""

import importlib
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from inkdigits import code_hash, run, series
from inkdigits.datasets import load, mnist
from inkdigits.errors import InputError, InUseError
from inkdigits.evaluation import test_set
from inkdigits.locks import held
from inkdigits.training import recipe
from tests.cli.conftest import run as inkdigits

# Keras' way to save a network asks TensorFlow for arrays as NumPy 1 did; nothing of ours is involved.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")

SCRIPTS = Path(__file__).parent.parent / "scripts"
RECIPE = '[network]\narchitecture = "classic"\n[training]\nepochs = 3\nbatch = 50\nlearning_rate = 0.002\n'


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("place")
    rows = np.arange(0, 60_000, 60)
    np.savez(folder / "small.npz", x=mnist.train().images[rows], y=mnist.train().labels[rows])
    (folder / "mine.toml").write_text(RECIPE)
    return folder


def train(place, out, *more):
    return [str(place / "mine.toml"), "--data", str(place / "small.npz"), "--out", str(out), *more]


@pytest.fixture(scope="module")
def whole(place):
    """A series of two seeds that was never stopped."""
    result = inkdigits("train", *train(place, place / "whole", "--seeds", "2"))
    assert result.exit_code == 0, result.output
    return place / "whole", result


def accuracies(out):
    (document,) = series.read(out)
    return {seed: row["accuracy"] for seed, row in document["seeds"].items()}


def test_a_series_is_shown_and_written_down(whole):
    out, result = whole
    (document,) = series.read(out)
    values = list(accuracies(out).values())
    assert document["runs"] == 2 and document["mean_accuracy"] == pytest.approx(np.mean(values))
    assert document["standard_deviation"] == pytest.approx(np.std(values, ddof=1))
    assert document["parameters"] == 225_546 and document["recipe"] == "mine"
    for row in document["seeds"].values():
        metrics = json.loads((out / row["run"] / "metrics.json").read_text())
        assert row["accuracy"] == metrics["accuracy"]
        assert row["wrong"] == metrics["digits"] - metrics["correct"]
        assert f"{row['accuracy']:.2%}" in result.stdout
    assert "95 % interval" in result.stdout and "2 runs of mine" in result.stdout
    assert sorted(p.name[:6] for p in out.iterdir()) == ["mine-0", "mine-1", "series"]  # no lock is left
    assert not (out / test_set.LOG).exists()  # its test digits are not MNIST's


def test_what_is_finished_is_not_run_again(whole, place):
    out, _ = whole
    before = {p: p.stat().st_mtime_ns for p in out.glob("*/*")}
    result = inkdigits("train", *train(place, out, "--seeds", "1", "--seed", "1"))
    assert result.exit_code == 0 and "epoch" not in result.stderr and "2 runs of mine" in result.stdout
    assert {p: p.stat().st_mtime_ns for p in out.glob("*/*")} == before


def test_killed_and_gone_on_with(place, whole):
    """kill -9 in the second seed: the same command goes on there, and ends with the figures of the series never stopped."""
    out = place / "killed"
    command = [sys.executable, "-m", "inkdigits", "train", *train(place, out, "--seeds", "2")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr is not None
        second = False
        for line in process.stderr:
            second = second or line.startswith("Seed 1")
            if second and "epoch  1/3" in line:
                process.send_signal(signal.SIGKILL)
                break
    assert [len(row["run"]) > 0 for row in series.read(out)[0]["seeds"].values()] == [True]
    assert len(list(out.glob("mine-*/.lock"))) == 1  # left behind, and in nobody's way
    done = inkdigits(*command[3:])
    assert done.exit_code == 0, done.stderr
    assert "Seed 0" not in done.stderr and 1 <= done.stderr.count("epoch ") <= 2
    assert len(list(out.glob("mine-*"))) == 2
    assert accuracies(out) == accuracies(whole[0])


def test_a_seed_that_another_process_is_at_is_left_out(place, whole, tmp_path):
    out, _ = whole
    chosen = recipe.load(str(place / "mine.toml"))
    busy = run.start(chosen, 2, str(place / "small.npz"), out, "x")
    try:
        with held(busy / ".lock"):
            result = inkdigits("train", *train(place, out, "--seeds", "3"))
            assert result.exit_code == 1 and "2 runs of mine" in result.stdout
            assert f"inkdigits: {busy}: is being worked on by another process" in result.stderr
            assert "Not finished: seed 2." in result.stderr
            alone = inkdigits("train", *train(place, out, "--seed", "2", "--resume"))
            assert alone.exit_code == 1 and "is being worked on by another process" in alone.stderr
            assert busy.exists()
    finally:
        (busy / "config.json").unlink()
        busy.rmdir()


def test_a_finished_run_is_not_finished_twice(whole):
    out, _ = whole
    folder = next(iter(out.glob("mine-0-*")))
    with pytest.raises(InputError, match="is a finished run"):
        run.finish(folder, load.find("mnist"), run.Watcher())


def test_a_damaged_results_file_is_told_before_anything_is_trained(place, tmp_path):
    (tmp_path / series.FILE).write_text('{"series": [1')
    result = inkdigits("train", *train(place, tmp_path, "--seeds", "2"))
    assert result.exit_code == 1 and "is not a file of series" in result.stderr and "remove it" in result.stderr
    assert list(tmp_path.iterdir()) == [tmp_path / series.FILE]


def copy_of(whole, tmp_path):
    """The series' folders as they are read, to be damaged."""
    for folder in whole[0].glob("mine-*"):
        (tmp_path / folder.name).mkdir()
        for name in ("config.json", "metrics.json", "history.csv"):
            (tmp_path / folder.name / name).write_bytes((folder / name).read_bytes())
    return sorted(tmp_path.glob("mine-*"))


def test_other_series_stay_and_damaged_runs_are_named(place, whole, tmp_path):
    first, second = copy_of(whole, tmp_path)
    chosen, data = recipe.load(str(place / "mine.toml")), str(place / "small.npz")
    (tmp_path / series.FILE).write_text(json.dumps({"series": [{"recipe": "other", "recipe_hash": "x"}]}))
    series.record(chosen, data, tmp_path)
    series.record(chosen, data, tmp_path)
    assert [entry["recipe"] for entry in series.read(tmp_path)] == ["other", "mine"]

    config = json.loads((second / "config.json").read_text())
    (second / "config.json").write_text(json.dumps({**config, "finetuned": {"source_sha256": "other"}}))
    with pytest.raises(InputError, match="went on from another network than mine-0-"):
        series.collect(chosen, data, tmp_path)
    (second / "config.json").write_text(json.dumps({**config, "teachers_sha256": "other"}))
    with pytest.raises(InputError, match="had other teachers than mine-0-"):
        series.collect(chosen, data, tmp_path)
    config["data_sha256"]["training"] = "other"
    (second / "config.json").write_text(json.dumps(config))
    with pytest.raises(InputError, match="learned from other digits than mine-0-"):
        series.collect(chosen, data, tmp_path)
    (first / "metrics.json").write_text('{"accuracy": "high"}')
    with pytest.raises(InputError, match="is a damaged run folder"):
        series.collect(chosen, data, tmp_path)


def test_runs_that_held_no_digits_out(place, whole, tmp_path):
    for folder in copy_of(whole, tmp_path):
        (folder / "history.csv").write_text("epoch,loss,seconds\n1,0.5,2.5\n2,0.4,1.5\n")
    document = series.record(recipe.load(str(place / "mine.toml")), str(place / "small.npz"), tmp_path)
    assert document["mean_validation_accuracy"] is None and document["mean_training_seconds"] == 4.0
    result = inkdigits("train", *train(place, tmp_path, "--seeds", "2"))
    assert result.exit_code == 0 and "2 runs of mine" in result.stdout


def test_of_two_runs_of_a_seed_the_first_counts(place, whole, tmp_path):
    first, _ = copy_of(whole, tmp_path)
    again = tmp_path / "mine-0-29990101T000000"
    again.mkdir()
    for name in ("config.json", "history.csv"):
        (again / name).write_bytes((first / name).read_bytes())
    (again / "metrics.json").write_text('{"accuracy": 1.0, "digits": 10, "correct": 10}')
    rows = series.collect(recipe.load(str(place / "mine.toml")), str(place / "small.npz"), tmp_path)
    assert rows[0]["run"] == first.name and list(rows) == [0, 1]


def test_a_seed_is_claimed_by_one(place, tmp_path):
    """Where another process starts the series at the same moment, the seed's folder is its own or nobody's."""
    chosen, data = recipe.load(str(place / "mine.toml")), str(place / "small.npz")
    folder = run.start(chosen, 0, data, tmp_path, "x")
    with held(folder / ".lock"), pytest.raises(InUseError):
        series.train_seed(chosen, 0, data, load.find(data), tmp_path, "x", run.Watcher())
    assert [p for p in tmp_path.iterdir() if p.is_dir()] == [folder]


def digits_of(place):
    with np.load(place / "small.npz") as stored:
        return stored["x"], stored["y"]


def changed(folder, **values):
    """A run folder whose config says something else; None: it says nothing."""
    config = {**json.loads((folder / "config.json").read_text()), **values}
    (folder / "config.json").write_text(json.dumps({key: value for key, value in config.items() if value is not None}))


def test_runs_say_which_code_made_them_and_what_they_learned_from(whole):
    out, _ = whole
    configs = [json.loads(path.read_text()) for path in out.glob("mine-*/config.json")]
    (code,) = configs[0]["code_sha256"]
    assert len(code) == 64 and [config["code_sha256"] for config in configs] == [[code], [code]]
    assert {config["learned_sha256"] for config in configs} == {configs[0]["data_sha256"]["training"]}
    assert series.read(out)[0]["code_sha256"] == [code]
    assert f"SHA-256 {code[:16]}…" in next(out.glob("mine-0-*/report.html")).read_text(encoding="utf-8")


def test_runs_of_other_code_are_no_series(place, whole, tmp_path):
    """Nor one of known and one of unknown code; and it is told before hours of training, not after."""
    first, second = copy_of(whole, tmp_path)
    chosen, data = recipe.load(str(place / "mine.toml")), str(place / "small.npz")
    for other, words in ((["ab" * 32], "SHA-256 abababababababab…"), (None, "unknown code")):
        changed(second, code_sha256=other)
        with pytest.raises(
            InputError, match=f"{second.name}: was made by other code, {words}, than mine-0-.*own --out"
        ):
            series.collect(chosen, data, tmp_path)
        changed(first, code_sha256=other)
        assert len(series.collect(chosen, data, tmp_path)) == 2
        assert inkdigits("train", *train(place, tmp_path, "--seeds", "2")).exit_code == 0  # they are shown as they are
        result = inkdigits("train", *train(place, tmp_path, "--seeds", "3"))
        assert result.exit_code == 1 and "was made by other code than this" in result.stderr
        assert not list(tmp_path.glob("mine-2-*")) and "epoch" not in result.stderr
        changed(first, code_sha256=series.read(whole[0])[0]["code_sha256"])


def test_equal_code_is_one_series(place, whole, tmp_path, monkeypatch):
    _, second = copy_of(whole, tmp_path)
    chosen, data = recipe.load(str(place / "mine.toml")), str(place / "small.npz")
    changed(second, code_sha256=["ab" * 32])
    now = series.read(whole[0])[0]["code_sha256"]
    (tmp_path / "table.json").write_text(json.dumps([{"equal": [*now, "ab" * 32]}]))
    monkeypatch.setattr(code_hash, "EQUAL", tmp_path / "table.json")
    assert len(series.collect(chosen, data, tmp_path)) == 2


def test_equal_code_is_found_out_by_one_seed(whole, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    equal_code = importlib.import_module("equal_code")
    folder, other = copy_of(whole, tmp_path)
    changed(folder, code_sha256=["ab" * 32])
    table = tmp_path / "table.json"
    table.write_text("[]")
    equal_code.main(folder, table)
    (entry,) = json.loads(table.read_text())
    now = series.read(whole[0])[0]["code_sha256"]
    assert entry["equal"] == ["ab" * 32, *now] and entry["seed"] == 0 and entry["figures"]["digits"] > 100
    assert code_hash.same(["ab" * 32], now, table)
    with pytest.raises(SystemExit, match="nothing to find out"):
        equal_code.main(folder, table)
    assert "seed" in equal_code.differences(folder, other)
    names, first, *more = (folder / "history.csv").read_text().splitlines()
    epoch, loss, *others = first.split(",")
    (folder / "history.csv").write_text("\n".join([names, ",".join([epoch, f"{float(loss) + 0.1}", *others]), *more]))
    assert equal_code.differences(folder, folder) == []
    again = tmp_path / "again"
    shutil.copytree(next(whole[0].glob("mine-0-*")), again)
    assert equal_code.differences(folder, again) == ["loss of epoch 1"]


def test_data_that_have_changed_are_told_before_anything_is_trained(place, whole, tmp_path):
    copy_of(whole, tmp_path)
    (tmp_path / "small.npz").write_bytes((place / "small.npz").read_bytes())
    for folder in tmp_path.glob("mine-*"):
        changed(folder, data=str(tmp_path / "small.npz"))
        (folder / "model.onnx").write_bytes((whole[0] / folder.name / "model.onnx").read_bytes())
    arguments = [place / "mine.toml", "--data", tmp_path / "small.npz", "--out", tmp_path, "--seeds"]
    assert inkdigits("train", *arguments, 2).exit_code == 0
    x, y = digits_of(place)
    np.savez(tmp_path / "small.npz", x=x[::-1], y=y[::-1])
    result = inkdigits("train", *arguments, 3)
    assert result.exit_code == 1 and "learned from other digits than small.npz holds now" in result.stderr
    assert not list(tmp_path.glob("mine-2-*"))


def test_a_run_goes_on_with_other_code_and_says_so(place, tmp_path):
    """By --resume; a series leaves it as it is and starts the seed anew. Of old runs the code is unknown."""
    chosen, data = recipe.load(str(place / "mine.toml")), str(place / "small.npz")
    now = json.loads((run.start(chosen, 9, data, tmp_path / "x", "x") / "config.json").read_text())["code_sha256"]

    def stopped(seed, code):
        folder = run.start(chosen, seed, data, tmp_path, "x")
        changed(folder, code_sha256=code)
        watcher = run.Watcher(on_epoch=stop)
        with pytest.raises(KeyboardInterrupt):
            run.finish(folder, load.find(data), watcher)
        assert run.code_of(folder) == now  # nothing had been learned yet
        changed(folder, code_sha256=code)
        return folder

    def stop(_row):
        raise KeyboardInterrupt

    old = stopped(0, None)
    assert inkdigits("train", *train(place, tmp_path, "--resume")).exit_code == 0
    assert run.code_of(old) == ["unknown", *now] and run.is_finished(old)
    other = stopped(1, ["ab" * 32])
    assert run.unfinished(chosen, 1, data, tmp_path) == other
    new = series.train_alone(chosen, 1, data, load.find(data), tmp_path, "x", run.Watcher())
    assert new != other and not run.is_finished(other) and run.code_of(new) == now


def test_a_teacher_that_learned_from_other_digits_teaches_nothing(place, tmp_path, monkeypatch):
    """The data set has changed under its name since the teacher was trained."""
    monkeypatch.chdir(tmp_path)
    x, y = digits_of(place)
    np.savez("small.npz", x=x[:600], y=y[:600])
    text = '[network]\narchitecture = "logistic"\n[training]\nepochs = 1\nbatch = 50\n'
    text += '[distil]\nteachers = ["runs/logistic-0"]\n'
    (tmp_path / "taught.toml").write_text(text)
    assert inkdigits("train", "taught.toml", "--data", "small.npz").exit_code == 0
    (folder,) = (tmp_path / "runs").glob("taught-*")
    (teacher,) = json.loads((folder / "config.json").read_text())["teachers"]
    assert teacher.startswith("logistic-0-")
    np.savez("small.npz", x=x[100:], y=y[100:])
    result = inkdigits("train", "taught.toml", "--data", "small.npz")
    assert result.exit_code == 1 and f"{teacher}: learned from other digits than small.npz holds now" in result.stderr
