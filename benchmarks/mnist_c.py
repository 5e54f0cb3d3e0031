"""MNIST-C: MNIST's digits in fifteen corrupted forms that nothing trained on, each a picture to be read as any other.

Two columns: `pictures` is the whole way that `classify_many` goes (polarity, ink, segmentation, centring), with trust "always";
`glyphs` is the network alone, straight from the corrupted 28×28, as MNIST-C is mostly reported. The corruptions are
`inkdigits.evaluation.corruptions`. Nothing is chosen on the test digits: look into it with --split validation.

Usage: python benchmarks/mnist_c.py [--split test|validation] [--digits N] [--model NAME]... [--sheet OUT.png]
writes benchmarks/results/mnist_c.json, where all digits and both models are measured
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from inkdigits import network
from inkdigits.datasets import mnist
from inkdigits.datasets.dataset import Dataset
from inkdigits.evaluation import test_set
from inkdigits.evaluation.corruptions import CORRUPTIONS, corrupt
from inkdigits.reading.single import BATCH, Prepared, answer, prepare
from inkdigits.recognising import decide
from inkdigits.training import split
from machine import TEST_OPENINGS, write_results

SEED = 0


def digits(which: str, count: int | None, *nets: network.Network) -> Dataset:
    if which == "test":
        data = test_set.open_test(mnist.test, "MNIST-C (benchmarks/mnist_c.py)", TEST_OPENINGS, *nets)
    else:
        data = split.by_writer(mnist.train(), 0.1)[1]
    if count is None or count >= len(data):
        return data
    return data.subset(np.sort(np.random.default_rng(SEED).permutation(len(data))[:count]))


def of_pictures(prepared: list[Prepared], labels: np.ndarray, net: network.Network) -> np.ndarray:
    """Tell which of prepared pictures are read right: what classify_many does with trust "always"."""
    parts = (prepared[i : i + BATCH] for i in range(0, len(prepared), BATCH))
    said = [digit.label for part in parts for digit in answer(part, net, "always")]
    return np.array([a == b for a, b in zip(said, labels.tolist(), strict=True)])


def of_glyphs(glyphs: np.ndarray, labels: np.ndarray, net: network.Network) -> np.ndarray:
    return decide.believe(net.probabilities(glyphs), 1.0).digits.argmax(axis=1) == labels


def sheet(images: np.ndarray, labels: np.ndarray, prepared: list[Prepared], right: np.ndarray) -> np.ndarray:
    """Return up to 24 pictures that are read wrong, each over the glyph that was made of it."""
    columns = []
    for i in np.flatnonzero(~right)[:24]:
        glyph = prepared[i].glyph
        pair = np.vstack([images[i], np.zeros((28, 28), np.uint8) if glyph is None else glyph])
        columns.append(cv2.copyMakeBorder(pair, 4, 4, 4, 4, cv2.BORDER_CONSTANT, value=90))
    columns += [np.full((64, 36), 90, np.uint8)] * (24 - len(columns))
    return np.hstack(columns)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", action="append", help="default: default and classic")
    parser.add_argument("--split", choices=("test", "validation"), default="test")
    parser.add_argument("--digits", type=int, help="a random part of the split instead of all")
    parser.add_argument("--sheet", type=Path, help="draw pictures that the first model reads wrong, a row a corruption")
    arguments = parser.parse_args()
    nets = {name: network.load(name) for name in arguments.model or ("default", "classic")}
    data = digits(arguments.split, arguments.digits, *nets.values())
    rows: dict[str, dict[str, dict[str, float]]] = {name: {} for name in nets}
    sheets = []
    for corruption in ("identity", *CORRUPTIONS):
        images = data.images if corruption == "identity" else corrupt(data.images, corruption, SEED)
        prepared = [prepare(image) for image in images]
        for number, (name, net) in enumerate(nets.items()):
            right = of_pictures(prepared, data.labels, net)
            shares = {"pictures": float(right.mean()), "glyphs": float(of_glyphs(images, data.labels, net).mean())}
            rows[name][corruption] = shares
            if number == 0:
                sheets.append(sheet(images, data.labels, prepared, right))
        said = "   ".join(
            f"{n} {r[corruption]['pictures']:7.2%} {r[corruption]['glyphs']:7.2%}" for n, r in rows.items()
        )
        print(f"{corruption:14} {said}", flush=True)
    means = {name: mean(table) for name, table in rows.items()}
    said = "   ".join(f"{name} {m['pictures']:7.2%} {m['glyphs']:7.2%}" for name, m in means.items())
    print(f"{'mean of 15':14} {said}     (pictures, glyphs)")
    if arguments.sheet:
        cv2.imwrite(str(arguments.sheet), np.vstack(sheets))
    if arguments.digits is None and not arguments.model:
        figures = {"split": arguments.split, "digits": len(data), "seed": SEED, "models": rows, "means": means}
        write_results("mnist_c", figures)


def mean(table: dict[str, dict[str, float]]) -> dict[str, Any]:
    """Return the mean of each column over the fifteen; the digits as they are do not count."""
    return {c: float(np.mean([table[name][c] for name in CORRUPTIONS])) for c in ("pictures", "glyphs")}


if __name__ == "__main__":
    main()
