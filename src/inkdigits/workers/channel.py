"""Messages between two processes, over a socket: values as JSON, and bytes beside them. Nothing is pickled.

A message is the length of its JSON, the JSON of `[value, [length, …]]`, and so many bytes.
"""

from __future__ import annotations

import json
import struct
import time
from collections.abc import Sequence
from socket import socket
from typing import Any

_LENGTH = struct.Struct("!Q")
_PIECE = 1 << 18
_LEAST_SECONDS = 0.001  # a socket takes 0 for "do not wait at all"


class Channel:
    """One end of a socket, for one thread."""

    def __init__(self, end: socket) -> None:
        self._end = end
        self._come = bytearray()

    def send(self, value: Any, blobs: Sequence[bytes] = (), deadline: float | None = None) -> None:
        """Send a value that JSON has, and bytes with it.

        `deadline` is on the clock of `time.monotonic`; after it, TimeoutError. Raises OSError if the other end is closed.
        """
        head = json.dumps([value, [len(blob) for blob in blobs]]).encode()
        self._wait_until(deadline)
        self._end.sendall(b"".join((_LENGTH.pack(len(head)), head, *blobs)))

    def receive(self, deadline: float | None = None) -> tuple[Any, list[bytes]]:
        """Return the next value, and the bytes with it.

        Raises EOFError or OSError if the other end is closed, TimeoutError after the deadline, and ValueError for what is
        no message.
        """
        (length,) = _LENGTH.unpack(self._take(_LENGTH.size, deadline))
        value, lengths = json.loads(self._take(length, deadline))
        return value, [self._take(length, deadline) for length in lengths]

    def close(self) -> None:
        """Close this end: who waits at the other gets EOFError."""
        self._end.close()

    def _take(self, count: int, deadline: float | None) -> bytes:
        while len(self._come) < count:
            self._wait_until(deadline)
            piece = self._end.recv(_PIECE)
            if not piece:
                raise EOFError
            self._come += piece
        taken = bytes(self._come[:count])
        del self._come[:count]
        return taken

    def _wait_until(self, deadline: float | None) -> None:
        self._end.settimeout(None if deadline is None else max(deadline - time.monotonic(), _LEAST_SECONDS))
