"""What a model is worth on a data set: figures of digits that it has not seen, and a report of them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from inkdigits import network, parts
from inkdigits.datasets.dataset import Dataset
from inkdigits.datasets.load import Data
from inkdigits.errors import InputError
from inkdigits.evaluation import evaluate, paired, test_set
from inkdigits.evaluation.metrics import Metrics
from inkdigits.files import check_own_folder
from inkdigits.recognising.decide import believe

Model = str | os.PathLike[str]  # a shipped model's name, a run folder or a model.onnx


@dataclass(frozen=True)
class Measured:
    """The figures of a model, its report if one was written, and what is to be said of the digits, if anything."""

    model: str
    metrics: Metrics
    report: Path | None
    note: str


def measure(
    model: Model,
    data: Data,
    command: str,
    out: Path | None = None,
    tta: bool = False,
    why: str = "inkdigits evaluate",
) -> Measured:
    """Measure a model on the digits of `data` that it has not seen.

    They are the test half; without one, all, or what was held out of them where the model was trained on them. With `out`,
    figures, pictures and a report are written into that folder, which says that `command` made them. `tta`: the mean over
    seven views of each digit. That MNIST's test digits were opened, and `why`, is written into test_openings.jsonl, beside
    the run folder, or in runs/ for a model that is in none. Raises InputError for digits that the model has learned from,
    and for a folder that holds something else.
    """
    if out is not None:
        if (out / "model.onnx").exists():
            raise InputError(out, "is a run's own folder, with its own report", "give --out another folder")
        check_own_folder(out, "metrics.json")
    net = network.load(model)
    half = parts.unseen(data, [net])
    digits = parts.check_unseen(test_set.open_test(half.open, why, test_set.log_of(model), net), [net])
    metrics, beliefs = evaluate.evaluate(net, digits, tta)
    if out is None:
        return Measured(net.name, metrics, None, half.note)
    made_by = {
        "Command": command,
        "Model": f"{net.name}, seed {net.config.get('seed', 'unknown')}",
        "Data": f"{digits.name}, {len(digits):,} digits, SHA-256 {digits.fingerprint()[:16]}…",
    }
    evaluate.write(out, f"Model “{net.name}”", digits, metrics, beliefs, made_by)
    return Measured(net.name, metrics, out / "report.html", half.note)


@dataclass(frozen=True)
class Compared:
    """Two models on the same digits: their names, the name of the digits, what came out, and what is to be said of them."""

    models: tuple[str, str]
    data: str
    result: paired.Comparison
    note: str


def compare(a: Model, b: Model, data: Data, why: str = "inkdigits compare") -> Compared:
    """Compare two models on the digits of `data` that neither has seen, digit by digit; they are chosen as by `measure`."""
    nets = network.load(a), network.load(b)
    half = parts.unseen(data, nets)
    digits = parts.check_unseen(test_set.open_test(half.open, why, test_set.log_of(a), *nets), nets)
    result = paired.compare(*(_right(net, digits) for net in nets))
    return Compared((nets[0].name, nets[1].name), digits.name, result, half.note)


def _right(net: network.Network, digits: Dataset) -> npt.NDArray[np.bool_]:
    """Tell which digits a network reads right, whatever its confidence."""
    answers = believe(net.probabilities(digits.images), net.temperature).digits.argmax(axis=1)
    return np.asarray(answers == digits.labels)
