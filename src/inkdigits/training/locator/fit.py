"""The locator's training: pages are drawn for each step and never repeated."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np

from inkdigits.datasets import protocol
from inkdigits.datasets.dataset import Dataset
from inkdigits.locating import maps, peaks
from inkdigits.locating.agreement import SCORE, Counts, agreement
from inkdigits.synthetic.pages.truth import SyntheticPage
from inkdigits.training import on_drawn
from inkdigits.training.fit import Progress, Trained, silent
from inkdigits.training.locator import batches, losses, network
from inkdigits.training.recipe import LocatorRecipe

_AT_ONCE = 16  # validation pages


@protocol.test_set_closed()
def fit(
    recipe: LocatorRecipe,
    seed: int,
    training: Dataset,
    unseen: list[SyntheticPage],
    checkpoint_path: Path,
    on_step: Progress = silent,
    on_epoch: Callable[[dict[str, float]], None] = lambda _row: None,
    processes: int = 2,
) -> Trained:
    """Train a recipe with one seed; return the network after the last epoch, with its averaged weights, in float32.

    Pages are drawn from `training`, MNIST's digits with their writers, by so many processes (0: by this one); `unseen` are
    the pages that it is validated on. Equal arguments give equal weights (on one machine), whatever the processes.
    Checkpoint, `on_step` and `on_epoch` are as in `on_drawn.train`; an epoch's figures are loss, one loss a head,
    precision, recall and f1 of handwritten digits on `unseen`.
    """
    task = on_drawn.Task(
        lambda policy: network.build(recipe.network, policy, recipe.pages.size),
        lambda: network.build(recipe.network),
        _losses,
        partial(validate, pages=unseen),
        f"{recipe.hash()} {seed} {training.fingerprint()}",
    )
    settings = recipe.training
    with batches.drawers(training, recipe.pages, "training", seed, settings.batch, processes) as drawn:
        return on_drawn.train(task, settings, recipe.pages.steps, seed, drawn, checkpoint_path, on_step, on_epoch)


def _losses(outputs: Any, wanted: Any) -> dict[str, Any]:
    marks, ink = outputs
    parts = losses.losses(marks, ink, wanted)
    return {"loss": losses.total(parts), **parts}


def validate(judge: keras.Model, pages: list[SyntheticPage]) -> dict[str, float]:
    """Return precision, recall and f1 of handwritten digits on pages of one size: both place and class must be right."""
    counts = Counts()
    for start in range(0, len(pages), _AT_ONCE):
        part = pages[start : start + _AT_ONCE]
        marks, ink = judge.predict_on_batch(np.stack([maps.inputs(page.grey) for page in part]))
        for i, page in enumerate(part):
            said = maps.Maps(marks[i].transpose(2, 0, 1), ink[i].transpose(2, 0, 1))
            counts += agreement(peaks.peaks(said, SCORE), page.truth).counts
    return {"precision": counts.precision, "recall": counts.recall, "f1": counts.f1}
