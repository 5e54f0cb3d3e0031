"""One self-contained HTML file that tells what a run showed: no script, no other file, no network."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from inkdigits.errors import require
from inkdigits.evaluation.change import Told
from inkdigits.evaluation.metrics import Metrics
from inkdigits.files import write_text

require("the report", "train", "jinja2")

import jinja2


def percent(value: float, digits: int = 2) -> str:
    """Return 0.9934 as "99.34 %"."""
    return f"{value * 100:.{digits}f} %"


def write(
    path: Path,
    title: str,
    metrics: Metrics,
    made_by: dict[str, str],
    history: list[dict[str, float]] | None = None,
    by_writer: bool = False,
    told: Told | None = None,
) -> None:
    """Write the report beside the pictures that it shows (samples, confusion_matrix, errors and, with a history, curves).

    `made_by` is the table at its end: how to make the run again. `by_writer` tells whether validation digits are of other
    writers than the training digits; `told` is what a fine-tuning has changed.
    """
    names = ("samples", *(["curves"] if history else []), "confusion_matrix", "errors")
    pictures = {name: embedded(path.with_name(f"{name}.png")) for name in names}
    low, high = metrics.interval
    values: dict[str, Any] = {
        "title": title,
        "metrics": metrics,
        "low": low,
        "high": high,
        "scale": _scale(metrics.accuracy, low, high),
        "per_digit": metrics.per_digit(),
        "confusions": metrics.confusions(),
        "pictures": pictures,
        "history": history or [],
        "by_writer": by_writer,
        "made_by": made_by,
        "told": told,
    }
    render(path, "report.html.j2", values)


def render(path: Path, template: str, values: dict[str, Any]) -> None:
    """Write what a template makes of values, all of which are escaped."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("inkdigits.evaluation", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["percent"] = percent
    write_text(path, environment.get_template(template).render(values))


def embedded(picture: Path) -> str:
    """Return a .png or .jpg as an address that holds the picture itself."""
    kind = "jpeg" if picture.suffix == ".jpg" else "png"
    return f"data:image/{kind};base64,{base64.b64encode(picture.read_bytes()).decode()}"


def _scale(accuracy: float, low: float, high: float) -> dict[str, float]:
    """Return where accuracy and interval lie, in per cent, on a ruler that is about six intervals long."""
    start = max(0.0, low - 2.5 * (high - low))
    end = min(1.0, high + 2.5 * (high - low))
    spots = {"low": low, "high": high, "accuracy": accuracy}
    return {"start": start, "end": end} | {k: 100 * (v - start) / (end - start) for k, v in spots.items()}
