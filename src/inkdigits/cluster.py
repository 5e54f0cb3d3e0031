"""A series over many machines: each seed is a Ray task that works in its run folder. A thin layer over `series`.

Assumed: every machine has this version of Inkdigits, and sees the folder of the runs, and data that are not MNIST, by the
same path (a shared file system). A run folder with its checkpoint is all that passes between machines: a task whose machine
dies is started on another one, finds the checkpoint there, and goes on. What Ray sends are a recipe's settings and words.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inkdigits import run, series
from inkdigits.datasets import load
from inkdigits.errors import InputError, InUseError, one_line
from inkdigits.training import recipe
from inkdigits.training.recipe import Recipe

# A worker whose machine has gone may hold its run folder until it notices: so long, in seconds, the next one waits for it.
_PATIENCE = 90.0
_RETRIES = 10  # of a seed, when machines die


@dataclass(frozen=True)
class Outcome:
    """What became of a seed: its error in one line, or None; the pictures of the data that were left out; and warnings."""

    seed: int
    error: str | None
    left_out: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def train_seeds(
    recipe_: Recipe, seeds: list[int], data_name: str, out: Path, command: Callable[[int], str]
) -> Iterator[Outcome]:
    """Train seeds to their end, spread over the cluster that is connected, and tell of each as it is done."""
    import ray

    machines = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    task = ray.remote(work).options(max_retries=_RETRIES, scheduling_strategy="SPREAD", **share(machines))
    settings, place = recipe_.to_dict(), str(out.resolve())
    of = {task.remote(settings, seed, run.whole_name(data_name), place, command(seed)): seed for seed in seeds}
    waiting = list(of)
    while waiting:
        done, waiting = ray.wait(waiting)
        for one in done:
            try:
                yield ray.get(one)
            except ray.exceptions.RayError as error:  # of this seed alone: the others go on
                reason = one_line(str(error).strip().rpartition("\n")[2] or type(error).__name__)
                yield Outcome(of[one], f"seed {of[one]}: {reason}", ())


def share(machines: list[dict[str, float]]) -> dict[str, float]:
    """Return what of a machine one seed takes: a GPU with its share of the cores, or the smallest machine's cores.

    `machines` are what each has, as Ray tells it: {"CPU": 8.0, "GPU": 1.0}. Machines without GPU are left alone where
    others have one.
    """
    with_gpu = [machine for machine in machines if machine.get("GPU")]
    if with_gpu:
        return {"num_gpus": 1, "num_cpus": min(int(m.get("CPU", 0) // m["GPU"]) for m in with_gpu)}
    return {"num_cpus": min((int(m["CPU"]) for m in machines if m.get("CPU", 0) >= 1), default=1)}


def work(settings: dict[str, Any], seed: int, data_name: str, out: str, command: str) -> Outcome:
    """Train one seed to its end on this machine, whatever was done of it before and elsewhere."""
    left_out: list[str] = []
    warnings: list[str] = []
    try:
        recipe_ = recipe.of_digits(settings, settings["name"], "the recipe")
        data = load.find(data_name, lambda error: left_out.append(str(error)), warnings.append)
        _train(recipe_, seed, data_name, data, Path(out), command)
    except InputError as error:
        return Outcome(seed, str(error), tuple(left_out), tuple(warnings))
    return Outcome(seed, None, tuple(left_out), tuple(warnings))


def _train(recipe_: Recipe, seed: int, data_name: str, data: load.Data, out: Path, command: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            series.train_seed(recipe_, seed, data_name, data, out, command, run.Watcher())
        except InUseError:
            if time.monotonic() > deadline:
                raise
            time.sleep(1)
        else:
            return
