"""Items that wait for a worker: small ones and others, the oldest first, and those that go together."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Any

from inkdigits.workers.work import Answer, Item

# Small items that go to a worker together.
_BUNDLE = 8


@dataclass(eq=False, slots=True)
class Task:
    """An item that waits for its answer. `deaths` are the workers that have ended over it."""

    question: Any
    item: Item
    small: bool
    number: int
    answer: Future[Answer]
    deaths: int = 0


class Queue:
    """Tasks for the threads of a pool, each of which takes what its worker is to do next.

    A thread is `reserved` if its worker is for small tasks alone.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = count()
        self._small: deque[Task] = deque()
        self._large: deque[Task] = deque()
        self._idle: list[tuple[bool, threading.Event]] = []
        self._closed = False

    def __len__(self) -> int:
        return len(self._small) + len(self._large)

    def put(self, question: Any, item: Item, small: bool) -> Future[Answer]:
        """Add an item, and return its answer to come. Who cancels that takes the item away."""
        task = Task(question, item, small, next(self._numbers), Future())
        with self._lock:
            self._of(task).append(task)
            self._wake(small)
        task.answer.add_done_callback(lambda answer: self._forget(task) if answer.cancelled() else None)
        return task.answer

    def put_back(self, tasks: list[Task]) -> None:
        """Add tasks again, before all others, in their order."""
        with self._lock:
            for task in reversed(tasks):
                self._of(task).appendleft(task)
                self._wake(task.small)

    def take(self, reserved: bool) -> list[Task]:
        """Wait for tasks for one worker and return them: small ones to the same question together. Empty when closed."""
        while True:
            with self._lock:
                if self._closed:
                    return []
                if tasks := self._next(reserved):
                    return tasks
                wakened = threading.Event()
                self._idle.append((reserved, wakened))
            wakened.wait()

    def empty(self) -> list[Task]:
        """Return all tasks, which are in the queue no longer."""
        with self._lock:
            tasks = [*self._small, *self._large]
            self._small.clear()
            self._large.clear()
        return tasks

    def close(self) -> None:
        """Have all that wait for a task return without one."""
        with self._lock:
            self._closed = True
            for _, wakened in self._idle:
                wakened.set()

    def _of(self, task: Task) -> deque[Task]:
        return self._small if task.small else self._large

    def _wake(self, small: bool) -> None:
        for i, (reserved, wakened) in enumerate(self._idle):
            if small or not reserved:
                del self._idle[i]
                wakened.set()
                return

    def _next(self, reserved: bool) -> list[Task]:
        small, large = self._small, self._large
        if not reserved and large and (not small or large[0].number < small[0].number):
            return [large.popleft()]
        if not small:
            return []
        bundle = [small.popleft()]
        while (
            small
            and len(bundle) < _BUNDLE
            and not (bundle[0].deaths or small[0].deaths)  # what has seen a worker end goes alone
            and small[0].question == bundle[0].question
        ):
            bundle.append(small.popleft())
        return bundle

    def _forget(self, task: Task) -> None:
        with self._lock, suppress(ValueError):  # a worker has it
            self._of(task).remove(task)
