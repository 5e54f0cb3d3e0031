"""Recipes say everything, and a wrong setting is named together with the right one."""

import dataclasses
import json
import re
import tomllib

import pytest

from inkdigits.errors import InputError
from inkdigits.training import architectures, recipe
from inkdigits.training.drawn_settings import LocatorSettings, PageSettings
from inkdigits.training.settings import TrainingSettings


@pytest.mark.parametrize("name", recipe.names())
def test_shipped_recipes(name):
    loaded = recipe.load(name)
    assert loaded.description
    if loaded.task == "classify" and not loaded.finetunes:
        architectures.build(loaded.network)
    assert recipe.from_dict(loaded.to_dict(), name, "x") == loaded
    for line in (recipe.RECIPES / f"{name}.toml").read_text().splitlines():
        assert "=" not in line or line.startswith(("description", "task")) or "#" in line, f"no comment: {line}"


GOOD = '[network]\narchitecture = "classic"\n[training]\nepochs = 3\n'


def write(tmp_path, text):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    return path


def test_a_recipe_that_goes_on_from_a_network_builds_none_and_has_a_hash_of_its_source():
    finetune = recipe.load("finetune")
    with pytest.raises(InputError, match="is that of a trained network; name one with --from"):
        architectures.build(finetune.network)
    from_classic = finetune.going_on_from("classic")
    assert len({r.hash() for r in (finetune, from_classic, finetune.going_on_from("default"))}) == 3
    assert recipe.from_dict(from_classic.to_dict(), "finetune", "x") == from_classic
    with pytest.raises(InputError, match="recipe classic: trains a new network"):
        recipe.load("classic").going_on_from("default")


def test_own_recipe(tmp_path):
    loaded = recipe.load(write(tmp_path, GOOD))
    assert (loaded.name, loaded.training.epochs) == ("mine", 3)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_recipe_with_a_byte_order_mark(tmp_path, encoding, newline):
    """As Windows' editors and PowerShell save it; it was an invalid statement at line 1, column 1."""
    path = tmp_path / "mine.toml"
    path.write_bytes(GOOD.replace("\n", newline).encode(encoding))
    assert recipe.load(path) == recipe.load(write(tmp_path, GOOD))


@pytest.mark.parametrize("text, what", [
    (GOOD + "epoch = 3", r"unknown setting \[training\] epoch; did you mean epochs\?"),
    (GOOD + "[trainin]\n", "unknown setting trainin; did you mean training"),
    (GOOD + 'batch = "many"', "training.batch = 'many'; give a whole number"),
    (GOOD + "batch = 2.5", "training.batch = 2.5; give a whole number"),
    (GOOD + "batch = 0", "training.batch = 0; give 1 to 65536"),
    (GOOD + "batch = true", "training.batch = True; give a whole number"),
    (GOOD + 'schedule = "cosin"', "training.schedule = 'cosin'; give \"cosine\", the nearest of constant, step, exp"),
    (GOOD + 'optimizer = "sgdm"', "training.optimizer = 'sgdm'; give \"sgd\", the nearest of adam, sgd"),
    (GOOD + "decay = 0", "training.decay = 0.0; give a share above 0"),
    (GOOD + "label_smoothing = 1", "training.label_smoothing = 1.0; give a share"),
    (GOOD + "patience = 3\n[data]\neverything = true", "nothing to stop on; take out training.patience"),
    (GOOD + "[augment]\nerase = 3", r"unknown setting \[augment\] erase; did you mean erasing"),
    (GOOD + "learning_rate = -1", "learning_rate"),
    (GOOD + '[after]\nquantise = "int8"', 'after.quantise = .int8.; give "weights", "static" or ""'),
    (GOOD + "[after]\nensemble = 1", "after.ensemble = 1; give 0, or 2 to 100 seeds"),
    (GOOD + "learning_rate = 50", "give a number above 0, at most 10"),
    (GOOD + "rotation = 5", r"unknown setting \[training\] rotation; it belongs in \[augment\]"),
    (GOOD + "[augment]\nepoch = 5", r"unknown setting \[augment\] epoch; did you mean epochs, in \[training\]"),
    ("epochs = 3\n" + GOOD, r"unknown setting epochs; it belongs in \[training\]"),
    (GOOD + "decay = 0.9", r'has training.decay, which does nothing without training.schedule = "step" or "exponential"'),
    (GOOD + 'optimizer = "sgd"\nbeta2 = 0.9', 'has training.beta2, which does nothing without training.optimizer = "adam"'),
    (GOOD + "[distil]\nshare = 0.5", r"has \[distil\], which does nothing without distil.teachers"),
    (GOOD + "[finetune]\nfolds = 4", r'has \[finetune\], which does nothing without network.architecture = "given"'),
    ('[network]\narchitecture = "given"\ndropout = [0.1]', "has network.dropout, which does nothing without"),
    ('[network]\narchitecture = "given"\n[data]\neverything = true', "has data.everything, which does nothing without"),
    ('[network]\narchitecture = "given"\n[training]\nnorm_batches = 9', "has training.norm_batches, which does"),
    ('[network]\narchitecture = "classic"\ndropout = [true, 0.1, 0.1]', "network.dropout = .*; give a list of numbers"),
    ("[training]\nepochs = 3", "lacks network.architecture"),
    ('[network]\narchitecture = "classic"\ndropout = 0.3', "network.dropout = 0.3; give a list"),
    ('[network]\narchitecture = "classic"\ndropout = [1.5]', "network.dropout"),
    ("network = 3", "make it a table"),
    ("[network", "is not a recipe"),
    ("description = 3\n" + GOOD, "description"),
])  # fmt: skip
def test_wrong_settings(tmp_path, text, what):
    with pytest.raises(InputError) as caught:
        recipe.load(write(tmp_path, text))
    assert re.search(what, str(caught.value))


