"""A process that works for this one: how it is started, how it begins, and what is said of how it ended."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.context import SpawnProcess


def start(target: Callable[..., None], *arguments: object) -> SpawnProcess:
    """Start a process in which `target` runs, importable by name, with arguments that can be sent to it.

    Ctrl-C is not for it: the signal goes to all processes of a terminal, and we tell our workers to end.
    """
    # A fork would copy ONNX Runtime's and OpenCV's locks without their threads.
    process = multiprocessing.get_context("spawn").Process(target=target, args=arguments, daemon=True)
    with ctrl_c_ignored():
        process.start()
    return process


@contextmanager
def ctrl_c_ignored() -> Iterator[None]:
    """Let processes that are started in the block ignore Ctrl-C from their first moment on.

    In other threads than the main one, where signals cannot be set, they learn it when they begin.
    """
    in_main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN) if in_main else None
    try:
        yield
    finally:
        if in_main:
            signal.signal(signal.SIGINT, before)


def begin() -> None:
    """Be a worker from here on: the first line of every target."""
    import cv2

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)  # there is a worker on every core


def death(code: int | None) -> str:
    """Return in words how a process ended, for its exit code as multiprocessing gives it."""
    if code is None or code >= 0:
        return f"ended with code {code}"
    return f"was killed by signal {-code}" + (" (perhaps for want of memory)" if code == -9 else "")
