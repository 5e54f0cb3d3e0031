"""The connection to a Ray cluster, as far as it can be seen without one."""

import importlib.util

import pytest

from inkdigits.distributed import connection
from inkdigits.errors import InputError, MissingExtraError


@pytest.mark.parametrize(
    "address", ["localhost:1", "ray://localhost:1", "localhost:99999", "no.such.host.invalid:6379"]
)
def test_a_cluster_that_does_not_answer_is_told_at_once(address):
    with pytest.raises(InputError, match="cannot be reached"):
        connection.probe(address)


@pytest.mark.skipif(importlib.util.find_spec("ray") is not None, reason="Ray is installed")
def test_without_ray_one_line_says_what_to_install():
    with (
        pytest.raises(MissingExtraError, match=r"pip install '.\[scale\]'"),
        connection.connected("local", "this", "scale"),
    ):
        pass
