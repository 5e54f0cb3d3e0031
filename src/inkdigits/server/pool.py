"""The pool: workers, the pictures that wait for them, and what is done when one of them dies.

There is always a worker free of slow work: pages, documents and large pictures go to all slots but one, which is
reserved for small pictures. Small pictures that wait for the same answer go to a worker together; the network is then asked
once for all of them.
"""

from __future__ import annotations

import asyncio
import json
import struct
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from itertools import count
from multiprocessing.context import SpawnProcess
from socket import socketpair

from inkdigits.batch import process
from inkdigits.errors import InputError, TooLargeError
from inkdigits.server import worker
from inkdigits.server.limits import Limits, RefusalError
from inkdigits.server.worker import Outcome, Question

# Small: few bytes, and by their header few pixels. (A page of bare paper is 40 megapixels in a few kilobytes.)
_SMALL_BYTES = 64 * 1024
_SMALL_PIXELS = 1 << 20
# Small pictures that go to a worker together.
_BUNDLE = 8
# A picture is given up when this many processes have died of it: once, another's hunger for memory may have been the cause.
_DEATHS = 2
# A slot that could not start a worker this many times in a row says so: the cause may have passed by the next try.
_STARTS = 3
# Time for a worker to start, on a machine that is busy, and between two tries.
_START_SECONDS = 120.0
_AGAIN_SECONDS = 1.0


@dataclass(eq=False, slots=True)
class _Task:
    """A picture that waits for its answer: JSON of one object or several, or an InputError."""

    question: Question
    name: str
    data: bytes
    answer: asyncio.Future[bytes]
    number: int
    small: bool
    deaths: int = 0


@dataclass(eq=False)
class _Connection:
    """A worker's process, and our end of the connection to it."""

    process: SpawnProcess
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


@dataclass
class _Queue:
    small: deque[_Task] = field(default_factory=deque)
    large: deque[_Task] = field(default_factory=deque)

    def __len__(self) -> int:
        return len(self.small) + len(self.large)

    def of(self, task: _Task) -> deque[_Task]:
        return self.small if task.small else self.large

    def next(self, reserved: bool) -> list[_Task]:
        """Take what a slot is to do next, the oldest first; nothing if there is nothing for it."""
        older_large = not reserved and self.large and (not self.small or self.large[0].number < self.small[0].number)
        if older_large:
            return [self.large.popleft()]
        if not self.small:
            return []
        bundle = [self.small.popleft()]
        while (
            self.small
            and len(bundle) < _BUNDLE
            and not (bundle[0].deaths or self.small[0].deaths)  # who has seen a process die goes alone
            and self.small[0].question == bundle[0].question
        ):
            bundle.append(self.small.popleft())
        return bundle


