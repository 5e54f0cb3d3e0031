"""Batches of synthetic pages, drawn by processes of their own while the network learns.

Batch number n of a seed is the same whoever draws it and however many processes there are: a resumed training sees what it
would have seen. This module and `targets` import no TensorFlow, which the processes that draw do not need.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from inkdigits.batch import process
from inkdigits.datasets.dataset import Dataset
from inkdigits.errors import InputError
from inkdigits.locating import maps
from inkdigits.synthetic.pages import page, sources
from inkdigits.synthetic.pages.sources import Part, Sources
from inkdigits.synthetic.pages.truth import SyntheticPage
from inkdigits.training.locator.targets import Targets, targets
from inkdigits.training.settings import PageSettings

_AHEAD = 6  # batches for each process that are drawn before they are asked for
# By how much the processes that draw give way to the one that trains. TensorFlow's threads wait for each other at the end
# of every operation, so all of them wait where one is kept off its core by a process that draws. With equal priority the
# whole ran at 37 pages a second on two cores, with this at 68.
_NICE = 10


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
    """Give batches of `count` pages from a part's sources, drawn ahead by processes that end with the block.

    Without processes, each batch is drawn by this one when it is asked for. Asking for batches raises InputError if a
    process has died.
    """
    if not processes:
        source = _sources(digits, settings, part)
        yield lambda first, end: (drawn(source, settings, seed, number, count) for number in range(first, end))
        return
    # "spawn": a fork of a process that has TensorFlow's threads may never wake up.
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _begin, (digits, settings, part)) as pool:

        def batches(first: int, end: int) -> Iterator[Batch]:
            waiting: list[Future[Batch]] = []
            following = first
            for _ in range(first, end):
                while following < end and len(waiting) < _AHEAD * processes:
                    with process.ctrl_c_ignored():  # the first calls start the processes
                        waiting.append(pool.submit(_drawn_by_worker, settings, seed, following, count))
                    following += 1
                try:
                    yield waiting.pop(0).result()
                except BrokenProcessPool:
                    what = "a process that draws them has died, perhaps for want of memory"
                    raise InputError("pages", what, "make room, and go on with --resume") from None

        try:
            yield batches
        finally:
            pool.shutdown(cancel_futures=True)


def _sources(digits: Dataset, settings: PageSettings, part: Part) -> Sources:
    if digits.writers is None:
        raise InputError(digits.name, "does not say who wrote its digits", "take MNIST")
    return sources.build(digits.images, digits.labels, digits.writers, part, settings.digits)


_known: list[Sources] = []  # of a process that draws: built once


def _begin(digits: Dataset, settings: PageSettings, part: Part) -> None:
    process.begin()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(_NICE)
    _known[:] = [_sources(digits, settings, part)]


def _end_with_parent() -> None:
    """End this process when the training is killed: the pool's queues would not tell."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _drawn_by_worker(settings: PageSettings, seed: int, number: int, count: int) -> Batch:
    return drawn(_known[0], settings, seed, number, count)
