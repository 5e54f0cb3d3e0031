"""Batches of synthetic pages with their targets. Imports no TensorFlow, which the processes that draw do not need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from inkdigits.datasets.dataset import Dataset
from inkdigits.locating import maps
from inkdigits.synthetic.pages import page
from inkdigits.synthetic.pages.sources import Part, Sources
from inkdigits.synthetic.pages.truth import SyntheticPage
from inkdigits.training import drawing
from inkdigits.training.locator.targets import Targets, targets
from inkdigits.training.settings import PageSettings


class Batch(NamedTuple):
    """Inputs float16 (N, H, W, 2) and targets, each with a batch axis."""

    inputs: npt.NDArray[np.float16]
    wanted: Targets


Batches = Callable[[int, int], Iterator[Batch]]  # numbers of the first batch and of the one behind the last → batches


def stacked(pages: list[SyntheticPage]) -> Batch:
    """Return pages of one size as a batch."""
    inputs = np.stack([maps.inputs(p.grey) for p in pages]).astype(np.float16)
    return Batch(inputs, Targets(*(np.stack(arrays) for arrays in zip(*(targets(p) for p in pages), strict=True))))


def drawn(source: Sources, settings: PageSettings, seed: int, number: int, count: int) -> Batch:
    """Return batch `number` of `count` pages: each is drawn from (seed, number, its place in the batch) alone."""
    size = (settings.size, settings.size)
    randoms = (np.random.default_rng([seed, number, i]) for i in range(count))
    return stacked([page.draw(source, random, size, turned=settings.turned) for random in randoms])


@contextmanager
def drawers(
    digits: Dataset, settings: PageSettings, part: Part, seed: int, count: int, processes: int
) -> Iterator[Batches]:
    """Give batches of `count` pages from a part's sources, drawn ahead by processes, as `drawing.ahead` does."""
    begin = partial(_sources, digits, settings, part)
    with drawing.ahead(begin, partial(_draw, settings, seed, count), processes) as batches:
        yield batches


def _sources(digits: Dataset, settings: PageSettings, part: Part) -> Sources:
    return drawing.build_sources(digits, part, settings.digits)


def _draw(settings: PageSettings, seed: int, count: int, source: Sources, number: int) -> Batch:
    return drawn(source, settings, seed, number, count)