class Pool:
    """So many slots with a worker in each, one of them for small pictures alone."""

    def __init__(self, models: Sequence[str], workers: int, limits: Limits) -> None:
        self._models, self._slots, self._limits = list(models), workers + 1, limits
        self._queue = _Queue()
        self._numbers = count()
        self._idle: list[tuple[bool, asyncio.Future[None]]] = []
        self._running: list[asyncio.Task[None]] = []
        self._ready = asyncio.Event()
        self.failure: str | None = None  # why the last worker could not start
        self.workers = 0  # those that are ready

    @property
    def waiting(self) -> int:
        """Pictures that no worker has yet."""
        return len(self._queue)

    async def start(self) -> None:
        """Start the workers, and wait for the first. Raises RuntimeError if it does not come."""
        self._running = [asyncio.create_task(self._keep_working(reserved=slot == 0)) for slot in range(self._slots)]
        await self._ready.wait()
        if not self.workers:
            await self.stop()
            raise RuntimeError(self.failure)

    async def stop(self) -> None:
        """End the workers. What they are at is lost: wait for the answers first."""
        for slot in self._running:
            slot.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def submit(self, question: Question, pictures: Sequence[tuple[str, bytes]]) -> list[asyncio.Future[bytes]]:
        """Return the answers to come, one a picture: JSON objects with commas between them, or an InputError.

        Cancel one, and its picture waits no longer. Raises RefusalError if there is no room for all of them.
        """
        if not self.workers and self.failure:
            reason = f"the server cannot start its workers ({self.failure}); look at its machine"
            raise RefusalError(HTTPStatus.SERVICE_UNAVAILABLE, reason)
        if len(self._queue) + len(pictures) > self._limits.waiting:
            reason = f"{len(self._queue)} pictures are waiting, and there is room for {self._limits.waiting}; "
            raise RefusalError(HTTPStatus.TOO_MANY_REQUESTS, reason + "send this again in a moment")
        answers = []
        for name, data in pictures:
            answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
            small = question.verb == "classify" and _is_small(data)
            task = _Task(question, name, data, answer, next(self._numbers), small)
            answer.add_done_callback(partial(self._forget, task))
            self._queue.of(task).append(task)
            answers.append(answer)
            self._wake(small)
        return answers

    def _wake(self, small: bool) -> None:
        for i, (reserved, wakened) in enumerate(self._idle):
            if small or not reserved:
                del self._idle[i]
                if not wakened.done():
                    wakened.set_result(None)
                return

    def _forget(self, task: _Task, answer: asyncio.Future[bytes]) -> None:
        if answer.cancelled():
            with suppress(ValueError):  # a worker has it
                self._queue.of(task).remove(task)

    async def _take(self, reserved: bool) -> list[_Task]:
        while not (bundle := self._queue.next(reserved)):
            wakened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._idle.append((reserved, wakened))
            await wakened
        return bundle

    async def _keep_working(self, reserved: bool) -> None:
        """Run one slot: start a worker, send it one bundle after the other, and start another when it dies."""
        failed = 0
        while True:
            connection = await self._start_worker()
            if isinstance(connection, str):
                failed += 1
                if failed >= _STARTS:
                    self.failure = connection
                    self._ready.set()
                await asyncio.sleep(_AGAIN_SECONDS)
                continue
            failed = 0
            self.failure = None
            self._ready.set()
            self.workers += 1
            try:
                while await self._ask(connection, await self._take(reserved)):
                    pass
            finally:
                self.workers -= 1
                _end(connection)

    async def _start_worker(self) -> _Connection | str:
        """Start a worker, wait until it is ready and return the connection to it; if that fails, return why."""
        ours, its = socketpair()
        with its:
            started = process.start(worker.serve, its, self._models, self._limits.pages)
        reader, writer = await asyncio.open_connection(sock=ours)
        connection = _Connection(started, reader, writer)
        try:
            async with asyncio.timeout(_START_SECONDS):
                await reader.readexactly(len(worker.READY))
        except (OSError, EOFError, TimeoutError):  # asyncio's IncompleteReadError is an EOFError
            _end(connection)
            return f"it {process.death(started.exitcode)} while it was starting"
        except asyncio.CancelledError:
            _end(connection)
            raise
        return connection

    async def _ask(self, connection: _Connection, bundle: list[_Task]) -> bool:
        """Have pictures answered, and tell whether the worker is still good for others."""
        try:
            async with asyncio.timeout(self._limits.seconds):
                connection.writer.write(worker.message(bundle[0].question, [(task.name, task.data) for task in bundle]))
                await connection.writer.drain()
                for task in list(bundle):
                    outcome, length = worker.ANSWER.unpack(await connection.reader.readexactly(worker.ANSWER.size))
                    _settle(task, Outcome(outcome), await connection.reader.readexactly(length))
                    bundle.remove(task)
        except TimeoutError:
            self._give_back(bundle, f"took longer than {self._limits.seconds:g} s", final=True)
            return False
        except (OSError, EOFError, struct.error, ValueError):
            connection.process.join(1.0)
            self._give_back(bundle, process.death(connection.process.exitcode), final=False)
            return False
        return True

    def _give_back(self, bundle: list[_Task], how: str, *, final: bool) -> None:
        """Have the pictures of a dead worker tried once more, each alone; give up the one that has had its tries."""
        alone = len(bundle) == 1
        for task in reversed(bundle):
            task.deaths += 1
            if task.answer.done():
                continue
            if alone and (final or task.deaths >= _DEATHS):
                problem = how if final else f"cannot be read: the process that tried {how}"
                task.answer.set_exception(
                    InputError(
                        task.name, problem, "save the picture again or make it smaller, or expect something simpler"
                    )
                )
            else:
                self._queue.of(task).appendleft(task)
                self._wake(task.small)


def _settle(task: _Task, outcome: Outcome, answer: bytes) -> None:
    if task.answer.done():  # the client has gone
        return
    if outcome is Outcome.ANSWERED:
        task.answer.set_result(answer)
    else:
        kind = TooLargeError if outcome is Outcome.TOO_LARGE else InputError
        task.answer.set_exception(kind(*json.loads(answer)))


def _end(connection: _Connection) -> None:
    """End a worker, whatever it is at, and wait for its end: it has nothing that could be lost."""
    connection.writer.close()
    connection.process.kill()
    connection.process.join()


def _is_small(data: bytes) -> bool:
    """Tell by size and header whether a picture is quickly decoded."""
    if len(data) > _SMALL_BYTES:
        return False
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        width, height = struct.unpack("!II", data[16:24])
        return int(width) * int(height) <= _SMALL_PIXELS
    return data[:3] == b"\xff\xd8\xff"  # JPEG, which has no way to be large in few bytes
