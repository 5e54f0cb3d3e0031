"""A worker: what runs in a process of the pool."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from socket import socket

from inkdigits.errors import one_line
from inkdigits.workers import process
from inkdigits.workers.channel import Channel
from inkdigits.workers.work import Answer, Item, Work, as_input_error

# That a part of an item is done is said this often at most.
_STILL_SECONDS = 0.5


def serve(its: socket, work: Work) -> None:
    """Answer what comes through the socket until that is closed.

    The first message is None when the work can begin, or why it cannot. Then, for each item in turn, an answer; None says
    that the worker is still at it.
    """
    process.begin((signal.SIGINT, signal.SIGTERM))
    channel = Channel(its)
    with suppress(EOFError, OSError):
        try:
            work.begin()
        except Exception as error:
            channel.send(one_line(f"could not begin ({error})"))
            return
        channel.send(None)
        while True:
            (question, names), data = channel.receive()
            _work(channel, work, question, [Item(name, each) for name, each in zip(names, data, strict=True)])


def _work(channel: Channel, work: Work, question: object, items: list[Item]) -> None:
    said = time.monotonic()
    for answer in _answers(work, question, items):
        if answer is None and time.monotonic() < said + _STILL_SECONDS:
            continue
        channel.send(None if answer is None else answer.to_json())
        said = time.monotonic()


def _answers(work: Work, question: object, items: list[Item]) -> Iterator[Answer | None]:
    answered = 0
    try:
        for answer in work(question, items):
            answered += answer is not None
            yield answer
    except Exception as error:  # ours to mend; but the items behind it shall not wait for ever
        for item in items[answered:]:
            yield Answer([], error=as_input_error(item.name, error))
