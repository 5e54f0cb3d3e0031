"""Collect the finished runs of a recipe into a results file that is committed: seed by seed, as they come.

    inkdigits train RECIPE --seeds N --out runs/RECIPE     runs them, for hours if need be; stop it and start it as you like
    python benchmarks/series.py RECIPE --runs runs/RECIPE  adds what is finished to benchmarks/results/series_RECIPE.json

A seed that stands in the file stays as it is: the first result of a seed counts. Seeds of other code or data are refused. The lines in which those runs say that they
opened MNIST's test set are added to benchmarks/results/test_openings.jsonl. A file of another recipe hash is not mixed with: remove
it to begin anew.

Usage: python benchmarks/series.py RECIPE [--runs FOLDER]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from inkdigits import code_hash, series
from inkdigits.errors import InputError
from inkdigits.evaluation import test_set
from inkdigits.training import recipe
from machine import keep_openings, read_results, write_results


def main(name: str, runs: Path) -> None:
    chosen = recipe.load(name)
    file = f"series_{chosen.name}"
    before = read_results(file)
    if before and before["recipe_hash"] != chosen.hash():
        sys.exit(
            f"{file}.json is of recipe hash {before['recipe_hash']}, and {name} is {chosen.hash()}: remove it first"
        )
    rows = {
        **series.collect(chosen, "mnist", runs),
        **{int(seed): row for seed, row in before.get("seeds", {}).items()},
    }
    if not rows:
        sys.exit(f"{runs} has no finished run of {name}: inkdigits train {name} --seeds N --out {runs}")
    rows = dict(sorted(rows.items()))
    try:
        series.check_alike(rows, runs)
    except InputError as error:
        sys.exit(f"{error} (seeds in {file}.json count)")
    figures = {
        "recipe": chosen.name,
        "recipe_hash": chosen.hash(),
        "code_sha256": code_hash.of_config(next(iter(rows.values()))),
        "description": chosen.description,
        "train_command": f"inkdigits train {chosen.name} --seed {min(rows)} --seeds {len(rows)}",
        **series.aggregate(rows),
        "seeds": {str(seed): row for seed, row in rows.items()},
    }
    write_results(file, figures)
    keep_openings(runs / test_set.LOG, chosen.hash())
    print(f"{file}.json: {len(rows)} seeds, mean {figures['mean_accuracy']:.3%}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("recipe")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="where the run folders are")
    arguments = parser.parse_args()
    main(arguments.recipe, arguments.runs)
