"""`inkdigits train` with a recipe of numbers: a whole run folder, whose network reads pages together with the locator."""

import json

import numpy as np
import pytest

import inkdigits
from inkdigits import number_run, run
from inkdigits.recognising import number, posterior
from inkdigits.training import recipe
from tests.cli.conftest import run as command
from tests.training.numbers.conftest import TINY
from tests.written import lines

# Keras saving on NumPy 2.4
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

KEPT = {"config.json", "history.csv", "model.keras", "model.onnx", "metrics.json", "report.html",
        "curves.png", "most_errors.jpg"}  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    place = tmp_path_factory.mktemp("numbers")
    (place / "mine.toml").write_text(TINY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(number_run, "cores", lambda: 1)  # of a process that draws, the tests have one core to give
        result = command("train", place / "mine.toml", "--out", place / "runs", "--seed", 3)
    assert result.exit_code == 0, result.output
    (folder,) = (place / "runs").iterdir()
    return place, folder, result


def test_the_run_folder(whole):
    place, folder, result = whole
    assert {path.name for path in folder.iterdir()} == KEPT and folder.name.startswith("mine-3-")
    config = json.loads((folder / "config.json").read_text())
    assert config["recipe"]["task"] == "numbers" and config["strips"] == {"training": 16, "each scene": 1}
    assert recipe.from_dict(config["recipe"], "mine", "x") == recipe.load(place / "mine.toml")
    assert config["proof"]["largest_difference"]["float32"] < 1e-3 and config["parameters"] < 60_000
    assert set(config["combining"]) == {"weight", "inserted", "separator_bias", "separator_slope"}
    assert config["fitted_on"]["pages"] == 2
    metrics = json.loads((folder / "metrics.json").read_text())
    assert {"accuracy", "character_error", "false_signs"} <= set(metrics) and "table" in metrics["scenes"]
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert "Scene by scene" in report and "{{" not in report and report.count("data:image/") == 2
    assert "wholly right" in result.stdout and run.is_finished(folder)


def test_pages_are_read_with_it(whole):
    """As badly as a network does that has learned nothing; but all that it is asked for is there."""
    _, folder, _ = whole
    grey = lines(["3141", "27182"], 30, seed=1).grey
    with number.using(folder / "model.onnx"):
        known = posterior.with_numbers()
        assert known is not None and len(known.right) == 12 and len(known.in_context) == 14 and len(known.line) == 7
        page = inkdigits.Reader(trust="always").read(grey)
        expected = inkdigits.Reader(trust="always", expect=r"\d{4,5}").read(grey)
    for read in (page, expected):
        assert read.lines and all(np.isfinite(line.confidence) for line in read.lines)
    assert json.loads(json.dumps(page.to_dict()))


def test_verbs_of_digit_networks_say_what_it_is(whole):
    _, folder, _ = whole
    result = command("evaluate", folder)
    assert result.exit_code == 1 and "is a network that reads whole numbers and classifies none" in result.stderr
    result = command("train", "numbers", "--from", "default")
    assert result.exit_code == 1 and "trains a network of numbers, which goes on from no other network" in result.stderr
