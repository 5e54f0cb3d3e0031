"""How recipe `classic` was chosen: variants side by side on the validation writers. The test digits are not opened.

Usage: python benchmarks/classic_choices.py [SEEDS]    writes benchmarks/results/classic_choices.json
"""

from __future__ import annotations

import dataclasses
import statistics
import sys
from typing import Any

from inkdigits.datasets import mnist
from inkdigits.training import fit, recipe, split
from machine import write_results

VARIANTS: dict[str, dict[str, Any]] = {
    "as shipped": {},
    "dropout 0.25, 0.25, 0.5": {"dropout": (0.25, 0.25, 0.5)},
    "learning rate 0.005": {"learning_rate": 0.005},
    "learning rate 0.012": {"learning_rate": 0.012},
    "batch 128, learning rate 0.005": {"batch": 128, "learning_rate": 0.005},
    "constant learning rate 0.001": {"schedule": "constant", "learning_rate": 0.001},
    "float32": {"precision": "float32"},
}


def main(seeds: int) -> None:
    base = recipe.load("classic")
    training, validation = split.by_writer(mnist.train(), base.data.validation)
    rows: dict[str, dict[str, Any]] = {name: {"accuracy": [], "loss": [], "seconds_an_epoch": []} for name in VARIANTS}
    for seed in range(seeds):
        for name, changes in VARIANTS.items():
            network = {k: v for k, v in changes.items() if k == "dropout"}
            rest = {k: v for k, v in changes.items() if k != "dropout"}
            variant = dataclasses.replace(
                base,
                network=dataclasses.replace(base.network, **network),
                training=dataclasses.replace(base.training, **rest),
            )
            history = fit.fit(variant, seed, training, validation).history
            rows[name]["accuracy"].append(history[-1]["val_accuracy"])
            rows[name]["loss"].append(history[-1]["val_loss"])
            rows[name]["seconds_an_epoch"].append(statistics.median(row["seconds"] for row in history))
            print(f"{name:32} seed {seed}: {history[-1]['val_accuracy']:.2%}", flush=True)
            write_results("classic_choices", {"validation_digits": len(validation), "variants": rows})


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
