"""Each opening of MNIST's test set leaves a line, by whatever name the digits come, and no other digits leave any."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from inkdigits import network
from inkdigits.datasets import load, mnist
from inkdigits.datasets.dataset import Dataset
from inkdigits.evaluation import test_set
from tests.cli.conftest import run


def lines_of(log):
    return [json.loads(line) for line in log.read_text().splitlines()]


def test_the_test_digits_are_known_by_what_they_are(tmp_path):
    test = mnist.test()
    mixed = np.random.default_rng(0).permutation(len(test))  # another order, other labels: still the same pictures
    np.savez(tmp_path / "mine.npz", x=test.images[mixed], y=(test.labels[mixed] + 1) % 10)
    log = tmp_path / "log.jsonl"
    nets = network.load("classic"), network.load("default")
    test_set.open_test(load.find(str(tmp_path / "mine.npz")).train, "curious", log, *nets)
    first, second = lines_of(log)
    assert first["what"] == "MNIST test" and first["why"] == "curious" and first["when"].endswith("+00:00")
    assert (first["recipe"], second["recipe"]) == ("classic", "default")
    assert first["recipe_hash"] == nets[0].config["recipe_hash"] != second["recipe_hash"]
    assert len(first["model_sha256"]) == 64 and first["model_sha256"] != second["model_sha256"]


def test_some_of_them_among_others(tmp_path):
    test, train = mnist.test(), mnist.train()
    net, log = network.load("classic"), tmp_path / "log.jsonl"

    def opened(count):
        images = np.concatenate([train.images[:500], test.images[:count], test.images[:count]])
        test_set.open_test(lambda: Dataset("x", images, np.zeros(len(images), np.uint8)), "x", log, net)

    opened(99)
    assert not log.exists()
    opened(150)
    assert [line["what"] for line in lines_of(log)] == ["150 digits of MNIST test"]


def test_other_digits_leave_no_line(tmp_path):
    test_set.open_test(mnist.train, "x", tmp_path / "log.jsonl", network.load("classic"))
    assert not (tmp_path / "log.jsonl").exists()


def test_lines_are_added_and_do_not_mix(tmp_path):
    log, net = tmp_path / "new" / "log.jsonl", network.load("classic")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: test_set.open_test(mnist.test, str(n), log, net), range(40)))
    assert sorted(int(line["why"]) for line in lines_of(log)) == list(range(40))


@pytest.mark.parametrize("kind", ["a file where the folder should be", "no permission"])
def test_a_log_that_cannot_be_written_is_one_line_and_stops_nothing(tmp_path, capsys, kind):
    folder = tmp_path / "folder"
    if kind == "no permission":
        # Where no user may write, not even root; elsewhere a folder of one's own.
        folder = Path("/proc/self") if os.geteuid() == 0 and Path("/proc/self").is_dir() else folder
        folder.mkdir(mode=0o500, exist_ok=True)
    else:
        folder.write_text("")
    digits = test_set.open_test(mnist.test, "x", folder / "log.jsonl", network.load("classic"))
    assert len(digits) == 10_000
    error = capsys.readouterr().err
    assert len(error.splitlines()) == 1 and "log.jsonl: cannot be written" in error


def test_where_the_log_is(tmp_path, monkeypatch):
    (tmp_path / "runs" / "mine-0").mkdir(parents=True)
    for name in ("model.onnx", "config.json"):
        (tmp_path / "runs" / "mine-0" / name).write_text("{}")
    (tmp_path / "alone.onnx").write_text("")
    assert test_set.log_of(tmp_path / "runs" / "mine-0") == tmp_path / "runs" / test_set.LOG
    monkeypatch.chdir(tmp_path / "runs" / "mine-0")
    assert test_set.log_of(".") == tmp_path / "runs" / test_set.LOG
    for model in ("classic", tmp_path / "alone.onnx"):
        assert test_set.log_of(model).parts == ("runs", test_set.LOG)


def test_evaluate_and_compare_leave_lines(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("evaluate", "classic", "--json").exit_code == 0
    assert run("compare", "default", "classic").exit_code == 0
    lines = lines_of(tmp_path / "runs" / test_set.LOG)
    said = [(line["model"], line["why"]) for line in lines]
    assert said == [
        ("classic", "inkdigits evaluate"),
        ("default", "inkdigits compare"),
        ("classic", "inkdigits compare"),
    ]
