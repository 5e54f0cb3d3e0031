"""A network of the package's own in an ONNX file with its config beside it: the locator, the network that reads numbers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

# See network.session: use is not reported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
import onnxruntime

Array = npt.NDArray[np.float32]


class OnnxFile:
    """A network's file: the shipped one, or for a while another one of the same kind."""

    def __init__(self, shipped: Path) -> None:
        self._used = [shipped]

    @property
    def path(self) -> Path:
        """The file that is used at present."""
        return self._used[-1]

    @contextmanager
    def using(self, path: Path) -> Iterator[None]:
        """Have this process go by another file for a while: of a network that has just been trained."""
        self._used.append(path)
        try:
            yield
        finally:
            self._used.pop()

    def run(self, outputs: list[str], fed: dict[str, Array]) -> list[Array]:
        """Return what the network says."""
        return [np.asarray(output, np.float32) for output in _session(self.path).run(outputs, fed)]


@lru_cache(maxsize=4)
def _session(path: Path) -> Any:
    """Return a network, loaded once a process; one thread, as the digit network has."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
