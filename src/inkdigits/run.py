"""A run: one recipe, one seed → a folder with the network, its figures and its report. Stops and goes on without loss."""

from __future__ import annotations

import dataclasses
import datetime
import glob
import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inkdigits import code_hash, finetuning, locator_run, network, number_run, parts, provenance, trust
from inkdigits.datasets import mnist
from inkdigits.datasets.dataset import Dataset
from inkdigits.datasets.load import Data
from inkdigits.errors import InputError
from inkdigits.evaluation import evaluate, locator, numbers, test_set
from inkdigits.evaluation.metrics import Metrics
from inkdigits.files import write_text, written_aside
from inkdigits.locks import held
from inkdigits.training import architectures, checkpoint, distil, export, fit, norms, pool, proof, recipe
from inkdigits.training.architectures import size
from inkdigits.training.recipe import AnyRecipe, LocatorRecipe, NumberRecipe, Recipe
from inkdigits.training.watcher import Watcher as Watcher  # noqa: PLC0414 (mypy takes it for exported: run.Watcher)


@dataclass(frozen=True)
class Finished:
    """A finished run: its folder, its figures, and the seconds that training and everything took in this session.

    `learned` is what a fine-tuning has changed.
    """

    folder: Path
    metrics: Metrics | locator.Metrics | numbers.Metrics
    seconds: dict[str, float]
    learned: finetuning.Learned | None = None


def start(recipe_: AnyRecipe, seed: int, data_name: str, out: Path, command: str) -> Path:
    """Make the folder of a new run, with all that is needed to do it again, and return it.

    Raises InputError, before a folder is made and digits are loaded, if a teacher of the recipe is not there, or there is
    no such network.
    """
    if isinstance(recipe_, Recipe):
        _check(recipe_, whole_name(data_name))
    stamp = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%S")
    out.mkdir(parents=True, exist_ok=True)
    for number in itertools.count(1):
        folder = out / (f"{recipe_.name}-{seed}-{stamp}" + (f"-{number}" if number > 1 else ""))
        try:
            folder.mkdir()  # not "if it is not there": two runs may start in the same moment
            break
        except FileExistsError:
            continue
    config = {
        "name": recipe_.name,
        "command": command,
        "recipe": recipe_.to_dict(),
        "recipe_hash": recipe_.hash(),
        "seed": seed,
        "data": whole_name(data_name),
        "code_sha256": [code_hash.of(recipe_, data_name)],
        "versions": provenance.versions(),
    }
    write_text(folder / "config.json", json.dumps(config, indent=1) + "\n")
    return folder


def _check(recipe_: Recipe, data: str) -> None:
    if not recipe_.finetunes:
        built = architectures.build(recipe_.network)
        if recipe_.training.norm_batches:
            norms.check(built)
    for teacher in recipe_.distil.teachers:
        distil.folder_of(teacher, data)


def discard_if_empty(folder: Path) -> None:
    """Remove the folder of a run that failed before its first epoch: it holds nothing to go on from."""
    if {path.name for path in folder.iterdir()} == {"config.json"}:
        (folder / "config.json").unlink()
        folder.rmdir()


def unfinished(recipe_: AnyRecipe, seed: int, data_name: str, out: Path, same_code: bool = False) -> Path | None:
    """Return the newest folder of a run of this recipe, seed and data that was stopped before its end, or None.

    With `same_code`, of runs that have learned something, only those that were begun by the code which is there now.
    """
    found = [folder for of, folder in runs(recipe_, data_name, out) if of == seed and not is_finished(folder)]
    if same_code:
        now = [code_hash.of(recipe_, data_name)]
        found = [f for f in found if not _has_learned(f) or code_hash.same(code_of(f), now)]
    return found[-1] if found else None


def code_of(folder: Path) -> list[str]:
    """Return which code trained a run (code_hash.of_config). Raises InputError if its config is damaged."""
    return code_hash.of_config(read_config(folder / "config.json"))


def _has_learned(folder: Path) -> bool:
    return any(folder.glob("checkpoint*.npz"))


def finished(recipe_: AnyRecipe, data_name: str, out: Path) -> dict[int, Path]:
    """Return the folders of the finished runs of this recipe and data by their seeds, in order.

    Of several with one seed it is the first: none is chosen.
    """
    found: dict[int, Path] = {}
    for seed, folder in runs(recipe_, data_name, out):
        if is_finished(folder):
            found.setdefault(seed, folder)
    return dict(sorted(found.items()))


