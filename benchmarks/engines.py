"""The engines that answer glyphs, timed beside each other: ours, and the exercise's network as others run it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
import tensorflow

import inkdigits
from inkdigits.network import forward
from inkdigits.network.registry import locate
from inkdigits.training import from_onnx

Glyphs = npt.NDArray[np.uint8]
Engine = Callable[[Glyphs], npt.NDArray[np.float32]]  # (N, 28, 28) → (N, 10)
THREADS = 2
PAUSE = 0.2  # seconds; an engine's threads spin for a while after its work, and would slow the next one


def ours(model: str) -> Engine:
    """Return `classify_glyphs` with a model."""
    return lambda glyphs: inkdigits.classify_glyphs(glyphs, model=model)


def keras_predict() -> Engine:
    """Return Keras' `predict` of `classic`; 1,024 glyphs at once, since the 32 that it takes by itself are slower."""
    network = from_onnx.read(locate("classic")).build()
    return lambda glyphs: network.predict(_scaled(glyphs), batch_size=1024, verbose=0)


def onnx_runtime() -> Engine:
    """Return `classic` in an ONNX Runtime session as it comes: its own threads, and the whole batch at once."""
    session = onnxruntime.InferenceSession(locate("classic"), providers=["CPUExecutionProvider"])
    return lambda glyphs: session.run(None, {"glyphs": glyphs})[0]


def tf_lite() -> Engine:
    """Return `classic` in TensorFlow Lite, on two threads. It is made ready anew when the size of a batch changes."""
    network = from_onnx.read(locate("classic")).build()
    converted = tensorflow.lite.TFLiteConverter.from_keras_model(network).convert()
    sizes: dict[int, Any] = {}

    def answer(glyphs: Glyphs) -> npt.NDArray[np.float32]:
        if len(glyphs) not in sizes:
            sizes[len(glyphs)] = lite = tensorflow.lite.Interpreter(model_content=converted, num_threads=THREADS)
            lite.resize_tensor_input(lite.get_input_details()[0]["index"], (len(glyphs), 28, 28, 1))
            lite.allocate_tensors()
        lite = sizes[len(glyphs)]
        lite.set_tensor(lite.get_input_details()[0]["index"], _scaled(glyphs))
        lite.invoke()
        return lite.get_tensor(lite.get_output_details()[0]["index"])

    return answer


def numpy_forward() -> Engine:
    """Return `classic` in NumPy."""
    weights = forward.read_weights("classic")
    return lambda glyphs: forward.forward(glyphs, weights)


def check(engines: Sequence[Engine], glyphs: Glyphs) -> None:
    """Stop unless the engines of one network give the same labels: rounding may decide one in a thousand."""
    answers = [engine(glyphs).argmax(axis=1) for engine in engines]
    if any((answer != answers[0]).mean() > 1e-3 for answer in answers):
        raise SystemExit("engines of one network answer differently")


def seconds(engine: Engine, glyphs: Glyphs, calls: int) -> list[float]:
    """Return the seconds of each of so many calls, after a pause."""
    time.sleep(PAUSE)
    times = []
    for _ in range(calls):
        started = time.perf_counter()
        engine(glyphs)
        times.append(time.perf_counter() - started)
    return times


def _scaled(glyphs: Glyphs) -> npt.NDArray[np.float32]:
    return glyphs[..., np.newaxis] / np.float32(255)
