"""The training of the network that reads numbers: strips are drawn for each step and never repeated."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import keras
import numpy as np

from inkdigits.datasets import protocol
from inkdigits.datasets.dataset import Dataset
from inkdigits.recognising.ctc import greedy
from inkdigits.recognising.number_agreement import Counts, count
from inkdigits.training import on_drawn
from inkdigits.training.fit import Progress, Trained, silent
from inkdigits.training.numbers import batches, losses, network
from inkdigits.training.numbers.cutting import Strip
from inkdigits.training.recipe import NumberRecipe

_AT_ONCE = 32  # validation strips


@protocol.test_set_closed()
def fit(
    recipe: NumberRecipe,
    seed: int,
    training: Dataset,
    unseen: list[Strip],
    checkpoint_path: Path,
    on_step: Progress = silent,
    on_epoch: Callable[[dict[str, float]], None] = lambda _row: None,
    processes: int = 2,
) -> Trained:
    """Train a recipe with one seed; return the network after the last epoch, with its averaged weights, in float32.

    Arguments and result are as those of the locator's `fit`; `unseen` are strips. An epoch's figures are loss, texts,
    nothing (see `losses.losses`), val_accuracy (strips with a text that are read wholly right), character_error and
    false_signs (a strip without a text).
    """
    task = on_drawn.Task(
        lambda policy: network.build(recipe.network, policy),
        lambda: network.build(recipe.network),
        losses.losses,
        partial(validate, strips=sorted(unseen, key=lambda strip: strip.grey.shape[1])),
        f"{recipe.hash()} {seed} {training.fingerprint()}",
    )
    settings = recipe.training
    with batches.drawers(training, recipe.strips, "training", seed, settings.batch, processes) as drawn:
        return on_drawn.train(task, settings, recipe.strips.steps, seed, drawn, checkpoint_path, on_step, on_epoch)


def validate(judge: keras.Model, strips: list[Strip]) -> dict[str, float]:
    """Return how strips are read: the text of the most probable path counts."""
    counts = Counts()
    for start in range(0, len(strips), _AT_ONCE):
        part = strips[start : start + _AT_ONCE]
        batch = batches.stacked(part)
        said = judge.predict_on_batch(batch.inputs.astype(np.float32))
        columns = batch.wanted.columns
        counts += count([strip.text for strip in part], [greedy(said[i, 0, : columns[i]]) for i in range(len(part))])
    return {
        "val_accuracy": counts.accuracy,
        "character_error": counts.character_error,
        "false_signs": counts.false_signs,
    }
