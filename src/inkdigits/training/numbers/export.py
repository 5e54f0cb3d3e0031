"""The trained network of numbers → an ONNX file with its weights in 16 bits, proved against what was trained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import onnx

from inkdigits.locating.maps import softmax
from inkdigits.recognising.ctc import CLASSES
from inkdigits.recognising.strips import HEIGHT, STRIDE
from inkdigits.training import export, sixteen_bits
from inkdigits.training.drawn_settings import NumberSettings
from inkdigits.training.numbers import network

_WIDTH = 64  # pixels of the twin that is exported; what is exported reads strips of any width


def to_onnx(trained: keras.Model, settings: NumberSettings, *, half: bool = True) -> onnx.ModelProto:
    """Return the network as an ONNX model, float32.

    It maps "strips" (N, 2, 48, W), W a multiple of 4, to "signs" (N, 16, W/2), before the softmax. With `half`, weights
    are stored in float16, and become float32 when the file is loaded.
    """
    twin = network.build(settings, width=_WIDTH)  # padding is worked out from sizes that are known
    twin.set_weights(trained.get_weights())
    graph = export.Graph("strips")
    export.convert(graph, keras.Model(twin.input, twin.get_layer("signs").output))
    # (N, columns of a cell · classes, 1, cells) → (N, classes, cells, columns of a cell) → (N, classes, W/2)
    graph.add("Reshape", "cells", ("shape", np.array([0, network.COLUMNS, CLASSES, -1], np.int64)))
    graph.add("Transpose", "cells", perm=[0, 2, 3, 1])
    graph.add("Reshape", "columns", ("shape", np.array([0, CLASSES, -1], np.int64)))
    inputs: sixteen_bits.Shapes = {"strips": ["N", 2, HEIGHT, "W"]}
    outputs: sixteen_bits.Shapes = {"signs": ["N", CLASSES, "T"]}
    return sixteen_bits.model(graph, "number", inputs, [graph.tensor.name], outputs, half=half)


def save(trained: keras.Model, settings: NumberSettings, path: Path) -> None:
    """Write the network as an ONNX file."""
    sixteen_bits.save(to_onnx(trained, settings), path)


def prove(
    trained: keras.Model, settings: NumberSettings, path: Path, strips: npt.NDArray[np.float32]
) -> dict[str, Any]:
    """Compare ONNX Runtime with Keras on strips, float32 (N, 48, W, 2).

    The graph with weights in float32 must agree within TOLERANCE (RuntimeError otherwise); how much the 16 bits of the file
    change is reported as the largest difference of a sign's probability in a column.
    """
    exact = to_onnx(trained, settings, half=False).SerializeToString()
    wanted = trained.predict_on_batch(strips)[:, 0]
    differences = {}
    for name, data in {"float32": exact, "file": path.read_bytes()}.items():
        (got,) = sixteen_bits.said(data, ["signs"], "strips", strips)
        differences[name] = float(np.abs(wanted - got).max())
        differences[f"{name}, signs"] = float(np.abs(softmax(wanted) - softmax(got)).max())
    sixteen_bits.check(differences["float32"], "network of numbers")
    return {
        "pictures": len(strips),
        "tolerance": sixteen_bits.TOLERANCE,
        "stride": STRIDE,
        "largest_difference": differences,
    }
