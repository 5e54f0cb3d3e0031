"""ONNX → Keras: an exported network, ready to be trained further. The way back of `export`.

Batch norm that export has folded into the layer before it does not come back: that layer's bias carries it. That is right
for learning from a handful of digits, whose own means and variances would spoil those that were followed over thousands.
A network in 8 bits comes back in float32, an ensemble as one network of several branches.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper

from inkdigits.errors import InputError
from inkdigits.network.dequantise import dequantised
from inkdigits.network.session import open_session
from inkdigits.training.layers import FusedBatchNorm

Arrays = list[npt.NDArray[Any]]
Made = tuple[keras.layers.Layer, Arrays]  # a layer, and its weights in Keras' order

_START = ["Cast", "Div", "Reshape"]  # uint8 glyphs → floats from 0 to 1, channels first: what Keras is given already
_ACTIVATIONS = {"Relu": "relu", "Tanh": "tanh", "Softmax": "softmax"}
_REMEDY = "give a model that `inkdigits train` exported, of layers that training/from_onnx.py reads"
_TOLERANCE = 1e-4
_TOLERANCE_OF_8_BITS = 0.2  # activations are no longer rounded, and these glyphs are no digits


@dataclass(frozen=True, eq=False)
class Given:
    """A trained network to go on from: where it is, the SHA-256 of its file, and its graph."""

    source: str
    fingerprint: str
    graph: onnx.GraphProto

    @property
    def classes(self) -> int:
        """10, or 11 where it knows what is not a digit."""
        return int(self.graph.output[0].type.tensor_type.shape.dim[1].dim_value)

    def build(self, dtype_policy: str = "float32") -> keras.Model:
        """Return the network in Keras, computing in "float32" or "mixed_bfloat16", with the layers' names of the file.

        Raises InputError, naming the layer, for a graph that `export` did not write.
        """
        before = keras.config.dtype_policy()
        keras.config.set_dtype_policy(dtype_policy)
        try:
            return _Reader(self.source, self.graph).network()
        finally:
            keras.config.set_dtype_policy(before)


def read(path: Path) -> Given:
    """Return the network in a model.onnx. Raises InputError if what comes back into Keras is not the same network."""
    try:
        data = path.read_bytes()
        graph = onnx.load_model_from_string(data).graph
    # protobuf has its own exceptions, and damaged bytes raise others beside.
    except Exception as error:
        raise InputError(path, f"cannot be read as ONNX ({error})", _REMEDY) from None
    plain = dequantised(graph)
    given = Given(str(path), hashlib.sha256(data).hexdigest(), plain)
    network = given.build()
    random = np.random.default_rng(0)
    glyphs = (random.random((16, 28, 28)) ** np.arange(1, 17)[:, None, None] * 255).astype(np.uint8)
    theirs = open_session(data, str(path)).run(None, {"glyphs": glyphs})[0]
    ours = np.asarray(network(glyphs[..., np.newaxis] / np.float32(255), training=False))
    if np.abs(ours - theirs).max() > (_TOLERANCE if plain is graph else _TOLERANCE_OF_8_BITS):
        raise InputError(path, "has settings that do not come back into Keras", _REMEDY)
    return given


class _Reader:
    """Goes through a graph layer by layer: the nodes of one layer bear its name, and read what stands before the first."""

    def __init__(self, source: str, graph: onnx.GraphProto) -> None:
        self.source, self.graph = source, graph
        self.arrays = {w.name: w for w in graph.initializer}
        self.tensors: dict[str, Any] = {}  # what the layers so far give, by the graph's names
        self.flattened: dict[str, tuple[int, ...]] = {}  # rows, columns, channels of what was flattened from them
        self.shared: dict[tuple[str, ...], Made] = {}  # layers by the names of their weights: the same are called again

    def network(self) -> keras.Model:
        """Return the whole network with its weights."""
        nodes = sorted(self.graph.node, key=_member)
        image = keras.Input((28, 28, 1))
        while nodes:  # one branch, or one for each member of an ensemble
            start, nodes = nodes[:3], nodes[3:]
            if [node.op_type for node in start] != _START or self.weight(start[1], 1).tolist() != [255]:
                raise InputError(self.source, "does not begin as our networks do", _REMEDY)
            self.tensors[start[2].output[0]] = image
            end = next((i for i, node in enumerate(nodes) if node.op_type == _START[0]), len(nodes))
            layers: dict[str, list[onnx.NodeProto]] = {}
            for node in nodes[:end]:
                layers.setdefault(_layer_name(node), []).append(node)
            for layer in layers.values():
                self._add(layer)
            nodes = nodes[end:]
        return keras.Model(image, self.tensors[self.graph.output[0].name])

    def _add(self, nodes: list[onnx.NodeProto]) -> None:
        """Make the layer of some nodes, put it behind what it reads, and give it its weights."""
        first, last = nodes[0], nodes[-1]
        inputs = [name for name in first.input if name not in self.arrays]
        if first.op_type not in _LAYERS or not all(name in self.tensors for name in inputs):
            raise self.error(first, f"is {first.op_type}, which cannot be trained further here")
        stored = tuple(name for name in first.input if name in self.arrays)
        layer, weights = self.shared.get(stored) or _LAYERS[first.op_type](self, nodes)
        try:
            behind = [self.tensors[name] for name in inputs]
            self.tensors[last.output[0]] = layer(behind if len(behind) > 1 else behind[0])
            layer.set_weights(weights)
        except ValueError:
            raise self.error(first, "has weights of a shape that does not fit") from None
        if stored:
            self.shared[stored] = layer, weights
        if inputs[0] in self.flattened and first.op_type != "Gemm":
            self.flattened[last.output[0]] = self.flattened[inputs[0]]

    def weight(self, node: onnx.NodeProto, position: int) -> npt.NDArray[Any]:
        """Return one of a node's weights."""
        if len(node.input) <= position or node.input[position] not in self.arrays:
            raise self.error(node, "lacks weights")
        array: npt.NDArray[Any] = numpy_helper.to_array(self.arrays[node.input[position]])
        return array

    def error(self, node: onnx.NodeProto, problem: str) -> InputError:
        """Return the error that names a node."""
        return InputError(f"{self.source}: {node.name or node.op_type}", problem, _REMEDY)


