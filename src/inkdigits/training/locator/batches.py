"""Batches of synthetic pages with their targets. Imports no TensorFlow, which the processes that draw do not need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from inkdigits.datasets.dataset import Dataset
from inkdigits.locating import maps
from inkdigits.synthetic.held_out import Part
from inkdigits.synthetic.pages import page
from inkdigits.synthetic.pages.sources import Sources
from inkdigits.synthetic.pages.truth import SyntheticPage
from inkdigits.training import drawing
from inkdigits.training.drawn_settings import PageSettings
from inkdigits.training.locator.targets import Targets, targets


class Batch(NamedTuple):
    """Inputs float16 (N, H, W, 2) and targets, each with a batch axis."""

    inputs: npt.NDArray[np.float16]
    wanted: Targets


Batches = Callable[[int, int], Iterator[Batch]]  # numbers of the first batch and of the one behind the last → batches


def stacked(pages: list[SyntheticPage]) -> Batch:
    """Return pages of one size as a batch."""
    return _batch([(maps.inputs(page.grey), targets(page)) for page in pages])


def drawn(source: Sources, settings: PageSettings, seed: int, number: int, count: int) -> Batch:
    """Return batch `number` of `count` pages: each is drawn from (seed, number, its place in the batch) alone."""
    return _batch([_drawn(source, settings, np.random.default_rng([seed, number, i])) for i in range(count)])


_Drawn = tuple[npt.NDArray[np.float32], Targets]


def _drawn(source: Sources, settings: PageSettings, random: np.random.Generator) -> _Drawn:
    """Return the inputs and targets of a new page."""
    size = settings.size
    if settings.singles and random.random() < settings.singles:
        four = [page.draw(source, random, (size // 2, size // 2), "single") for _ in range(4)]
        return _together([(maps.inputs(one.grey), targets(one)) for one in four])
    one = page.draw(source, random, (size, size), turned=settings.turned)
    return maps.inputs(one.grey), targets(one)


def _together(four: list[_Drawn]) -> _Drawn:
    """Return four pictures as one page: each is standardised by itself, as a picture that is read alone is."""

    def joined(parts: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
        return np.concatenate([np.concatenate(parts[:2], axis=1), np.concatenate(parts[2:], axis=1)])

    wanted = Targets(*(joined(list(parts)) for parts in zip(*(one for _, one in four), strict=True)))
    return joined([inputs for inputs, _ in four]), wanted


def _batch(made: list[_Drawn]) -> Batch:
    inputs = np.stack([one for one, _ in made]).astype(np.float16)
    wanted = zip(*(targets for _, targets in made), strict=True)
    return Batch(inputs, Targets(*(np.stack(arrays) for arrays in wanted)))


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
