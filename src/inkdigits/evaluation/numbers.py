"""What a finished network of numbers reads on strips that are known: figures, pictures and report, in its run folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter
from PIL import Image, ImageDraw

from inkdigits.drawing import AGAINST, DIM, PAPER, font
from inkdigits.evaluation import plots, report
from inkdigits.evaluation.metrics import wilson
from inkdigits.files import write_text
from inkdigits.recognising import number
from inkdigits.recognising.ctc import best
from inkdigits.recognising.number_agreement import Counts, count, distance

Grey = npt.NDArray[np.uint8]

_AT_ONCE = 32  # strips
_WORST = 60  # strips in the picture of errors
_COLUMNS, _CELL = 3, (400, 76)  # of that picture: strips beside each other, and pixels for each


@dataclass(frozen=True, eq=False)
class Seen:
    """A strip as it was read: its scene, uint8 (48, W), what stands on it, and what was read."""

    scene: str
    grey: Grey
    text: str
    said: str

    @property
    def errors(self) -> int:
        """Signs to change, put in or take out."""
        return distance(self.text, self.said)


@dataclass(frozen=True)
class Metrics:
    """How the strips of each scene were read: the text that is most probable counts."""

    scenes: dict[str, Counts]

    @property
    def whole(self) -> Counts:
        """Of all scenes together, each with as many strips."""
        return sum(self.scenes.values(), Counts())

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain values, with 95 % intervals."""
        return {
            "data": "strips of synthetic pages by writers, in fonts and in forms of digits that training has not seen",
            **_figures(self.whole),
            "scenes": {name: _figures(counts) for name, counts in self.scenes.items()},
        }


def _figures(counts: Counts) -> dict[str, Any]:
    return {
        "right": counts.right,
        "strips": counts.strips,
        "accuracy": counts.accuracy,
        "accuracy_95_interval": list(wilson(counts.right, counts.strips)),
        "errors": counts.errors,
        "signs": counts.signs,
        "character_error": counts.character_error,
        "strips_without_text": counts.empty,
        "false_signs": counts.false,
    }


def measure(strips: dict[str, list[tuple[Grey, str]]]) -> tuple[Metrics, list[Seen]]:
    """Return the figures of the network in use on strips of each scene with their texts, and each strip as it was read."""
    seen: list[Seen] = []
    for scene, part in strips.items():
        for start in range(0, len(part), _AT_ONCE):
            few = part[start : start + _AT_ONCE]
            logs = number.run([grey for grey, _ in few])
            seen += [Seen(scene, grey, text, best(one, 1)[0]) for (grey, text), one in zip(few, logs, strict=True)]
    scenes = {
        scene: count([s.text for s in seen if s.scene == scene], [s.said for s in seen if s.scene == scene])
        for scene in strips
    }
    return Metrics(scenes), seen


def write(
    folder: Path,
    title: str,
    metrics: Metrics,
    seen: list[Seen],
    made_by: dict[str, str],
    history: list[dict[str, float]],
) -> None:
    """Write the pictures, report.html and metrics.json into a folder. metrics.json comes last: it says "finished"."""
    _curves(history, folder / "curves.png")
    worst = sorted((one for one in seen if one.errors), key=lambda one: -one.errors)
    sheet(worst[:_WORST]).save(folder / "most_errors.jpg", quality=85)
    names = ("curves.png", "most_errors.jpg")
    values = {
        "title": title,
        "metrics": metrics,
        "wilson": wilson,
        "history": history,
        "pictures": {name.split(".")[0]: report.embedded(folder / name) for name in names},
        "made_by": made_by,
    }
    report.render(folder / "report.html", "numbers.html.j2", values)
    write_text(folder / "metrics.json", json.dumps(metrics.to_dict(), indent=1) + "\n")


def sheet(given: list[Seen]) -> Image.Image:
    """Return strips, each above what stands on it and, in another colour, what was read."""
    wide, tall = _CELL
    rows = max(1, -(-len(given) // _COLUMNS))
    whole = Image.new("RGB", (wide * _COLUMNS, tall * rows), PAPER)
    draw = ImageDraw.Draw(whole)
    for i, one in enumerate(given):
        x, y = i % _COLUMNS * wide + 4, i // _COLUMNS * tall + 2
        whole.paste(Image.fromarray(one.grey[:, : wide - 8]), (x, y))
        told = f"{one.text or 'nothing'} ({one.scene})  "
        draw.text((x, y + 50), told, fill=DIM, font=font(15))
        across = draw.textlength(told, font=font(15))
        draw.text((x + across, y + 50), one.said or "nothing", fill=AGAINST, font=font(15))
    return whole


def _curves(history: list[dict[str, float]], path: Path) -> None:
    """Draw losses and figures by epoch, side by side."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    epochs = [row["epoch"] for row in history]
    parts = (("Loss on training strips", ("loss", "texts", "nothing")),
             ("Validation strips", ("val_accuracy", "character_error")))  # fmt: skip
    for axes, (title, names) in zip(figure.subplots(1, 2), parts, strict=True):
        plots.style(axes, title)
        for name in names:
            axes.plot(epochs, [row[name] for row in history], label=name, marker="o", markersize=2)
        axes.set_xlabel("epoch", color=plots.INK)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.legend(frameon=False, fontsize=8, labelcolor=plots.INK)
        if names[0] == "loss":
            axes.set_yscale("log")
        else:
            axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    plots.save(figure, path)
