"""The training loop: the whole data set is one tensor, batches are gathered from it, and every epoch is checkpointed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from inkdigits.datasets import protocol
from inkdigits.datasets.dataset import Dataset
from inkdigits.errors import InputError
from inkdigits.training import architectures, checkpoint, precision, schedules
from inkdigits.training.augment import augment
from inkdigits.training.average import WeightAverage
from inkdigits.training.checkpoint import History
from inkdigits.training.recipe import Recipe
from inkdigits.training.settings import AugmentSettings, TrainingSettings

# Steps in one call into TensorFlow: enough to hide the cost of calling, few enough for a live progress bar.
_STEPS_PER_CALL = 30

_PREDICTED_AT_ONCE = 1000

Glyphs = npt.NDArray[np.uint8]
Predictor = Callable[[Glyphs], Any]
Progress = Callable[[int, int, dict[str, float]], None]  # steps done, steps in all, the epoch's figures so far


@dataclass(frozen=True)
class Trained:
    """A finished training: the network, in float32, and a row of figures per epoch."""

    network: keras.Sequential
    history: History
    dtype_policy: str


def silent(_done: int, _total: int, _figures: dict[str, float]) -> None:
    """Show no progress."""


@protocol.test_set_closed()
def fit(
    recipe: Recipe,
    seed: int,
    training: Dataset,
    validation: Dataset,
    checkpoint_path: Path | None = None,
    on_step: Progress = silent,
    on_epoch: Callable[[dict[str, float]], None] | None = None,
) -> Trained:
    """Train a recipe with one seed and return the network as it is after the last epoch.

    Equal arguments give equal weights (on one machine). If `checkpoint_path` exists, training goes on from the last whole
    epoch in it; each finished epoch is written there. `on_step` is called many times an epoch, `on_epoch` after each with
    its row: epoch, loss, accuracy, val_loss, val_accuracy, learning_rate, seconds. Raises InputError for a recipe that
    cannot be built and for a checkpoint of another training.
    """
    settings = recipe.training
    if len(training) < settings.batch:
        raise InputError(training.name, f"has {len(training)} digits, fewer than one batch", "lower training.batch")
    policy = precision.dtype_policy(settings.precision)
    keras.utils.set_random_seed(seed)
    network = architectures.build(recipe.network, policy)
    judge = architectures.build(recipe.network)  # the same network in float32, for every figure that is reported
    steps = len(training) // settings.batch
    optimizer = _optimizer(settings, settings.epochs * steps)
    optimizer.build(network.trainable_variables)
    average = WeightAverage(network, settings.weight_average)
    state = {"network": network.variables, "optimizer": optimizer.variables, "average": average.variables}
    key = f"{recipe.hash()} {seed} {training.fingerprint()}"
    history = checkpoint.restore(checkpoint_path, key, state) if checkpoint_path else []
    run_steps = _compile(network, optimizer, average, training, recipe.augment, seed)
    predict = predictor(judge)

    for epoch in range(len(history), settings.epochs):
        started = time.perf_counter()
        # The order depends on seed and epoch alone, so a resumed run sees the batches it would have seen.
        order = np.random.default_rng([seed, epoch]).permutation(len(training))[: steps * settings.batch]
        batches = order.reshape(steps, settings.batch).astype(np.int32)
        totals = np.zeros(2)
        for first in range(0, steps, _STEPS_PER_CALL):
            totals += np.array([float(v) for v in run_steps(batches[first : first + _STEPS_PER_CALL])])
            done = min(first + _STEPS_PER_CALL, steps)
            on_step(epoch * steps + done, settings.epochs * steps, _means(totals, done * settings.batch))
        seconds = time.perf_counter() - started
        judge.set_weights(average.weights())
        row = {
            "epoch": epoch + 1,
            **_means(totals, steps * settings.batch),
            **_validate(predict, validation),
            "learning_rate": float(optimizer.learning_rate),
            "seconds": round(seconds, 3),
        }
        history.append(row)
        if checkpoint_path:
            checkpoint.save(checkpoint_path, key, state, history)
        if on_epoch:
            on_epoch(row)
    judge.set_weights(average.weights())
    return Trained(judge, history, policy)


def _optimizer(settings: TrainingSettings, steps: int) -> keras.Optimizer:
    """Return Adam over a schedule of `steps` steps, with the recipe's weight decay."""
    rate = schedules.build(settings, steps)
    if not settings.weight_decay:
        return keras.optimizers.Adam(rate)
    optimizer = keras.optimizers.AdamW(rate, weight_decay=settings.weight_decay)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer


def _compile(
    network: keras.Sequential,
    optimizer: keras.Optimizer,
    average: WeightAverage,
    data: Dataset,
    changes: AugmentSettings,
    seed: int,
) -> Callable[[Any], tuple[Any, Any]]:
    """Return a compiled function that trains on batches, int32 (steps, batch) row numbers, and sums loss and hits."""
    images, labels = tf.constant(data.images), tf.constant(data.labels.astype(np.int32))

    @tf.function(input_signature=[tf.TensorSpec((None, None), tf.int32)])  # type: ignore[untyped-decorator]
    def run_steps(batches: Any) -> tuple[Any, Any]:
        loss_sum = hits = tf.constant(0.0)
        for rows in batches:
            x = tf.cast(tf.gather(images, rows), tf.float32)[..., tf.newaxis] / 255.0
            y = tf.gather(labels, rows)
            if changes.any:
                # One seed per step of the whole training: a resumed run draws what it would have drawn.
                x = augment(x, changes, tf.stack([seed, tf.cast(optimizer.iterations, tf.int32)]))
            with tf.GradientTape() as tape:
                probabilities = network(x, training=True)
                losses = keras.losses.sparse_categorical_crossentropy(y, probabilities)
                loss = tf.reduce_mean(losses)
            variables = network.trainable_variables
            optimizer.apply(tape.gradient(loss, variables), variables)
            average.update(optimizer.iterations)
            loss_sum += tf.reduce_sum(losses)
            hits += tf.reduce_sum(
                tf.cast(tf.equal(tf.argmax(probabilities, axis=1, output_type=tf.int32), y), tf.float32)
            )
        return loss_sum, hits

    return run_steps  # type: ignore[no-any-return]


def _means(totals: Any, count: int) -> dict[str, float]:
    return {"loss": float(totals[0]) / count, "accuracy": float(totals[1]) / count}


def _validate(predict: Predictor, data: Dataset) -> dict[str, float]:
    probabilities = predict(data.images)
    correct = probabilities[np.arange(len(data)), data.labels]
    return {
        "val_loss": float(-np.log(np.maximum(correct, 1e-12)).mean()),
        "val_accuracy": float((probabilities.argmax(axis=1) == data.labels).mean()),
    }


def predictor(network: keras.Sequential) -> Predictor:
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
