"""A trained network ready to run, in ONNX Runtime."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from inkdigits.errors import InputError

# ONNX Runtime's wheels report their use to its maker, from the moment that it is imported; its Privacy.md names this as
# the way to have none of it: no upload, and no identifier on the disk. Who sets the variable otherwise is obeyed.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
import onnxruntime

# Glyphs per run. Large batches are cut into pieces whose activations stay in the cache, and the pieces run side by side on
# one thread each: with networks this small that is a third faster than ONNX Runtime's own threads inside each layer.
CHUNK = 64


@dataclass(frozen=True, eq=False)
class Network:
    """A network and what its card says about its answers.

    `temperature` calibrates probabilities (see decide.calibrate); `thresholds` gives the least confidence to answer at,
    for each level of trust; `doubtful` are the weights by which it is told how sure a second look is (see
    reading.second_pass), () where none were fitted; `config` is the whole config.json; `sha256` is that of the ONNX file.
    """

    name: str
    session: onnxruntime.InferenceSession
    temperature: float = 1.0
    thresholds: dict[str, float] = field(default_factory=lambda: {"strict": 0.99, "normal": 0.5, "always": 0.0})
    config: dict[str, Any] = field(default_factory=dict)
    sha256: str = ""
    doubtful: tuple[float, ...] = ()

    def probabilities(self, glyphs: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Return the network's own softmax, not yet calibrated: uint8 (N, 28, 28) → float32 (N, 10 or 11).

        The eleventh column, where the network has one, is the probability of "not a digit".
        """
        if len(glyphs) <= CHUNK:
            return self._run(glyphs)
        parts = [glyphs[start : start + CHUNK] for start in range(0, len(glyphs), CHUNK)]
        return np.concatenate(list(_pool().map(self._run, parts)))

    def _run(self, glyphs: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        return np.asarray(self.session.run(None, {"glyphs": glyphs})[0], np.float32)


def _check(session: onnxruntime.InferenceSession) -> None:
    """Run two blank glyphs. Raises ValueError for a network whose answers are no probabilities."""
    answer = session.run(None, {"glyphs": np.zeros((2, 28, 28), np.uint8)})[0]
    if (
        len(answer) != 2
        or not np.isfinite(answer).all()
        or answer.min() < 0
        or abs(answer.sum(axis=1) - 1).max() > 1e-3
    ):
        raise ValueError("its answers to two blank glyphs are not two rows of probabilities")


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    """Return the threads that share large batches."""
    return ThreadPoolExecutor(cores(), thread_name_prefix="inkdigits")


_OUTPUTS = [[("probabilities", "tensor(float)", [columns])] for columns in (10, 11)]


# Networks of the package that read no glyphs, by the name of their input.
_OTHERS = {
    "picture": "a locator, which finds digits on pages",
    "strips": "a network that reads whole numbers",
}


def open_session(data: bytes, name: str) -> onnxruntime.InferenceSession:
    """Return a session for the bytes of an ONNX file. Raises InputError unless it maps glyphs to probabilities."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # see CHUNK
    options.log_severity_level = 4  # what goes wrong is raised, not printed
    try:
        session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        inputs = [(i.name, i.type, i.shape[1:]) for i in session.get_inputs()]
        outputs = [(o.name, o.type, o.shape[1:]) for o in session.get_outputs()]
    # ONNX Runtime raises a dozen unrelated classes for a bad file, none of them documented.
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(
            name, f"is not an ONNX model ({reason})", "give a model.onnx that inkdigits exported"
        ) from None
    for given, what in _OTHERS.items():
        if [i[0] for i in inputs] == [given]:
            remedy = "give a network of digits; the figures of this one are in its run folder's report.html"
            raise InputError(name, f"is {what} and classifies none", remedy)
    if inputs != [("glyphs", "tensor(uint8)", [28, 28])] or outputs not in _OUTPUTS:
        raise InputError(
            name,
            f"is an ONNX model for something else (inputs {inputs}, outputs {outputs})",
            "give a model.onnx that inkdigits exported: uint8 glyphs (N, 28, 28) to float probabilities (N, 10 or 11)",
        )
    try:
        _check(session)
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(name, f"does not run ({reason})", "give a model.onnx that inkdigits exported") from None
    return session


# A forked child has the pool but not its threads, and would wait for them for ever.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)
