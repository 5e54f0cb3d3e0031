"""What the tests of review share: a batch that was read for real, once."""

import shutil

import pytest

from tests.forms import batch


@pytest.fixture(scope="session")
def read_batch(tmp_path_factory):
    """A batch folder; not to be changed."""
    return batch.make(tmp_path_factory.mktemp("batch"))


@pytest.fixture
def folder(read_batch, tmp_path):
    """A copy of it."""
    return shutil.copytree(read_batch, tmp_path / "batch")
