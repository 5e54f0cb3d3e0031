"""A model in 8 bits → the same network in float32, to be trained further: the way back of `quantise`.

Weights come back as the multiples of their steps that the file holds. Activations are no longer rounded, so answers differ
a little from those of the file. Needs the package onnx (the extra `train`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

Array = npt.NDArray[Any]

_LINEAR = {"Conv", "Gemm", "Add", "Sum", "BatchNormalization"}  # what gives negative numbers, too


def dequantised(graph: onnx.GraphProto) -> onnx.GraphProto:
    """Return a graph without what `quantise` has put into it; another graph comes back as it is.

    ONNX Runtime's tool takes a ReLU out where rounding to 0 … 255 does its work, and leaves its name to the tensor.
    """
    if not any(node.op_type in ("QuantizeLinear", "DequantizeLinear") or _unpacks(graph, node) for node in graph.node):
        return graph
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    stands_for: dict[str, str] = {}
    makers: dict[str, onnx.NodeProto] = {}
    nodes: list[onnx.NodeProto] = []
    for original in graph.node:
        node = onnx.NodeProto()
        node.CopyFrom(original)
        node.input[:] = [stands_for.get(name, name) for name in node.input]
        if node.op_type in _COMPUTED and all(name in arrays for name in node.input):
            arrays[node.output[0]] = _COMPUTED[node.op_type](node, [arrays[name] for name in node.input])
            continue
        if node.op_type == "QuantizeLinear" and _is_relu(arrays[node.input[2]], makers.get(node.input[0])):
            name = node.input[0] if node.input[0].endswith("/relu") else f"{node.input[0]}/relu"
            node = helper.make_node("Relu", [node.input[0]], [node.output[0]], name=name)
        elif node.op_type in ("QuantizeLinear", "DequantizeLinear"):
            stands_for[node.output[0]] = node.input[0]
            continue
        nodes.append(node)
        makers.update(dict.fromkeys(node.output, node))
    for number, node in enumerate(nodes):
        node.name = node.name or f"{node.op_type.lower()}{number}"
    used = {name for node in nodes for name in node.input}
    weights = [numpy_helper.from_array(value, name) for name, value in arrays.items() if name in used]
    return helper.make_graph(nodes, graph.name, graph.input, graph.output, weights)


def _unpacks(graph: onnx.GraphProto, node: onnx.NodeProto) -> bool:
    """Tell whether a node makes numbers of stored integers, as `quantise.weights` has it."""
    return node.op_type == "Cast" and any(tensor.name == node.input[0] for tensor in graph.initializer)


def _is_relu(zero: Array, maker: onnx.NodeProto | None) -> bool:
    """Tell whether rounding cuts off what is negative: its smallest step is 0, and what it rounds can be below."""
    return zero.dtype == np.uint8 and not zero.any() and maker is not None and maker.op_type in _LINEAR


def _dequantise(node: onnx.NodeProto, inputs: list[Array]) -> Array:
    values, scale, *zero = inputs
    axis = next((a.i for a in node.attribute if a.name == "axis"), 1)
    shape = [-1 if i == axis else 1 for i in range(values.ndim)] if scale.size > 1 else [1] * values.ndim
    offset = zero[0].astype(np.float32).reshape(shape) if zero else np.float32(0)
    return np.asarray((values.astype(np.float32) - offset) * scale.reshape(shape), np.float32)


_COMPUTED: dict[str, Callable[[onnx.NodeProto, list[Array]], Array]] = {
    "Cast": lambda _, inputs: inputs[0].astype(np.float32),
    "Mul": lambda _, inputs: np.asarray(inputs[0] * inputs[1], np.float32),
    "DequantizeLinear": _dequantise,
}
