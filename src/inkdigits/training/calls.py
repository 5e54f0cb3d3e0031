"""What a network computes, call by call: a layer that is shared is called more than once, each time on something else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras


@dataclass(frozen=True, eq=False)
class Call:
    """One use of a layer: the Keras tensors that it reads, and the one that it gives."""

    layer: keras.layers.Layer
    inputs: tuple[Any, ...]
    output: Any


def of(network: keras.Model) -> list[Call]:
    """Return a network's calls in an order in which they can be made, input layers left out."""
    # Keras tells a layer's inputs and output only where it is called once; its record of all calls has no public name.
    function = network._functional if isinstance(network, keras.Sequential) else network
    place = {id(layer): number for number, layer in enumerate(network.layers)}  # tells what is equally deep apart
    found = []
    for depth, nodes in function._nodes_by_depth.items():
        found += [(-depth, place[id(node.operation)], node) for node in nodes if not node.is_input]
    found.sort(key=lambda entry: entry[:2])
    return [Call(node.operation, tuple(node.input_tensors), node.outputs[0]) for _, _, node in found]
