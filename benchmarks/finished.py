"""What benchmarks of a recipe's finished runs share: their arguments, the digits that are answered, the file of results."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inkdigits import network, series
from inkdigits.datasets import mnist
from inkdigits.datasets.dataset import Dataset
from inkdigits.evaluation import test_set
from inkdigits.training import recipe, split
from inkdigits.training.recipe import Recipe
from machine import keep_openings, write_results


def parser() -> argparse.ArgumentParser:
    """Return a parser of the arguments of `Finished.of`, to which others may be added."""
    parser = argparse.ArgumentParser()
    parser.add_argument("recipe")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="where the run folders are")
    parser.add_argument("--split", choices=("test", "validation"), default="test")
    return parser


@dataclass(frozen=True)
class Finished:
    """The finished runs of a recipe: their folders by seed, in order, and the digits that they are asked about."""

    recipe: Recipe
    folders: dict[int, Path]
    runs: Path
    on_test: bool

    @classmethod
    def of(cls, arguments: argparse.Namespace, at_least: int = 1) -> Finished:
        """Find them, or stop with what is missing."""
        chosen = recipe.load(arguments.recipe)
        folders = series.folders(chosen, "mnist", arguments.runs)
        if len(folders) < at_least:
            sys.exit(f"{arguments.runs} has {len(folders)} finished runs of {chosen.name}, fewer than {at_least}")
        if arguments.split == "validation" and chosen.data.everything:
            sys.exit(f"{chosen.name} has learned from the validation digits as well: they tell nothing")
        return cls(chosen, folders, arguments.runs, arguments.split == "test")

    def digits(self, why: str, seeds: list[int]) -> Dataset:
        """Return the digits to answer. That the test set is opened for these seeds' networks is written down."""
        if not self.on_test:
            return split.by_writer(mnist.train(), 0.1)[1]
        nets = [network.load(self.folders[seed]) for seed in seeds]
        return test_set.open_test(mnist.test, why, self.runs / test_set.LOG, *nets)

    def write(self, kind: str, figures: dict[str, Any], others: Sequence[Finished] = ()) -> None:
        """Write benchmarks/results/KIND_RECIPE.json and keep the openings; nothing of validation digits.

        Where `others` have a part in the figures, their names follow.
        """
        if not self.on_test:
            return
        about = {"recipe": self.recipe.name, "recipe_hash": self.recipe.hash()}
        write_results("_".join([kind, *(of.recipe.name for of in (self, *others))]), {**about, **figures})
        for of in (self, *others):
            keep_openings(of.runs / test_set.LOG, of.recipe.hash())
