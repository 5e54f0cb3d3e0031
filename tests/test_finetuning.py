"""Somebody's own digits are learned from a few of them, the rest is not forgotten, and what cannot be learned is said."""

import json
import shutil

import keras
import numpy as np
import pytest
from PIL import Image

import inkdigits
from inkdigits import finetuning, network
from inkdigits.datasets import load, mnist
from inkdigits.datasets.dataset import Dataset
from inkdigits.errors import InputError
from inkdigits.synthetic import hands, strokes
from inkdigits.synthetic.forms import FORMS
from inkdigits.training import pool, recipe, split
from inkdigits.training.rehearsal import led_back, mixed
from inkdigits.training.watcher import Watcher
from tests.cli.conftest import run

# Keras' way to save a network asks TensorFlow for arrays as NumPy 1 did; nothing of ours is involved.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

QUICK = """
description = "as finetune, quickly"
[network]
architecture = "given"
[training]
epochs = 2
batch = 64
learning_rate = 0.0005
schedule = "one-cycle"
precision = "float32"
[augment]
rotation = 5
shift = 1.0
[finetune]
own = 0.3
rehearsal = 1500
folds = 2
"""


def write_person(folder, each, digits=range(10), seed=1):
    """Draw the digits of somebody who leans far over, into class folders."""
    random = np.random.default_rng(seed)
    for digit in digits:
        (folder / str(digit)).mkdir(parents=True)
        form = FORMS[digit][digit % len(FORMS[digit])]
        for number in range(each):
            curves = strokes.vary(hands.drawn(form, random), random, 0.4)
            leaning = [np.stack([c[:, 0] * 0.8 - 0.7 * (1 - c[:, 1]), c[:, 1]], axis=1) for c in curves]
            Image.fromarray(255 - strokes.draw(leaning, 60, 6, 12)).save(folder / str(digit) / f"{number}.png")
    return folder


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("finetuning")
    (folder / "quick.toml").write_text(QUICK)
    write_person(folder / "mine", 6)
    return folder


