"""Where a server can be reached: the addresses and names of this machine, and what a browser opens."""

from __future__ import annotations

import ipaddress
import socket
from contextlib import suppress

from inkdigits.errors import InputError


def local_address() -> str:
    """Return this machine's address on the local network. Raises InputError if it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # of a datagram socket this sends nothing, and chooses the way out
        found: str = probe.getsockname()[0]
        if _is_elsewhere(found):
            return found
    with suppress(OSError):  # a network without a way out, as a phone's hotspot may be
        for *_, place in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET):
            if _is_elsewhere(str(place[0])):
                return str(place[0])
    raise InputError("this machine", "is on no local network", "connect it, or name its address with --host")


def host_names() -> tuple[str, ...]:
    """Return the names by which others on the local network may know this machine."""
    name = socket.gethostname().lower()
    return name, f"{name.partition('.')[0]}.local"


def is_for_this_machine(ours: socket.socket) -> bool:
    """Tell whether only this machine reaches a socket that listens."""
    return ipaddress.ip_address(_place(ours)).is_loopback


def reachable(ours: socket.socket, default: str | None = None) -> str:
    """Return the number at which others reach a socket that listens; this machine's own where no other machine can.

    Where it listens for a network, and this machine is on none: the default. Raises InputError without one.
    """
    place = _place(ours)
    if not ipaddress.ip_address(place).is_unspecified:
        return place
    try:
        return local_address()
    except InputError:
        if default is None:
            raise
        return default


def page(place: str, ours: socket.socket, scheme: str = "http", token: str | None = None) -> str:
    """Return what a browser opens: the address with the port of a socket, and with the token if there is one."""
    host = f"[{place}]" if ":" in place else place
    return f"{scheme}://{host}:{ours.getsockname()[1]}/" + (f"?token={token}" if token else "")


def _place(ours: socket.socket) -> str:
    return str(ours.getsockname()[0]).partition("%")[0]


def _is_elsewhere(place: str) -> bool:
    address = ipaddress.ip_address(place)
    return not address.is_loopback and not address.is_unspecified
