"""What 8 bits cost and save: every finished seed of a recipe as it was exported, with weights in int8, and wholly in 8 bits.

The ranges for the last are those of 1,024 training digits of other writers than the validation ones. On the test digits nothing is
chosen; --split validation prints and writes nothing.

Usage: python benchmarks/quantised.py RECIPE [--runs FOLDER] [--split validation]
writes benchmarks/results/quantised_RECIPE.json
"""

from __future__ import annotations

from typing import Any

import numpy as np

from finished import Finished, parser
from inkdigits.datasets import mnist
from inkdigits.evaluation.spread import spread
from inkdigits.network import quantise
from inkdigits.network.session import Network, open_session
from inkdigits.training import split

KINDS = ("float32", "weights", "static")


def main() -> None:
    finished = Finished.of(parser().parse_args())
    training, _ = split.by_writer(mnist.train(), 0.1)
    some = training.images[np.random.default_rng(0).permutation(len(training))[:1024]]
    data = finished.digits("in 8 bits", list(finished.folders))
    rows: dict[str, dict[str, dict[str, float]]] = {kind: {} for kind in KINDS}
    for seed, folder in finished.folders.items():
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
    figures: dict[str, Any] = {"runs": len(finished.folders), "kinds": {}}
    for kind, seeds in rows.items():
        accuracy = spread([row["accuracy"] for row in seeds.values()])
        size = max(row["bytes"] for row in seeds.values())
        figures["kinds"][kind] = {"largest_bytes": size, "accuracy": accuracy.__dict__, "seeds": seeds}
        agree = np.mean([row["labels_agree"] for row in seeds.values()])
        print(f"{kind:8} {size:>9,} bytes  {accuracy.mean:.3%} of {data.name}  {agree:.3%} of the labels as before")
    finished.write("quantised", figures)


if __name__ == "__main__":
    main()