@pytest.fixture(scope="module")
def finished(place):
    """A whole fine-tuning from the command line."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        done = run("train", "quick.toml", "--from", "classic", "--data", "mine", "--out", "runs")
    assert done.exit_code == 0, done.stderr
    (folder,) = (place / "runs").glob("quick-0-*")
    return folder, done


def test_own_digits_are_learned_and_mnist_is_not_forgotten(finished):
    """Every own digit is read by a network that has not seen it, before and after."""
    own, known = json.loads((finished[0] / "config.json").read_text())["finetuned"]["changes"]
    assert own["digits"] == 60 and known["digits"] == 6071
    assert own["after"]["accuracy"] > own["before"]["accuracy"] + 0.1
    assert own["mended"] - own["spoiled"] == own["after"]["correct"] - own["before"]["correct"]
    assert known["after"]["accuracy"] > known["before"]["accuracy"] - 0.002


def test_the_run_folder_is_a_model_with_a_report(finished, place, digits):
    folder, result = finished
    known = json.loads((folder / "config.json").read_text())["finetuned"]["changes"][1]
    assert "before" in result.stdout and "mine: right, of 60" in result.stdout and "mended" in result.stdout
    assert "each of 2 parts was read by" in result.stdout and "MNIST test: " in result.stdout
    assert "Before and after" in (folder / "report.html").read_text()
    assert not list(folder.glob("checkpoint*"))
    answers = inkdigits.classify_glyphs(digits.images, model=folder).argmax(axis=1)
    assert (answers == digits.labels).mean() > 0.98
    config = json.loads((folder / "config.json").read_text())
    source = inkdigits.network.load("classic")
    assert config["answering"]["temperature"] == source.temperature  # too few digits to fit it anew
    assert all(config["answering"]["thresholds"][level] >= least for level, least in source.thresholds.items())
    assert known["after"]["trust"]["strict"]["error"] <= 1 / 400
    assert config["finetuned"]["source"] == "classic" and config["recipe"]["finetune"]["source"] == "classic"
    picture = place / "mine" / "3" / "0.png"
    assert run("classify", picture, "--model", folder, "--trust", "always").stdout.strip().split(": ")[1][0] == "3"


def quick(place, source="classic", **changes):
    text = QUICK
    for key, value in changes.items():
        text = "\n".join(f"{key} = {value}" if line.startswith(f"{key} =") else line for line in text.splitlines())
    (place / "changed.toml").write_text(text)
    return recipe.load(place / "changed.toml").going_on_from(source)


def test_a_stopped_fine_tuning_goes_on_after_its_last_whole_part(place, tmp_path):
    """Where every part has a checkpoint of its last epoch, nothing is trained again, and the figures are the same."""
    chosen = quick(place, rehearsal=200, epochs=1)
    first = finetuning.learn(chosen, 0, load.find(str(place / "mine")), tmp_path, Watcher())
    assert {path.name for path in tmp_path.iterdir()} == {"checkpoint.npz", "checkpoint-1.npz", "checkpoint-2.npz"}

    def never(*_figures):
        raise AssertionError("trained again")

    again = finetuning.learn(chosen, 0, load.find(str(place / "mine")), tmp_path, Watcher(on_step=never))
    assert again.to_dict() == first.to_dict()


def test_a_class_that_is_missing_is_told_and_kept(tmp_path, place):
    write_person(tmp_path / "mine", 8, digits=(1, 7))
    data = load.find(str(tmp_path / "mine"))
    chosen = quick(place, rehearsal="2000\nhold_out_from = 8", epochs=1)
    learned = finetuning.learn(chosen, 0, data, tmp_path, Watcher())
    assert learned.held_out == "one in 2, drawn at random"
    assert any("none of 0, 2, 3, 4, 5, 6, 8, 9" in note for note in learned.told().notes)
    _, known = learned.changes
    assert known.after.accuracy > known.before.accuracy - 0.01
    for digit in (0, 2, 3, 4, 5, 6, 8, 9):
        assert known.after.confusion[digit, digit] > 0.97 * known.after.confusion[digit].sum()


@pytest.mark.parametrize("make, arguments, what", [
    (lambda _: None, [], "does not say which network to go on from; name a model or a run folder: --from default"),
    (lambda _: None, ["--from", "nonsense"], "nonsense: does not exist; give a shipped model"),
    (lambda _: None, ["--from", "classic", "--data", "mnist"], "has no digits of yours to learn"),
    (lambda _: None, ["--from", "classic", "--data", "none"], "none: does not exist"),
    (lambda mine: shutil.rmtree(mine / "4") or write_person(mine, 3, [4]), ["--from", "classic"],
     "mine: holds only 3 of 4; give 5 different pictures of a digit at least, or none of it"),
    (lambda mine: [shutil.copy(mine / "4" / "0.png", p) for p in (mine / "4").iterdir() if p.name != "0.png"],
     ["--from", "classic"], "mine: holds only 1 of 4"),
])  # fmt: skip
def test_what_cannot_be_learned_is_one_line(tmp_path, monkeypatch, make, arguments, what):
    monkeypatch.chdir(tmp_path)
    write_person(tmp_path / "mine", 5, digits=(3, 4))
    make(tmp_path / "mine")
    data = [] if "--data" in arguments else ["--data", "mine"]
    result = run("train", "finetune", *arguments, *data)
    assert result.exit_code == 1 and what in result.stderr and "Traceback" not in result.output
    assert not (tmp_path / "runs").exists() or not list((tmp_path / "runs").iterdir())


def test_other_recipes_go_on_from_nothing():
    result = run("train", "classic", "--from", "default")
    assert result.exit_code == 1 and "recipe classic: trains a new network" in result.stderr


def some(each, digits=range(10)):
    labels = np.repeat(np.array(digits, np.uint8), each)
    images = np.zeros((len(labels), 28, 28), np.uint8)
    images[:, 0, :2] = np.array([np.arange(len(labels)) // 200, np.arange(len(labels)) % 200]).T
    return Dataset("some", images, labels)


def numbers(data):
    return data.images[:, 0, 0].astype(int) * 200 + data.images[:, 0, 1]


@pytest.mark.parametrize("each", [5, 7, 39])
def test_few_digits_are_each_held_out_once(each):
    own = some(each)
    divided, words = finetuning.parts(own, recipe.load("finetune"), 0)
    assert len(divided) == 5 and words.endswith("(cross-validation)")
    assert sorted(np.concatenate([numbers(part.held_out) for part in divided])) == list(range(len(own)))
    for part in divided:
        assert not set(numbers(part.learned)) & set(numbers(part.held_out))
        assert len(part.learned) + len(part.held_out) == len(own)
        assert np.ptp(np.bincount(part.held_out.labels, minlength=10)) <= 1


def test_of_many_digits_a_fifth_is_held_out():
    (part,), words = finetuning.parts(some(40), recipe.load("finetune"), 0)
    assert (len(part.learned), len(part.held_out)) == (320, 80) and words == "one in 5, drawn at random"


def test_parts_are_even_and_follow_the_seed():
    data = some(13, (0, 4))
    parts = split.in_parts(data, 4, 0)
    assert np.ptp(np.bincount(parts)) <= 1 and (parts == split.in_parts(data, 4, 0)).all()
    assert (parts != split.in_parts(data, 4, 1)).any()


def test_own_digits_are_their_share_of_what_is_seen():
    known, own = some(90), some(5)
    both = mixed(own, known, 0.25)
    assert len(both) == 1200 and (both.labels[900:] == np.tile(own.labels, 6)).all()
    assert len(mixed(known, own, 0.01)) == 950  # once at least


def test_weights_are_led_back_until_all_is_well():
    network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    learned = [np.full(w.shape, 8.0) for w in network.get_weights()]
    beginning = [np.zeros(w.shape) for w in network.get_weights()]
    for well_below, share in ((9, 1.0), (7, 0.75), (5, 0.5), (0, 0.25)):
        network.set_weights(learned)
        assert led_back(network, beginning, lambda most=well_below: network.get_weights()[0].max() < most) == share
        assert all((w == 8 * share).all() for w in network.get_weights())


def test_what_is_no_digit_is_rehearsed_where_there_is_a_class_for_them():
    chosen = recipe.load("finetune")
    few = dict.fromkeys([*chosen.pool.counts(), "own_letters", "print", "halves"], 20)
    chosen = recipe.from_dict({**chosen.to_dict(), "pool": few, "finetune": {"rehearsal": 100}}, "x", "x")
    training = mnist.train().subset(np.arange(200))
    with_them, without = (finetuning.rehearsed(chosen, 0, training, classes) for classes in (11, 10))
    assert (with_them.labels == pool.NOT_DIGIT).sum() > 40 and (without.labels == pool.NOT_DIGIT).sum() == 0
    assert len(without) > 140


def test_second_looks_are_as_sure_as_the_sources_thresholds_ask(digits):
    """Its thresholds are kept, and are of confidences that its weights for second looks tell: those are kept as well."""
    source = network.load("default")
    answering = finetuning._answering(source, {digits: source.probabilities(digits.images)}, False)
    assert len(source.doubtful) == 4 and answering["doubtful"] == list(source.doubtful)
    assert "doubtful" not in finetuning._answering(
        network.load("classic"), {digits: network.load("classic").probabilities(digits.images)}, False
    )


def test_recipe_settings_that_cannot_be(tmp_path):
    for wrong, what in (("own = 1.0", "below 1"), ("least = 3", "as many as folds"), ("folds = 1", "2 to 100")):
        (tmp_path / "x.toml").write_text(f'[network]\narchitecture = "given"\n[finetune]\n{wrong}\n')
        with pytest.raises(InputError, match=what):
            recipe.load(tmp_path / "x.toml")
