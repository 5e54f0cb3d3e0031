"""The server's side of the network: sockets, connections that are held to their limits, and the way it starts and stops."""

from __future__ import annotations

import asyncio
import errno
import json
import signal
import socket
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from inkdigits.errors import InputError, one_line
from inkdigits.server.guard import error
from inkdigits.server.limits import Limits

# What was accepted when the server is told to stop is finished, unless it takes longer than any request may.
_GRACE = 1.5


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there; port 0 is any free one. Raises InputError where that cannot be."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[
            0
        ]
        ours = socket.socket(family, kind)
    except (OSError, UnicodeError) as error:  # a name that no host can have is not even encoded
        reason = getattr(error, "strerror", None) or "no host's name"
        raise InputError(f"host {one_line(host)}", f"is no address of this machine ({reason})", "see --host") from None
    try:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        ours.bind(address)
        ours.listen(512)
    except OSError as error:
        ours.close()
        where = f"port {port} of {one_line(host)}"
        remedy = (
            "give --host an address of this machine"
            if error.errno == errno.EADDRNOTAVAIL
            else "choose another with --port"
        )
        raise InputError(where, f"cannot be listened at ({error.strerror})", remedy) from None
    return ours


def run(
    app: ASGIApp,
    ours: socket.socket,
    limits: Limits,
    started: Callable[[], None],
    certificate: tuple[Path, Path] | None = None,
) -> None:
    """Serve until SIGTERM or Ctrl-C, and then finish what was accepted. `started` is called when requests are answered.

    `certificate` is a file with a certificate and one with its key; both are read before `started` is called.
    """
    config = uvicorn.Config(
        app,
        http=_protocol(limits),
        ws="none",
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # whoever asks is who the socket says
        timeout_keep_alive=int(limits.head_seconds),
        timeout_graceful_shutdown=int(_GRACE * limits.seconds) + 1,
        ssl_certfile=certificate and certificate[0],
        ssl_keyfile=certificate and certificate[1],
    )
    server = _Server(config, started)
    # uvicorn raises the signal that ended it once more, when all is done; we have done what it asked for.
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        server.run([ours])
    except SystemExit:
        raise ChildProcessError("the server's workers cannot start; is there memory enough?") from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._tell()


_END_OF_HEAD = b"\r\n\r\n"


def _protocol(limits: Limits) -> type[asyncio.Protocol]:
    """Return uvicorn's protocol, with times and bounds where it has none."""
    crowded = error(HTTPStatus.SERVICE_UNAVAILABLE, "there are too many connections; try again in a moment")
    crowded.headers["connection"] = "close"

    class Protocol(HttpToolsProtocol):
        """A connection that must bring the head of its request in time, and take its answer in time."""

        _head_timer: asyncio.TimerHandle | None = None
        _write_timer: asyncio.TimerHandle | None = None
        _head_bytes = 0
        _last = b""  # of what came before: the end of a head may come in two pieces

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._await_head()

        def data_received(self, data: bytes) -> None:
            if self._head_timer is None and (self.cycle is None or self.cycle.response_complete):
                self._await_head()  # a further request on the same connection
            if self._head_timer is not None:
                known = self._last + data
                end = known.find(_END_OF_HEAD)
                self._head_bytes += len(data) if end < 0 else max(end + len(_END_OF_HEAD) - len(self._last), 0)
                self._last = known[1 - len(_END_OF_HEAD) :]
                if self._head_bytes > limits.head_bytes:
                    if not self.transport.is_closing():
                        self.send_400_response("the head of the request is too long")
                    return
            super().data_received(data)

        def on_headers_complete(self) -> None:
            self._stop_head_timer()
            self.app = crowded if len(self.connections) > limits.connections else self.config.loaded_app
            super().on_headers_complete()

        def send_400_response(self, msg: str) -> None:
            body = json.dumps({"error": msg}).encode()
            head = f"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
            self.transport.write(head.encode() + b"connection: close\r\nx-content-type-options: nosniff\r\n\r\n" + body)
            self.transport.close()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop_head_timer()
            self.resume_writing()
            super().connection_lost(exc)

        def pause_writing(self) -> None:
            super().pause_writing()
            self._write_timer = self.loop.call_later(limits.pause_seconds, self.transport.abort)

        def resume_writing(self) -> None:
            super().resume_writing()
            if self._write_timer is not None:
                self._write_timer.cancel()
                self._write_timer = None

        def _await_head(self) -> None:
            self._head_bytes, self._last = 0, b""
            self._head_timer = self.loop.call_later(limits.head_seconds, self.timeout_keep_alive_handler)

        def _stop_head_timer(self) -> None:
            if self._head_timer is not None:
                self._head_timer.cancel()
                self._head_timer = None

    return Protocol


def address(ours: socket.socket, scheme: str = "http") -> str:
    """Return the address that a browser opens to reach a socket."""
    name: Any = ours.getsockname()
    place = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(name[0], name[0])
    return f"{scheme}://{f'[{place}]' if ':' in place else place}:{name[1]}/"
