"""Several networks as one: an ONNX file that holds them side by side and gives the mean of their probabilities.

It is a model like any other, for every verb and every engine. Needs the package onnx (the extra `train`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from inkdigits.errors import InputError, require
from inkdigits.network.session import open_session


def merge(members: Mapping[str, bytes]) -> bytes:
    """Return the ensemble of at least two models, given by name.

    Where some know ten digits alone, those that know what is no digit as well are asked about digits: their eleventh
    column is left out, and the ten others sum to 1. Raises InputError for one that is no model, and for one that was
    written for another version of ONNX than the first.
    """
    require("making an ensemble", "train", "onnx")
    import onnx

    classes = {name: open_session(model, name).get_outputs()[0].shape[1] for name, model in members.items()}
    protos = {name: onnx.load_from_string(model) for name, model in members.items()}
    least = min(classes.values())
    first, opsets = next((name, _opsets(proto)) for name, proto in protos.items())
    nodes, weights, outputs = [], [], []
    for number, (name, proto) in enumerate(protos.items()):
        if _opsets(proto) != opsets:
            problem = f"has the operators {_opsets(proto)}, and {first} has {opsets}"
            raise InputError(name, problem, "give members that were exported alike")
        graph = onnx.compose.add_prefix(proto, f"{number}/", rename_inputs=False).graph
        nodes += graph.node
        weights += graph.initializer
        outputs.append(graph.output[0].name)
        if classes[name] > least:
            made, constants, outputs[-1] = _digits_alone(outputs[-1])
            nodes += made
            weights += constants
    whole = onnx.helper.make_graph(
        [*nodes, onnx.helper.make_node("Mean", outputs, ["probabilities"], name="mean")],
        "ensemble",
        [onnx.helper.make_tensor_value_info("glyphs", onnx.TensorProto.UINT8, ["N", 28, 28])],
        [onnx.helper.make_tensor_value_info("probabilities", onnx.TensorProto.FLOAT, ["N", least])],
        weights,
    )
    merged = onnx.helper.make_model(whole, producer_name="inkdigits", opset_imports=proto.opset_import)
    merged.ir_version = proto.ir_version
    onnx.checker.check_model(merged, full_check=True)
    return bytes(merged.SerializeToString())


def _opsets(proto: Any) -> list[tuple[str, int]]:
    """Return which versions of which operators a model is written for."""
    return sorted((o.domain, o.version) for o in proto.opset_import)


def _digits_alone(output: str) -> tuple[list[Any], list[Any], str]:
    """Return nodes and constants that make eleven probabilities ten that sum to 1, and the name of what they give."""
    import onnx

    bounds = {"start": 0, "end": 10, "axis": 1}
    names = {key: f"{output}/{key}" for key in bounds}
    constants = [onnx.numpy_helper.from_array(np.array([bounds[key]], np.int64), name) for key, name in names.items()]
    least = f"{output}/least"  # what is surely no digit leaves nothing to divide by
    constants.append(onnx.numpy_helper.from_array(np.array([1e-30], np.float32), least))
    ten, total, safe, share = (f"{output}/{word}" for word in ("ten", "total", "safe", "share"))
    nodes = [
        onnx.helper.make_node("Slice", [output, names["start"], names["end"], names["axis"]], [ten], name=ten),
        onnx.helper.make_node("ReduceSum", [ten, names["axis"]], [total], name=total, keepdims=1),
        onnx.helper.make_node("Max", [total, least], [safe], name=safe),
        onnx.helper.make_node("Div", [ten, safe], [share], name=share),
    ]
    return nodes, constants, share
