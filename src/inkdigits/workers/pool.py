"""The pool: workers, each with a thread here that gives it one piece of work after the other and sees to its end.

There may be a worker that is free of slow work: large items go to all but one, which is reserved for small ones. Small
items that wait for the answer to the same question go to a worker together. An item over which a worker dies is tried once
more, alone; one that takes too long ends with its worker.

Unlike the pool in concurrent.futures it is known which items a worker was at when it ended, and nothing that a worker says
is unpickled: what decodes hostile files may have been taken over by one.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from socket import socketpair
from types import TracebackType
from typing import Any, Self

from inkdigits.errors import InputError
from inkdigits.workers import process, worker
from inkdigits.workers.channel import Channel
from inkdigits.workers.queue import Queue, Task
from inkdigits.workers.work import Answer, Item, Work

# An item is given up when this many workers have died over it: once, another's hunger for memory may have been the cause.
_DEATHS = 2
# A worker that could not start this many times in a row cannot start: before, the cause may have passed by the next try.
_STARTS = 3
# Time for a worker to start, on a machine that is busy, and between two tries.
_START_SECONDS = 120.0
_AGAIN_SECONDS = 0.5
# Time for a process whose end of the channel is closed to be gone.
_END_SECONDS = 1.0


class _Worker:
    """A process, and our end of the channel to it. Raises OSError if none can be started."""

    def __init__(self, work: Work) -> None:
        ours, its = socketpair()
        self.channel = Channel(ours)
        try:
            with its:  # so that the end of the worker is the end of the channel
                self.process = process.start(worker.serve, its, work)
        except BaseException:
            ours.close()
            raise

    def end(self) -> str:
        """End it, whatever it is at, and return in words how it ended."""
        how = process.end(self.process)
        self.channel.close()
        return how


class Pool:
    """So many workers for all items, and with `reserved` one more for small ones: a `with` block starts and stops them."""

    def __init__(self, work: Work, workers: int, seconds: float, remedy: str, *, reserved: bool = False) -> None:
        """Give each item so many seconds, from one thing that its worker says to the next.

        The `remedy` is what is said to do about an item over which a worker died or which took longer.
        """
        self._work, self._seconds, self._remedy = work, seconds, remedy
        self._queue = Queue()
        self._threads = [
            threading.Thread(target=self._keep_working, args=(reserved and n == 0,), daemon=True)
            for n in range(workers + reserved)
        ]
        self._change = threading.Condition()
        self._running: set[_Worker] = set()  # those that are ready, or about to be
        self._failing: dict[int, str] = {}  # thread → why its worker cannot start
        self._stopped = threading.Event()
        self.ready = 0  # workers that are ready
        self.deaths = 0  # workers that have ended otherwise than by `stop`

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def waiting(self) -> int:
        """Items that no worker has yet."""
        return len(self._queue)

    @property
    def failure(self) -> str | None:
        """Why no worker can start; None as long as one can."""
        with self._change:
            if len(self._failing) < len(self._threads):
                return None
            return f"a process that was to read pictures {next(iter(self._failing.values()))}"

    def start(self) -> None:
        """Begin to start the workers."""
        for thread in self._threads:
            thread.start()

    def wait(self) -> None:
        """Wait for the first worker. Raises ChildProcessError if none can start."""
        with self._change:
            self._change.wait_for(lambda: self.ready or self.failure)
            if self.failure is not None:
                raise ChildProcessError(self.failure)

    def stop(self) -> None:
        """End the workers. What they are at, and what waits for them, is cancelled: wait for the answers first."""
        self._stopped.set()
        self._queue.close()
        with self._change:
            running = list(self._running)
        for each in running:
            each.process.kill()  # of which its thread hears
        for thread in self._threads:
            if thread.is_alive():
                thread.join()
        for task in self._queue.empty():
            task.answer.cancel()

    def submit(self, item: Item, question: Any = None, *, small: bool = False) -> Future[Answer]:
        """Return the answer to come, by the next worker that is free. Who cancels it takes the item out of the queue.

        The question is a value that JSON has. Raises ChildProcessError, here or as the answer, if no worker can start.
        """
        if self.failure is not None:
            raise ChildProcessError(self.failure)
        return self._queue.put(question, item, small)

    def _keep_working(self, reserved: bool) -> None:
        """Be a worker's thread: start it, give it work, and start another one when it has ended."""
        failed = 0
        how: str | None
        while not self._stopped.is_set():
            try:
                started = _Worker(self._work)
            except Exception as error:  # no room for a process, or work that cannot be sent
                how = f"could not be started ({error})"
            else:
                how = self._employ(started, reserved)
                if how is None:
                    failed = 0
                    continue
            failed += 1
            if failed >= _STARTS:
                self._fail(how)
            self._stopped.wait(_AGAIN_SECONDS)

    def _employ(self, started: _Worker, reserved: bool) -> str | None:
        """Give a worker work until it ends, and return why it could not begin, if it could not."""
        with self._change:
            self._running.add(started)
        is_ready = False
        try:
            if self._stopped.is_set():
                return None
            reason = _reason(started)
            if reason is not None:
                return reason
            is_ready = True
            self._count(1)
            while (bundle := self._queue.take(reserved)) and self._ask(started, bundle):
                pass
            return None
        finally:
            started.end()
            with self._change:
                self._running.discard(started)
            if is_ready:
                self._count(-1)

    def _count(self, change: int) -> None:
        with self._change:
            self.ready += change
            self._failing.pop(threading.get_ident(), None)
            self.deaths += change < 0 and not self._stopped.is_set()
            self._change.notify_all()

    def _fail(self, how: str) -> None:
        """Say that this thread's worker cannot start; if none can, what waits is answered with that."""
        with self._change:
            self._failing[threading.get_ident()] = how
            self._change.notify_all()
        if self.failure is not None:
            for task in self._queue.empty():
                _settle(task, ChildProcessError(self.failure))

    def _ask(self, asked: _Worker, bundle: list[Task]) -> bool:
        """Have tasks answered, and tell whether the worker is still good for others."""
        deadline = time.monotonic() + self._seconds
        items = [task.item for task in bundle]
        question = [bundle[0].question, [item.name for item in items]]
        try:
            asked.channel.send(question, [item.data for item in items], deadline)
            while bundle:
                said, _ = asked.channel.receive(deadline)
                deadline = time.monotonic() + self._seconds
                if said is not None:
                    _settle(bundle[0], Answer.from_json(said))
                    del bundle[0]
        except TimeoutError:
            self._give_back(bundle, f"took longer than {self._seconds:g} s", final=True)
            return False
        except (OSError, EOFError, ValueError, TypeError, RecursionError):
            how = process.end(asked.process, _END_SECONDS)
            self._give_back(bundle, f"cannot be read: the process that tried {how}", final=False)
            return False
        return True

    def _give_back(self, bundle: list[Task], problem: str, *, final: bool) -> None:
        """Have the tasks of a lost worker tried once more, each alone; give up the one that has had its tries."""
        if self._stopped.is_set():
            for task in bundle:
                task.answer.cancel()
            return
        alone = len(bundle) == 1
        for task in bundle:
            task.deaths += 1
        if alone and (final or bundle[0].deaths >= _DEATHS):
            task = bundle[0]
            _settle(task, Answer([], InputError(task.item.name, problem, self._remedy)))
        else:
            self._queue.put_back([task for task in bundle if not task.answer.done()])


def _reason(started: _Worker) -> str | None:
    """Wait until a worker is ready, and return why it is not."""
    try:
        reason, _ = started.channel.receive(time.monotonic() + _START_SECONDS)
    except TimeoutError:
        return f"took longer than {_START_SECONDS:g} s to start"
    except (OSError, EOFError, ValueError, TypeError):
        how = process.end(started.process, _END_SECONDS)
        return f"{how} while it was starting; is there memory enough?"
    return None if reason is None else str(reason)


def _settle(task: Task, outcome: Answer | Exception) -> None:
    with suppress(InvalidStateError):  # it was cancelled
        if isinstance(outcome, Answer):
            task.answer.set_result(outcome)
        else:
            task.answer.set_exception(outcome)
