"""A model → the weights file that the page's own engine (web/js/engine.js) runs: a header in JSON, then float16 values.

The file: the bytes "INKW"; the version and the length of the header in bytes, uint32 each; the header, UTF-8, padded with
spaces to an even length; all weights as float16, one array after the other. Everything is little-endian. The header holds
the model's name, the SHA-256 of its model.onnx, its classes, temperature and thresholds, and its steps in order:

    {"name": "conv1/conv", "type": "conv", "kernel": {"shape": [filters, channels, rows, columns], "offset": 0}, "bias": …}
    {"name": "conv1/relu", "type": "relu"}                      "pool" has a "size"; "flatten" and "softmax" have nothing
    {"name": "dense1/gemm", "type": "dense", "kernel": {"shape": [outputs, inputs], "offset": 832}, "bias": …}

Offsets count values. A kernel has one row for each output, dense ones too (ONNX has them the other way round).
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from typing import Any

import numpy as np
import numpy.typing as npt

from inkdigits.errors import InputError, MissingExtraError
from inkdigits.network.registry import load, locate

MAGIC, VERSION = b"INKW", 1
_TYPES = {
    "Conv": "conv",
    "Gemm": "dense",
    "MaxPool": "pool",
    "Relu": "relu",
    "Flatten": "flatten",
    "Softmax": "softmax",
}
_BEFORE = ("Cast", "Div", "Reshape")  # what makes uint8 glyphs numbers from 0 to 1; the engine does so by itself


def pack(model: str | os.PathLike[str]) -> bytes:
    """Return a model's weights file. Needs the package onnx (the extra `train`).

    Raises InputError for no model, and for one with a layer that the page's engine does not know.
    """
    net = load(model)
    data = locate(model).read_bytes()
    graph = _parsed(data).graph
    arrays = {tensor.name: _array(tensor) for tensor in graph.initializer}
    values: list[npt.NDArray[np.float16]] = []
    steps = [_step(node, arrays, values, model) for node in graph.node if node.op_type not in _BEFORE]
    outputs = int(steps[-2]["bias"]["shape"][0])
    header = {
        "name": net.name,
        "source": hashlib.sha256(data).hexdigest(),
        "classes": [*"0123456789", "not a digit"][:outputs],
        "temperature": net.temperature,
        "thresholds": net.thresholds,
        "steps": steps,
    }
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (len(text) % 2)
    return MAGIC + struct.pack("<II", VERSION, len(text)) + text + b"".join(v.astype("<f2").tobytes() for v in values)


def rounded(model: str | os.PathLike[str], outputs: bool = False) -> bytes:
    """Return a model as an ONNX file with its weights rounded to float16, as the page's engine has them.

    With `outputs`, what every node gives is an output, by its name. Needs the package onnx. Raises InputError for no model.
    """
    import onnx

    load(model)
    proto = _parsed(locate(model).read_bytes())
    for tensor in proto.graph.initializer:
        if tensor.name.endswith(("/kernel", "/bias")):
            half = _array(tensor).astype(np.float16).astype(np.float32)
            tensor.CopyFrom(onnx.numpy_helper.from_array(half, tensor.name))
    if outputs:
        given = {output.name for output in proto.graph.output}
        proto.graph.output.extend(
            onnx.helper.make_empty_tensor_value_info(node.output[0])
            for node in proto.graph.node
            if node.output[0] not in given
        )
    return bytes(proto.SerializeToString())


def _parsed(data: bytes) -> Any:
    try:
        import onnx
    except ImportError:
        raise MissingExtraError("reading an ONNX file's weights", "train") from None
    return onnx.load_from_string(data)


def _array(tensor: Any) -> npt.NDArray[Any]:
    import onnx

    return np.asarray(onnx.numpy_helper.to_array(tensor))


def _step(
    node: Any, arrays: dict[str, npt.NDArray[Any]], values: list[npt.NDArray[np.float16]], model: object
) -> dict[str, Any]:
    """Return a node as a step of the header; its weights are appended to `values`."""
    import onnx

    attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    strides = list(attributes.get("strides", [1, 1]))
    kernel_shape = list(attributes.get("kernel_shape", []))
    plain = not {"pads", "dilations", "group", "auto_pad", "ceil_mode", "transA", "transB", "alpha", "beta"} & set(
        attributes
    )
    known = node.op_type in _TYPES and plain
    if node.op_type == "Conv":
        known &= strides == [1, 1] and len(node.input) == 3
    if node.op_type == "MaxPool":
        known &= strides == kernel_shape and len(set(strides)) == 1
    if not known:
        raise InputError(
            model,
            f"has a {node.op_type} ({node.name}) of a kind that the page does not run",
            "add it to web/js/engine.js",
        )
    step: dict[str, Any] = {"name": node.name, "type": _TYPES[node.op_type]}
    if node.op_type == "MaxPool":
        step["size"] = strides[0]
    if node.op_type in ("Conv", "Gemm"):
        kernel, bias = (arrays[name] for name in node.input[1:])
        for part, array in (("kernel", kernel.T if node.op_type == "Gemm" else kernel), ("bias", bias)):
            step[part] = {"shape": list(array.shape), "offset": sum(v.size for v in values)}
            with np.errstate(over="ignore"):
                half = np.ascontiguousarray(array).astype(np.float16)
            if not np.isfinite(half).all():
                raise InputError(
                    model, f"has weights in {node.name} that float16 cannot hold", "train it with weight decay"
                )
            values.append(half)
    return step
