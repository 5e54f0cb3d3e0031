"""The layer over Ray: what runs on a machine of a cluster, and what a seed takes of it. A whole series where Ray is there.

Ray is not in the dev extra (it is large, and its start slow); benchmarks/ray_cluster.py shows a cluster, and a node killed.
"""

import importlib.util
import subprocess
import sys
import threading

import numpy as np
import pytest

from inkdigits import cluster, run, series
from inkdigits.datasets import mnist
from inkdigits.locks import held
from inkdigits.training import recipe
from tests.cli.conftest import run as inkdigits
from tests.waiting import wait_until

# Keras' way to save a network asks TensorFlow for arrays as NumPy 1 did; nothing of ours is involved.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")

RECIPE = '[network]\narchitecture = "classic"\n[training]\nepochs = 1\nbatch = 50\nlearning_rate = 0.002\n'
HAS_RAY = importlib.util.find_spec("ray") is not None


@pytest.fixture
def place(tmp_path):
    rows = np.arange(0, 60_000, 100)
    np.savez(tmp_path / "small.npz", x=mnist.train().images[rows], y=mnist.train().labels[rows])
    (tmp_path / "mine.toml").write_text(RECIPE)
    return tmp_path


@pytest.mark.parametrize(
    ("machines", "share"),
    [
        ([{"CPU": 8.0}, {"CPU": 2.0}], {"num_cpus": 2}),
        ([{"CPU": 8.0}, {"memory": 1e9}, {"CPU": 0.0}], {"num_cpus": 8}),  # a head that is to do no work
        ([{"CPU": 64.0}, {"CPU": 16.0, "GPU": 4.0}, {"CPU": 8.0, "GPU": 1.0}], {"num_gpus": 1, "num_cpus": 4}),
        ([], {"num_cpus": 1}),
    ],
)
def test_what_a_seed_takes(machines, share):
    assert cluster.share(machines) == share


def test_a_seed_waits_for_a_worker_that_is_about_to_die(place, monkeypatch):
    """Its machine is gone, and it still holds the run folder: the next one waits, and goes on in that folder."""
    (place / "mine.toml").write_text(RECIPE + '[after]\nquantise = "weights"\n')
    chosen, data = recipe.load(place / "mine.toml"), str(place / "small.npz")
    folder = run.start(chosen, 0, data, place / "out", "x")
    with held(folder / ".lock"):
        outcomes, tried = [], threading.Event()
        monkeypatch.setattr(cluster.time, "sleep", lambda _seconds: tried.set())  # before it tries once more
        arguments = (chosen.to_dict(), 0, data, str(place / "out"), "x")
        thread = threading.Thread(target=lambda: outcomes.append(cluster.work(*arguments)))
        thread.start()
        wait_until(tried.is_set)
        assert thread.is_alive() and not outcomes
    thread.join()
    assert outcomes == [cluster.Outcome(0, None, ())]
    assert run.finished(chosen, data, place / "out") == {0: folder}
    assert list(series.collect(chosen, data, place / "out")) == [0]
    assert (folder / "int8" / "model.onnx").exists()  # what [after] wants is made where the seed was trained


def test_what_is_doubtful_in_data_comes_back(place):
    np.savez(place / "alike.npz", x=mnist.train().images[:2], y=np.zeros(2, np.uint8))
    settings = recipe.load(place / "mine.toml").to_dict()
    outcome = cluster.work(settings, 3, str(place / "alike.npz"), str(place / "out"), "x")
    assert outcome.error is not None and "leaves no digits to learn from" in outcome.error
    assert len(outcome.warnings) == 1 and "all 2 labels are 0" in outcome.warnings[0]


def test_bad_data_and_recipes_come_back_as_one_line(place):
    settings = recipe.load(place / "mine.toml").to_dict()
    outcome = cluster.work(settings, 3, str(place / "nothing"), str(place / "out"), "x")
    assert outcome.seed == 3 and outcome.error is not None and "does not exist" in outcome.error
    settings["training"]["batch"] = 0
    outcome = cluster.work(settings, 3, str(place / "small.npz"), str(place / "out"), "x")
    assert outcome.error is not None and "training.batch" in outcome.error


def test_wrong_usage():
    result = inkdigits("train", "--ray", "local")
    assert result.exit_code == 2 and "--seeds" in result.stderr


@pytest.mark.skipif(HAS_RAY, reason="Ray is installed")
def test_without_ray_one_line_says_what_to_install(place):
    arguments = (
        "train",
        place / "mine.toml",
        "--data",
        place / "small.npz",
        "--seeds",
        1,
        "--out",
        place / "out",
        "--ray",
    )
    result = inkdigits(*arguments, "local")
    assert result.exit_code == 1 and result.stderr.splitlines()[-1].endswith(
        "pip install '.[ray]' in a clone of Inkdigits"
    )


@pytest.mark.skipif(not HAS_RAY, reason="Ray is not installed: pip install '.[ray]'")
def test_a_series_through_ray(place):
    command = [sys.executable, "-m", "inkdigits", "train", "mine.toml", "--data", "small.npz", "--seeds", "2"]
    done = subprocess.run([*command, "--ray", "local"], cwd=place, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "2 runs of mine" in done.stdout and "1 to go" in done.stderr and "Traceback" not in done.stderr
    again = subprocess.run([*command, "--ray", "nowhere:1"], cwd=place, capture_output=True, text=True, check=False)
    assert again.returncode == 0 and again.stdout == done.stdout  # all is there: nobody is asked
    nowhere = subprocess.run([*command, "--seed", "7", "--ray", "localhost:1"], cwd=place, capture_output=True,
                             text=True, check=False)  # fmt: skip
    assert nowhere.returncode == 1 and "cannot be reached" in nowhere.stderr.splitlines()[-1]
