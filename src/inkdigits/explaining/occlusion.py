"""What in a glyph spoke for an answer: take ink away, put ink on empty places, and see what the network then says.

Source: occlusion as in Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", 2014. They lay a grey
square over a photo. A glyph has ink or none, so two squares mean something: one without ink, which tells what a stroke was
worth, and one full of ink, which tells what an empty place was worth (a 4 is no 9 because its top is open).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from inkdigits.network import Network
from inkdigits.recognising.decide import calibrate

Kind: TypeAlias = Literal["ink", "gap"]

# Squares, as (side, step) in pixels: 3 is a pen's width in MNIST, 6 a third of a digit. A side that its step divides covers
# every pixel equally often. About 800 occlusions a glyph.
_TAKEN = ((3, 1), (4, 2), (6, 2))
_PUT = ((4, 2), (6, 2))
# Squares that change less ink than this, in full pixels, are left out: what little they do, they do by chance.
_LEAST = 1.5
# Probabilities are counted as no less than this: below, float32 ends, and no network's odds mean anything.
_FLOOR = np.float32(1e-30)


@dataclass(frozen=True, eq=False)
class Occlusions:
    """A glyph, occluded in N ways, and what the network says of each.

    boxes   int64 (N, 4): left, top, right, bottom of the square in the glyph, right and bottom exclusive
    is_ink  bool (N,): whether ink was taken away there; else it was put there
    change  float32 (N, 28, 28): by how much, 0 to 1, each pixel's ink was changed
    before  float32 (10 or 11,): the calibrated probabilities of the glyph itself
    after   float32 (N, 10 or 11): those of the occluded glyphs
    """

    boxes: npt.NDArray[np.int64]
    is_ink: npt.NDArray[np.bool_]
    change: npt.NDArray[np.float32]
    before: npt.NDArray[np.float32]
    after: npt.NDArray[np.float32]

    def effects(self, answer: int, rival: int) -> npt.NDArray[np.float32]:
        """Return, float32 (N,), by how much each occlusion lowers the log-odds of `answer` against `rival`, in nats."""
        return np.asarray(log_odds(self.before, answer, rival) - log_odds(self.after, answer, rival), np.float32)


def log_odds(probabilities: npt.NDArray[np.float32], answer: int, rival: int) -> npt.NDArray[np.float32]:
    """Return log(p[answer] / p[rival]) over the last axis, in nats; classes are columns, "not a digit" is column 10."""
    logs = np.log(np.maximum(probabilities, _FLOOR))
    return np.asarray(logs[..., answer] - logs[..., rival], np.float32)


def occlude(glyph: npt.NDArray[np.uint8], net: Network) -> Occlusions:
    """Occlude a glyph, uint8 (28, 28), in every way, and run the network once over all of them.

    The glyph is not centred anew: nothing changes but the square.
    """
    ink = glyph.astype(np.float32) / 255
    taken = _squares(_TAKEN)
    put = _squares(_PUT)
    change = np.concatenate([_masks(taken) * ink, _masks(put) * (1 - ink)])
    boxes = np.concatenate([taken, put])
    is_ink = np.arange(len(boxes)) < len(taken)
    enough = change.sum(axis=(1, 2)) >= _LEAST
    change, boxes, is_ink = change[enough], boxes[enough], is_ink[enough]
    occluded = ink + np.where(is_ink, -1, 1)[:, None, None] * change
    glyphs = np.concatenate([glyph[None], np.rint(occluded * 255).astype(np.uint8)])
    probabilities = calibrate(net.probabilities(glyphs), net.temperature)
    return Occlusions(boxes, is_ink, change, probabilities[0], probabilities[1:])


def evidence(occlusions: Occlusions, answer: int, rival: int) -> npt.NDArray[np.float32]:
    """Return what each pixel spoke for `answer` against `rival`: float32 (28, 28), in nats for a full pixel of ink.

    Where there is ink, above 0 means that it spoke for the answer; on empty paper, that its emptiness did. A pixel has the
    mean of the squares that cover it, each square's effect divided by the ink that it changed, so that large squares do not
    count for more. A grey pixel is part ink and part paper, and has its share of both.
    """
    change = occlusions.change
    density = occlusions.effects(answer, rival) / change.sum(axis=(1, 2))
    total = np.zeros((28, 28), np.float32)
    for of_kind in (occlusions.is_ink, ~occlusions.is_ink):
        if of_kind.any():
            share = change[of_kind].max(axis=0)
            covered = (change[of_kind] > 0).sum(axis=0)
            total += share * np.tensordot(density[of_kind], change[of_kind] > 0, axes=1) / np.maximum(covered, 1)
    return total


def _squares(sizes: tuple[tuple[int, int], ...]) -> npt.NDArray[np.int64]:
    """Return the boxes of all squares, int64 (N, 4), centred in the glyph and cut at its edges."""
    boxes = []
    for side, step in sizes:
        corners = np.arange(step - side, 28, step)
        boxes += [(left, top, left + side, top + side) for top in corners for left in corners]
    return np.clip(np.array(boxes, np.int64), 0, 28)


def _masks(boxes: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """Return 1 inside each box and 0 outside: (N, 4) → float32 (N, 28, 28)."""
    pixels = np.arange(28)
    across = (pixels >= boxes[:, [0]]) & (pixels < boxes[:, [2]])
    down = (pixels >= boxes[:, [1]]) & (pixels < boxes[:, [3]])
    return (down[:, :, None] & across[:, None, :]).astype(np.float32)
