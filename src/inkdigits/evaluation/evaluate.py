"""Run a network over a data set, and write what it shows into a folder."""

from __future__ import annotations

import json
from pathlib import Path

from inkdigits.datasets.dataset import Dataset
from inkdigits.evaluation import contested, plots, report
from inkdigits.evaluation.change import Told
from inkdigits.evaluation.metrics import Metrics, measure
from inkdigits.files import write_text
from inkdigits.network import Network, tta
from inkdigits.recognising.decide import Beliefs, believe

_GALLERY = 40  # errors shown


def evaluate(network: Network, data: Dataset, augmented: bool = False) -> tuple[Metrics, Beliefs]:
    """Return the metrics of a network on a data set, and what it believes of each digit.

    The answers come from ONNX Runtime and the exported file: what is measured is what is shipped. `augmented` asks about
    every digit in several views (see tta).
    """
    raw = tta.probabilities(network, data.images) if augmented else network.probabilities(data.images)
    beliefs = believe(raw, network.temperature)
    return measure(data.name, beliefs, data.labels, network.thresholds, contested.labels_of(data)), beliefs


def write(
    folder: Path,
    title: str,
    data: Dataset,
    metrics: Metrics,
    beliefs: Beliefs,
    made_by: dict[str, str],
    history: list[dict[str, float]] | None = None,
    trained_on: Dataset | None = None,
    told: Told | None = None,
) -> None:
    """Write metrics.json, the pictures and report.html into a folder. metrics.json comes last: it says "finished".

    `told` is what a fine-tuning has changed.
    """
    shown = trained_on or data
    plots.save(plots.samples(shown.images, shown.labels, shown.name), folder / "samples.png")
    if history:
        plots.save(plots.curves(history), folder / "curves.png")
    plots.save(plots.confusion_matrix(metrics.confusion), folder / "confusion_matrix.png")
    gallery = plots.errors(data.images, data.labels, beliefs.digits, metrics.errors[:_GALLERY])
    plots.save(gallery, folder / "errors.png")
    by_writer = trained_on is not None and trained_on.writers is not None
    report.write(folder / "report.html", title, metrics, made_by, history, by_writer, told)
    write_text(folder / "metrics.json", json.dumps(metrics.to_dict(), indent=1) + "\n")
