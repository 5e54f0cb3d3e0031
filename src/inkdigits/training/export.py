"""Keras → ONNX, layer by layer: a graph that a person can read, with the weights under the layers' own names.

Written here rather than by a converter for three reasons: uint8 glyphs go straight in, so nobody can scale them wrongly;
the weights keep their names, so `network/forward.py` and the browser find them; and what comes out is channels-first from
end to end, as ONNX Runtime runs it fastest.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from inkdigits.errors import InputError
from inkdigits.files import written_aside
from inkdigits.training.layers import FusedBatchNorm

_OPSET = 17
_IR_VERSION = 8  # the oldest that opset 17 may have, for old runtimes' sake


class _Graph:
    """An ONNX graph in the making: nodes, weights, and the tensor that the next layer reads."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self.tensor = "glyphs"
        self.shape: tuple[int, ...] = (28, 28, 1)  # of `tensor` in Keras' order: rows, columns, channels

    def add(self, op: str, name: str, *weights: tuple[str, Any], **attributes: Any) -> None:
        """Append a node that reads the current tensor, then the weights; its output becomes the current tensor."""
        for key, value in weights:
            self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), f"{name}/{key}"))
        inputs = [self.tensor, *(f"{name}/{key}" for key, _ in weights)]
        output = f"{name}/{op.lower()}"
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
        self.tensor = output


def _conv(graph: _Graph, layer: keras.layers.Conv2D, norm: FusedBatchNorm | None) -> None:
    """Add a convolution, with the batch norm behind it folded into its weights: outside training it is only a scaling."""
    if layer.padding != "valid" or layer.groups != 1 or not (layer.use_bias or norm):
        raise InputError(layer.name, "is a convolution of a kind that is not exported", "use unpadded ones with a bias")
    kernel, *rest = (np.asarray(w, np.float64) for w in layer.get_weights())
    bias = rest[0] if rest else np.zeros(kernel.shape[-1])
    if norm is not None:
        scale = np.asarray(norm.gamma) / np.sqrt(np.asarray(norm.variance) + norm.epsilon)
        kernel = kernel * scale
        bias = (bias - np.asarray(norm.mean)) * scale + np.asarray(norm.beta)
    filters = np.asarray(kernel, np.float32).transpose(3, 2, 0, 1)
    graph.add(
        "Conv", layer.name, ("kernel", filters), ("bias", np.asarray(bias, np.float32)), strides=list(layer.strides)
    )
    _activation(graph, layer)


def _pool(graph: _Graph, layer: keras.layers.MaxPooling2D) -> None:
    graph.add("MaxPool", layer.name, kernel_shape=list(layer.pool_size), strides=list(layer.strides))


def _flatten(graph: _Graph, layer: keras.layers.Flatten) -> None:
    graph.add("Flatten", layer.name, axis=1)


def _dense(graph: _Graph, layer: keras.layers.Dense) -> None:
    kernel, bias = (np.asarray(w, np.float32) for w in layer.get_weights())
    if len(graph.shape) == 3:  # just flattened: Keras counts rows, columns, channels; ONNX channels, rows, columns
        kernel = kernel.reshape(*graph.shape, -1).transpose(2, 0, 1, 3).reshape(kernel.shape)
    graph.add("Gemm", layer.name, ("kernel", kernel), ("bias", bias))
    _activation(graph, layer)


def _activation(graph: _Graph, layer: Any) -> None:
    name = layer.activation.__name__
    if name == "relu":
        graph.add("Relu", layer.name)
    elif name == "softmax":
        graph.add("Softmax", layer.name, axis=1)
    elif name != "linear":
        raise InputError(layer.name, f"has the activation {name}, which is not exported", "use relu, softmax or linear")


def _nothing(_graph: _Graph, _layer: Any) -> None:
    pass


_LAYERS: dict[type, Callable[[_Graph, Any], None]] = {
    keras.layers.MaxPooling2D: _pool,
    keras.layers.Flatten: _flatten,
    keras.layers.Dense: _dense,
    keras.layers.ReLU: lambda graph, layer: graph.add("Relu", layer.name),
    keras.layers.Dropout: _nothing,  # dropout does nothing outside training
}


def to_onnx(network: keras.Sequential, name: str) -> onnx.ModelProto:
    """Return a float32 network as an ONNX model: uint8 "glyphs" (N, 28, 28) → float32 "probabilities" (N, 10 or 11).

    Raises InputError for a layer that has no counterpart here.
    """
    graph = _Graph()
    graph.add("Cast", "input", to=TensorProto.FLOAT)
    graph.add("Div", "scale", ("white", np.float32(255)))
    graph.add("Reshape", "shape", ("channels_first", np.array([-1, 1, 28, 28], np.int64)))
    for layer, following in zip(network.layers, [*network.layers[1:], None], strict=True):
        if isinstance(layer, keras.layers.Conv2D):
            _conv(graph, layer, following if isinstance(following, FusedBatchNorm) else None)
        elif not isinstance(layer, FusedBatchNorm):
            if type(layer) not in _LAYERS:
                what = f"is a {type(layer).__name__}, which is not exported"
                raise InputError(layer.name, what, "add it to training/export.py")
            _LAYERS[type(layer)](graph, layer)
        if not isinstance(layer, keras.layers.Flatten | keras.layers.Dropout):
            graph.shape = tuple(layer.output.shape[1:])  # the dense layer after a flattening needs the shape before it
    graph.nodes[-1].output[0] = "probabilities"
    proto = helper.make_graph(
        graph.nodes,
        name,
        [helper.make_tensor_value_info("glyphs", TensorProto.UINT8, ["N", 28, 28])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", network.output_shape[-1]])],
        graph.weights,
    )
    model = helper.make_model(proto, producer_name="inkdigits", opset_imports=[helper.make_opsetid("", _OPSET)])
    model.ir_version = _IR_VERSION
    onnx.checker.check_model(model, full_check=True)
    return model


def save(network: keras.Sequential, name: str, path: Path) -> None:
    """Write a network as an ONNX file."""
    data = to_onnx(network, name).SerializeToString()
    with written_aside(path) as aside:
        aside.write_bytes(data)
