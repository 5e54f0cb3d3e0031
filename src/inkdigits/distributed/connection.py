"""The connection to a Ray cluster: of a series of trainings, and of reading on many machines."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from inkdigits.errors import InputError, require


@contextmanager
def connected(address: str, needs: str, extra: str, *packages: str) -> Iterator[None]:
    """Be connected to the Ray cluster at an address, or to one of this machine alone: "local".

    `needs` says what for, and `packages` what that needs beside Ray, all of an extra. Raises MissingExtraError without
    them, and InputError for a cluster that does not answer.
    """
    require(needs, extra, "ray", *packages)
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # Ray reports its use to its makers otherwise
    import ray

    probe(address)
    try:
        ray.init(address, log_to_driver=False, logging_level="error")
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        reason = str(error).split("\n", maxsplit=1)[0]
        raise InputError(
            f"Ray at {address}", f"cannot be reached ({reason})", "check the address, or give local"
        ) from None
    try:
        yield
    finally:
        ray.shutdown()


def probe(address: str) -> None:
    """Raise InputError if nothing answers at HOST:PORT: Ray itself would try for minutes. Other words are Ray's."""
    host, _, port = address.rpartition("/")[2].rpartition(":")
    if not port.isdigit():
        return
    try:
        socket.create_connection((host, int(port)), timeout=10).close()
    except (OSError, OverflowError, ValueError) as error:
        remedy = "check the address that `ray start --head` has told, or give local"
        raise InputError(f"Ray at {address}", f"cannot be reached ({error})", remedy) from None