LOCATOR = 'task = "locate"\n[training]\nepochs = 3\n'


def test_a_recipe_of_a_locator(tmp_path):
    loaded = recipe.load(write(tmp_path, LOCATOR + "[network]\nblocks = [2, 2, 2]\n"))
    assert (loaded.task, loaded.training.epochs, loaded.network.blocks) == ("locate", 3, (2, 2, 2))
    assert loaded.pages == PageSettings() and loaded.network.channels == LocatorSettings().channels
    plain, longer = recipe.load(write(tmp_path, LOCATOR)), loaded.with_epochs(4)
    assert len({r.hash() for r in (plain, loaded, longer)}) == 3
    assert recipe.from_dict(json.loads(json.dumps(loaded.to_dict())), "mine", "x") == loaded
    with pytest.raises(InputError, match="is a locator's, which classifies no digits"):
        recipe.of_digits(loaded.to_dict(), "mine", "x")


@pytest.mark.parametrize("text, what", [
    (LOCATOR + "[pages]\nsize = 250", "pages.size = 250; give 32 to 2048 pixels, a multiple of 16"),
    (LOCATOR + "[pages]\nstep = 2", r"unknown setting \[pages\] step; did you mean steps"),
    (LOCATOR + "steps = 2", r"unknown setting \[training\] steps; "),
    (LOCATOR + "[network]\nchannels = [16, 32]", r"network.channels = \(16, 32\); give four from 1 to 1024"),
    (LOCATOR + "[network]\nblocks = [1, 2, 0.5]", "network.blocks = .*; give a list of whole numbers"),
    (LOCATOR + "[network]\narchitecture = 'classic'", r"unknown setting \[network\] architecture"),
    (LOCATOR + "[augment]\nrotation = 5", "unknown setting augment"),
    (LOCATOR + "patience = 3", "has training.patience, which does nothing in a locator; take it out"),
    (LOCATOR + "decay = 0.9", "has training.decay, which does nothing without"),
    (LOCATOR.replace("locate", "find"), "has task = 'find'; give one of classify, locate"),
    (GOOD + "[pages]\nsize = 64", "unknown setting pages"),
])  # fmt: skip
def test_wrong_settings_of_a_locator(tmp_path, text, what):
    with pytest.raises(InputError) as caught:
        recipe.load(write(tmp_path, text))
    assert re.search(what, str(caught.value))


NUMBERS = 'task = "numbers"\n[training]\nepochs = 3\n'


