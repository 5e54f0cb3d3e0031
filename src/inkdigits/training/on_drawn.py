"""The loop of trainings on what is drawn for each step and never repeated; epochs are checkpointed and validated."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from inkdigits.errors import InputError
from inkdigits.training import checkpoint, optimizers, precision
from inkdigits.training.average import WeightAverage
from inkdigits.training.fit import Progress, Trained, silent
from inkdigits.training.settings import TrainingSettings

_CLIP = 5.0  # norm of all gradients together, at most


@dataclass(frozen=True)
class Task:
    """What one kind of training is made of.

    build     a policy's name → the network that learns
    judge     the same network in float32, for every figure that is reported
    losses    the network's outputs, each cast to float32, and a batch's targets → losses by name, "loss" the one to lower
    validate  the network with its averaged weights → figures of an epoch
    key       names recipe, seed and data: a checkpoint of another key is refused
    """

    build: Callable[[str], keras.Model]
    judge: Callable[[], keras.Model]
    losses: Callable[[Any, Any], dict[str, Any]]
    validate: Callable[[keras.Model], dict[str, float]]
    key: str


def train(
    task: Task,
    settings: TrainingSettings,
    steps: int,
    seed: int,
    drawn: Callable[[int, int], Iterator[tuple[Any, Any]]],
    checkpoint_path: Path,
    on_step: Progress = silent,
    on_epoch: Callable[[dict[str, float]], None] = lambda _row: None,
) -> Trained:
    """Train with one seed for `settings.epochs` of so many steps; return the network with its averaged weights, in float32.

    `drawn` gives the batches between two numbers: inputs, and targets as a tuple of arrays. Goes on from the last whole
    epoch in `checkpoint_path` where there is one. `on_step` is called after every step, `on_epoch` after each epoch with
    its row: epoch, the losses, what `task.validate` gives, learning_rate, seconds. Raises InputError for a checkpoint of
    another training, and where the loss is no finite number any more.
    """
    rewritten = precision.is_rewritten(settings.precision)
    policy = "float32" if rewritten else precision.dtype_policy(settings.precision)
    keras.utils.set_random_seed(seed)
    learner = task.build(policy)
    judge = task.judge()
    total = settings.epochs * steps
    optimizer = optimizers.build(settings, total)
    optimizer.build(learner.trainable_variables)
    average = WeightAverage(learner, settings.weight_average)
    state = {"network": learner.weights, "optimizer": optimizer.variables, "average": average.variables}
    history = checkpoint.restore(checkpoint_path, task.key, state)
    learned = checkpoint.learned(checkpoint_path) if history else ""  # None: unknown, and stays so

    @tf.function(autograph=False)  # type: ignore[untyped-decorator]
    def step(inputs: Any, wanted: Any) -> dict[str, Any]:
        with tf.GradientTape() as tape:
            outputs = tf.nest.map_structure(
                lambda output: tf.cast(output, tf.float32), learner(tf.cast(inputs, tf.float32), training=True)
            )
            parts = task.losses(outputs, wanted)
        gradients, _ = tf.clip_by_global_norm(tape.gradient(parts["loss"], learner.trainable_variables), _CLIP)
        optimizer.apply(gradients, learner.trainable_variables)
        average.update(optimizer.iterations - 1)
        return parts

    rows: list[dict[str, float]] = []
    started = time.perf_counter()
    for number, batch in enumerate(drawn(len(history) * steps, total), len(history) * steps):
        if learned is not None and number % steps == 0:
            learned = _hashed(learned, *batch)
        with precision.rewritten(rewritten):
            rows.append({name: float(value) for name, value in step(*_tensors(*batch)).items()})
        if not np.isfinite(rows[-1]["loss"]):
            what = f"has learned nothing: in epoch {len(history) + 1} the loss is no number any more"
            raise InputError("the training", what, "give a smaller training.learning_rate")
        on_step(number + 1, total, _means(rows))
        if (number + 1) % steps:
            continue
        judge.set_weights(average.weights())
        row = {"epoch": len(history) + 1, **_means(rows), **task.validate(judge)}
        row |= {"learning_rate": float(optimizer.learning_rate), "seconds": time.perf_counter() - started}
        history.append(row)
        checkpoint.save(checkpoint_path, task.key, state, history, learned)
        on_epoch(row)
        rows, started = [], time.perf_counter()
    judge.set_weights(average.weights())  # of a resumed run that had no epoch left as well
    return Trained(judge, history, "bfloat16, by TensorFlow's graph rewriting" if rewritten else policy, learned)


def _tensors(inputs: Any, wanted: Any) -> tuple[Any, Any]:
    return tf.constant(inputs), type(wanted)(*(tf.constant(a) for a in wanted))


def _hashed(before: str, inputs: Any, wanted: Any) -> str:
    """Return the hash of a batch and of what was hashed before it."""
    digest = hashlib.sha256(before.encode())
    for array in (inputs, *wanted):
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _means(rows: list[dict[str, float]]) -> dict[str, float]:
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
