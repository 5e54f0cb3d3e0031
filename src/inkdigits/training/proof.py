"""Proof that an exported file is the network that was trained: independent engines must agree on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import onnx
from onnx.reference import ReferenceEvaluator

from inkdigits.errors import InputError
from inkdigits.network import forward
from inkdigits.network.session import open_session
from inkdigits.training.fit import predictor

DIGITS = 1000
BATCHES = (1, 2, 7, 256)
REFERENCE_DIGITS = 20  # ONNX's reference evaluator is Python: it takes a second a digit on a large network
TOLERANCE = 1e-4

Engine = Callable[[npt.NDArray[np.uint8]], Any]


def prove(path: Path, network: keras.Model, glyphs: npt.NDArray[np.uint8]) -> dict[str, Any]:
    """Compare ONNX Runtime with Keras and a third, independent engine, on up to 1,000 glyphs at four batch sizes.

    The third is our own forward pass where it covers the network, and ONNX's reference evaluator, on the first twenty,
    elsewhere. Returns the largest difference of a probability for each pair. Raises RuntimeError if any exceeds 1e-4 or
    any label differs.
    """
    glyphs = glyphs[:DIGITS]
    session = open_session(path.read_bytes(), str(path))
    engines: dict[str, Engine] = {
        "onnxruntime": lambda x: session.run(None, {"glyphs": x})[0],
        "keras": predictor(network),
    }
    counts: dict[str, int] = {}  # of digits, where an engine is too slow for all
    try:
        weights = forward.read_weights(path)
        engines["numpy"] = lambda x: forward.forward(x, weights)
    except InputError:
        reference = ReferenceEvaluator(onnx.load(path))
        engines["onnx reference"] = lambda x: reference.run(None, {"glyphs": x})[0]
        counts["onnx reference"] = REFERENCE_DIGITS
    base = _in_batches(engines["onnxruntime"], glyphs, BATCHES[0])
    differences = dict.fromkeys(engines, 0.0)
    for name, engine in engines.items():
        for size in BATCHES:
            probabilities = _in_batches(engine, glyphs[: counts.get(name)], size)
            expected = base[: len(probabilities)]
            difference = float(np.abs(probabilities - expected).max())
            differences[name] = max(differences[name], difference)
            if difference > TOLERANCE or not np.array_equal(probabilities.argmax(axis=1), expected.argmax(axis=1)):
                raise RuntimeError(f"the exported network differs: {name} at batch size {size} by {difference:.2g}")
    return {
        "digits": len(glyphs),
        "batch_sizes": list(BATCHES),
        "tolerance": TOLERANCE,
        "largest_difference": differences,
    }


def _in_batches(engine: Engine, glyphs: npt.NDArray[np.uint8], size: int) -> Any:
    return np.concatenate([engine(glyphs[i : i + size]) for i in range(0, len(glyphs), size)])
