"""Work for the processes of the tests: small functions that a process of its own can import."""

import os
import re
import signal
import time
from pathlib import Path

from inkdigits.errors import InputError, TooLargeError
from inkdigits.workers.work import Answer


class Shout:
    """Gives two lines, or fails where an item's name says so, in every way that a picture can."""

    def begin(self):
        pass

    def __call__(self, question, items):
        for item in items:
            yield from shout(item.name, item.data, question)


def shout(name, data, question):
    verb, _, place = name.partition(" ")
    warnings = ()
    match verb:
        case "bad":
            yield Answer([], InputError(name, "is bad", "be good"))
            return
        case "huge":
            yield Answer([], TooLargeError(name, "is huge", "be small"))
            return
        case "broken":
            raise ZeroDivisionError("our own\nmistake")
        case "exit":
            os._exit(3)
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "once":
            memory = Path(place)
            if not memory.exists():
                memory.touch()
                os._exit(1)
        case "odd":
            warnings = ("odd: is odd",)
        case "slow":
            sum(range(10_000_000))
        case "waits":
            signal.alarm(60)  # rather than for ever
            os.close(os.open(place, os.O_RDONLY))
            signal.alarm(0)
        case "opens":
            os.close(os.open(place, os.O_WRONLY))
        case "hangs":
            if place:
                Path(place).write_text(str(os.getpid()), "ascii")
            re.fullmatch(r"(\d+)+x", "1" * 64)  # in C, with Python's lock, for longer than the universe is old
        case "closes":
            os.closerange(3, 1000)  # as if it were gone; and it is not
            signal.pause()
        case "pages":
            end = time.monotonic() + float(place)
            while time.monotonic() < end:
                yield None
        case "half":
            yield Answer([name.upper()], InputError(name, "has no second half", "be whole"))
            return
    yield Answer([name.upper(), f"{os.getpid()}", f"{question} {len(data)}"], None, warnings)


class Starting(Shout):
    """Ends while it starts, for the first so many times, each of which leaves a file in a folder."""

    def __init__(self, folder, times):
        self.folder, self.times = folder, times

    def begin(self):
        before = len(list(self.folder.iterdir()))
        (self.folder / f"{os.getpid()}").touch()
        if before < self.times:
            os.kill(os.getpid(), signal.SIGKILL)


class Refusing(Shout):
    def begin(self):
        raise InputError("model x", "has gone", "bring it back")


class Unloadable(Shout):
    def __reduce__(self):
        return os._exit, (9,)