def test_a_recipe_of_numbers(tmp_path):
    loaded = recipe.load(write(tmp_path, NUMBERS + "[network]\nblocks = [1, 1, 1]\n"))
    assert (loaded.task, loaded.training.epochs, loaded.network.blocks) == ("numbers", 3, (1, 1, 1))
    plain, longer = recipe.load(write(tmp_path, NUMBERS)), loaded.with_epochs(4)
    assert len({r.hash() for r in (plain, loaded, longer)}) == 3
    assert recipe.from_dict(json.loads(json.dumps(loaded.to_dict())), "mine", "x") == loaded
    with pytest.raises(InputError, match="is that of a network of numbers, which classifies no digits"):
        recipe.of_digits(loaded.to_dict(), "mine", "x")


@pytest.mark.parametrize("text, what", [
    (NUMBERS + "[strips]\nsteps = 6", "strips.steps = 6; give 4 to 1000000 batches, a multiple of 4"),
    (NUMBERS + "[strips]\nwidest = 20", "strips.widest = 20; give 64 to 1024 pixels"),
    (NUMBERS + "[network]\nchannels = [16, 48, 80, 90]", "network.channels = .*; give four from 16 to 1024"),
    (NUMBERS + "patience = 3", "has training.patience, which does nothing in a network of numbers; take it out"),
    (NUMBERS + "[pages]\nsize = 64", "unknown setting pages"),
])  # fmt: skip
def test_wrong_settings_of_numbers(tmp_path, text, what):
    with pytest.raises(InputError) as caught:
        recipe.load(write(tmp_path, text))
    assert re.search(what, str(caught.value))


def test_the_reference_of_locators():
    values = tomllib.loads(recipe.reference("locate"))
    for name, kind in recipe.LOCATOR_SECTIONS.items():
        assert list(values[name]) == [setting.name for setting in dataclasses.fields(kind)]
    read = recipe.from_dict(values, "x", "x")
    assert (read.network, read.training, read.pages) == (LocatorSettings(), TrainingSettings(), PageSettings())


def test_the_reference_has_every_setting_and_what_it_means():
    text = recipe.reference()
    values = tomllib.loads(text)
    for name, kind in recipe.SECTIONS.items():
        assert list(values[name]) == [setting.name for setting in dataclasses.fields(kind)]
    read = recipe.from_dict(values, "x", "x")
    assert read.training == TrainingSettings() and read.hash() == recipe.from_dict(
        {"network": {"architecture": "classic"}}, "y", "y").hash()  # fmt: skip
    for line in text.splitlines():
        assert " = " not in line or line.startswith("description") or len(line.split("# ")[1]) > 3


def test_unknown_recipe():
    with pytest.raises(InputError, match="did you mean classic"):
        recipe.load("clasic")
    with pytest.raises(InputError, match="does not exist"):
        recipe.load("no/such.toml")


def test_unknown_architecture(tmp_path):
    loaded = recipe.load(write(tmp_path, GOOD.replace("classic", "baroque")))
    with pytest.raises(InputError, match=r"is 'baroque'; did you mean .* There are logistic, mlp"):
        architectures.build(loaded.network)
    wrong = recipe.load(write(tmp_path, '[network]\narchitecture = "classic"\ndropout = [0.1]'))
    with pytest.raises(InputError, match="has 1 rates; give 3: after the first pool, after the second, before"):
        architectures.build(wrong.network)


def test_the_hash_follows_the_settings_and_not_the_name(tmp_path):
    a = recipe.load(write(tmp_path, GOOD))
    b = recipe.load(write(tmp_path, 'description = "other words"\n' + GOOD))
    assert a.hash() == b.hash() != a.with_epochs(4).hash()
    c = recipe.load(write(tmp_path, GOOD + '[after]\nquantise = "static"\n'))  # of the same runs
    assert c.after != a.after and c.hash() == a.hash()


@pytest.mark.parametrize("name", ["classic", "default", "small"])
def test_shipped_models_keep_their_hash_when_settings_are_invented(name):
    """Their cards state it; what they were trained with is read as it was written then."""
    path = recipe.RECIPES.parent / "network" / "models" / name / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    assert recipe.from_dict(config["recipe"], name, str(path)).hash() == config["recipe_hash"]
