"""Claim: recipe `classic` trains at least 1.5 times faster than plain Keras, same network and epochs, no less accurate.

Plain Keras is what the exercise does: float32, `model.fit`, batch 128, Adam as it comes. Both train alternately in this one
process, seed by seed, on the same digits; accuracy is on the validation writers. The test digits are not opened.

Usage: python benchmarks/plain_keras.py [SEEDS]    writes benchmarks/results/plain_keras.json
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import Any

from inkdigits.datasets import mnist
from inkdigits.datasets.dataset import Dataset
from inkdigits.training import architectures, fit, recipe, split
from machine import write_results

import keras  # isort: skip  # after inkdigits.training, which chooses the backend


def plain(seed: int, epochs: int, training: Dataset, validation: Dataset, target: float = 1.0) -> dict[str, Any]:
    """Train as the exercise does, until `target` on validation; return seconds of each epoch and the last accuracy there.

    The seconds are those of training alone: the answers on validation digits are not counted.
    """
    keras.utils.set_random_seed(seed)
    model = architectures.build(recipe.load("classic").network)
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    x, y = training.images[..., None].astype("float32") / 255, training.labels
    seconds: list[float] = []
    predict = fit.predictor(model)

    def accuracy() -> float:
        return float((predict(validation.images).argmax(axis=1) == validation.labels).mean())

    class Clock(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.started = time.perf_counter()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            seconds.append(time.perf_counter() - self.started)
            model.stop_training = target < 1 and accuracy() >= target

    model.fit(x, y, batch_size=128, epochs=epochs, verbose=0, callbacks=[Clock()])
    return {"seconds": seconds, "val_accuracy": accuracy()}


def classic(seed: int, training: Dataset, validation: Dataset) -> dict[str, Any]:
    """Train the recipe; return the same figures."""
    history = fit.fit(recipe.load("classic"), seed, training, validation).history
    return {"seconds": [row["seconds"] for row in history], "val_accuracy": history[-1]["val_accuracy"]}


def main(seeds: int) -> None:
    settings = recipe.load("classic")
    training, validation = split.by_writer(mnist.train(), settings.data.validation)
    rows: list[dict[str, Any]] = []
    for seed in range(seeds):
        pair = {
            "plain": plain(seed, settings.training.epochs, training, validation),
            "classic": classic(seed, training, validation),
        }
        rows.append(pair)
        epoch = {name: statistics.median(row["seconds"]) for name, row in pair.items()}
        print(f"seed {seed}: {epoch}  { {name: row['val_accuracy'] for name, row in pair.items()} }", flush=True)
    ratios = [statistics.median(r["plain"]["seconds"]) / statistics.median(r["classic"]["seconds"]) for r in rows]
    figures: dict[str, Any] = {"epochs": settings.training.epochs, "times_faster": statistics.median(ratios)}
    for name in ("plain", "classic"):
        figures[name] = {
            "median_seconds_an_epoch": statistics.median(s for row in rows for s in row[name]["seconds"]),
            "mean_val_accuracy": statistics.fmean(row[name]["val_accuracy"] for row in rows),
        }
    write_results("plain_keras", {**figures, "seeds": rows})
    print(figures)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
