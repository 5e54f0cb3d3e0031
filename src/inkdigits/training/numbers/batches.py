"""Batches of strips with their texts: strips of similar width together. Imports no TensorFlow.

Strips are drawn in groups of several batches. A group is sorted by width and divided, so that little of a batch is padding;
its batches then come in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from inkdigits.datasets.dataset import Dataset
from inkdigits.locating import maps
from inkdigits.recognising import strips
from inkdigits.synthetic.held_out import Part
from inkdigits.synthetic.pages.sources import Sources
from inkdigits.training import drawing
from inkdigits.training.drawn_settings import StripSettings
from inkdigits.training.numbers import cutting
from inkdigits.training.numbers.cutting import LONGEST, Strip

GROUP = 4  # batches that are drawn together
_PADDED = 64  # widths are padded to multiples of so many pixels: each is another shape, for which the step is compiled


class Texts(NamedTuple):
    """What strips say: `signs` int32 (N, 24), classes as in ctc.SIGNS, 0 behind the end; `lengths` int32 (N,), of it.

    `columns` int32 (N,): of what the network says, so many are of the strip and not of what it was padded with.
    """

    signs: npt.NDArray[np.int32]
    lengths: npt.NDArray[np.int32]
    columns: npt.NDArray[np.int32]


class Batch(NamedTuple):
    """Inputs float16 (N, 48, W, 2) and texts."""

    inputs: npt.NDArray[np.float16]
    wanted: Texts


Batches = Callable[[int, int], Iterator[Batch]]  # numbers of the first batch and of the one behind the last → batches


def stacked(given: list[Strip]) -> Batch:
    """Return strips as a batch, padded on the right to one width."""
    width = -(-max(strip.grey.shape[1] for strip in given) // _PADDED) * _PADDED
    inputs = np.zeros((len(given), strips.HEIGHT, width, 2), np.float16)
    signs, lengths = np.zeros((len(given), LONGEST), np.int32), np.zeros(len(given), np.int32)
    columns = np.zeros(len(given), np.int32)
    for i, strip in enumerate(given):
        across = strip.grey.shape[1]
        inputs[i, :, :across] = maps.inputs(strip.grey)
        signs[i, : len(strip.text)], lengths[i] = cutting.numbers_of(strip.text), len(strip.text)
        columns[i] = -(-across // strips.STRIDE)
    return Batch(inputs, Texts(signs, lengths, columns))


def drawn(source: Sources, settings: StripSettings, seed: int, group: int, count: int) -> list[Batch]:
    """Return the batches of a group, of `count` strips each: all is drawn from (seed, group) alone."""
    random = np.random.default_rng([seed, group])
    made: list[Strip] = []
    while len(made) < GROUP * count:
        made += cutting.draw(source, random, settings.widest)
    made = sorted(made[: GROUP * count], key=lambda strip: strip.grey.shape[1])
    return [stacked(made[i * count : (i + 1) * count]) for i in random.permutation(GROUP)]


@contextmanager
def drawers(
    digits: Dataset, settings: StripSettings, part: Part, seed: int, count: int, processes: int
) -> Iterator[Batches]:
    """Give batches of `count` strips of pages from a part's sources, drawn ahead by processes, as `drawing.ahead` does.

    Batches are asked for in whole groups.
    """
    begin = partial(_sources, digits, settings, part)
    with drawing.ahead(begin, partial(_draw, settings, seed, count), processes) as groups:
        yield lambda first, end: (batch for group in groups(first // GROUP, end // GROUP) for batch in group)


def _sources(digits: Dataset, settings: StripSettings, part: Part) -> Sources:
    return drawing.build_sources(digits, part, settings.digits)


def _draw(settings: StripSettings, seed: int, count: int, source: Sources, group: int) -> list[Batch]:
    return drawn(source, settings, seed, group, count)
