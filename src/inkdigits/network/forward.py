"""The classic network's forward pass in plain NumPy: nothing hidden, for people to read and for tests to compare.

Shapes are written (N, channels, rows, columns). The weights are those of the shipped ONNX file, read by name.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from inkdigits.errors import InputError, MissingExtraError
from inkdigits.network.registry import locate
from inkdigits.network.session import open_session

Array = npt.NDArray[np.float32]

# What each of the classic network's layers is called, in the order in which a glyph meets them.
WEIGHTS = tuple(f"{layer}/{part}" for layer in ("conv1", "conv2", "dense1", "dense2") for part in ("kernel", "bias"))


def read_weights(model: str | os.PathLike[str] = "classic") -> dict[str, Array]:
    """Return a model's weights by name, such as "conv1/kernel". Needs the package onnx (the extra `train`).

    Raises InputError for a model that is not of the classic architecture.
    """
    try:
        import onnx
    except ImportError:
        raise MissingExtraError("reading an ONNX file's weights", "train") from None
    path = locate(model)
    open_session(path.read_bytes(), str(path))  # an error of one line for what is no model
    stored = onnx.load(str(path)).graph.initializer
    weights = {w.name: onnx.numpy_helper.to_array(w) for w in stored if w.data_type == onnx.TensorProto.FLOAT}
    if set(weights) - {"scale/white"} != set(WEIGHTS):
        raise InputError(model, "is not of the classic architecture", "use ONNX Runtime, as inkdigits.classify does")
    return weights


def forward(glyphs: npt.NDArray[np.uint8], weights: Mapping[str, Array]) -> Array:
    """Return the classic network's probabilities: uint8 (N, 28, 28) → float32 (N, 10)."""
    return layers(glyphs, weights)["probabilities"]


def layers(glyphs: npt.NDArray[np.uint8], weights: Mapping[str, Array]) -> dict[str, Array]:
    """Return what every layer gives for the glyphs, by the layer's name, in order."""
    out: dict[str, Array] = {}
    x = glyphs[:, np.newaxis].astype(np.float32) / np.float32(255)  # (N, 1, 28, 28), 0 to 1
    out["input"] = x
    out["conv1"] = x = relu(convolve(x, weights["conv1/kernel"], weights["conv1/bias"]))  # (N, 32, 24, 24)
    out["pool1"] = x = max_pool(x)  # (N, 32, 12, 12)
    out["conv2"] = x = relu(convolve(x, weights["conv2/kernel"], weights["conv2/bias"]))  # (N, 64, 10, 10)
    out["pool2"] = x = max_pool(x)  # (N, 64, 5, 5)
    x = x.reshape(len(x), -1)  # (N, 1600): the 25 values of each of the 64 maps, one map after the other
    out["dense1"] = x = relu(x @ weights["dense1/kernel"] + weights["dense1/bias"])  # (N, 128)
    out["dense2"] = x = x @ weights["dense2/kernel"] + weights["dense2/bias"]  # (N, 10): a score per digit
    out["probabilities"] = softmax(x)
    return out


def convolve(x: Array, kernel: Array, bias: Array) -> Array:
    """Slide every filter over the picture and give how well each place matches it.

    x (N, C, H, W), kernel (F, C, k, k), bias (F,) → (N, F, H-k+1, W-k+1). No padding: a filter stays inside.
    """
    size = kernel.shape[-1]
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(2, 3))  # (N, C, H-k+1, W-k+1, k, k)
    matches = np.tensordot(windows, kernel, axes=((1, 4, 5), (1, 2, 3)))  # (N, H-k+1, W-k+1, F)
    return np.asarray(matches.transpose(0, 3, 1, 2) + bias[:, np.newaxis, np.newaxis], np.float32)


def relu(x: Array) -> Array:
    """Keep what speaks for a feature, drop what speaks against it."""
    return np.maximum(x, np.float32(0))


def max_pool(x: Array) -> Array:
    """Keep the best match in every 2×2 square: (N, C, H, W) → (N, C, H/2, W/2), an odd last row or column dropped."""
    rows, columns = x.shape[2] // 2, x.shape[3] // 2
    squares = x[:, :, : rows * 2, : columns * 2].reshape(*x.shape[:2], rows, 2, columns, 2)
    return np.asarray(squares.max(axis=(3, 5)), np.float32)


def softmax(scores: Array) -> Array:
    """Turn scores into probabilities: positive, and summing to 1 over the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))  # subtracting the largest keeps exp from overflowing
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)
