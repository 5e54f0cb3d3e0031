"""How long one glyph takes, from bytes to calibrated probabilities: every shipped network through `classify_glyphs`.

Beside it, the exercise's network `classic` in Keras' `predict`, in ONNX Runtime as it comes, in TensorFlow Lite and in NumPy. 2,000 calls of each,
after warming up, in rounds in which the engines take turns in one process.

Usage: python benchmarks/latency.py    writes benchmarks/results/latency.json
"""

from __future__ import annotations

import numpy as np

import engines
from inkdigits import network
from inkdigits.datasets import mnist
from machine import write_results

ROUNDS = 20
CALLS = 100


def main() -> None:
    digits = mnist.train().images
    classic = {
        "Keras predict": engines.keras_predict(),
        "ONNX Runtime": engines.onnx_runtime(),
        "TensorFlow Lite": engines.tf_lite(),
        "NumPy forward": engines.numpy_forward(),
    }
    rows = [(name, "classify_glyphs", engines.ours(name)) for name in network.shipped()]
    rows += [("classic", name, engine) for name, engine in classic.items()]
    for _, _, engine in rows:
        engines.seconds(engine, digits[:1], CALLS)
    engines.check([engine for name, _, engine in rows if name == "classic"], digits[:1])
    taken: list[list[float]] = [[] for _ in rows]
    for turn in range(ROUNDS):
        for (_, _, engine), times in zip(rows, taken, strict=True):
            times.extend(engines.seconds(engine, digits[turn : turn + 1], CALLS))
    figures = [
        {
            "network": name,
            "engine": engine,
            "p50_ms": round(1e3 * float(np.percentile(times, 50)), 4),
            "p99_ms": round(1e3 * float(np.percentile(times, 99)), 4),
        }
        for (name, engine, _), times in zip(rows, taken, strict=True)
    ]
    for row in figures:
        print(f"{row['network']:10} {row['engine']:16} p50 {row['p50_ms']:8.3f} ms  p99 {row['p99_ms']:8.3f} ms")
    write_results("latency", {"calls": ROUNDS * CALLS, "rows": figures})


if __name__ == "__main__":
    main()
