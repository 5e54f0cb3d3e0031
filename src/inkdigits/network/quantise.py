"""A model → the same network in 8 bits, as another ONNX file: a quarter of the size, or also in less time.

"weights" stores each kernel as int8 with one scale per output channel. A Cast and a Mul make float32 of it when ONNX
Runtime loads the file (it folds constants; a DequantizeLinear it would compute anew in every run), so answers take
exactly as long as before. Names are cut down to letters, since in a network of a few thousand weights they would be a
tenth of the file.

"static" computes in 8 bits as well, activations too, with ranges measured on training digits, by ONNX Runtime's own tool.
Faster where the processor multiplies bytes (AVX-512 VNNI, AVX-VNNI, Arm's dot product). The last layer and the softmax stay
in float32: steps of 1/256 are too coarse for confidences.

Needs the package onnx (the extra `train`).
"""

from __future__ import annotations

import contextlib
import io
import itertools
import logging
import string
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from inkdigits.errors import require

_AT_ONCE = 64  # glyphs per run of the calibration
_KEPT = {"glyphs", "probabilities"}  # what a model's input and output are called, whatever becomes of the rest


def is_quantised(model: bytes) -> bool:
    """Tell whether a model, or a member of an ensemble, holds weights of 8 bits."""
    onnx = _onnx()
    graph = onnx.load_from_string(model).graph
    return any(tensor.data_type in (onnx.TensorProto.INT8, onnx.TensorProto.UINT8) for tensor in graph.initializer)


def weights(model: bytes) -> bytes:
    """Return a model with its kernels in int8: the same network within half a step of each weight.

    The step is a 127th of the largest weight of the output channel. Source: Krishnamoorthi, "Quantizing deep convolutional
    networks for efficient inference", 2018, section 3.1.3 (symmetric, per channel).
    """
    onnx = _onnx()
    proto = onnx.load_from_string(model)
    graph = proto.graph
    readers = {name: node for node in graph.node for name in node.input}
    stored, unpacking = [], []
    for tensor in graph.initializer:
        values = onnx.numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.ndim < 2:
            stored.append(tensor)
            continue
        steps, scale = _per_channel(values, _output_axis(readers[tensor.name]))
        parts = {f"{tensor.name}/int8": steps, f"{tensor.name}/scale": scale}
        stored += [onnx.numpy_helper.from_array(array, name) for name, array in parts.items()]
        integers, step = parts
        number = f"{tensor.name}/float"
        unpacking.append(onnx.helper.make_node("Cast", [integers], [number], to=onnx.TensorProto.FLOAT))
        unpacking.append(onnx.helper.make_node("Mul", [number, step], [tensor.name]))
    nodes = [*unpacking, *graph.node]
    _shorten(nodes, stored)
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(stored)
    graph.node.extend(nodes)
    onnx.checker.check_model(proto, full_check=True)
    return bytes(proto.SerializeToString())


def static(model: bytes, glyphs: npt.NDArray[np.uint8]) -> bytes:
    """Return a model that computes in 8 bits; the ranges of its activations are those on `glyphs`, uint8 (N, 28, 28).

    A thousand training digits are enough: the ranges are the smallest and the largest value of each layer.
    """
    onnx = _onnx()
    from onnxruntime import quantization

    class Reader(quantization.CalibrationDataReader):  # type: ignore[misc]  # onnxruntime is untyped
        """Gives the glyphs piece by piece."""

        def __init__(self) -> None:
            self._pieces = iter({"glyphs": glyphs[i : i + _AT_ONCE]} for i in range(0, len(glyphs), _AT_ONCE))

        def get_next(self) -> dict[str, Any] | None:
            return next(self._pieces, None)

    # Not from memory: ONNX Runtime's tool would write it to a file of external data that onnx then refuses to read.
    with tempfile.TemporaryDirectory() as place, _quiet():
        source, target = Path(place) / "model.onnx", Path(place) / "quantised.onnx"
        source.write_bytes(model)
        quantization.quantize_static(
            source,
            target,
            Reader(),
            quant_format=quantization.QuantFormat.QDQ,
            per_channel=True,
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
            # Processors without VNNI add up two products of 8 bits in 16: weights of 7 bits never overflow there.
            reduce_range=True,
            nodes_to_exclude=_last_layers(onnx.load_from_string(model).graph),
        )
        return target.read_bytes()


def _last_layers(graph: Any) -> list[str]:
    """Return the names of each softmax and of the layer that it reads, and of the mean of an ensemble."""
    makers = {node.output[0]: node for node in graph.node}
    ends = [node for node in graph.node if node.op_type == "Softmax"]
    last = [makers[node.input[0]] for node in ends] + [node for node in graph.node if node.op_type == "Mean"]
    return [node.name for node in (*ends, *last)]


def _onnx() -> Any:
    require("quantising a model", "train", "onnx")
    import onnx

    return onnx


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep ONNX Runtime's advice to pre-process the model off the screen: there is nothing to fold in ours."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.disable(before)


def _output_axis(node: Any) -> int:
    """Return the axis of a node's kernel that counts its outputs."""
    turned = any(a.name == "transB" and a.i for a in node.attribute)
    return 0 if node.op_type == "Conv" or turned else 1


def _per_channel(values: npt.NDArray[np.float32], axis: int) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Return a kernel as int8 and the size of a step, shaped to be multiplied with it."""
    others = tuple(i for i in range(values.ndim) if i != axis)
    largest = np.abs(values).max(axis=others, keepdims=True)
    scale = np.where(largest > 0, largest / 127, 1).astype(np.float32)
    return np.rint(values / scale).astype(np.int8), scale


def _shorten(nodes: list[Any], stored: list[Any]) -> None:
    """Give every tensor a name of a letter or two, or more where they do not suffice, and the nodes none."""
    letters = string.ascii_lowercase
    names = ("".join(word) for length in itertools.count(1) for word in itertools.product(letters, repeat=length))
    short = {name: name for name in ("", *_KEPT)}  # an input that is left out has the empty name

    def shortened(name: str) -> str:
        if name not in short:
            short[name] = next(names)
        return short[name]

    for tensor in stored:
        tensor.name = shortened(tensor.name)
    for node in nodes:
        node.ClearField("name")
        node.input[:] = [shortened(name) for name in node.input]
        node.output[:] = [shortened(name) for name in node.output]