def is_finished(folder: Path) -> bool:
    """Tell whether a run has been trained and tested to its end: metrics.json is written last."""
    return (folder / "metrics.json").exists()


def runs(recipe_: AnyRecipe, data_name: str, out: Path) -> list[tuple[int, Path]]:
    """Return seed and folder of all runs of this recipe and data, those of one seed in the order they were started in."""
    wanted = (recipe_.hash(), whole_name(data_name))
    found = []
    for path in sorted(out.glob(f"{glob.escape(recipe_.name)}-*/config.json")):
        try:
            config = read_config(path)
        except InputError:  # another program's folder, or a damaged one: it hides none of the others
            continue
        if (config.get("recipe_hash"), config.get("data")) == wanted and isinstance(config.get("seed"), int):
            found.append((config["seed"], path.parent))
    return found


def whole_name(data_name: str) -> str:
    """Return a data set's name, or its absolute path: the same data by whatever path it is called."""
    return data_name if data_name == "mnist" else str(Path(data_name).resolve())


def finish(folder: Path, data: Data, watcher: Watcher) -> Finished:
    """Train what a run folder's config says, from its checkpoint if there is one, and write everything into it.

    The test digits are opened once, after the network is finished, and the opening is written into the log beside the run
    folder; a run on drawn pages opens none. Raises InputError (InUseError if another process is at this run), and
    RuntimeError if the exported network should not agree with the trained one.
    """
    config = read_config(folder / "config.json")
    recipe_ = _recipe_of(config, str(folder / "config.json"))
    with held(folder / ".lock"):
        if is_finished(folder):
            raise InputError(folder, "is a finished run", "start a new one")
        started = time.perf_counter()
        _note_code(folder, config, recipe_)
        if isinstance(recipe_, Recipe):
            done = _finish(folder, config, recipe_, data, watcher)
        else:
            metrics, training_seconds = _finish_drawn(folder, config, recipe_, data, watcher)
            done = Finished(folder, metrics, {"training": training_seconds})
        for left in folder.glob("checkpoint*.npz"):
            left.unlink()
        seconds = {**done.seconds, "everything": time.perf_counter() - started}
        return dataclasses.replace(done, seconds={name: round(value, 1) for name, value in seconds.items()})


def _note_code(folder: Path, config: dict[str, Any], recipe_: AnyRecipe) -> None:
    """Write down which code is about to train a run; where other code has begun it, behind that one."""
    before, now = code_hash.of_config(config), code_hash.of(recipe_, config["data"])
    codes = [now]
    if _has_learned(folder):
        codes = before if code_hash.same(before[-1:], codes) else [*before, now]
    if codes != config.get("code_sha256"):
        config["code_sha256"] = codes
        write_text(folder / "config.json", json.dumps(config, indent=1) + "\n")


def _finish_drawn(
    folder: Path, config: dict[str, Any], recipe_: LocatorRecipe | NumberRecipe, data: Data, watcher: Watcher
) -> tuple[locator.Metrics | numbers.Metrics, float]:
    if isinstance(recipe_, LocatorRecipe):
        return locator_run.finish(folder, config, recipe_, data, watcher)
    return number_run.finish(folder, config, recipe_, data, watcher)


