"""The address that is printed is one that others reach, whatever the socket listens at."""

import ipaddress
import socket

import pytest

from inkdigits.errors import InputError
from inkdigits.server import address, listener


def local():
    try:
        return address.local_address()
    except InputError:
        pytest.skip("this machine is on no network")


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_listening_everywhere_is_reached_at_the_local_networks_address(host):
    expected = local()
    try:
        ours = listener.listen(host, 0)
    except InputError:
        pytest.skip("no IPv6 here")
    with ours:
        assert address.reachable(ours) == expected
        assert not address.is_for_this_machine(ours)
        # And something answers there.
        with socket.create_connection((expected, ours.getsockname()[1]), 10):
            pass


def test_an_address_of_this_machine_alone_stays_what_it_is():
    with listener.listen("127.0.0.1", 0) as ours:
        assert address.reachable(ours) == "127.0.0.1" and address.is_for_this_machine(ours)
        port = ours.getsockname()[1]
        assert address.page("127.0.0.1", ours) == f"http://127.0.0.1:{port}/"
        assert address.page("fe80::1", ours, "https", "x") == f"https://[fe80::1]:{port}/?token=x"


def test_the_local_address_is_a_number_of_another_interface():
    found = ipaddress.ip_address(local())
    assert not found.is_loopback and not found.is_unspecified
