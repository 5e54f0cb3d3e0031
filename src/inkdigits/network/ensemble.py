"""Several networks as one: an ONNX file that holds them side by side and gives the mean of their probabilities.

It is a model like any other, for every verb and every engine. Needs the package onnx (the extra `train`).
"""

from __future__ import annotations

from collections.abc import Mapping

from inkdigits.errors import InputError, require
from inkdigits.network.session import open_session


def merge(members: Mapping[str, bytes]) -> bytes:
    """Return the ensemble of at least two models, given by name.

    Raises InputError for one that is no model, and for one that knows other classes or was written for another version of
    ONNX than the first.
    """
    require("making an ensemble", "train", "onnx")
    import onnx

    nodes, weights, outputs, kinds = [], [], [], []
    for number, (name, model) in enumerate(members.items()):
        session = open_session(model, name)
        proto = onnx.load_from_string(model)
        kinds.append((session.get_outputs()[0].shape[1], sorted((o.domain, o.version) for o in proto.opset_import)))
        if kinds[-1] != kinds[0]:
            (classes, opsets), first = kinds[-1], next(iter(members))
            problem = f"has {classes} classes and operators {opsets}, and {first} has {kinds[0][0]} and {kinds[0][1]}"
            raise InputError(name, problem, "give members of one kind")
        graph = onnx.compose.add_prefix(proto, f"{number}/", rename_inputs=False).graph
        nodes += graph.node
        weights += graph.initializer
        outputs.append(graph.output[0].name)
    whole = onnx.helper.make_graph(
        [*nodes, onnx.helper.make_node("Mean", outputs, ["probabilities"], name="mean")],
        "ensemble",
        [onnx.helper.make_tensor_value_info("glyphs", onnx.TensorProto.UINT8, ["N", 28, 28])],
        [onnx.helper.make_tensor_value_info("probabilities", onnx.TensorProto.FLOAT, ["N", kinds[0][0]])],
        weights,
    )
    merged = onnx.helper.make_model(whole, producer_name="inkdigits", opset_imports=proto.opset_import)
    merged.ir_version = proto.ir_version
    onnx.checker.check_model(merged, full_check=True)
    return bytes(merged.SerializeToString())
