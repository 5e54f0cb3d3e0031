"""Graphs of networks that are trained on drawn pages → ONNX models with weights in 16 bits, and what both engines say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from inkdigits.files import written_aside
from inkdigits.training import export

Shapes = dict[str, list[str | int]]
TOLERANCE = 1e-3  # of an output before activation, float32 against float32


def model(
    graph: export.Graph, name: str, given: Shapes, outputs: Sequence[str], named: Shapes, *, half: bool
) -> onnx.ModelProto:
    """Return a graph as an ONNX model, float32, whose `outputs` get the names and shapes that `named` has.

    With `half`, weights are stored in float16, and become float32 when the file is loaded.
    """
    weights = list(graph.weights.values())
    if half:
        weights = _in_half(graph, weights)
    for output, called in zip(outputs, named, strict=True):
        graph.nodes.append(helper.make_node("Identity", [output], [called], name=called))
    inputs, told = (
        [helper.make_tensor_value_info(key, TensorProto.FLOAT, shape) for key, shape in shapes.items()]
        for shapes in (given, named)
    )
    return export.checked(helper.make_graph(graph.nodes, name, inputs, told, weights))


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


def save(made: onnx.ModelProto, path: Path) -> None:
    """Write a model as an ONNX file."""
    with written_aside(path) as aside:
        aside.write_bytes(made.SerializeToString())


def said(data: bytes, outputs: list[str], name: str, pictures: npt.NDArray[np.float32]) -> list[Any]:
    """Return what ONNX Runtime makes of pictures, float32 (N, H, W, 2), channels last."""
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    got = session.run(outputs, {name: np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))})
    return [np.moveaxis(output, 1, -1) for output in got]


def check(difference: float, what: str) -> None:
    """Raise RuntimeError if an exported network differs from the trained one by more than TOLERANCE."""
    if difference > TOLERANCE:
        raise RuntimeError(f"the exported {what} differs from the trained one by {difference:.2g}")
