"""A process that works for this one: how it is started, how it begins, and how it ends."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import connection, resource_tracker
from multiprocessing.context import SpawnProcess

# multiprocessing's list of children is not made for several threads: one could see another's child as still running.
_children = threading.Lock()
_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
# A killed process is gone at once, unless the system itself waits for a disk or a network that does not answer.
_KILL_SECONDS = 5.0
_IS_LINUX = sys.platform.startswith("linux")


def start(target: Callable[..., None], *arguments: object) -> SpawnProcess:
    """Start a process in which `target` runs, importable by name, with arguments that can be sent to it.

    The first thing that `target` does is to call `begin`. The thread that starts it must live as long as it. Raises OSError
    where the system has no room for another process.
    """
    # A fork would copy ONNX Runtime's and OpenCV's locks without their threads.
    process = multiprocessing.get_context("spawn").Process(target=target, args=arguments, daemon=True)
    with _children, signals_blocked(), _allowed_children():
        process.start()
    return process


@contextmanager
def _allowed_children() -> Iterator[None]:
    """Let this process have children while the block runs, where it is a daemonic one, such as a worker of Dask's.

    multiprocessing forbids them since they would outlive it; ours end with it (`begin`).
    """
    this = multiprocessing.current_process()
    daemonic = this.daemon
    if daemonic:
        this.daemon = False
    try:
        yield
    finally:
        if daemonic:
            this.daemon = True


@contextmanager
def signals_blocked() -> Iterator[None]:
    """Block Ctrl-C and SIGTERM in this thread, and so in processes that are started in the block, until they `begin`.

    Both go to all processes of a terminal or of a service; this process decides when its workers end.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # which unblocks both, when it is started on the way
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def begin(ignored: tuple[signal.Signals, ...] = (signal.SIGINT,)) -> None:
    """Be a worker from here on: without these signals, on one core, and no longer than the process that has started it."""
    import cv2

    for number in ignored:
        signal.signal(number, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
    _end_with_parent()
    cv2.setNumThreads(1)  # there is a worker on every core


def _end_with_parent() -> None:
    """Have this process end when its parent does, in whatever way, and whatever this one is computing then."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    if _IS_LINUX:
        # The kernel does it, even where one call in C never returns and holds Python's lock.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent.pid:  # it has ended before we said so
            os._exit(1)
        return

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def end(process: SpawnProcess, seconds: float = 0.0) -> str:
    """End a process, whatever it is at, unless it ends by itself within so many seconds; return in words how it ended."""
    connection.wait([process.sentinel], seconds)
    if (code := _code(process)) is None:
        # One that has closed its files is ending, or only looks so: to one that is, the signal does nothing.
        process.kill()
        connection.wait([process.sentinel], _KILL_SECONDS)
        until = time.monotonic() + _KILL_SECONDS
        while (code := _code(process)) is None and time.monotonic() < until:
            time.sleep(0.001)
    if code is None:
        return "hangs in the system, and could not be ended"
    if code >= 0:
        return f"ended with code {code}"
    return f"was killed by signal {-code}" + (" (perhaps for want of memory)" if code == -9 else "")


def _code(process: SpawnProcess) -> int | None:
    """Return a process's exit code, None while it runs, without waiting."""
    with _children:
        code = process.exitcode
        if code is not None:
            process.join()
        return code