def _finish(folder: Path, config: dict[str, Any], recipe_: Recipe, data: Data, watcher: Watcher) -> Finished:
    started = time.perf_counter()
    watcher.on_stage("loading the digits")
    taught = _taught(recipe_, config, data, folder, watcher)
    trained, training, validation, learned = taught.trained, taught.training, taught.validation, taught.learned
    training_seconds = time.perf_counter() - started
    checkpoint.write_history(folder / "history.csv", trained.history)

    watcher.on_stage("exporting, and proving that the export is the network")
    with written_aside(folder / "model.keras") as aside:
        trained.network.save(aside)
    export.save(trained.network, recipe_.name, folder / "model.onnx")
    config["proof"] = proof.prove(folder / "model.onnx", trained.network, (validation or training).images)
    if learned:
        config["answering"], config["finetuned"] = learned.answering, learned.to_dict()
    elif validation:
        config["answering"] = trust.answering(network.load(folder), validation, recipe_)
    config["parameters"], config["multiply_adds"] = dataclasses.astuple(size.measure(trained.network))
    config["learned_sha256"] = trained.learned_sha256
    config["data_sha256"] = {"training": training.fingerprint()}
    if validation:
        config["data_sha256"]["validation"] = validation.fingerprint()
    config["digits"] = {"training": len(training), "synthetic": taught.synthetic, "validation": len(validation or ())}
    config["held_out"] = "by writer" if (validation or training).writers is not None else "at random"
    if learned:
        config["held_out"] += ", of MNIST"
    config["precision"] = trained.dtype_policy
    config["machine"] = provenance.processor()
    if trained.teachers_sha256:
        config["teachers_sha256"] = trained.teachers_sha256
        config["teachers"] = [teacher.name for teacher in taught.taught_by]
    write_text(folder / "config.json", json.dumps(config, indent=1) + "\n")

    watcher.on_stage("reading the test digits")
    finished_network = network.load(folder)
    test_data = test_set.open_test(
        taught.test, "test of a finished run", folder.parent / test_set.LOG, finished_network
    )
    metrics, beliefs = evaluate.evaluate(finished_network, test_data)
    watcher.on_stage("drawing the report")
    evaluate.write(
        folder, f"Recipe “{recipe_.name}”, seed {config['seed']}", test_data, metrics, beliefs,
        provenance.table(config, recipe_, trained, training_seconds), trained.history, training,
        learned.told() if learned else None,
    )  # fmt: skip
    return Finished(folder, metrics, {"training": training_seconds}, learned)


@dataclass(frozen=True)
class _Taught:
    """A trained network, what it has learned from and was watched by, and how to open what it is tested on."""

    trained: fit.Trained
    training: Dataset
    synthetic: int
    validation: Dataset | None
    test: Callable[[], Dataset]
    learned: finetuning.Learned | None = None
    taught_by: tuple[Path, ...] = ()


def _taught(recipe_: Recipe, config: dict[str, Any], data: Data, folder: Path, watcher: Watcher) -> _Taught:
    """Train a new network, or one that goes on from another."""
    seed = config["seed"]
    if recipe_.finetunes:
        learned = finetuning.learn(recipe_, seed, data, folder, watcher)
        return _Taught(learned.trained, learned.own, learned.known, learned.validation, mnist.test, learned)
    training, validation, test = parts.parts(data, recipe_)
    teachers = tuple(_teacher(teacher, config["data"], data) for teacher in recipe_.distil.teachers)
    learned_from = training
    if recipe_.pool.counts():
        watcher.on_stage("drawing synthetic pictures")
        learned_from = pool.build(recipe_.pool.counts(), seed, training, recipe_.network.classes)
    watcher.on_stage("training")
    stopped = folder / "checkpoint.npz"
    trained = fit.fit(
        recipe_, seed, learned_from, validation, stopped, watcher.on_step, watcher.on_epoch, taught_by=teachers
    )
    return _Taught(trained, training, len(learned_from) - len(training), validation, test, taught_by=teachers)


def _teacher(teacher: str, data_name: str, data: Data) -> Path:
    """Return a teacher's run folder. Raises InputError if one that is named by recipe and seed learned from other digits.

    The data set may have changed since, under the name that it had.
    """
    folder = distil.folder_of(teacher, data_name)
    if not distil.is_path(teacher) and not parts.has_learned_from(network.load(folder), data):
        what = f"learned from other digits than {Path(data_name).name} holds now"
        raise InputError(folder, what, "move it away, and it is trained again, or name its folder whole")
    return folder


def read_config(path: Path) -> dict[str, Any]:
    """Return a run's config.json. Raises InputError if it is none."""
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(path, f"is not a run's config ({error})", "start a new run") from None
    if not isinstance(config, dict):
        raise InputError(path, "is not a run's config (no JSON object)", "start a new run")
    return config


def _recipe_of(config: dict[str, Any], source: str) -> AnyRecipe:
    settings, seed = config.get("recipe"), config.get("seed")
    if not isinstance(settings, dict) or not isinstance(settings.get("name"), str) or not isinstance(seed, int):
        raise InputError(source, "is not a run's config (recipe or seed is missing)", "start a new run")
    return recipe.from_dict(settings, settings["name"], source)
