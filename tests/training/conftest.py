"""What the tests of training share: sources to draw pages with."""

import pytest

from tests.training import drawn


@pytest.fixture(scope="session")
def source():
    return drawn.built("training")


@pytest.fixture(scope="session")
def held_out():
    return drawn.built("validation")
