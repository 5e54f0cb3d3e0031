"""What a finished locator finds on pages that are known: its figures, pictures and report, in its run folder."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from inkdigits.evaluation import locator_plots as plots
from inkdigits.evaluation import report
from inkdigits.evaluation.metrics import wilson
from inkdigits.files import write_text
from inkdigits.locating.agreement import SCORE, Counts, agreement
from inkdigits.locating.maps import FIRST_SEPARATOR, PRINTED, SEPARATORS, Maps, inputs
from inkdigits.locating.peaks import peaks
from inkdigits.synthetic.pages.truth import SyntheticPage

# See network.session: use is not reported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
import onnxruntime

Grey = npt.NDArray[np.uint8]
Read = Callable[[Grey], Maps]
Seen = plots.Seen

_SHOWN = 2  # pages of each scene in the report
_WORST = 8  # pages with the most errors in it


@dataclass(frozen=True)
class Metrics:
    """What a locator found on validation pages; of digits, both place and class must be right.

    `digits` are handwritten ones on `pages` pages of all scenes, as often as training has them; the rest is of
    `scene_pages` pages of every scene. `turns` are pages whose side was told rightly, and of how many.
    """

    pages: int
    digits: Counts
    scene_pages: int
    scenes: dict[str, Counts]
    printed: Counts
    separators: dict[str, Counts]
    turns: tuple[int, int]

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain values, each with its 95 % interval."""
        by_scene = {name: _figures(counts) for name, counts in self.scenes.items()}
        return {
            "data": "synthetic pages by writers, in fonts and in forms of digits that training has not seen",
            "score": SCORE,
            "pages": self.pages,
            **_figures(self.digits),
            "pages_of_each_scene": self.scene_pages,
            "scenes": by_scene,
            "printed": _figures(self.printed),
            "separators": {sign: _figures(counts) for sign, counts in self.separators.items()},
            "turns": {"right": self.turns[0], "pages": self.turns[1]},
        }


def _figures(counts: Counts) -> dict[str, Any]:
    return {
        "right": counts.right,
        "said": counts.said,
        "there": counts.there,
        "precision": counts.precision,
        "precision_95_interval": list(wilson(counts.right, counts.said)),
        "recall": counts.recall,
        "recall_95_interval": list(wilson(counts.right, counts.there)),
        "f1": counts.f1,
    }


def reader(path: Path) -> Read:
    """Return what an exported locator says of a grey picture, uint8 (H, W) with sides that are multiples of 16."""
    session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])

    def read(grey: Grey) -> Maps:
        fed = np.ascontiguousarray(inputs(grey).transpose(2, 0, 1))[np.newaxis]
        marks, ink = session.run(["marks", "ink"], {"picture": fed})
        return Maps(marks[0], ink[0])

    return read


def measure(
    read: Read, mixed: list[SyntheticPage], by_scene: dict[str, list[SyntheticPage]]
) -> tuple[Metrics, dict[str, list[Seen]]]:
    """Return the figures of a locator, and each page of each scene as it was read."""
    digits = sum((_seen(read, page).digits.counts for page in mixed), Counts())
    seen = {name: [_seen(read, page) for page in pages] for name, pages in by_scene.items()}
    every = [one for pages in seen.values() for one in pages]

    def of_kind(kind: int) -> Counts:
        return sum((agreement(one.found, one.page.truth, kind).counts for one in every), Counts())

    metrics = Metrics(
        len(mixed),
        digits,
        max(map(len, by_scene.values())),
        {name: sum((one.digits.counts for one in pages), Counts()) for name, pages in seen.items()},
        of_kind(PRINTED),
        {sign: of_kind(FIRST_SEPARATOR + i) for i, sign in enumerate(SEPARATORS)},
        _turns(read, mixed),
    )
    return metrics, seen


def _seen(read: Read, page: SyntheticPage) -> Seen:
    maps = read(page.grey)
    found = peaks(maps, SCORE)
    return Seen(page, maps, found, agreement(found, page.truth))


def _turns(read: Read, pages: list[SyntheticPage]) -> tuple[int, int]:
    """Return of how many pages with any ink it is told on which side they lie, and how many there are; sides take turns."""
    inked = [page for page in pages if max(page.ink.max(), page.print.max()) > 0]
    turned = [(np.ascontiguousarray(np.rot90(page.grey, i % 4)), i % 4) for i, page in enumerate(inked)]
    return sum(int(read(grey).turn().argmax()) == quarters for grey, quarters in turned), len(turned)


def write(
    folder: Path,
    title: str,
    metrics: Metrics,
    seen: dict[str, list[Seen]],
    made_by: dict[str, str],
    history: list[dict[str, float]],
) -> None:
    """Write the pictures, report.html and metrics.json into a folder. metrics.json comes last: it says "finished"."""
    plots.save_curves(history, folder / "curves.png")
    shown = [(name, one) for name, pages in seen.items() for one in pages[:_SHOWN]]
    plots.sheet(shown).save(folder / "pages.jpg", quality=plots.QUALITY)
    every = [(name, one) for name, pages in seen.items() for one in pages]
    worst = sorted(every, key=lambda entry: -entry[1].errors)[:_WORST]
    plots.sheet(worst).save(folder / "most_errors.jpg", quality=plots.QUALITY)
    plots.ink_maps([pages[0] for pages in seen.values()]).save(folder / "ink_maps.jpg", quality=plots.QUALITY)
    names = ("curves.png", "pages.jpg", "most_errors.jpg", "ink_maps.jpg")
    values = {
        "title": title,
        "metrics": metrics,
        "score": SCORE,
        "wilson": wilson,
        "history": history,
        "pictures": {name.split(".")[0]: report.embedded(folder / name) for name in names},
        "made_by": made_by,
    }
    report.render(folder / "report.html", "locator.html.j2", values)
    write_text(folder / "metrics.json", json.dumps(metrics.to_dict(), indent=1) + "\n")
