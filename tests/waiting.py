"""The one way in which tests wait for what other processes do: they ask until it is so."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_until(condition: Callable[[], T], seconds: float = 300) -> T:
    """Ask until the answer is true, and return it; fail where that takes longer than any machine needs."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not (answer := condition()):
        assert time.monotonic() < deadline, "it never came to that"
        pause.wait(0.01)
    return answer
