"""Claim: a network that reads at least 99.5 % of MNIST's test digits answers 100,000 digits a second on two cores.

Through `classify_glyphs`, in batches of 1,024 or of 10,000; beside it, the exercise's network `classic`: by `classify_glyphs`, in
ONNX Runtime as it comes, in TensorFlow Lite and in Keras' `predict`. The engines take turns in one process. All begin with glyphs in
bytes; ours alone calibrates.

Usage: python benchmarks/throughput.py [MODEL]    writes benchmarks/results/throughput.json
MODEL: a shipped model's name or a run folder; `light` if not given
"""

from __future__ import annotations

import statistics
import sys
from typing import Any

import engines
from inkdigits import network
from inkdigits.datasets import mnist
from inkdigits.network.registry import locate
from machine import write_results

BATCHES = (1024, 10_000)
ROUNDS = 15
CALLS = 3


def main(model: str) -> None:
    net = network.load(model)
    digits = mnist.train().images
    classic = {
        "classify_glyphs": engines.ours("classic"),
        "ONNX Runtime": engines.onnx_runtime(),
        "TensorFlow Lite": engines.tf_lite(),
        "Keras predict": engines.keras_predict(),
    }
    rows = [(net.name, "classify_glyphs", engines.ours(model))]
    rows += [
        ("classic", name, engine) for name, engine in classic.items() if net.name != "classic" or rows[0][1] != name
    ]
    taken: list[dict[int, list[float]]] = [{size: [] for size in BATCHES} for _ in rows]
    for size in BATCHES:
        rows[0][2](digits[:size])
        engines.check(list(classic.values()), digits[:size])
        for _ in range(ROUNDS):
            for (_, _, engine), times in zip(rows, taken, strict=True):
                times[size] += engines.seconds(engine, digits[:size], CALLS)
    figures: list[dict[str, Any]] = [
        {
            "network": name,
            "engine": engine,
            "digits_a_second": {str(size): round(size / statistics.median(times[size])) for size in BATCHES},
        }
        for (name, engine, _), times in zip(rows, taken, strict=True)
    ]
    for row in figures:
        speeds = "  ".join(f"{speed:>9,} digits/s in {int(size):,}" for size, speed in row["digits_a_second"].items())
        print(f"{row['network']:10} {row['engine']:16} {speeds}")
    about = {
        "model": net.name,
        "recipe_hash": net.config.get("recipe_hash"),
        "accuracy": net.config.get("test", {}).get("accuracy"),
        "parameters": net.config.get("parameters"),
        "multiply_adds": net.config.get("multiply_adds"),
        "bytes": locate(model).stat().st_size,
    }
    write_results("throughput", {**about, "rounds": ROUNDS, "calls_a_round": CALLS, "rows": figures})


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "light")
