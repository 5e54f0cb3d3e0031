"""The server's side of the network: the socket, the limits of connections, and the way it starts and stops."""

from __future__ import annotations

import errno
import signal
import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from inkdigits.errors import InputError, one_line
from inkdigits.server.kept import Certificate
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


def _let_go_of_the_dead(ours: socket.socket, seconds: int) -> None:
    """Have the system close connections whose other side has gone, or takes nothing of its answer for so long.

    Connections inherit it from the socket that listens. Systems that lack an option wait longer.
    """
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", seconds), ("TCP_KEEPINTVL", seconds), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):
            ours.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        ours.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 1000 * seconds)


def run(
    app: ASGIApp,
    ours: socket.socket,
    limits: Limits,
    started: Callable[[], None],
    certificate: Certificate | None = None,
) -> None:
    """Serve until SIGTERM or Ctrl-C, and then finish what was accepted. `started` is called when requests are answered.

    The files of the certificate are read before `started` is called.
    """
    config = uvicorn.Config(
        app,
        http="h11",  # which bounds a request's head; httptools does not
        h11_max_incomplete_event_size=limits.head_bytes,
        limit_concurrency=limits.connections + 1,
        ws="none",
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # whoever asks is who the socket says
        timeout_keep_alive=limits.idle_seconds,
        timeout_graceful_shutdown=int(_GRACE * limits.seconds) + 1,
        ssl_certfile=certificate.file if certificate else None,
        ssl_keyfile=certificate.key if certificate else None,
    )
    _let_go_of_the_dead(ours, limits.idle_seconds)
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
