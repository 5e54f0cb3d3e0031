"""The locator's training loop: pages are drawn for each step and never repeated; every epoch is checkpointed and validated."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from inkdigits.datasets.dataset import Dataset
from inkdigits.locating import maps, peaks
from inkdigits.synthetic.pages import page, sources
from inkdigits.synthetic.pages.truth import SyntheticPage
from inkdigits.training import checkpoint, optimizers, precision
from inkdigits.training.average import WeightAverage
from inkdigits.training.checkpoint import History
from inkdigits.training.locator import losses, network
from inkdigits.training.locator.batches import Batch, PageSettings, drawers
from inkdigits.training.locator.network import LocatorSettings
from inkdigits.training.settings import TrainingSettings

_VALIDATION_SEED = 1_000_003
Progress = Callable[[int, int, dict[str, float]], None]


@dataclass(frozen=True)
class LocatorRecipe:
    """What a training of the locator is made from; `steps` is the number of batches in an epoch."""

    name: str
    network: LocatorSettings = field(default_factory=LocatorSettings)
    training: TrainingSettings = field(default_factory=TrainingSettings)
    pages: PageSettings = field(default_factory=PageSettings)
    steps: int = 256
    validation_pages: int = 192


def fit(
    recipe: LocatorRecipe,
    seed: int,
    training: Dataset,
    validation: Dataset,
    checkpoint_path: Path,
    on_step: Progress,
    on_epoch: Callable[[dict[str, float]], None],
    processes: int = 2,
) -> tuple[keras.Model, History]:
    """Train the recipe with one seed; return the network with its averaged weights, in float32, and a row an epoch.

    Goes on from the last whole epoch in `checkpoint_path` where there is one. A row: epoch, loss, one loss a head, learning
    rate, seconds, and on validation pages (other writers, fonts and forms of digits) precision, recall and f1 of handwritten
    digits, of which both place and class must be right.
    """
    settings = recipe.training
    keras.utils.set_random_seed(seed)
    policy = precision.dtype_policy(settings.precision)
    learner, judge = network.build(recipe.network, policy), network.build(recipe.network)
    total = settings.epochs * recipe.steps
    optimizer = optimizers.build(settings, total)
    optimizer.build(learner.trainable_variables)
    average = WeightAverage(learner, settings.weight_average)
    state = {"network": learner.weights, "optimizer": optimizer.variables, "average": average.variables}
    history = checkpoint.restore(checkpoint_path, f"{recipe} seed {seed}", state)
    unseen = _validation_pages(validation, recipe)

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
    def step(inputs: Any, wanted: Any, number: Any) -> dict[str, Any]:
        with tf.GradientTape() as tape:
            marks, ink = learner(tf.cast(inputs, tf.float32), training=True)
            parts = losses.losses(tf.cast(marks, tf.float32), tf.cast(ink, tf.float32), wanted)
            loss = losses.total(parts)
        gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, learner.trainable_variables), 5.0)
        optimizer.apply(gradients, learner.trainable_variables)
        average.update(number)
        return {"loss": loss, **parts}

    with drawers(training, recipe.pages, "training", seed, settings.batch, processes) as drawn:
        first = len(history) * recipe.steps
        rows: list[dict[str, float]] = []
        started = time.perf_counter()
        for number, batch in enumerate(drawn.batches(first, total), first):
            figures = step(*_tensors(batch), tf.constant(number, tf.int64))
            rows.append({name: float(value) for name, value in figures.items()})
            on_step(number % recipe.steps + 1, recipe.steps, rows[-1])
            if (number + 1) % recipe.steps:
                continue
            judge.set_weights(average.weights())
            row = {"epoch": len(history) + 1.0, **{n: float(np.mean([r[n] for r in rows])) for n in rows[0]}}
            row |= validate(judge, unseen)
            row |= {"learning_rate": float(optimizer.learning_rate), "seconds": time.perf_counter() - started}
            history.append(row)
            checkpoint.save(checkpoint_path, f"{recipe} seed {seed}", state, history)
            on_epoch(row)
            rows, started = [], time.perf_counter()
    judge.set_weights(average.weights())
    return judge, history


def _tensors(batch: Batch) -> tuple[Any, Any]:
    return tf.constant(batch.inputs), type(batch.wanted)(*(tf.constant(a) for a in batch.wanted))


def _validation_pages(data: Dataset, recipe: LocatorRecipe) -> list[SyntheticPage]:
    """Return pages by writers, with fonts and forms of digits that training has not; the same for every seed."""
    assert data.writers is not None
    held_out = sources.build(data.images, data.labels, data.writers, "validation", 2000)
    size = (recipe.pages.size, recipe.pages.size)
    return [
        page.draw(held_out, np.random.default_rng([_VALIDATION_SEED, i]), size) for i in range(recipe.validation_pages)
    ]


def validate(judge: keras.Model, pages: list[SyntheticPage]) -> dict[str, float]:
    """Return precision, recall and f1 of handwritten digits on pages: centre within half a box, and the right class."""
    right = said = there = 0
    for start in range(0, len(pages), 16):
        part = pages[start : start + 16]
        marks, ink = judge.predict_on_batch(np.stack([maps.inputs(p.grey) for p in part]))
        for i, known in enumerate(part):
            a, b, c = agreement(
                peaks.peaks(maps.Maps(marks[i].transpose(2, 0, 1), ink[i].transpose(2, 0, 1)), 0.3), known
            )
            right, said, there = right + a, said + b, there + c
    precision_, recall = right / max(said, 1), right / max(there, 1)
    return {"precision": precision_, "recall": recall, "f1": 2 * right / max(said + there, 1)}


def agreement(found: peaks.Found, known: SyntheticPage) -> tuple[int, int, int]:
    """Return how many handwritten digits are found rightly, how many are said, and how many there are."""
    truth = [m for m in known.truth.marks if m.kind == "handwritten" and m.sign.isdigit()]
    free = set(range(len(truth)))
    right = said = 0
    for i in np.flatnonzero(found.kinds == maps.HANDWRITTEN):
        x, y = found.centres[i]
        if any(left <= x <= r and top <= y <= b for left, top, r, b in known.truth.ignored):
            continue
        said += 1
        for j in free:
            left, top, r, b = truth[j].box
            in_x = abs(x - (left + r) / 2) <= max(3.0, 0.3 * (r - left))
            if in_x and abs(y - (top + b) / 2) <= 0.3 * (b - top) and truth[j].sign == str(found.classes[i].argmax()):
                free.remove(j)
                right += 1
                break
    return right, said, len(truth)
