"""The protocol: while a training is under way, MNIST's test set is closed, whoever asks and by whatever way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

_under_way = 0


@contextmanager
def test_set_closed() -> Iterator[None]:
    """Keep MNIST's test set closed while the block (or the function that this decorates) runs."""
    global _under_way  # noqa: PLW0603 (of the whole process on purpose: a callback or a thread of a training is training, too)
    _under_way += 1
    try:
        yield
    finally:
        _under_way -= 1


def check_open() -> None:
    """Raise RuntimeError while the test set is closed."""
    if _under_way:
        raise RuntimeError(
            "a training is under way, and MNIST's test set is closed to it: open it when the network is finished"
        )
