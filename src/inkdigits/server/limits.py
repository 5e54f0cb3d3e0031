"""How much the server takes on: what is beyond is refused, with a status and a reason."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

_MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """The bounds of requests and of the server.

    request_bytes   bytes of one request's body: a page of 80 megapixels, or a document of scans
    files           pictures in one request
    pages           pages of one document
    seconds         time for one picture or document, once a worker has it
    waiting         pictures that may wait for a worker
    held_bytes      bytes of all bodies in memory, those that are still coming included
    connections     connections at a time
    idle_seconds    whole seconds for connections between two requests, and for those whose other side takes nothing
    head_bytes      bytes of a request's head
    pause_seconds   time between two pieces of a body
    body_seconds    time for a whole body
    """

    request_bytes: int = 64 * _MIB
    files: int = 32
    pages: int = 50
    seconds: float = 60.0
    waiting: int = 128
    held_bytes: int = 256 * _MIB
    connections: int = 400
    idle_seconds: int = 10
    head_bytes: int = 64 * 1024
    pause_seconds: float = 10.0
    body_seconds: float = 120.0


class RefusalError(Exception):
    """A request that is not answered: the status, and in one line why and what would do."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        self.status = status
        self.reason = reason
        super().__init__(reason)


class Budget:
    """Bytes of bodies that are in memory, all requests together."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.held = 0

    def take(self, count: int) -> None:
        """Count bytes in. Raises RefusalError where they are too many."""
        if self.held + count > self._most:
            reason = "the server holds as many bytes of pictures as it may; send this again in a moment"
            raise RefusalError(HTTPStatus.SERVICE_UNAVAILABLE, reason)
        self.held += count

    def give_back(self, count: int) -> None:
        """Count bytes out."""
        self.held -= count
