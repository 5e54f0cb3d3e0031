"""A function over many inputs in parallel processes: results as they come; an input that kills its process is found out.

Each worker has a pipe of its own, so that it is known what a worker was at when it died. (Of the pool in concurrent.futures
only "a process ended" is known, and everything in it is lost.) Inputs and results cross as JSON; what decodes hostile files
sends us nothing that would be unpickled.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import TypeAlias

from inkdigits.batch import process
from inkdigits.errors import InputError, unexpected


@dataclass(frozen=True)
class Warned:
    """A line for people about an input, which is no part of its result."""

    text: str


# Gives the lines of text that are an input's result, and warnings, or raises InputError. It must be importable: it is sent
# by name.
Work: TypeAlias = Callable[[str], Iterable[str | Warned]]

# Inputs that a worker has at hand: while the answer to one is on its way, it is at the next.
_DEPTH = 2
# Results that may wait for an earlier one, where they are given in the order of the inputs.
_WINDOW = 256
# An input is given up when this many processes have died of it: once, another's hunger for memory may have been the cause.
_DEATHS = 2


@dataclass(frozen=True)
class Done:
    """What became of an input: its lines, why there are none, or no more of them, and warnings about it."""

    item: str
    lines: list[str]
    error: InputError | None
    warnings: tuple[str, ...] = ()


@dataclass
class _Task:
    index: int
    item: str
    deaths: int = 0


@dataclass
class _Worker:
    """A process, our end of its pipe, and what it was given and has not answered, in the order that it works through."""

    process: SpawnProcess
    pipe: Connection
    given: deque[_Task] = field(default_factory=deque)
    ready: bool = False


def run(work: Work, items: Iterable[str], processes: int, *, ordered: bool = False) -> Generator[Done]:
    """Yield what `work` makes of each item, in so many processes: as they come, or `ordered` as the items are.

    Items are drawn as they are needed, and at most a few hundred results are held, however many there are. An error of one
    item is its result. So is the death of its process (a crash, memory that ran out): it is tried once more, and the rest
    goes on in a fresh process. Raises ChildProcessError if a process cannot start.
    """
    running = [_start(work) for _ in range(processes)]
    tasks = _Tasks(items)
    held: dict[int, Done] = {}  # results that wait for their turn
    turn = 0
    whole = False
    try:
        while True:
            _assign(tasks, running, turn + _WINDOW if ordered else None)
            busy = {worker.pipe: worker for worker in running if worker.given}
            if not busy:
                break
            for pipe in wait(list(busy)):
                worker = busy[pipe]  # type: ignore[index]  # what was waited for are these pipes
                for task, done in _answers(worker, tasks):
                    if not ordered:
                        yield done
                    else:
                        held[task.index] = done
                if worker.pipe.closed:  # all that it said was heard before its end was
                    running[running.index(worker)] = _start(work)
            while turn in held:
                yield held.pop(turn)
                turn += 1
        whole = True
    finally:
        for worker in running:
            worker.pipe.close()  # which a waiting worker takes as its end
            if not whole:
                worker.process.terminate()
        for worker in running:
            worker.process.join()


class _Tasks:
    """The inputs that no worker has yet, those of dead workers first."""

    def __init__(self, items: Iterable[str]) -> None:
        self._items = enumerate(items)
        self._back: deque[_Task] = deque()

    def take(self, limit: int | None) -> _Task | None:
        """Return the next task, or None if there is none or its index is not below the limit."""
        if not self._back:
            following = next(self._items, None)
            if following is None:
                return None
            self._back.append(_Task(*following))
        return self._back.popleft() if limit is None or self._back[0].index < limit else None

    def give_back(self, tasks: Iterable[_Task]) -> None:
        self._back = deque(sorted([*tasks, *self._back], key=lambda task: task.index))


def _assign(tasks: _Tasks, running: list[_Worker], limit: int | None) -> None:
    """Give every worker something to do, and then something to do next."""
    for depth in range(_DEPTH):
        for worker in running:
            if len(worker.given) == depth:
                task = tasks.take(limit)
                if task is None:
                    return
                worker.given.append(task)
                with suppress(OSError):  # it is dead, and will be found so where its answers are read
                    worker.pipe.send_bytes(json.dumps(task.item).encode())


def _answers(worker: _Worker, tasks: _Tasks) -> Iterator[tuple[_Task, Done]]:
    """Yield what a worker has to say; if it has died, its tasks go back, but the one that it died of for good is done."""
    try:
        message = json.loads(worker.pipe.recv_bytes())
    except (EOFError, OSError):
        worker.process.join()
        worker.pipe.close()
        how = process.death(worker.process.exitcode)
        if not worker.ready:
            raise ChildProcessError(
                f"a process that was to read pictures {how} while it was starting; is there memory enough?"
            ) from None
        culprit = worker.given[0]
        culprit.deaths += 1
        if culprit.deaths == _DEATHS:
            worker.given.popleft()
            error = InputError(culprit.item, f"cannot be read: the process that tried {how}", "save the picture again")
            yield culprit, Done(culprit.item, [], error)
        tasks.give_back(worker.given)
        worker.given.clear()
        return
    if not worker.ready:
        worker.ready = True
        return
    task = worker.given.popleft()
    lines, reason, warnings = message
    yield task, Done(task.item, lines, None if reason is None else InputError(*reason), tuple(warnings))


def _start(work: Work) -> _Worker:
    ours, its = Pipe()
    started = process.start(_serve, its, work)
    its.close()  # so that the end of the worker is the end of the pipe
    return _Worker(started, ours)


def _serve(pipe: Connection, work: Work) -> None:
    """Be a worker: answer what comes through the pipe until it ends, be it because the one who asks was killed."""
    process.begin()
    try:
        pipe.send_bytes(b"null")
        while True:
            pipe.send_bytes(json.dumps(_attempt(work, json.loads(pipe.recv_bytes()))).encode())
    except (EOFError, OSError):
        pass


def _attempt(work: Work, item: str) -> tuple[list[str], tuple[str, str, str] | None, list[str]]:
    """Return an item's lines, as far as it got, what went wrong, if anything, and warnings."""
    lines: list[str] = []
    warnings: list[str] = []
    reason = None
    try:
        for said in work(item):
            if isinstance(said, Warned):
                warnings.append(said.text)
            else:
                lines.append(said)
    except InputError as error:
        reason = error.source, error.problem, error.remedy
    except Exception as error:  # ours to mend; but the other ten thousand shall not suffer for it
        own = unexpected(item, error)
        reason = own.source, own.problem, own.remedy
    return lines, reason, warnings
