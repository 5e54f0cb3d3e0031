"""Claim: one glyph through `classify_glyphs` in at most 0.15 ms, and 25,000 a second in batches of 1,024 on two cores.

Keras' `predict` runs the same network beside it, in the same process, alternately, with a pause before each.

Usage: python benchmarks/glyph_speed.py [MODEL]    writes benchmarks/results/glyph_speed.json
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import inkdigits
from inkdigits.datasets import mnist
from inkdigits.network import forward
from inkdigits.training import architectures, recipe
from machine import write_results


def seconds(function: Callable[[], Any], repeat: int) -> list[float]:
    """Return the seconds of each of `repeat` calls."""
    times = []
    for _ in range(repeat):
        started = time.perf_counter()
        function()
        times.append(time.perf_counter() - started)
    return times


def main(model: str) -> None:
    glyphs = mnist.train().images[:1024]
    network = architectures.build(recipe.load("classic").network)
    weights = forward.read_weights(model)
    engines: dict[str, Callable[[Any], Any]] = {
        "classify_glyphs": lambda x: inkdigits.classify_glyphs(x, model=model),
        "keras predict": lambda x: network.predict(x[..., None].astype(np.float32) / 255, batch_size=1024, verbose=0),
        "numpy forward": lambda x: forward.forward(x, weights),
    }
    one: dict[str, list[float]] = {name: [] for name in engines}
    batch: dict[str, list[float]] = {name: [] for name in engines}
    for engine in engines.values():
        engine(glyphs[:1])
        engine(glyphs)
    for _ in range(10):
        for name, engine in engines.items():
            time.sleep(0.2)  # an engine's threads spin for a while after its work, and would slow the next one
            one[name] += seconds(lambda e=engine: e(glyphs[:1]), 20 if "keras" in name else 200)  # type: ignore[misc]
            batch[name] += seconds(lambda e=engine: e(glyphs), 3)  # type: ignore[misc]
    figures = {
        name: {
            "one_glyph_ms_median": 1e3 * float(np.median(one[name])),
            "one_glyph_ms_p99": 1e3 * float(np.percentile(one[name], 99)),
            "digits_a_second": 1024 / float(np.median(batch[name])),
        }
        for name in engines
    }
    write_results("glyph_speed", {"model": model, "batch": 1024, "engines": figures})
    for name, row in figures.items():
        print(f"{name:16} {row['one_glyph_ms_median']:.3f} ms  p99 {row['one_glyph_ms_p99']:.3f} ms  "
              f"{row['digits_a_second']:,.0f} digits/s")  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "classic")
