"""What 8 bits cost and save: every finished seed of a recipe as it was exported, with weights in int8, and wholly in 8 bits.

The ranges for the last are those of 1,024 training digits of other writers than the validation ones. On the test digits nothing is
chosen; --split validation prints and writes nothing.

Usage: python benchmarks/quantised.py RECIPE [--runs FOLDER] [--split validation]
writes benchmarks/results/quantised_RECIPE.json
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

from inkdigits import network, run
from inkdigits.datasets import mnist
from inkdigits.evaluation import openings
from inkdigits.evaluation.spread import spread
from inkdigits.network import quantise
from inkdigits.network.session import Network, open_session
from inkdigits.training import recipe, split
from machine import keep_openings, write_results

KINDS = ("float32", "weights", "static")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("recipe")
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--split", choices=("test", "validation"), default="test")
    arguments = parser.parse_args()
    chosen = recipe.load(arguments.recipe)
    folders = run.finished(chosen, "mnist", arguments.runs)
    if not folders:
        sys.exit(f"{arguments.runs} has no finished run of {chosen.name}")
    training, validation = split.by_writer(mnist.train(), 0.1)
    some = training.images[np.random.default_rng(0).permutation(len(training))[:1024]]
    data = validation
    if arguments.split == "test":
        nets = [network.load(folder) for folder in folders.values()]
        data = openings.open_test(mnist.test, "in 8 bits", arguments.runs / openings.LOG, *nets)
    rows: dict[str, dict[str, dict[str, float]]] = {kind: {} for kind in KINDS}
    for seed, folder in folders.items():
        exported = (folder / "model.onnx").read_bytes()
        files = zip(KINDS, (exported, quantise.weights(exported), quantise.static(exported, some)), strict=True)
        before = None
        for kind, model in files:
            raw = Network(folder.name, open_session(model, folder.name)).probabilities(data.images)
            answers = raw[:, :10].argmax(axis=1)
            before = answers if before is None else before
            rows[kind][str(seed)] = {
                "bytes": len(model),
                "accuracy": float((answers == data.labels).mean()),
                "labels_agree": float((answers == before).mean()),
            }
    figures: dict[str, Any] = {"recipe": chosen.name, "recipe_hash": chosen.hash(), "runs": len(folders), "kinds": {}}
    for kind, seeds in rows.items():
        accuracy = spread([row["accuracy"] for row in seeds.values()])
        size = max(row["bytes"] for row in seeds.values())
        figures["kinds"][kind] = {"largest_bytes": size, "accuracy": accuracy.__dict__, "seeds": seeds}
        agree = np.mean([row["labels_agree"] for row in seeds.values()])
        print(f"{kind:8} {size:>9,} bytes  {accuracy.mean:.3%} of {data.name}  {agree:.3%} of the labels as before")
    if arguments.split == "test":
        write_results(f"quantised_{chosen.name}", figures)
        keep_openings(arguments.runs / openings.LOG, chosen.hash())


if __name__ == "__main__":
    main()
