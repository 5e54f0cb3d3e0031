"""Claim: recipe `classic` reads at least 99.30 % of MNIST's test digits, mean of 10 seeds, each a run of under a minute.

Each seed is one run of `inkdigits train classic --seed N`: validation by writer, the last epoch, the test digits opened
once. A seed that stands in the results file is not run again, so a stopped series goes on where it was.

Usage: python benchmarks/classic_seeds.py [SEEDS]    writes benchmarks/results/classic_seeds.json
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from inkdigits import run
from inkdigits.datasets import load
from inkdigits.evaluation import test_set
from inkdigits.training import recipe
from machine import keep_openings, read_results, write_results


def main(seeds: int) -> None:
    classic = recipe.load("classic")
    before = read_results("classic_seeds")
    rows: dict[str, dict[str, Any]] = before["seeds"] if before.get("recipe_hash") == classic.hash() else {}
    for seed in range(seeds):
        if str(seed) in rows:
            continue
        with tempfile.TemporaryDirectory() as place:
            finished = run.finish(
                run.start(classic, seed, "mnist", Path(place), f"inkdigits train classic --seed {seed}"),
                load.find("mnist"),
                run.Watcher(),
            )
            keep_openings(Path(place) / test_set.LOG, classic.hash())
        rows[str(seed)] = {
            "accuracy": finished.metrics.accuracy,
            "wrong": finished.metrics.count - finished.metrics.correct,
            "seconds": finished.seconds,
        }
        write(classic.hash(), rows)
        print(f"seed {seed}: {finished.metrics.accuracy:.2%}  {finished.seconds}", flush=True)


def write(recipe_hash: str, rows: dict[str, dict[str, Any]]) -> None:
    values = [row["accuracy"] for row in rows.values()]
    figures = {
        "recipe_hash": recipe_hash,
        "runs": len(values),
        "mean_accuracy": statistics.fmean(values),
        "standard_deviation": statistics.stdev(values) if len(values) > 1 else None,
        "median_seconds": statistics.median(row["seconds"]["everything"] for row in rows.values()),
        "seeds": rows,
    }
    write_results("classic_seeds", figures)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
