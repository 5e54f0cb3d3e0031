"""A series: one recipe and many seeds, each a run folder of its own, and what they show together.

The run folders are all that is known of a series. Which seeds are done is seen from them, so one that was stopped goes on
where it was, and several processes can work on one series: each takes a seed that no other is at. Runs by other code, or on
other data, are no series, and have no mean.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from inkdigits import after, code_hash, network, parts, run
from inkdigits.datasets.load import Data
from inkdigits.errors import InputError, InUseError
from inkdigits.evaluation.spread import spread
from inkdigits.files import write_text
from inkdigits.locks import held
from inkdigits.training.recipe import AnyRecipe, Recipe

FILE = "series.json"
_LOCK = ".lock"

_OTHER_CODE = (
    "give each state of the code its own --out; in a clone, scripts/equal_code.py finds out whether it is equal"
)
_OTHER_DATA = "give each state of the data its own --out"
_ALIKE = {
    "teachers_sha256": ("had other teachers", "give each set of teachers its own --out"),
    "source_sha256": ("went on from another network", "give each network its own --out"),
}

_BESIDE_F1 = "precision", "recall"

Rows = dict[int, dict[str, Any]]  # seed → figures of its run


def check(recipe_: AnyRecipe, data_name: str, data: Data, out: Path) -> None:
    """Raise InputError, before anything is trained, if runs to come would be no series with those that are finished.

    That is so where other code made these, or where the data have changed.
    """
    finished = folders(recipe_, data_name, out)
    if not finished:
        return
    first = next(iter(finished.values()))
    if not code_hash.same(run.code_of(first), [code_hash.of(recipe_, data_name)]):
        raise InputError(first, "was made by other code than this, " + _words(run.code_of(first)), _OTHER_CODE)
    if isinstance(recipe_, Recipe) and not parts.has_learned_from(network.load(first), data):
        raise InputError(first, f"learned from other digits than {data.name} holds now", _OTHER_DATA)


def train_seed(
    recipe_: AnyRecipe,
    seed: int,
    data_name: str,
    data: Data,
    out: Path,
    command: str,
    watcher: run.Watcher,
    tell: after.Tell = after.silent,
) -> Path:
    """Train a seed to its end, or go on with it, unless it is finished already; return its run folder.

    A run that other code has begun is left as it is, and a new one started. What the recipe's [after] wants of each run is
    made as well, and `tell` called with it. Raises InUseError if another process is at this seed, and InputError as
    run.finish and after.a_run do.
    """
    folder = train_alone(recipe_, seed, data_name, data, out, command, watcher)
    after.a_run(recipe_, folder, data, tell)
    return folder


def train_alone(
    recipe_: AnyRecipe, seed: int, data_name: str, data: Data, out: Path, command: str, watcher: run.Watcher
) -> Path:
    """Do the same without what [after] wants."""
    out.mkdir(parents=True, exist_ok=True)
    with held(out / _LOCK, wait=True):  # two processes that come at once must not both start this seed
        done = run.finished(recipe_, data_name, out).get(seed)
        if done is not None:
            return done
        begun = run.unfinished(recipe_, seed, data_name, out, same_code=True)
        folder = begun or run.start(recipe_, seed, data_name, out, command)
    try:
        run.finish(folder, data, watcher)
    except InUseError:
        raise
    except InputError:
        if run.is_finished(folder):  # by another process, a moment ago
            return folder
        run.discard_if_empty(folder)
        raise
    return folder


def collect(recipe_: AnyRecipe, data_name: str, out: Path) -> Rows:
    """Return the figures of all finished runs of a recipe and data set in a folder.

    Raises InputError if a run's files are damaged, or as `check_alike` does.
    """
    rows = {seed: _row(folder) for seed, folder in run.finished(recipe_, data_name, out).items()}
    check_alike(rows, out)
    return rows


def folders(recipe_: AnyRecipe, data_name: str, out: Path) -> dict[int, Path]:
    """Return the folders of the runs of a series by their seeds, in order. Raises InputError as `collect` does."""
    return {seed: out / row["run"] for seed, row in collect(recipe_, data_name, out).items()}


def check_alike(rows: Rows, out: Path) -> None:
    """Raise InputError if code, data, teachers or the network that was gone on from differ between two runs in `out`."""
    if not rows:
        return
    first = next(iter(rows.values()))
    for row in rows.values():
        codes, others = code_hash.of_config(row), code_hash.of_config(first)
        if not code_hash.same(codes, others):
            what = f"was made by other code, {_words(codes)}, than {first['run']}, {_words(others)}"
            raise InputError(out / row["run"], what, _OTHER_CODE)
        if row["data_sha256"] != first["data_sha256"]:
            raise InputError(out / row["run"], f"learned from other digits than {first['run']}", _OTHER_DATA)
        for key, (what, do) in _ALIKE.items():
            if row.get(key) != first.get(key):
                raise InputError(out / row["run"], f"{what} than {first['run']}", do)


def _words(codes: list[str]) -> str:
    return code_hash.words({"code_sha256": codes})


def aggregate(rows: Rows) -> dict[str, Any]:
    """Return what the runs of a series show together: at least one row."""
    values = list(rows.values())
    name = "f1" if "f1" in values[0] else "accuracy"  # of a locator, of a network that classifies digits
    main = spread([row[name] for row in values])
    beside: dict[str, float | None]
    if name == "f1":
        beside = {f"mean_{other}": spread([row[other] for row in values]).mean for other in _BESIDE_F1}
        cost = "multiply_adds_a_megapixel"
    else:
        validation = [row["validation_accuracy"] for row in values if row["validation_accuracy"] is not None]
        beside = {"mean_validation_accuracy": spread(validation).mean if validation else None}
        cost = "multiply_adds"
    return {
        "runs": main.count,
        f"mean_{name}": main.mean,
        "standard_deviation": main.deviation,
        "mean_95_interval": main.interval,
        **beside,
        "mean_training_seconds": spread([row["training_seconds"] for row in values]).mean,
        "parameters": values[0]["parameters"],
        cost: values[0][cost],
    }


def record(recipe_: AnyRecipe, data_name: str, out: Path) -> dict[str, Any]:
    """Write what is finished of a series into OUT/series.json, beside the other series there, and return it.

    Raises InputError if nothing is finished yet, or series.json is damaged.
    """
    rows = collect(recipe_, data_name, out)
    if not rows:
        raise InputError(out, f"has no finished run of recipe {recipe_.name}", "finish one first")
    about = {"recipe": recipe_.name, "recipe_hash": recipe_.hash(), "data": run.whole_name(data_name)}
    code = {"code_sha256": next(iter(rows.values()))["code_sha256"]}
    document = {**about, **code, **aggregate(rows), "seeds": {str(seed): row for seed, row in rows.items()}}
    with held(out / _LOCK, wait=True):
        others = [s for s in read(out) if any(s.get(key) != value for key, value in about.items())]
        write_text(out / FILE, json.dumps({"series": [*others, document]}, indent=1) + "\n")
    return document


def read(out: Path) -> list[dict[str, Any]]:
    """Return the series in OUT/series.json: none if it is not there. Raises InputError if it is damaged."""
    path = out / FILE
    try:
        series = json.loads(path.read_text(encoding="utf-8"))["series"]
        if not isinstance(series, list) or not all(isinstance(entry, dict) for entry in series):
            raise ValueError("no list of series")
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        remedy = "remove it: it is made again from the run folders"
        raise InputError(path, f"is not a file of series ({error})", remedy) from None
    return series


def _row(folder: Path) -> dict[str, Any]:
    """Return the figures of one finished run. Raises InputError if its files are damaged."""
    config = run.read_config(folder / "config.json")
    try:
        metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
        with (folder / "history.csv").open(encoding="utf-8", newline="") as file:
            history = list(csv.DictReader(file))
        of_task = {"locate": _of_locator, "numbers": _of_numbers}.get(config["recipe"].get("task"))
        return {
            **(of_task(metrics, config) if of_task else _of_digits(metrics, history, config)),
            "training_seconds": round(sum(float(epoch["seconds"]) for epoch in history), 1),  # of all its sessions
            "parameters": int(config["parameters"]),
            "data_sha256": config["data_sha256"],
            "learned_sha256": config.get("learned_sha256"),
            "code_sha256": code_hash.of_config(config),
            "versions": config["versions"],
            "machine": config.get("machine"),
            "run": folder.name,
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise InputError(
            folder, f"is a damaged run folder ({reason})", "remove it, and its seed is run again"
        ) from None


def _of_digits(metrics: dict[str, Any], history: list[dict[str, str]], config: dict[str, Any]) -> dict[str, Any]:
    """Return what is told of a run of a network that classifies digits alone."""
    return {
        "accuracy": float(metrics["accuracy"]),
        "wrong": int(metrics["digits"]) - int(metrics["correct"]),
        "digits": int(metrics["digits"]),
        # Only MNIST's test set is known to have labels that people reject.
        "uncontested_accuracy": metrics.get("without_contested_labels", {}).get("accuracy"),
        # A finished recipe may learn from all digits, and hold none out.
        "validation_accuracy": float(history[-1]["val_accuracy"]) if "val_accuracy" in history[-1] else None,
        "multiply_adds": config.get("multiply_adds"),
        "teachers_sha256": config.get("teachers_sha256"),
        "source_sha256": config.get("finetuned", {}).get("source_sha256"),
    }


def _of_locator(metrics: dict[str, Any], config: dict[str, Any]) -> dict[str, Any]:
    """Return what is told of a locator's run alone: its figures on validation pages."""
    figures = {name: float(metrics[name]) for name in ("f1", *_BESIDE_F1)}
    return {**figures, "multiply_adds_a_megapixel": config["multiply_adds_a_megapixel"]}


def _of_numbers(metrics: dict[str, Any], config: dict[str, Any]) -> dict[str, Any]:
    """Return what is told of a run of a network of numbers alone: its figures on validation strips."""
    return {
        "accuracy": float(metrics["accuracy"]),
        "wrong": int(metrics["strips"]) - int(metrics["right"]),
        "strips": int(metrics["strips"]),
        "character_error": float(metrics["character_error"]),
        "validation_accuracy": None,
        "multiply_adds": config["multiply_adds"],
    }
