"""Fix a model's thresholds: on MNIST's validation writers and on the tuning halves of the development sets.

The least confidence at which at most so many of the answers are wrong, every digit weighing the same; `crowd` is left out,
whose labels are about 1 % wrong. The result goes into the shipped config by scripts/ship_model.py; it is measured on the
other halves by dev_singles.py.

Usage: INKDIGITS_DEV_DATA=… python benchmarks/thresholds.py MODEL    writes benchmarks/results/thresholds_NAME.json
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

import inkdigits
from dev_singles import load
from inkdigits import network
from inkdigits.datasets import mnist
from inkdigits.evaluation.calibration import TARGETS
from inkdigits.training import split
from machine import needed_dev_data, write_results
from not_digits import families, judge

_MARGIN = 0.75  # of the target: what is fitted on one half must hold on the other


def main(model: str) -> None:
    where = needed_dev_data()
    sets: dict[str, tuple[list[Any], list[int]]] = {k: v for k, v in load(where, "tune").items() if k != "crowd"}
    _, validation = split.by_writer(mnist.train(), 0.1)
    sets["mnist validation"] = (list(validation.images), validation.labels.tolist())
    confidence, wrong = [], []
    for sources, labels in sets.values():
        digits = inkdigits.classify_many(sources, model=model, trust="always")
        confidence += [d.confidence for d in digits]
        wrong += [d.best != label for d, label in zip(digits, labels, strict=True)]
    order = np.argsort(-np.array(confidence), kind="stable")
    error = np.cumsum(np.array(wrong)[order]) / np.arange(1, len(order) + 1)
    thresholds = {}
    for level, target in TARGETS.items():
        within = np.flatnonzero(error <= target * _MARGIN)
        thresholds[level] = float(np.array(confidence)[order][within[-1]]) if len(within) else 1.0
        print(f"{level}: {thresholds[level]}, answers {(within[-1] + 1) / len(order):.2%} of the tuning halves")
    # What is no digit counts as well: of the letters at most 4.5 %, of the clothes at most 1.5 % may be answered under strict trust.
    not_digits = families("tune")
    for kind, share in (("letters", 0.045), ("fashion", 0.015)):
        strange, _ = judge(not_digits[kind], model)
        thresholds["strict"] = max(thresholds["strict"], float(np.quantile(strange, 1 - share)))
    print(f"strict, with what is no digit: {thresholds['strict']}")
    name = network.load(model).config.get("name", Path(model).name)
    write_results(
        f"thresholds_{name}", {"model": name, "sets": {k: len(v[1]) for k, v in sets.items()}, "thresholds": thresholds}
    )


if __name__ == "__main__":
    main(sys.argv[1])
