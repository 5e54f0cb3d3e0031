"""What ensembles of seeds read: disjoint ones, in the order of the seeds, so that no member is chosen.

    inkdigits train RECIPE --seeds 15 --out runs/RECIPE
    python benchmarks/ensemble.py RECIPE --size 5 --runs runs/RECIPE     seeds 0 to 4, 5 to 9, 10 to 14

The probabilities of the members are averaged, as by `inkdigits ensemble`; each is asked as it is, and by test-time augmentation
as by `inkdigits evaluate --tta`. With --beside, seeds of other recipes, in the same folder, join each ensemble: as many, or, with
RECIPE:1, so many. Decide on size and company beforehand, or by --split validation, which prints and writes nothing.

Usage: python benchmarks/ensemble.py RECIPE [--size 5] [--beside RECIPE[:SIZE]…] [--runs FOLDER] [--split validation]
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
    options.add_argument(
        "--beside", nargs="+", default=[], metavar="RECIPE[:SIZE]", help="whose seeds join each ensemble"
    )
    arguments = options.parse_args()
    asked_for = [(arguments.recipe, arguments.size)]
    for text in arguments.beside:
        recipe, _, size = text.partition(":")
        asked_for.append((recipe, int(size or arguments.size)))
    families = [
        Finished.of(argparse.Namespace(**{**vars(arguments), "recipe": recipe}), at_least=size)
        for recipe, size in asked_for
    ]
    sizes = [size for _, size in asked_for]
    count = min(len(family.folders) // size for family, size in zip(families, sizes, strict=True))
    seeds = [list(family.folders)[: count * size] for family, size in zip(families, sizes, strict=True)]
    why = f"ensembles of {sum(sizes)}"
    data, *_ = (family.digits(why, of) for family, of in zip(families, seeds, strict=True))  # the same for all
    nets = [[network.load(family.folders[seed]) for seed in of] for family, of in zip(families, seeds, strict=True)]
    figures: dict[str, Any] = {
        "sizes": {family.recipe.name: size for family, size in zip(families, sizes, strict=True)},
        "beside": {family.recipe.name: family.recipe.hash() for family in families[1:]},
        "ensembles": [
            {
                family.recipe.name: of[i * size : (i + 1) * size]
                for family, of, size in zip(families, seeds, sizes, strict=True)
            }
            for i in range(count)
        ],
        "views": [list(view) for view in tta.VIEWS],
    }
    for name, ask in WAYS.items():
        beliefs = [np.stack([digits_only(ask(net, data.images)) for net in of]) for of in nets]
        figures[name] = asked(beliefs, sizes, data)
        of_one, of_many = (figures[name][kind]["accuracy"]["mean"] for kind in ("members", "ensembles"))
        each = " ".join(f"{row['accuracy']:.2%}" for row in figures[name]["each"])
        print(f"{name}: one network {of_one:.3%}, {count} {why} {of_many:.3%} ({each})")
    families[0].write("ensemble", figures, families[1:])


def digits_only(probabilities: Beliefs) -> Beliefs:
    """Return probabilities (N, 10); of a network that knows what is no digit, the digits' share (N, 11) → (N, 10)."""
    digits = probabilities[:, :10]
    return digits / np.maximum(digits.sum(axis=1, keepdims=True), 1e-30)


def asked(beliefs: list[Beliefs], sizes: list[int], data: Dataset) -> dict[str, Any]:
    """Return figures of members and of ensembles, for what the seeds of each recipe believe (S, N, 10), `sizes` at a time."""
    members = [of.reshape(-1, size, *of.shape[1:]) for of, size in zip(beliefs, sizes, strict=True)]
    each = [accuracies(one, data) for one in np.concatenate(members, axis=1).mean(axis=1)]
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
