"""The locator's training loop: pages are drawn for each step and never repeated; epochs are checkpointed and validated."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from inkdigits.datasets import protocol
from inkdigits.datasets.dataset import Dataset
from inkdigits.locating import maps, peaks
from inkdigits.locating.agreement import SCORE, Counts, agreement
from inkdigits.synthetic.pages.truth import SyntheticPage
from inkdigits.training import checkpoint, optimizers, precision
from inkdigits.training.average import WeightAverage
from inkdigits.training.fit import Progress, Trained, silent
from inkdigits.training.locator import batches, losses, network
from inkdigits.training.locator.batches import Batch
from inkdigits.training.recipe import LocatorRecipe

_AT_ONCE = 16  # validation pages
_CLIP = 5.0  # norm of all gradients together, at most


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
    the pages that it is validated on. Equal arguments give equal weights (on one machine), whatever the processes. Goes on
    from the last whole epoch in `checkpoint_path` where there is one. `on_step` is called after every step, `on_epoch`
    after each epoch with its row: epoch, loss, one loss a head, precision, recall and f1 of handwritten digits on `unseen`,
    learning_rate, seconds. Raises InputError for a checkpoint of another training.
    """
    settings = recipe.training
    rewritten = precision.is_rewritten(settings.precision)
    policy = "float32" if rewritten else precision.dtype_policy(settings.precision)
    keras.utils.set_random_seed(seed)
    learner = network.build(recipe.network, policy, recipe.pages.size)
    judge = network.build(recipe.network)  # the same network in float32, for every figure that is reported
    steps, total = recipe.pages.steps, settings.epochs * recipe.pages.steps
    optimizer = optimizers.build(settings, total)
    optimizer.build(learner.trainable_variables)
    average = WeightAverage(learner, settings.weight_average)
    state = {"network": learner.weights, "optimizer": optimizer.variables, "average": average.variables}
    key = f"{recipe.hash()} {seed} {training.fingerprint()}"
    history = checkpoint.restore(checkpoint_path, key, state)

    @tf.function(autograph=False)  # type: ignore[untyped-decorator]
    def step(inputs: Any, wanted: Any) -> dict[str, Any]:
        with tf.GradientTape() as tape:
            marks, ink = learner(tf.cast(inputs, tf.float32), training=True)
            parts = losses.losses(tf.cast(marks, tf.float32), tf.cast(ink, tf.float32), wanted)
            loss = losses.total(parts)
        gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, learner.trainable_variables), _CLIP)
        optimizer.apply(gradients, learner.trainable_variables)
        average.update(optimizer.iterations - 1)
        return {"loss": loss, **parts}

    with batches.drawers(training, recipe.pages, "training", seed, settings.batch, processes) as drawn:
        rows: list[dict[str, float]] = []
        started = time.perf_counter()
        for number, batch in enumerate(drawn(len(history) * steps, total), len(history) * steps):
            with precision.rewritten(rewritten):
                rows.append({name: float(value) for name, value in step(*_tensors(batch)).items()})
            on_step(number + 1, total, _means(rows))
            if (number + 1) % steps:
                continue
            judge.set_weights(average.weights())
            row = {"epoch": len(history) + 1, **_means(rows), **validate(judge, unseen)}
            row |= {"learning_rate": float(optimizer.learning_rate), "seconds": time.perf_counter() - started}
            history.append(row)
            checkpoint.save(checkpoint_path, key, state, history)
            on_epoch(row)
            rows, started = [], time.perf_counter()
    judge.set_weights(average.weights())  # of a resumed run that had no epoch left as well
    return Trained(judge, history, "bfloat16, by TensorFlow's graph rewriting" if rewritten else policy)


def _tensors(batch: Batch) -> tuple[Any, Any]:
    return tf.constant(batch.inputs), type(batch.wanted)(*(tf.constant(a) for a in batch.wanted))


def _means(rows: list[dict[str, float]]) -> dict[str, float]:
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}


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
