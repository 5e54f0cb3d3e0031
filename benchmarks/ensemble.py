"""What ensembles of seeds read: disjoint ones, in the order of the seeds, so that no member is chosen.

    inkdigits train RECIPE --seeds 15 --out runs/RECIPE
    python benchmarks/ensemble.py RECIPE --size 5 --runs runs/RECIPE     seeds 0 to 4, 5 to 9, 10 to 14

The probabilities of the members are averaged, as by `inkdigits ensemble`; each is asked as it is, and by test-time augmentation
as by `inkdigits evaluate --tta`. With --beside, as many seeds of other recipes, in the same folder, join each ensemble. Decide on
size and company beforehand, or by --split validation, which prints and writes nothing.

Usage: python benchmarks/ensemble.py RECIPE [--size 5] [--beside RECIPE…] [--runs FOLDER] [--split validation]
writes benchmarks/results/ensemble_RECIPE.json, or ensemble_RECIPE_RECIPE.json
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
import numpy.typing as npt

from finished import Finished, parser
from inkdigits import network
from inkdigits.datasets.dataset import Dataset
from inkdigits.evaluation import contested
from inkdigits.evaluation.spread import spread
from inkdigits.network import tta

Beliefs = npt.NDArray[np.float32]
WAYS = {"plain": network.Network.probabilities, "tta": tta.probabilities}


def main() -> None:
    options = parser()
    options.add_argument("--size", type=int, default=5, help="seeds of each recipe in an ensemble")
    options.add_argument("--beside", nargs="+", default=[], metavar="RECIPE", help="whose seeds join each ensemble")
    arguments = options.parse_args()
    families = [
        Finished.of(argparse.Namespace(**{**vars(arguments), "recipe": recipe}), at_least=arguments.size)
        for recipe in (arguments.recipe, *arguments.beside)
    ]
    count = min(len(family.folders) for family in families) // arguments.size
    seeds = [list(family.folders)[: count * arguments.size] for family in families]
    why = f"ensembles of {arguments.size * len(families)}"
    data, *_ = (family.digits(why, of) for family, of in zip(families, seeds, strict=True))  # the same for all
    nets = [[network.load(family.folders[seed]) for seed in of] for family, of in zip(families, seeds, strict=True)]
    figures: dict[str, Any] = {
        "size": arguments.size,
        "beside": {family.recipe.name: family.recipe.hash() for family in families[1:]},
        "ensembles": [
            {family.recipe.name: of[i : i + arguments.size] for family, of in zip(families, seeds, strict=True)}
            for i in range(0, count * arguments.size, arguments.size)
        ],
        "views": [list(view) for view in tta.VIEWS],
    }
    for name, ask in WAYS.items():
        beliefs = np.stack([[digits_only(ask(net, data.images)) for net in of] for of in nets])
        figures[name] = asked(beliefs, count, data)
        of_one, of_many = (figures[name][kind]["accuracy"]["mean"] for kind in ("members", "ensembles"))
        each = " ".join(f"{row['accuracy']:.2%}" for row in figures[name]["each"])
        print(f"{name}: one network {of_one:.3%}, {count} {why} {of_many:.3%} ({each})")
    families[0].write("ensemble", figures, families[1:])


def digits_only(probabilities: Beliefs) -> Beliefs:
    """Return probabilities (N, 10); of a network that knows what is no digit, the digits' share (N, 11) → (N, 10)."""
    digits = probabilities[:, :10]
    return digits / np.maximum(digits.sum(axis=1, keepdims=True), 1e-30)


def asked(beliefs: Beliefs, count: int, data: Dataset) -> dict[str, Any]:
    """Return figures of members and of `count` ensembles for what the seeds of each recipe believe (R, S, N, 10)."""
    recipes, _, digits, classes = beliefs.shape
    together = beliefs.reshape(recipes, count, -1, digits, classes).mean(axis=(0, 2))
    each = [accuracies(one, data) for one in together]
    return {
        "members": summary([accuracies(one, data) for of in beliefs for one in of]),
        "ensembles": summary(each),
        "each": each,
    }


def accuracies(probabilities: Beliefs, data: Dataset) -> dict[str, float]:
    """Return the accuracy of probabilities (N, 10), with and without the contested labels."""
    right = probabilities.argmax(axis=1) == data.labels
    rest = np.delete(right, contested.labels_of(data))
    return {"accuracy": float(right.mean()), "without_contested_labels": float(rest.mean())}


def summary(rows: list[dict[str, float]]) -> dict[str, Any]:
    """Return the spread of each column."""
    return {name: spread([row[name] for row in rows]).__dict__ for name in rows[0]}


if __name__ == "__main__":
    main()
