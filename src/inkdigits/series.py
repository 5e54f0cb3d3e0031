"""A series: one recipe and many seeds, each a run folder of its own, and what they show together.

The run folders are all that is known of a series. Which seeds are done is seen from them, so one that was stopped goes on
where it was, and several processes can work on one series: each takes a seed that no other is at.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from inkdigits import run
from inkdigits.datasets.load import Data
from inkdigits.errors import InputError, InUseError
from inkdigits.evaluation.spread import spread
from inkdigits.files import write_text
from inkdigits.locks import held
from inkdigits.training.recipe import AnyRecipe

FILE = "series.json"
_LOCK = ".lock"

_BESIDE_F1 = "precision", "recall"

Rows = dict[int, dict[str, Any]]  # seed → figures of its run


def train_seed(
    recipe_: AnyRecipe, seed: int, data_name: str, data: Data, out: Path, command: str, watcher: run.Watcher
) -> Path:
    """Train a seed to its end, or go on with it, unless it is finished already; return its run folder.

    Raises InUseError if another process is at this seed, and InputError as run.finish does.
    """
    out.mkdir(parents=True, exist_ok=True)
    with held(out / _LOCK, wait=True):  # two processes that come at once must not both start this seed
        done = run.finished(recipe_, data_name, out).get(seed)
        if done is not None:
            return done
        folder = run.unfinished(recipe_, seed, data_name, out) or run.start(recipe_, seed, data_name, out, command)
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

    Raises InputError if a run's files are damaged, or if the data or the teachers have changed between two of the runs.
    """
    folders = run.finished(recipe_, data_name, out)
    rows = {seed: _row(folder) for seed, folder in folders.items()}
    for seed, row in rows.items():
        first = next(iter(rows.values()))
        if row["data_sha256"] != first["data_sha256"]:
            raise InputError(
                folders[seed],
                f"learned from other digits than {first['run']}",
                "give each state of the data its own --out",
            )
        if row.get("teachers_sha256") != first.get("teachers_sha256"):
            raise InputError(
                folders[seed], f"had other teachers than {first['run']}", "give each set of teachers its own --out"
            )
    return rows


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
    document = {**about, **aggregate(rows), "seeds": {str(seed): row for seed, row in rows.items()}}
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