def _conv(reader: _Reader, nodes: list[onnx.NodeProto]) -> Made:
    """Return a convolution, plain or depthwise. ONNX keeps filters, channels, rows, columns."""
    kernel, bias = reader.weight(nodes[0], 1), reader.weight(nodes[0], 2)
    options = _attributes(nodes[0])
    shared = {
        "strides": options.get("strides", (1, 1)),
        "padding": "same" if any(options.get("pads", ())) else "valid",
        "activation": _activation(nodes),
        "name": _layer_name(nodes[0]),
    }
    if "group" not in options:
        return keras.layers.Conv2D(len(kernel), kernel.shape[2:], **shared), [kernel.transpose(2, 3, 1, 0), bias]
    channels = int(options["group"])
    if kernel.ndim != 4 or kernel.shape[1] != 1 or len(kernel) % channels:
        raise reader.error(nodes[0], "is a convolution of groups, which cannot be trained further here")
    each = len(kernel) // channels
    kernel = kernel.reshape(channels, each, *kernel.shape[2:]).transpose(2, 3, 0, 1)
    return keras.layers.DepthwiseConv2D(kernel.shape[:2], depth_multiplier=each, **shared), [kernel, bias]


def _dense(reader: _Reader, nodes: list[onnx.NodeProto]) -> Made:
    """Return a dense layer. Behind a flattening, ONNX counts channels, rows, columns; Keras rows, columns, channels."""
    kernel, bias = reader.weight(nodes[0], 1), reader.weight(nodes[0], 2)
    order = reader.flattened.get(nodes[0].input[0])
    if order and len(order) == 3:
        rows, columns, channels = order
        if len(kernel) != rows * columns * channels:
            raise reader.error(nodes[0], "has weights of a shape that does not fit")
        kernel = kernel.reshape(channels, rows, columns, -1).transpose(1, 2, 0, 3).reshape(kernel.shape)
    activation = _activation(nodes)
    options = _exact() if activation == "softmax" else {}
    name = _layer_name(nodes[0])
    return keras.layers.Dense(kernel.shape[1], activation=activation, name=name, **options), [kernel, bias]


