"""Which of MNIST's 60,000 training labels are probably wrong? Confident learning, with probabilities from other writers.

Five networks of a quick recipe: each learns from four fifths of the writers and reads the fifth that it never saw. The test
set has no part in this.

Usage: python benchmarks/label_errors.py [--recipe classic] [--epochs N] [--seed 0] [--digits N]
writes benchmarks/results/label_errors.json and docs/images/label_errors.png, where all digits are measured;
--digits takes a random part, to try it out, and writes neither
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from inkdigits.datasets import mnist
from inkdigits.datasets.dataset import Dataset
from inkdigits.evaluation import label_errors, plots
from inkdigits.training import fit, recipe
from inkdigits.training.recipe import Recipe
from machine import write_results

FOLDS = 5
SHOWN = 40
PICTURE = Path(__file__).parent.parent / "docs" / "images" / "label_errors.png"


def folds(data: Dataset, seed: int) -> np.ndarray:
    """Return the fold of each digit: a writer's digits share one."""
    assert data.writers is not None
    people, person = np.unique(data.writers, return_inverse=True)
    return (np.random.default_rng(seed).permutation(len(people)) % FOLDS)[person]


def out_of_fold(data: Dataset, recipe_: Recipe, seed: int) -> np.ndarray:
    """Return each digit's probabilities, float32 (N, 10), by the network that learned from other writers."""
    probabilities = np.zeros((len(data), 10), np.float32)
    fold_of = folds(data, seed)
    for fold in range(FOLDS):
        held_out = fold_of == fold
        rest, unseen = data.subset(~held_out), data.subset(held_out)
        trained = fit.fit(recipe_, seed, rest, unseen)
        probabilities[held_out] = fit.predictor(trained.network)(unseen.images)
        print(f"fold {fold + 1}: {trained.history[-1]['val_accuracy']:.2%} of {len(unseen):,}", flush=True)
    return probabilities


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--recipe", default="classic")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--digits", type=int)
    arguments = parser.parse_args()
    recipe_ = recipe.load(arguments.recipe)
    if arguments.epochs:
        recipe_ = recipe_.with_epochs(arguments.epochs)
    data = mnist.train()
    if arguments.digits:
        data = data.subset(np.random.default_rng(0).permutation(len(data))[: arguments.digits])
    probabilities = out_of_fold(data, recipe_, arguments.seed)
    suspects = label_errors.find(data.labels, probabilities)
    wrong = int((probabilities.argmax(axis=1) != data.labels).sum())
    print(f"{len(suspects.rows)} suspects; {wrong} digits read otherwise than labelled")
    if arguments.digits:
        return
    figures = {
        "recipe": recipe_.name,
        "recipe_hash": recipe_.hash(),
        "seed": arguments.seed,
        "folds": FOLDS,
        "digits": len(data),
        "read_otherwise": wrong,
        "suspects": len(suspects.rows),
        "confident_joint": suspects.joint.tolist(),
        "rows": [
            {
                "row": int(row),
                "label": int(data.labels[row]),
                "suggested": int(digit),
                "probability": round(float(probabilities[row, digit]), 4),
                "probability_of_label": round(float(probabilities[row, data.labels[row]]), 4),
            }
            for row, digit in zip(suspects.rows, suspects.suggested, strict=True)
        ],
    }
    write_results("label_errors", figures)
    plots.save(plots.errors(data.images, data.labels, probabilities, suspects.rows[:SHOWN]), PICTURE)


if __name__ == "__main__":
    main()
