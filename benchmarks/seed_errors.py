"""What every seed of a recipe gets wrong: the test digits that are beyond it, and not a matter of luck.

Reads the wrong answers in the run folders; no network is asked anything.

Usage: python benchmarks/seed_errors.py RECIPE [--runs FOLDER]
writes benchmarks/results/seed_errors_RECIPE.json and docs/images/seed_errors_RECIPE.png
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from inkdigits import network, series
from inkdigits.datasets import mnist
from inkdigits.evaluation import contested, plots, test_set
from inkdigits.training import recipe
from machine import keep_openings, write_results

SHOWN = 60
IMAGES = Path(__file__).parent.parent / "docs" / "images"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("recipe")
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    arguments = parser.parse_args()
    chosen = recipe.load(arguments.recipe)
    folders = series.folders(chosen, "mnist", arguments.runs)
    if not folders:
        sys.exit(f"{arguments.runs} has no finished run of {chosen.name}")
    said: dict[int, Counter[int]] = {}  # row of the test set → its wrong answers
    for folder in folders.values():
        metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
        for row, answer in zip(metrics["errors"], metrics["errors_said"], strict=True):
            said.setdefault(row, Counter())[answer] += 1
    order = sorted(said, key=lambda row: (-said[row].total(), row))
    always = [row for row in order if said[row].total() == len(folders)]
    nets = [network.load(folder) for folder in folders.values()]
    data = test_set.open_test(mnist.test, "gallery of errors", arguments.runs / test_set.LOG, *nets)
    figures = {
        "recipe": chosen.name,
        "recipe_hash": chosen.hash(),
        "seeds": list(folders),
        "wrong_in_every_seed": len(always),
        "of_those_contested_labels": len(set(always) & set(contested.MNIST_TEST)),
        "wrong_in_some_seed": len(order),
        "rows": [
            {
                "row": row,
                "label": int(data.labels[row]),
                "seeds": said[row].total(),
                "said": {str(answer): count for answer, count in said[row].most_common()},
                "contested": row in contested.MNIST_TEST,
            }
            for row in order
        ],
    }
    write_results(f"seed_errors_{chosen.name}", figures)
    keep_openings(arguments.runs / test_set.LOG, chosen.hash())
    titles = [
        f"{data.labels[row]} read as {said[row].most_common(1)[0][0]}\n{said[row].total()} of {len(folders)}"
        + (" *" if row in contested.MNIST_TEST else "")
        for row in order[:SHOWN]
    ]
    plots.save(plots.gallery(data.images[order[:SHOWN]], titles), IMAGES / f"seed_errors_{chosen.name}.png")
    print(
        f"{len(folders)} seeds: {len(always)} test digits are wrong in every one, {len(order)} in at least one; "
        f"* marks a contested label"
    )


if __name__ == "__main__":
    main()
