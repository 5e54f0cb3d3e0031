"""The trained locator → an ONNX file with its weights in 16 bits, proved against the network that was trained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from inkdigits.files import written_aside
from inkdigits.locating.maps import HEADS, INK_LAYERS, INK_STRIDE, STRIDE, sigmoid
from inkdigits.training import export
from inkdigits.training.locator import network
from inkdigits.training.settings import LocatorSettings

_SIDE = 64  # pixels of the twin that is exported; what is exported reads any size
TOLERANCE = 1e-3  # of an output before activation, float32 against float32


def to_onnx(trained: keras.Model, settings: LocatorSettings, *, half: bool = True) -> onnx.ModelProto:
    """Return the locator as an ONNX model, float32.

    It maps "picture" (N, 2, H, W) to "marks" (N, 28, H/4, W/4) and "ink" (N, 3, H/2, W/2); H and W are multiples of 16.
    With `half`, weights are stored in float16, and become float32 when the file is loaded.
    """
    twin = network.build(settings, size=_SIDE)  # padding is worked out from sizes that are known
    twin.set_weights(trained.get_weights())
    graph = export.Graph("picture")
    outputs = export.convert(graph, twin)
    weights = list(graph.weights.values())
    if half:
        weights = _in_half(graph, weights)
    for output, name in zip(outputs, ("marks", "ink"), strict=True):
        graph.nodes.append(helper.make_node("Identity", [output], [name], name=name))
    float32 = TensorProto.FLOAT
    proto = helper.make_graph(
        graph.nodes,
        "locator",
        [helper.make_tensor_value_info("picture", float32, ["N", 2, "H", "W"])],
        [
            helper.make_tensor_value_info("marks", float32, ["N", sum(HEADS), "h", "w"]),
            helper.make_tensor_value_info("ink", float32, ["N", len(INK_LAYERS), "h2", "w2"]),
        ],
        weights,
    )
    return export.checked(proto)


def _in_half(graph: export.Graph, weights: list[onnx.TensorProto]) -> list[onnx.TensorProto]:
    """Store large weights in float16, each behind a Cast that ONNX Runtime folds when it loads the file."""
    stored, casts = [], []
    for weight in weights:
        value = numpy_helper.to_array(weight)
        if value.dtype != np.float32 or value.size < 64:
            stored.append(weight)
            continue
        stored.append(numpy_helper.from_array(value.astype(np.float16), f"{weight.name}/half"))
        casts.append(
            helper.make_node(
                "Cast", [f"{weight.name}/half"], [weight.name], name=f"{weight.name}/cast", to=TensorProto.FLOAT
            )
        )
    graph.nodes[:0] = casts
    return stored


def save(trained: keras.Model, settings: LocatorSettings, path: Path) -> None:
    """Write the locator as an ONNX file."""
    data = to_onnx(trained, settings).SerializeToString()
    with written_aside(path) as aside:
        aside.write_bytes(data)


def prove(
    trained: keras.Model, settings: LocatorSettings, path: Path, pictures: npt.NDArray[np.float32]
) -> dict[str, Any]:
    """Compare ONNX Runtime with Keras on pictures, float32 (N, H, W, 2).

    The graph with weights in float32 must agree within TOLERANCE (RuntimeError otherwise); how much the 16 bits of the file
    change is reported as the largest difference of a probability of a centre.
    """
    exact = to_onnx(trained, settings, half=False).SerializeToString()
    wanted = trained.predict_on_batch(pictures)
    fed = {"picture": np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))}
    engines = {"float32": exact, "file": path.read_bytes()}
    differences = {}
    for name, data in engines.items():
        session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
        got = session.run(["marks", "ink"], fed)
        pairs = list(zip(wanted, (g.transpose(0, 2, 3, 1) for g in got), strict=True))
        differences[name] = max(float(np.abs(a - b).max()) for a, b in pairs)
        probabilities = [sigmoid(a[..., : HEADS[0]]) for a in pairs[0]]
        differences[f"{name}, centres"] = float(np.abs(probabilities[0] - probabilities[1]).max())
    if differences["float32"] > TOLERANCE:
        raise RuntimeError(f"the exported locator differs from the trained one by {differences['float32']:.2g}")
    return {
        "pictures": len(pictures),
        "tolerance": TOLERANCE,
        "strides": [STRIDE, INK_STRIDE],
        "largest_difference": differences,
    }
