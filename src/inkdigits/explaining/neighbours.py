"""The training digits that look most like a glyph: what the network could have learned its answer from.

They are near to the eye, not to the network. Its own features would need the `onnx` package to get at, and would repeat its
mistakes; compared by shape, the training digits are a second opinion, which can differ from the answer.

Two steps. All 60,000 are compared at half size, pixel by pixel. The nearest hundred are then compared at full size while
each pixel may move by two, together with its 5×5 surroundings, to where the other digit fits it best: the image distortion
model of Keysers, Deselaers, Gollan and Ney, "Deformation models for image recognition", 2007. How often such
neighbours have the same label as the digit: docs/results.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.datasets import mnist

_SHORTLIST = 100
_REACH = 2
_SURROUNDINGS = (5, 5)


@dataclass(frozen=True, eq=False, repr=False)
class Neighbour:
    """A training digit of MNIST that looks like the glyph.

    label     int 0-9: what its writer meant
    index     its row among the 60,000, as in `inkdigits.datasets.mnist.train()`
    distance  root mean square of the differences that moving pixels by two leaves; 0 for the same glyph, 1 at most
    glyph     uint8 (28, 28)
    """

    label: int
    index: int
    distance: float
    glyph: npt.NDArray[np.uint8]

    def __repr__(self) -> str:
        return f"Neighbour(label={self.label}, index={self.index}, distance={self.distance:.3f})"


def nearest(glyph: npt.NDArray[np.uint8], count: int = 6) -> tuple[Neighbour, ...]:
    """Return the `count` (1 to 100) of MNIST's training digits nearest to a glyph, uint8 (28, 28), nearest first."""
    halves, squares = training_halves()
    half = halve(glyph[None])[0]
    rough = squares - 2 * (halves @ half)  # the squared distance, less what is the same for all
    rows = np.sort(np.argpartition(rough, _SHORTLIST)[:_SHORTLIST])
    digits = mnist.train()
    distances = distortion(glyph, digits.images[rows])
    best = np.argsort(distances, kind="stable")[:count]
    return tuple(
        Neighbour(int(digits.labels[rows[i]]), int(rows[i]), float(distances[i]), digits.images[rows[i]]) for i in best
    )


def distortion(glyph: npt.NDArray[np.uint8], others: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return how far each of `others`, uint8 (N, 28, 28), N up to 512, is from the glyph: float32 (N,), 0 to 1."""
    fixed = (glyph.astype(np.float32) / 255)[:, :, None]
    moved = (
        np.ascontiguousarray(others.transpose(1, 2, 0)).astype(np.float32) / 255
    )  # OpenCV's channels: it blurs all at once
    moved = np.pad(moved, ((_REACH, _REACH), (_REACH, _REACH), (0, 0)))
    best = np.full((28, 28, len(others)), np.inf, np.float32)
    for down in range(2 * _REACH + 1):
        for across in range(2 * _REACH + 1):
            difference = (moved[down : down + 28, across : across + 28] - fixed) ** 2
            around = cv2.blur(difference, _SURROUNDINGS).reshape(best.shape)  # one channel comes back without its axis
            np.minimum(best, around, out=best)
    return np.asarray(np.sqrt(np.maximum(best.mean(axis=(0, 1)), 0)), np.float32)


@lru_cache(maxsize=1)
def training_halves() -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return MNIST's training digits at half size, float32 (60000, 196), and the sum of squares of each."""
    halves = halve(mnist.train().images)
    return halves, np.einsum("ij,ij->i", halves, halves)


def halve(glyphs: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return glyphs at 14×14, each pixel the mean of four: uint8 (N, 28, 28) → float32 (N, 196)."""
    column = glyphs.reshape(-1, 28)  # one below the other; 28 is even, so no square lies in two of them
    halves = cv2.resize(column, (14, len(column) // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(halves.reshape(-1, 196), np.float32)
