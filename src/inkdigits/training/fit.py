"""The training loop: the whole data set is one tensor, batches are gathered from it, and every epoch is checkpointed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from inkdigits.datasets import protocol
from inkdigits.datasets.dataset import Dataset
from inkdigits.errors import InputError
from inkdigits.training import architectures, batches, checkpoint, distil, norms, optimizers, precision
from inkdigits.training.average import WeightAverage
from inkdigits.training.checkpoint import History
from inkdigits.training.from_onnx import Given
from inkdigits.training.recipe import Recipe
from inkdigits.training.settings import TrainingSettings

# Steps in one call into TensorFlow: enough to hide the cost of calling, few enough for a live progress bar.
_STEPS_PER_CALL = 30

_PREDICTED_AT_ONCE = 1000

Glyphs = npt.NDArray[np.uint8]
Predictor = Callable[[Glyphs], Any]
Progress = Callable[[int, int, dict[str, float]], None]  # steps done, steps in all, the epoch's figures so far


@dataclass(frozen=True)
class Trained:
    """A finished training: the network, in float32, a row of figures per epoch, and which teachers it had, if any.

    `learned_sha256` is the hash of all that was learned from, synthetic digits too; where that is drawn for each step, of
    the first batch of every epoch, and None if the training was begun before such hashes were kept.
    """

    network: keras.Model
    history: History
    dtype_policy: str
    learned_sha256: str | None
    teachers_sha256: str | None = None


def silent(_done: int, _total: int, _figures: dict[str, float]) -> None:
    """Show no progress."""


@protocol.test_set_closed()
def fit(
    recipe: Recipe,
    seed: int,
    training: Dataset,
    validation: Dataset | None,
    checkpoint_path: Path | None = None,
    on_step: Progress = silent,
    on_epoch: Callable[[dict[str, float]], None] | None = None,
    given: Given | None = None,
    taught_by: Sequence[Path] | None = None,
) -> Trained:
    """Train a recipe with one seed and return the network as it is after the last epoch.

    Equal arguments give equal weights (on one machine). If `checkpoint_path` exists, training goes on from the last whole
    epoch in it; each finished epoch is written there. `on_step` is called many times an epoch, `on_epoch` after each with
    its row: epoch, loss, accuracy, val_loss and val_accuracy (not without `validation`), learning_rate, seconds. With
    `given`, training goes on from that network. `taught_by` are the run folders of the recipe's teachers, if it does not
    name them by their whole paths. Raises InputError for a recipe that cannot be built, for a checkpoint of another
    training, and where the loss is no finite number any more.
    """
    settings = recipe.training
    if len(training) < settings.batch:
        raise InputError(training.name, f"has {len(training)} digits, fewer than one batch", "lower training.batch")
    policy = precision.dtype_policy(settings.precision)
    keras.utils.set_random_seed(seed)
    build = given.build if given else partial(architectures.build, recipe.network)
    network = build(policy)
    judge = build("float32")  # the same network in float32, for every figure that is reported
    steps = len(training) // settings.batch
    optimizer = optimizers.build(settings, settings.epochs * steps)
    optimizer.build(network.trainable_variables)
    average = WeightAverage(network, settings.weight_average)
    state = {"network": network.variables, "optimizer": optimizer.variables, "average": average.variables}
    teachers = _teachers(recipe, taught_by, policy)
    learned_sha256 = training.fingerprint()
    key = " ".join([recipe.hash(), str(seed), learned_sha256, *(of.fingerprint for of in (teachers, given) if of)])
    history = checkpoint.restore(checkpoint_path, key, state) if checkpoint_path else []
    batch_of = batches.source(training, recipe.augment, seed)
    run_steps = _compile(network, optimizer, average, batch_of, settings.label_smoothing, teachers)
    measure = norms.measurer(recipe.network, batch_of) if settings.norm_batches else None
    predict = predictor(judge)

    def order(epoch: int) -> Any:
        """Return the batches of an epoch. They follow from seed and epoch: a resumed run sees what it would have seen."""
        rows = np.random.default_rng([seed, epoch]).permutation(len(training))[: steps * settings.batch]
        return rows.reshape(steps, settings.batch).astype(np.int32)

    def take_weights(epoch: int) -> None:
        judge.set_weights(average.weights())
        if measure:
            measure(judge, order(epoch)[: settings.norm_batches])

    while not _is_over(settings, history):
        started = time.perf_counter()
        epoch = len(history)
        rows = order(epoch)
        totals = np.zeros(2)
        for first in range(0, steps, _STEPS_PER_CALL):
            totals += np.array([float(v) for v in run_steps(rows[first : first + _STEPS_PER_CALL])])
            if not np.isfinite(totals[0]):
                what = f"has learned nothing: in epoch {epoch + 1} the loss is no number any more"
                raise InputError(f"recipe {recipe.name}", what, "give a smaller training.learning_rate")
            done = min(first + _STEPS_PER_CALL, steps)
            on_step(epoch * steps + done, settings.epochs * steps, _means(totals, done * settings.batch))
        seconds = time.perf_counter() - started
        take_weights(epoch)
        row = {
            "epoch": epoch + 1,
            **_means(totals, steps * settings.batch),
            **(_validate(predict, validation) if validation else {}),
            "learning_rate": float(optimizer.learning_rate),
            "seconds": round(seconds, 3),
        }
        history.append(row)
        if checkpoint_path:
            checkpoint.save(checkpoint_path, key, state, history)
        if on_epoch:
            on_epoch(row)
    take_weights(len(history) - 1)  # of a resumed run that had no epoch left as well
    return Trained(judge, history, policy, learned_sha256, teachers.fingerprint if teachers else None)


def _teachers(recipe: Recipe, folders: Sequence[Path] | None, policy: Any) -> distil.Teachers | None:
    if not recipe.distil.teachers:
        return None
    folders = folders or [distil.folder_of_path(teacher) for teacher in recipe.distil.teachers]
    return distil.Teachers(recipe.distil, folders, recipe.network.classes, policy)


def _is_over(settings: TrainingSettings, history: History) -> bool:
    """Tell whether the last epoch is done, the target reached, or patience at its end."""
    if not history or len(history) >= settings.epochs:
        return bool(history)
    if settings.target and history[-1]["val_accuracy"] >= settings.target:
        return True
    losses = [row["val_loss"] for row in history] if settings.patience else []
    return bool(losses) and len(losses) - 1 - losses.index(min(losses)) >= settings.patience


def _compile(
    network: keras.Model,
    optimizer: keras.Optimizer,
    average: WeightAverage,
    batch_of: batches.Source,
    smoothing: float,
    teachers: distil.Teachers | None,
) -> Callable[[Any], tuple[Any, Any]]:
    """Return a compiled function that trains on batches, int32 (steps, batch) row numbers, and sums loss and hits."""

    def losses_of(probabilities: Any, labels: Any, beliefs: Any) -> Any:
        losses = _losses(labels, probabilities, smoothing)
        return teachers.losses(losses, beliefs, probabilities) if teachers else losses

    def step(sums: tuple[Any, Any], rows: Any) -> tuple[Any, Any]:
        x, y = batch_of(rows, optimizer.iterations)
        beliefs = teachers(x) if teachers else None  # not on the tape: teachers are not trained
        with tf.GradientTape() as tape:
            outputs = network(x, training=True)
            towers = tf.unstack(outputs, axis=1) if len(outputs.shape) == 3 else [outputs]
            losses = tf.add_n([losses_of(tower, y, beliefs) for tower in towers]) / len(towers)
            loss = tf.reduce_mean(losses)
        variables = network.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)
        average.update(optimizer.iterations)
        hits = tf.equal(tf.argmax(tf.add_n(towers), axis=1, output_type=tf.int32), y)
        return sums[0] + tf.reduce_sum(losses), sums[1] + tf.reduce_sum(tf.cast(hits, tf.float32))

    # Without AutoGraph, which would take a quarter of a second to rewrite what is a graph already.
    @tf.function(input_signature=[tf.TensorSpec((None, None), tf.int32)], autograph=False)  # type: ignore[untyped-decorator]
    def run_steps(rows_of_batches: Any) -> tuple[Any, Any]:
        return tf.foldl(step, rows_of_batches, (tf.constant(0.0), tf.constant(0.0)))  # type: ignore[no-any-return]

    return run_steps  # type: ignore[no-any-return]


def _losses(labels: Any, probabilities: Any, smoothing: float) -> Any:
    """Return each digit's cross-entropy (N,), of a label that leaves a share `smoothing` to all classes alike.

    Source: Szegedy et al., "Rethinking the Inception Architecture", 2015, section 7.
    """
    if not smoothing:
        return keras.losses.sparse_categorical_crossentropy(labels, probabilities)
    wanted = tf.one_hot(labels, probabilities.shape[-1])
    return keras.losses.categorical_crossentropy(wanted, probabilities, label_smoothing=smoothing)


def _means(totals: Any, count: int) -> dict[str, float]:
    return {"loss": float(totals[0]) / count, "accuracy": float(totals[1]) / count}


def _validate(predict: Predictor, data: Dataset) -> dict[str, float]:
    probabilities = predict(data.images)
    correct = probabilities[np.arange(len(data)), data.labels]
    return {
        "val_loss": float(-np.log(np.maximum(correct, 1e-12)).mean()),
        "val_accuracy": float((probabilities.argmax(axis=1) == data.labels).mean()),
    }


def predictor(network: keras.Model) -> Predictor:
    """Return a Keras network as a compiled function, uint8 (N, 28, 28) → float32 (N, 10), with its current weights."""

    @tf.function(input_signature=[tf.TensorSpec((None, 28, 28), tf.uint8)])  # type: ignore[untyped-decorator]
    def run(glyphs: Any) -> Any:
        return network(tf.cast(glyphs, tf.float32)[..., tf.newaxis] / 255.0, training=False)

    def predict(glyphs: Glyphs) -> Any:
        parts = [
            run(glyphs[first : first + _PREDICTED_AT_ONCE]).numpy()
            for first in range(0, len(glyphs), _PREDICTED_AT_ONCE)
        ]
        return np.concatenate(parts)

    return predict
