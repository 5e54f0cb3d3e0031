"""Batches of synthetic pages, drawn by processes of their own while the network learns.

Batch number n of a seed is the same whoever draws it and however many processes there are: a resumed training sees what it
would have seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from inkdigits.datasets.dataset import Dataset
from inkdigits.locating import maps
from inkdigits.synthetic.pages import page, sources
from inkdigits.synthetic.pages.sources import Part, Sources
from inkdigits.training.locator.targets import Targets, targets

_AHEAD = 6  # batches for each process that are drawn before they are asked for


@dataclass(frozen=True)
class PageSettings:
    """[pages]: size of a training page in pixels, how many MNIST digits are redrawn for them, and
    the share of pages turned by right angles."""

    size: int = 256
    digits: int = 30_000
    turned: float = 0.1


class Batch(NamedTuple):
    """Inputs float16 (N, H, W, 2) and targets, each with a batch axis."""

    inputs: npt.NDArray[np.float16]
    wanted: Targets


_known: list[Sources] = []  # of a worker process: built once


def _remember(digits: Dataset, part: Part, most: int) -> None:
    import cv2

    cv2.setNumThreads(1)
    assert digits.writers is not None
    _known[:] = [sources.build(digits.images, digits.labels, digits.writers, part, most)]


def _drawn(seed: int, number: int, count: int, settings: PageSettings) -> Batch:
    """Return batch `number`: its pages are drawn from (seed, number, place in the batch) alone."""
    size = (settings.size, settings.size)
    return stacked(
        [
            page.draw(_known[0], np.random.default_rng([seed, number, i]), size, turned=settings.turned)
            for i in range(count)
        ]
    )


def stacked(pages: list[page.SyntheticPage]) -> Batch:
    """Return pages of one size as a batch."""
    inputs = np.stack([maps.inputs(p.grey) for p in pages]).astype(np.float16)
    return Batch(inputs, Targets(*(np.stack(arrays) for arrays in zip(*(targets(p) for p in pages), strict=True))))


class Drawers:
    """Processes that draw batches ahead of time."""

    def __init__(
        self, pool: ProcessPoolExecutor, processes: int, seed: int, count: int, settings: PageSettings
    ) -> None:
        self._pool, self._ahead, self._seed, self._count, self._settings = (
            pool,
            _AHEAD * processes,
            seed,
            count,
            settings,
        )

    def batches(self, first: int, end: int) -> Iterator[Batch]:
        """Yield batches by number, from `first` to before `end`."""
        waiting: list[Future[Batch]] = []
        following = first
        for _ in range(first, end):
            while following < end and len(waiting) < self._ahead:
                waiting.append(self._pool.submit(_drawn, self._seed, following, self._count, self._settings))
                following += 1
            yield waiting.pop(0).result()


@contextmanager
def drawers(
    digits: Dataset, settings: PageSettings, part: Part, seed: int, count: int, processes: int
) -> Iterator[Drawers]:
    """Give processes that draw batches of `count` pages from a part's sources; they end with the block."""
    # "spawn": a fork of a process that has TensorFlow's threads may never wake up.
    with ProcessPoolExecutor(processes, get_context("spawn"), _remember, (digits, part, settings.digits)) as pool:
        try:
            yield Drawers(pool, processes, seed, count, settings)
        finally:
            pool.shutdown(cancel_futures=True)
