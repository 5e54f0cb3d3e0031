"""What is trained on is drawn by processes of their own while the network learns.

Draft number n is the same whoever draws it and however many processes there are: a resumed training sees what it would
have seen. This module imports no TensorFlow, which the processes that draw do not need.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, TypeVar

from inkdigits.datasets.dataset import Dataset
from inkdigits.errors import InputError
from inkdigits.synthetic.held_out import Part
from inkdigits.synthetic.pages import sources
from inkdigits.synthetic.pages.sources import Sources
from inkdigits.workers import process

T = TypeVar("T")

_AHEAD = 6  # drafts for each process that are drawn before they are asked for
# By how much the processes that draw give way to the one that trains. TensorFlow's threads wait for each other at the end
# of every operation, so all of them wait where one is kept off its core by a process that draws. With equal priority the
# whole ran at 37 pages a second on two cores, with this at 68.
_NICE = 10


@contextmanager
def ahead(
    begin: Callable[[], Sources], draw: Callable[[Sources, int], T], processes: int
) -> Iterator[Callable[[int, int], Iterator[T]]]:
    """Give a function: numbers of the first draft and of the one behind the last → drafts, drawn ahead by processes.

    `draw` draws a draft from the sources, which `begin` makes once in each process; both must go through pickle. The
    processes end with the block. Without processes, each draft is drawn by this one when it is asked for. Asking for
    drafts raises InputError if a process has died.
    """
    if not processes:
        source = begin()
        yield lambda first, end: (draw(source, number) for number in range(first, end))
        return
    # "spawn": a fork of a process that has TensorFlow's threads may never wake up.
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _begin, (begin,)) as pool:

        def drafts(first: int, end: int) -> Iterator[T]:
            waiting: list[Future[T]] = []
            following = first
            for _ in range(first, end):
                while following < end and len(waiting) < _AHEAD * processes:
                    with process.signals_blocked():  # the first calls start the processes
                        waiting.append(pool.submit(_drawn_by_worker, draw, following))
                    following += 1
                try:
                    yield waiting.pop(0).result()
                except BrokenProcessPool:
                    what = "a process that draws them has died, perhaps for want of memory"
                    raise InputError("pages", what, "make room, and go on with --resume") from None

        try:
            yield drafts
        finally:
            pool.shutdown(cancel_futures=True)


def build_sources(digits: Dataset, part: Part, most: int) -> Sources:
    """Return what pages of a part are drawn with, from MNIST digits with their writers, at most so many of them."""
    if digits.writers is None:
        raise InputError(digits.name, "does not say who wrote its digits", "take MNIST")
    return sources.build(digits.images, digits.labels, digits.writers, part, most)


_known: list[Sources] = []  # of a process that draws: built once


def _begin(begin: Callable[[], Sources]) -> None:
    process.begin()
    if hasattr(os, "nice"):
        os.nice(_NICE)
    _known[:] = [begin()]


def _drawn_by_worker(draw: Callable[[Sources, int], Any], number: int) -> Any:
    return draw(_known[0], number)
