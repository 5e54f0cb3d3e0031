"""Transfer across data sets: trained on one, answering on the others, as it is and fine-tuned with 10, 100 and 1,000 labels.

The exercise's CNN learns from MNIST, from USPS and from optdigits, and is fine-tuned to each of the other two as
`inkdigits train finetune` does it (rehearsal, augmentation, a small learning rate); beside it stands the same CNN trained on those
labels alone. Labels are spread evenly over the classes.

MNIST is divided into training and validation writers; its test digits are not opened. USPS and optdigits are development
sets, found through the environment variable INKDIGITS_DEV_DATA: their tuning halves are learned from, and their reporting
halves answered. They train nothing that is kept: the networks live in a temporary folder, and figures alone are written.

Usage: INKDIGITS_DEV_DATA=… python benchmarks/transfer.py [SEEDS]    writes benchmarks/results/transfer.json
"""

from __future__ import annotations

import dataclasses
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from dev_singles import ARRAYS
from inkdigits.datasets import mnist
from inkdigits.datasets.dataset import Dataset
from inkdigits.reading.single import prepare
from inkdigits.training import export, fit, from_onnx, recipe, split
from inkdigits.training.from_onnx import Given
from inkdigits.training.recipe import Recipe
from inkdigits.training.rehearsal import mixed
from machine import needed_dev_data, write_results
from scoring import in_half

LABELS = (10, 100, 1000)
FEW = np.arange(10)  # fit wants validation digits; nothing is chosen by them
SEEN, SEEN_ALONE = 120_000, 30_000  # digits that a training from nothing sees: of a whole set, of labels alone


def half(folder: Path, name: str, which: str) -> Dataset:
    """Return one half of a development set, brought to glyphs by the way of every picture."""
    with np.load(folder / f"{ARRAYS[name]}.npz") as stored:
        rows = [i for i in range(len(stored["y"])) if in_half(f"{name}{i}", which)]
        x, y = stored["x"][rows], stored["y"][rows]
    glyphs = [prepare(picture).glyph for picture in x]
    kept = [i for i, glyph in enumerate(glyphs) if glyph is not None]
    return Dataset(f"{name}, {which} half", np.stack([glyphs[i] for i in kept]), y[kept].astype(np.uint8))


def drawn(data: Dataset, count: int, seed: int) -> Dataset:
    """Return `count` digits at random, as many of each class as there are, or all if there are fewer."""
    random = np.random.default_rng(seed)
    rows = [random.permutation(np.flatnonzero(data.labels == digit))[: count // 10] for digit in range(10)]
    return data.subset(np.concatenate(rows))


def trained(seed: int, data: Dataset, seen: int, settings: Recipe) -> fit.Trained:
    """Return the exercise's CNN trained from nothing on `seen` digits, augmented as in fine-tuning."""
    epochs = max(2, round(seen / 50_000))
    repeated = data.subset(np.resize(np.arange(len(data)), seen // epochs))
    training = dataclasses.replace(settings.training, epochs=epochs, learning_rate=0.003)
    network = recipe.load("classic").network
    return fit.fit(dataclasses.replace(settings, network=network, training=training), seed, repeated, data.subset(FEW))


def accuracy(network: Any, data: Dataset) -> float:
    return float((fit.predictor(network)(data.images).argmax(axis=1) == data.labels).mean())


def given(network: Any, place: Path) -> Given:
    export.save(network, "transfer", place / "model.onnx")
    return from_onnx.read(place / "model.onnx")


def one_seed(seed: int, learn: dict[str, Dataset], answer: dict[str, Dataset], place: Path) -> dict[str, Any]:
    """Return the accuracies of one seed: as they are, fine-tuned, what is kept of the first set, and with labels alone."""
    settings = recipe.load("finetune")
    rows: dict[str, Any] = {"plain": {}, "finetuned": {}, "kept": {}, "alone": {}}
    for target, data in learn.items():
        rows["alone"][target] = {
            count: accuracy(trained(seed, drawn(data, count, seed), SEEN_ALONE, settings).network, answer[target])
            for count in LABELS
        }
    for source, known in learn.items():
        network = trained(seed, known, SEEN, settings).network
        rows["plain"][source] = {target: accuracy(network, data) for target, data in answer.items()}
        again = drawn(known, settings.finetune.rehearsal, seed)
        start = given(network, place)
        for target, new in learn.items():
            if target == source:
                continue
            for count in LABELS:
                own = drawn(new, count, seed)
                tuned = fit.fit(
                    settings, seed, mixed(own, again, settings.finetune.own), own.subset(FEW), given=start
                ).network
                for kind, data in (("finetuned", answer[target]), ("kept", answer[source])):
                    rows[kind].setdefault(source, {}).setdefault(target, {})[count] = accuracy(tuned, data)
        print(f"seed {seed}: from {source}: { {k: rows[k].get(source) for k in ('plain', 'finetuned')} }", flush=True)
    return rows


def main(seeds: int) -> None:
    where = needed_dev_data()
    training, validation = split.by_writer(mnist.train(), recipe.load("finetune").data.validation)
    learn = {"mnist": training, **{name: half(where, name, "tune") for name in ("usps", "optdigits")}}
    answer = {"mnist": validation, **{name: half(where, name, "report") for name in ("usps", "optdigits")}}
    sizes = {name: {"learned": len(learn[name]), "answered": len(answer[name])} for name in learn}
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as place:
        for seed in range(seeds):
            rows.append(one_seed(seed, learn, answer, Path(place)))
            write_results("transfer", {"labels": LABELS, "sets": sizes, "seeds": rows})


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
