"""What ensembles of a recipe's seeds read: disjoint ones, in the order of the seeds, so that no member is chosen.

    inkdigits train RECIPE --seeds 15 --out runs/RECIPE
    python benchmarks/ensemble.py RECIPE --size 5 --runs runs/RECIPE     seeds 0 to 4, 5 to 9, 10 to 14

The probabilities of the members are averaged, as by `inkdigits ensemble`; each is asked as it is, and by test-time augmentation
as by `inkdigits evaluate --tta`. With --beside, a seed of another recipe joins each ensemble: seed 0 the first, seed 1 the second.
Decide on size and company beforehand, or by --split validation, which prints and writes nothing.

Usage: python benchmarks/ensemble.py RECIPE [--size 5] [--runs FOLDER] [--beside RECIPE FOLDER] [--split validation]
writes benchmarks/results/ensemble_RECIPE.json
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from finished import Finished, parser
from inkdigits import network
from inkdigits.datasets.dataset import Dataset
from inkdigits.evaluation import contested, openings
from inkdigits.evaluation.spread import spread
from inkdigits.network import tta
from machine import keep_openings


def accuracies(probabilities: np.ndarray, data: Dataset) -> dict[str, float]:
    """Return the accuracy of probabilities (N, 10), with and without the contested labels."""
    right = probabilities[:, :10].argmax(axis=1) == data.labels
    rest = np.delete(right, contested.labels_of(data))
    return {"accuracy": float(right.mean()), "without_contested_labels": float(rest.mean())}


def summary(rows: list[dict[str, float]]) -> dict[str, Any]:
    """Return the spread of each column."""
    return {name: spread([row[name] for row in rows]).__dict__ for name in rows[0]}


def main() -> None:
    options = parser()
    options.add_argument("--size", type=int, default=5)
    options.add_argument("--beside", nargs=2, metavar=("RECIPE", "FOLDER"), help="whose seeds join, one each ensemble")
    arguments = options.parse_args()
    finished = Finished.of(arguments, at_least=arguments.size)
    seeds = list(finished.folders)[: len(finished.folders) // arguments.size * arguments.size]
    nets = [network.load(finished.folders[seed]) for seed in seeds]
    data = finished.digits(f"ensembles of {arguments.size}", seeds)
    answers = {
        "plain": np.stack([net.probabilities(data.images) for net in nets]),
        "tta": np.stack([tta.probabilities(net, data.images) for net in nets]),
    }
    groups = np.arange(len(seeds)).reshape(-1, arguments.size)
    figures: dict[str, Any] = {
        "size": arguments.size,
        "ensembles": [[seeds[i] for i in group] for group in groups],
        "parameters_of_a_member": nets[0].config.get("parameters"),
        "views": [list(view) for view in tta.VIEWS],
    }
    for name, probabilities in answers.items():
        together = [accuracies(probabilities[group].mean(axis=0), data) for group in groups]
        figures[name] = {
            "members": summary([accuracies(member, data) for member in probabilities]),
            "ensembles": summary(together),
            "each": together,
        }
        of_one, of_many = (figures[name][kind]["accuracy"]["mean"] for kind in ("members", "ensembles"))
        each = " ".join(f"{row['accuracy']:.2%}" for row in together)
        print(f"{name}: one network {of_one:.3%}, {len(groups)} ensembles of {arguments.size} {of_many:.3%} ({each})")
    if arguments.beside:
        name, folder = arguments.beside
        others = Finished.of(argparse.Namespace(recipe=name, runs=Path(folder), split=arguments.split), len(groups))
        figures["joined"] = joined(others, answers["plain"], groups, finished.on_test)
    finished.write("ensemble", figures)


def joined(others: Finished, probabilities: np.ndarray, groups: np.ndarray, on_test: bool) -> dict[str, Any]:
    """Return what ensembles read that are each joined by one network of another recipe."""
    seeds = list(others.folders)[: len(groups)]
    data = others.digits(f"members of ensembles of {groups.shape[1] + 1}", seeds)
    theirs = np.stack([network.load(others.folders[seed]).probabilities(data.images)[:, :10] for seed in seeds])
    # Of those that know what is no digit, the digits' share.
    theirs /= np.maximum(theirs.sum(axis=2, keepdims=True), 1e-30)
    together = [
        accuracies(np.concatenate([probabilities[group], other[None]]).mean(axis=0), data)
        for group, other in zip(groups, theirs, strict=True)
    ]
    if on_test:
        keep_openings(others.runs / openings.LOG, others.recipe.hash())
    figures = {
        "recipe": others.recipe.name,
        "recipe_hash": others.recipe.hash(),
        "seeds": seeds,
        "members": summary([accuracies(one, data) for one in theirs]),
        "ensembles": summary(together),
        "each": together,
    }
    each = " ".join(f"{row['accuracy']:.2%}" for row in together)
    print(f"joined by {others.recipe.name}: {figures['ensembles']['accuracy']['mean']:.3%} ({each})")
    return figures


if __name__ == "__main__":
    main()
