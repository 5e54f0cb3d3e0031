"""What the tests of the command line share: how a verb is run, and pictures to run it on."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from inkdigits.cli import main
from tests.conftest import drawing, encoded


def run(*arguments, data=None):
    return CliRunner().invoke(main, [str(a) for a in arguments], input=data)


@pytest.fixture
def pictures(tmp_path):
    """Two good pictures with a bad one between them."""
    paths = [tmp_path / name for name in ("four.png", "bad.png", "seven.png")]
    paths[0].write_bytes(encoded(drawing(4, pen=14)))
    paths[1].write_bytes(b"this is no picture")
    paths[2].write_bytes(encoded(drawing(7, pen=14)))
    return paths
