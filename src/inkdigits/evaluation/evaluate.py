"""Run a network over a data set, and write what it shows into a folder."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt

from inkdigits.datasets.dataset import Dataset
from inkdigits.evaluation import plots, report
from inkdigits.evaluation.metrics import Metrics, measure
from inkdigits.files import write_text
from inkdigits.network import Network
from inkdigits.reading.decide import calibrate

_GALLERY = 40  # errors shown


def evaluate(network: Network, data: Dataset) -> tuple[Metrics, npt.NDArray[np.float32]]:
    """Return the metrics of a network on a data set, and the calibrated probabilities (N, 10) they come from.

    The answers come from ONNX Runtime and the exported file: what is measured is what is shipped.
    """
    probabilities = calibrate(network.probabilities(data.images), network.temperature)
    return measure(data.name, probabilities, data.labels, network.thresholds), probabilities


def write(
    folder: Path,
    title: str,
    data: Dataset,
    metrics: Metrics,
    probabilities: npt.NDArray[np.float32],
    facts: dict[str, str],
    history: list[dict[str, float]] | None = None,
    samples_of: Dataset | None = None,
) -> None:
    """Write metrics.json, the pictures and report.html into a folder. metrics.json comes last: it says "finished"."""
    shown = samples_of or data
    plots.save(plots.samples(shown.images, shown.labels, shown.name), folder / "samples.png")
    if history:
        plots.save(plots.curves(history), folder / "curves.png")
    plots.save(plots.confusion_matrix(metrics.confusion), folder / "confusion_matrix.png")
    gallery = plots.errors(data.images, data.labels, probabilities, metrics.errors[:_GALLERY])
    plots.save(gallery, folder / "errors.png")
    report.write(folder / "report.html", title, metrics, facts, history)
    write_text(folder / "metrics.json", json.dumps(metrics.to_dict(), indent=1) + "\n")
