"""The log of the test set: each opening of MNIST's 10,000 test digits leaves a line: when, for which network, and why.

This is the only place that opens a data set's test half (tests/test_architecture.py sees to that). Lines are only added.
"""

from __future__ import annotations

import datetime
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from inkdigits.datasets import mnist
from inkdigits.datasets.dataset import Dataset
from inkdigits.network import Network
from inkdigits.network.registry import MODELS, locate

LOG = "test_openings.jsonl"

_ALL = 10_000
_SOME = 100  # so many of the test digits among others are an opening: a hundredth of them


def open_test(half: Callable[[], Dataset], why: str, log: Path, *networks: Network) -> Dataset:
    """Return the digits that `half` reads, and write into `log` that they were opened if they are MNIST's test digits.

    They are known by what they are, in whatever order and under whatever name they come; a hundred among others count. One
    line for each of the `networks` that are about to be measured. A log that cannot be written is told in a line on
    standard error and stops nothing.
    """
    digits = half()
    rows = mnist.test_rows(digits.images)
    count = len(np.unique(rows[rows >= 0]))
    if count >= _SOME:
        when = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        what = "MNIST test" if count == _ALL else f"{count:,} digits of MNIST test"
        lines = [json.dumps({"when": when, "what": what, **who(network), "why": why}) for network in networks]
        try:
            _append(log, lines)
        except OSError as error:
            reason = error.strerror or str(error)
            print(
                f"inkdigits: {log}: cannot be written ({reason}); the test set was opened all the same", file=sys.stderr
            )
    return digits


def who(network: Network) -> dict[str, str | int | list[int] | None]:
    """Return what tells a network from every other: name, SHA-256 of its file, and what it was trained by."""
    config = network.config
    recipe = config.get("recipe")
    return {
        "model": network.name,
        "model_sha256": network.sha256,
        "recipe": recipe.get("name") if isinstance(recipe, dict) else None,
        "recipe_hash": config.get("recipe_hash"),
        "seed": config.get("seed", config.get("seeds")),  # an ensemble's, if it is of one recipe
    }


def log_of(model: str | os.PathLike[str]) -> Path:
    """Return where the openings for a model are written: beside its run folder, or in runs/ if it is not in one."""
    folder = locate(model).resolve().parent
    is_run = folder.parent != MODELS.resolve() and (folder / "config.json").exists()
    return (folder.parent if is_run else Path("runs")) / LOG


def _append(log: Path, lines: list[str]) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:  # one write: lines of processes that append at once do not mix
        os.write(file, "".join(line + "\n" for line in lines).encode())
    finally:
        os.close(file)
