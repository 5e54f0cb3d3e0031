"""The locator in ONNX Runtime: a grey picture of any size → maps."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

# See network.session: no use is reported to anybody.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
import onnxruntime

from inkdigits.locating.maps import MULTIPLE, Maps, inputs

MODEL = Path(__file__).parent / "model" / "model.onnx"  # the shipped one
_used = [MODEL]


@contextmanager
def using(path: Path) -> Iterator[None]:
    """Have every reading of this process go by another locator's file for a while: one that has just been trained."""
    _used.append(path)
    try:
        yield
    finally:
        _used.pop()


@lru_cache(maxsize=2)
def _session(path: Path) -> onnxruntime.InferenceSession:
    """Return a locator, loaded once a process; one thread, as the digit network has."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])


def run(grey: npt.NDArray[np.uint8]) -> Maps:
    """Return the maps of a grey picture, uint8 (H, W), whose sides are multiples of 16."""
    assert not grey.shape[0] % MULTIPLE and not grey.shape[1] % MULTIPLE
    fed = np.ascontiguousarray(inputs(grey).transpose(2, 0, 1))[np.newaxis]
    marks, ink = _session(_used[-1]).run(["marks", "ink"], {"picture": fed})
    return Maps(marks[0], ink[0])
