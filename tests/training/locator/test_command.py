"""`inkdigits train` with a locator's recipe: a whole run folder, and one line for what is for digit networks."""

import csv
import json
from collections import Counter

import numpy as np
import onnxruntime
import pytest
from PIL import Image

from inkdigits import locator_run, run, series
from inkdigits.datasets import load, mnist
from inkdigits.errors import InputError
from inkdigits.training import recipe
from tests.cli.conftest import run as command
from tests.training.locator.conftest import TINY

# Keras saving on NumPy 2.4
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

KEPT = {"config.json", "history.csv", "model.keras", "model.onnx", "metrics.json", "report.html",
        "curves.png", "pages.jpg", "most_errors.jpg", "ink_maps.jpg"}  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    place = tmp_path_factory.mktemp("locator")
    (place / "mine.toml").write_text(TINY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(locator_run, "cores", lambda: 1)  # of a process that draws, the tests have one core to give
        opened = Counter()
        patch.setattr(mnist, "test", lambda: opened.update(test=1))
        result = command("train", place / "mine.toml", "--out", place / "runs", "--seed", 3)
    assert result.exit_code == 0, result.output
    assert not opened
    (folder,) = (place / "runs").iterdir()
    return place, folder, result


def test_the_run_folder(whole):
    place, folder, result = whole
    assert {path.name for path in folder.iterdir()} == KEPT and folder.name.startswith("mine-3-")
    config = json.loads((folder / "config.json").read_text())
    assert config["recipe"]["task"] == "locate" and config["seed"] == 3 and config["recipe_hash"]
    assert recipe.from_dict(config["recipe"], "mine", "x") == recipe.load(place / "mine.toml")
    assert config["pages"] == {"training": 8, "validation": 8, "each scene": 1} and config["data"] == "mnist"
    assert config["proof"]["largest_difference"]["float32"] < 1e-3 and {"keras", "numpy"} <= set(config["versions"])
    assert config["parameters"] < 20_000 and config["multiply_adds_a_megapixel"] > 1e7
    with (folder / "history.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2"] and float(rows[1]["loss"]) > 0
    metrics = json.loads((folder / "metrics.json").read_text())
    assert set(metrics["scenes"]) >= {"lines", "table", "print"} and set(metrics["separators"]) == set(".,-/:")
    assert metrics["there"] > 0 and len(metrics["recall_95_interval"]) == 2 and metrics["turns"]["pages"] > 0
    session = onnxruntime.InferenceSession((folder / "model.onnx").read_bytes(), providers=["CPUExecutionProvider"])
    assert session.run(["ink"], {"picture": np.zeros((1, 2, 32, 16), np.float32)})[0].shape == (1, 3, 16, 8)
    assert result.stderr.count("epoch ") == 2 and "F1" in result.stderr and str(folder / "report.html") in result.stdout
    assert "test digits" not in result.output


def test_the_report_and_its_pictures(whole):
    _, folder, _ = whole
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert "Scene by scene" in report and "close-up" in report and "95 % interval" in report and "{{" not in report
    assert report.count("data:image/jpeg;base64,") == 3 and report.count("data:image/png;base64,") == 1
    for name in ("pages.jpg", "most_errors.jpg", "ink_maps.jpg", "curves.png"):
        with Image.open(folder / name) as picture:
            assert min(picture.size) > 150, name


def test_a_series_of_locators(whole):
    place, folder, _ = whole
    result = command("train", place / "mine.toml", "--out", place / "runs", "--seed", 3, "--seeds", 1)
    assert result.exit_code == 0 and "Mean" in result.stdout and "precision" in result.stdout
    assert "compare" not in result.stdout
    (document,) = series.read(place / "runs")
    assert document["seeds"]["3"]["run"] == folder.name and document["mean_f1"] == document["seeds"]["3"]["f1"]
    assert document["runs"] == 1 and document["multiply_adds_a_megapixel"] > 0
    (place / "runs" / series.FILE).unlink()


@pytest.mark.parametrize("options, what", [
    (["--seeds", "2", "--ray", "local"], "is not spread over machines; leave out --ray"),
    (["--data", "digits.npz"], "MNIST's training digits alone; leave out --data"),
    (["--from", "default"], "goes on from no other network; leave out --from"),
])  # fmt: skip
def test_options_of_digit_networks_are_refused_in_a_line(options, what, tmp_path):
    result = command("train", "locator", "--out", tmp_path / "runs", *options)
    assert result.exit_code == 1 and what in result.stderr and not (tmp_path / "runs").exists()
    assert result.stderr.splitlines()[-1].startswith("Error: recipe locator: trains a locator, which ")


@pytest.mark.parametrize("verb", ["evaluate", "compare", "classify", "quantise"])
def test_verbs_of_digit_networks_say_that_it_is_a_locator(verb, whole, tmp_path):
    _, folder, _ = whole
    given = {
        "evaluate": [folder],
        "compare": [folder, "default"],
        "classify": ["--model", folder, tmp_path / "x.png"],
        "quantise": [folder, "--out", tmp_path / "q"],
    }
    Image.new("L", (28, 28), 255).save(tmp_path / "x.png")
    result = command(verb, *given[verb])
    assert result.exit_code == 1 and "is a locator, which finds digits on pages and classifies none" in result.stderr
    assert "report.html" in result.stderr and len(result.stderr.strip().splitlines()) <= 2


def test_a_finished_run_is_not_run_again_and_an_empty_folder_is_discarded(whole, tmp_path):
    place, folder, _ = whole
    data, chosen = load.find("mnist"), recipe.load(place / "mine.toml")
    with pytest.raises(InputError, match="is a finished run"):
        run.finish(folder, data, run.Watcher())
    assert run.finished(chosen, "mnist", place / "runs") == {3: folder}
    assert run.unfinished(chosen, 3, "mnist", place / "runs") is None
    new = run.start(chosen, 0, "mnist", tmp_path, "x")
    (new / "checkpoint.npz").write_bytes(b"nothing")
    assert run.unfinished(chosen, 0, "mnist", tmp_path) == new
    (new / "checkpoint.npz").unlink()
    run.discard_if_empty(new)
    assert not new.exists()
