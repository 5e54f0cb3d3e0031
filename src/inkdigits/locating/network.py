"""The locator in ONNX Runtime: a grey picture of any size → maps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from inkdigits.locating.maps import MULTIPLE, Maps, inputs
from inkdigits.network.onnx_file import OnnxFile

MODEL = Path(__file__).parent / "model" / "model.onnx"  # the shipped one
_FILE = OnnxFile(MODEL)
using = _FILE.using


def run(grey: npt.NDArray[np.uint8]) -> Maps:
    """Return the maps of a grey picture, uint8 (H, W), whose sides are multiples of 16."""
    assert not grey.shape[0] % MULTIPLE and not grey.shape[1] % MULTIPLE
    fed = np.ascontiguousarray(inputs(grey).transpose(2, 0, 1))[np.newaxis]
    marks, ink = _FILE.run(["marks", "ink"], {"picture": fed})
    return Maps(marks[0], ink[0])
