"""The trained locator → an ONNX file with its weights in 16 bits, proved against the network that was trained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import onnx

from inkdigits.locating.maps import HEADS, INK_LAYERS, INK_STRIDE, STRIDE, sigmoid
from inkdigits.training import export, sixteen_bits
from inkdigits.training.drawn_settings import LocatorSettings
from inkdigits.training.locator import network

TOLERANCE = sixteen_bits.TOLERANCE
_SIDE = 64  # pixels of the twin that is exported; what is exported reads any size
_OUTPUTS: sixteen_bits.Shapes = {"marks": ["N", sum(HEADS), "h", "w"], "ink": ["N", len(INK_LAYERS), "h2", "w2"]}


def to_onnx(trained: keras.Model, settings: LocatorSettings, *, half: bool = True) -> onnx.ModelProto:
    """Return the locator as an ONNX model, float32.

    It maps "picture" (N, 2, H, W) to "marks" (N, 28, H/4, W/4) and "ink" (N, 3, H/2, W/2); H and W are multiples of 16.
    With `half`, weights are stored in float16, and become float32 when the file is loaded.
    """
    twin = network.build(settings, size=_SIDE)  # padding is worked out from sizes that are known
    twin.set_weights(trained.get_weights())
    graph = export.Graph("picture")
    outputs = export.convert(graph, twin)
    return sixteen_bits.model(graph, "locator", {"picture": ["N", 2, "H", "W"]}, outputs, _OUTPUTS, half=half)


def save(trained: keras.Model, settings: LocatorSettings, path: Path) -> None:
    """Write the locator as an ONNX file."""
    sixteen_bits.save(to_onnx(trained, settings), path)


def prove(
    trained: keras.Model, settings: LocatorSettings, path: Path, pictures: npt.NDArray[np.float32]
) -> dict[str, Any]:
    """Compare ONNX Runtime with Keras on pictures, float32 (N, H, W, 2).

    The graph with weights in float32 must agree within TOLERANCE (RuntimeError otherwise); how much the 16 bits of the file
    change is reported as the largest difference of a probability of a centre.
    """
    exact = to_onnx(trained, settings, half=False).SerializeToString()
    wanted = trained.predict_on_batch(pictures)
    differences = {}
    for name, data in {"float32": exact, "file": path.read_bytes()}.items():
        pairs = list(zip(wanted, sixteen_bits.said(data, list(_OUTPUTS), "picture", pictures), strict=True))
        differences[name] = max(float(np.abs(a - b).max()) for a, b in pairs)
        probabilities = [sigmoid(a[..., : HEADS[0]]) for a in pairs[0]]
        differences[f"{name}, centres"] = float(np.abs(probabilities[0] - probabilities[1]).max())
    sixteen_bits.check(differences["float32"], "locator")
    return {
        "pictures": len(pictures),
        "tolerance": TOLERANCE,
        "strides": [STRIDE, INK_STRIDE],
        "largest_difference": differences,
    }
