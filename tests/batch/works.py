"""Work for the processes of the tests: small functions that a process of its own can import."""

import os
import signal
from pathlib import Path

from inkdigits.batch.workers import Warned
from inkdigits.errors import InputError


def shout(item):
    """Give two lines; fail where the item says so, in every way that a picture can."""
    if item == "bad":
        raise InputError(item, "is bad", "be good")
    if item == "broken":
        raise ZeroDivisionError("our own\nmistake")
    if item == "exit":
        os._exit(3)
    if item == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if item.startswith("once "):
        memory = Path(item.removeprefix("once "))
        if not memory.exists():
            memory.touch()
            os._exit(1)
    if item == "odd":
        yield Warned("odd: is odd")
    if item == "slow":
        sum(range(10_000_000))
    if item.startswith("waits for "):
        signal.alarm(600)  # rather than for ever
        os.close(os.open(item.removeprefix("waits for "), os.O_RDONLY))
        signal.alarm(0)
    if item.startswith("opens "):
        os.close(os.open(item.removeprefix("opens "), os.O_WRONLY))
    yield item.upper()
    if item == "half":
        raise InputError(item, "has no second half", "be whole")
    yield f"{os.getpid()}"


class Unloadable:
    def __call__(self, item):
        return [item]

    def __reduce__(self):
        return os._exit, (9,)