def _pool(reader: _Reader, nodes: list[onnx.NodeProto]) -> Made:
    options = _attributes(nodes[0])
    kind = keras.layers.MaxPooling2D if nodes[0].op_type == "MaxPool" else keras.layers.AveragePooling2D
    padding = "same" if any(options.get("pads", ())) else "valid"
    return kind(options["kernel_shape"], options["strides"], padding, name=_layer_name(nodes[0])), []


def _global_average(_: _Reader, nodes: list[onnx.NodeProto]) -> Made:
    return keras.layers.GlobalAveragePooling2D(keepdims=len(nodes) == 1, name=_layer_name(nodes[0])), []


def _flatten(reader: _Reader, nodes: list[onnx.NodeProto]) -> Made:
    reader.flattened[nodes[0].output[0]] = tuple(reader.tensors[nodes[0].input[0]].shape[1:])
    return keras.layers.Flatten(name=_layer_name(nodes[0])), []


def _norm(reader: _Reader, nodes: list[onnx.NodeProto]) -> Made:
    """Return a batch norm that was not folded: its statistics come back with it."""
    epsilon = _attributes(nodes[0])["epsilon"]
    weights = [reader.weight(nodes[0], position) for position in (1, 2, 3, 4)]
    return FusedBatchNorm(epsilon=epsilon, name=_layer_name(nodes[0])), weights


def _rescale(reader: _Reader, nodes: list[onnx.NodeProto]) -> Made:
    factor, offset = (reader.weight(node, 1).item() for node in nodes)
    return keras.layers.Rescaling(factor, offset, name=_layer_name(nodes[0])), []


def _alone(kind: type[keras.layers.Layer], **options: Any) -> Callable[[_Reader, list[onnx.NodeProto]], Made]:
    """Return how a layer without weights or settings is made."""
    return lambda _, nodes: (kind(name=_layer_name(nodes[0]), **options), [])


def _exact() -> dict[str, str]:
    """Return the option of layers that give probabilities: tiny ones have no room in bfloat16."""
    return {"dtype": "float32"}


def _activation(nodes: list[onnx.NodeProto]) -> str | None:
    return _ACTIVATIONS.get(nodes[-1].op_type)


def _member(node: onnx.NodeProto) -> int:
    """Return the number of the ensemble's member that a node is of, and for a node of none one above all."""
    first = str(node.name).split("/")[0]
    return int(first) if first.isdigit() else sys.maxsize


def _layer_name(node: onnx.NodeProto) -> str:
    """Return the layer's name: "conv1" of "conv1/relu", and "member0_conv1" of an ensemble's "0/conv1/relu"."""
    first, *rest = str(node.name).split("/")
    if first.isdigit() and rest:
        return f"member{first}_{rest[0]}"
    return first or str(node.op_type).lower()


def _attributes(node: onnx.NodeProto) -> dict[str, Any]:
    """Return a node's attributes as plain values."""
    values = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    return {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}


_LAYERS: dict[str, Callable[[_Reader, list[onnx.NodeProto]], Made]] = {
    "Conv": _conv,
    "Gemm": _dense,
    "MaxPool": _pool,
    "AveragePool": _pool,
    "GlobalAveragePool": _global_average,
    "Flatten": _flatten,
    "BatchNormalization": _norm,
    "Mul": _rescale,
    "Relu": _alone(keras.layers.ReLU),
    "Softmax": _alone(keras.layers.Softmax, **_exact()),
    "Add": _alone(keras.layers.Add),
    "Sum": _alone(keras.layers.Add),
    "Mean": _alone(keras.layers.Average, **_exact()),
}
