"""Keras → ONNX, layer by layer: a graph that a person can read, with the weights under the layers' own names.

Written here rather than by a converter for three reasons: uint8 glyphs go straight in, so they cannot be scaled wrongly;
the weights keep their names, so `network/forward.py` and the browser find them; and what comes out is channels-first from
end to end, as ONNX Runtime runs it fastest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from inkdigits.errors import InputError
from inkdigits.files import written_aside
from inkdigits.training import calls
from inkdigits.training.calls import Call
from inkdigits.training.layers import FusedBatchNorm, MeanOfTowers

_OPSET = 17
_IR_VERSION = 8  # the oldest that opset 17 may have, for old runtimes' sake


@dataclass(frozen=True)
class _Tensor:
    """What a layer gives, in the graph: its name there, and rows, columns, channels where it was flattened from them.

    Keras flattens channels last, ONNX channels first: the dense layer behind must turn its weights.
    """

    name: str
    flattened: tuple[int, ...] | None = None


class Graph:
    """An ONNX graph in the making: nodes, weights, and the tensor that the next node reads."""

    def __init__(self, picture: str) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: dict[str, onnx.TensorProto] = {}
        self.tensor = _Tensor(picture)
        self.call = ""  # what is put behind a layer's name from its second call on

    def add(
        self, op: str, name: str, *weights: tuple[str, Any], others: tuple[_Tensor, ...] = (), **options: Any
    ) -> None:
        """Append a node that reads the current tensor, then others, then weights; its output becomes the current one.

        Weights bear the layer's name alone, so that all calls of a layer read the same ones.
        """
        stored = {f"{name}/{key}": np.ascontiguousarray(value) for key, value in weights}
        self.weights |= {key: numpy_helper.from_array(value, key) for key, value in stored.items()}
        inputs = [self.tensor.name, *(t.name for t in others), *stored]
        output = f"{name}{self.call}/{op.lower()}"
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **options))
        self.tensor = _Tensor(output, self.tensor.flattened)


def _conv(graph: Graph, call: Call, norm: FusedBatchNorm | None) -> None:
    """Add a convolution, with the batch norm behind it folded into its weights: outside training it is only a scaling."""
    layer = call.layer
    depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
    if set(layer.dilation_rate) != {1} or (not depthwise and layer.groups != 1):
        what = "is a convolution of a kind that is not exported"
        raise InputError(layer.name, what, "use one without dilation and groups")
    kernel, bias = _folded(call, norm)
    if depthwise:  # Keras: rows, columns, channels, filters for each of them
        filters, groups = kernel.transpose(2, 3, 0, 1).reshape(-1, 1, *layer.kernel_size), layer.kernel.shape[2]
    else:
        filters, groups = kernel.transpose(3, 2, 0, 1), 1
    weights = ("kernel", np.asarray(filters, np.float32)), ("bias", bias)
    options: dict[str, Any] = {**_pads(call, layer.kernel_size), **({"group": groups} if depthwise else {})}
    graph.add("Conv", layer.name, *weights, strides=list(layer.strides), **options)
    _activation(graph, layer)


def _folded(call: Call, norm: FusedBatchNorm | None) -> tuple[Any, Any]:
    """Return a layer's kernel, float64 in Keras' order, and its bias, float32, with the batch norm behind it folded in."""
    layer = call.layer
    kernel = np.asarray(layer.kernel, np.float64)
    bias = np.asarray(layer.bias, np.float64) if layer.use_bias else np.zeros(call.output.shape[-1])
    if norm is not None:
        scale, shift = _as_scaling(norm)
        depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)  # its last two axes are one axis of the output
        kernel = kernel * (scale.reshape(kernel.shape[-2:]) if depthwise else scale)
        bias = bias * scale + shift
    return kernel, np.asarray(bias, np.float32)


def _as_scaling(norm: FusedBatchNorm) -> tuple[Any, Any]:
    """Return what batch norm multiplies each channel by outside training, and what it then adds, in float64."""
    gamma, beta, mean, variance = (np.asarray(w, np.float64) for w in norm.get_weights())
    scale = gamma / np.sqrt(variance + norm.epsilon)
    return scale, beta - mean * scale


def _pads(call: Call, window: tuple[int, int]) -> Any:
    """Return the "pads" for what "same" padding adds: where a number is odd, one more below and on the right."""
    if call.layer.padding == "valid":
        return {}
    sides = zip(call.inputs[0].shape[1:3], call.output.shape[1:3], window, call.layer.strides, strict=True)
    totals = [max((out - 1) * stride + size - inside, 0) for inside, out, size, stride in sides]
    return {"pads": [total // 2 for total in totals] + [total - total // 2 for total in totals]}


def _pool(graph: Graph, call: Call) -> None:
    layer = call.layer
    op = "MaxPool" if isinstance(layer, keras.layers.MaxPooling2D) else "AveragePool"
    options: dict[str, Any] = {"kernel_shape": list(layer.pool_size), "strides": list(layer.strides)}
    graph.add(op, layer.name, **options, **_pads(call, layer.pool_size))


def _global_average(graph: Graph, call: Call) -> None:
    graph.add("GlobalAveragePool", call.layer.name)
    if not call.layer.keepdims:
        graph.add("Flatten", call.layer.name, axis=1)


def _flatten(graph: Graph, call: Call) -> None:
    graph.add("Flatten", call.layer.name, axis=1)
    graph.tensor = _Tensor(graph.tensor.name, tuple(call.inputs[0].shape[1:]))


def _dense(graph: Graph, call: Call, norm: FusedBatchNorm | None) -> None:
    layer = call.layer
    kernel, bias = _folded(call, norm)
    order = graph.tensor.flattened
    if order and len(order) == 3:
        kernel = kernel.reshape(*order, -1).transpose(2, 0, 1, 3).reshape(kernel.shape)
    graph.tensor = _Tensor(graph.tensor.name)
    graph.add("Gemm", layer.name, ("kernel", np.asarray(kernel, np.float32)), ("bias", bias))
    _activation(graph, layer)


def _norm(graph: Graph, call: Call) -> None:
    """Add a batch norm that stands behind something that it cannot be folded into."""
    layer = call.layer
    if graph.tensor.flattened:
        raise InputError(
            layer.name, "is a batch norm of what was flattened, which is not exported", "put it before that"
        )
    names = "scale", "shift", "mean", "variance"
    graph.add("BatchNormalization", layer.name, *zip(names, layer.get_weights(), strict=True), epsilon=layer.epsilon)


def _activation(graph: Graph, layer: Any) -> None:
    name = layer.activation.__name__
    if name == "softmax":
        graph.add("Softmax", layer.name, axis=1)
    elif name in ("relu", "tanh"):
        graph.add(name.capitalize(), layer.name)
    elif name != "linear":
        what = f"has the activation {name}, which is not exported"
        raise InputError(layer.name, what, "use relu, tanh, softmax or linear")


def _relu(graph: Graph, call: Call) -> None:
    layer = call.layer
    if layer.max_value is not None or layer.negative_slope or layer.threshold:
        raise InputError(layer.name, "is a ReLU of a kind that is not exported", "use the plain one")
    graph.add("Relu", layer.name)


def _rescale(graph: Graph, call: Call) -> None:
    graph.add("Mul", call.layer.name, ("factor", np.float32(call.layer.scale)))
    graph.add("Add", call.layer.name, ("offset", np.float32(call.layer.offset)))


def _enlarge(graph: Graph, call: Call) -> None:
    layer = call.layer
    if layer.interpolation != "nearest":
        raise InputError(layer.name, "enlarges in a way that is not exported", 'use interpolation="nearest"')
    # Resize takes a region of interest before the scales, which this mode does not use.
    scales = ("roi", np.zeros(0, np.float32)), ("scales", np.array([1, 1, *layer.size], np.float32))
    options: dict[str, Any] = {
        "mode": "nearest",
        "coordinate_transformation_mode": "asymmetric",
        "nearest_mode": "floor",
    }
    graph.add("Resize", layer.name, *scales, **options)


def _nothing(_graph: Graph, _call: Call) -> None:
    pass


_LAYERS: dict[type, Callable[[Graph, Call], None]] = {
    keras.layers.MaxPooling2D: _pool,
    keras.layers.AveragePooling2D: _pool,
    keras.layers.GlobalAveragePooling2D: _global_average,
    keras.layers.Flatten: _flatten,
    keras.layers.ReLU: _relu,
    keras.layers.Softmax: lambda graph, call: graph.add("Softmax", call.layer.name, axis=1),
    keras.layers.Rescaling: _rescale,
    keras.layers.UpSampling2D: _enlarge,
    keras.layers.Activation: lambda graph, call: _activation(graph, call.layer),
    keras.layers.Dropout: _nothing,  # dropout does nothing outside training
    FusedBatchNorm: _norm,
}

# Layers of weights, which the batch norm behind them is folded into.
_WEIGHTED: dict[type, Callable[[Graph, Call, FusedBatchNorm | None], None]] = {
    keras.layers.Conv2D: _conv,
    keras.layers.DepthwiseConv2D: _conv,
    keras.layers.Dense: _dense,
}


def to_onnx(network: keras.Model, name: str) -> onnx.ModelProto:
    """Return a float32 network as an ONNX model: uint8 "glyphs" (N, 28, 28) → float32 "probabilities" (N, 10 or 11).

    Raises InputError for a layer that has no counterpart here.
    """
    graph = Graph("glyphs")
    graph.add("Cast", "input", to=TensorProto.FLOAT)
    graph.add("Div", "scale", ("white", np.float32(255)))
    graph.add("Reshape", "shape", ("channels_first", np.array([-1, 1, 28, 28], np.int64)))
    convert(graph, network)
    graph.nodes[-1].output[0] = "probabilities"
    proto = helper.make_graph(
        graph.nodes,
        name,
        [helper.make_tensor_value_info("glyphs", TensorProto.UINT8, ["N", 28, 28])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", network.output_shape[-1]])],
        graph.weights.values(),
    )
    return checked(proto)


def checked(proto: onnx.GraphProto) -> onnx.ModelProto:
    """Return a graph as a model. Raises onnx.checker.ValidationError if it is none."""
    model = helper.make_model(proto, producer_name="inkdigits", opset_imports=[helper.make_opsetid("", _OPSET)])
    model.ir_version = _IR_VERSION
    onnx.checker.check_model(model, full_check=True)
    return model


def convert(graph: Graph, network: keras.Model) -> list[str]:
    """Append a network's layers to a graph whose current tensor is the network's input, channels first.

    Returns the names of its outputs there. Raises InputError for a layer that has no counterpart here.
    """
    made = calls.of(network)
    known = {id(network.inputs[0]): graph.tensor}  # what the calls so far give, by Keras' own tensors
    times: Counter[str] = Counter()
    folded: set[int] = set()
    for call in made:
        layer = call.layer
        times[layer.name] += 1
        graph.call = f"_{times[layer.name]}" if times[layer.name] > 1 else ""
        graph.tensor, *others = (known[id(tensor)] for tensor in call.inputs)
        if type(layer) in _WEIGHTED:
            norm = _norm_behind(call, made)
            folded.add(id(norm))
            _WEIGHTED[type(layer)](graph, call, norm)
        elif isinstance(layer, keras.layers.Add):
            graph.add("Add" if len(others) == 1 else "Sum", layer.name, others=tuple(others))
        elif isinstance(layer, keras.layers.Average | MeanOfTowers):
            graph.add("Mean", layer.name, others=tuple(others))
        elif type(layer) not in _LAYERS:
            what = f"is a {type(layer).__name__}, which is not exported"
            raise InputError(layer.name, what, "add it to training/export.py")
        elif id(layer) not in folded:
            _LAYERS[type(layer)](graph, call)
        known[id(call.output)] = graph.tensor
    return [known[id(output)].name for output in network.outputs]


def _norm_behind(call: Call, made: list[Call]) -> FusedBatchNorm | None:
    """Return the batch norm that reads a call's linear output, if nothing else does and no other call has its weights."""
    alone = sum(other.layer is call.layer for other in made) == 1
    readers = [other.layer for other in made if any(tensor is call.output for tensor in other.inputs)]
    linear = call.layer.activation.__name__ == "linear"
    return readers[0] if alone and linear and len(readers) == 1 and isinstance(readers[0], FusedBatchNorm) else None


def save(network: keras.Model, name: str, path: Path) -> None:
    """Write a network as an ONNX file."""
    data = to_onnx(network, name).SerializeToString()
    with written_aside(path) as aside:
        aside.write_bytes(data)
