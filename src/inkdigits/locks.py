"""Locks between processes: the operating system's, so that each ends with the process that has it, however that ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from inkdigits.errors import InUseError


@contextmanager
def held(path: Path, wait: bool = False) -> Iterator[None]:
    """Hold a lock while the block runs: the file `path`, which vanishes with it.

    A file that a kill left behind locks nothing. Raises InUseError, naming the file's folder, if another process has the
    lock; with `wait`, it is waited for.
    """
    file = _open_locked(path, wait)
    try:
        yield
    finally:
        with suppress(OSError):  # Windows removes no open file
            path.unlink()
        os.close(file)


def _open_locked(path: Path, wait: bool) -> int:
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            if not lock(file, wait):
                raise InUseError(path.parent, "is being worked on by another process", "wait for it to end, or stop it")
            if _is_at(file, path):
                return file
        except BaseException:
            os.close(file)
            raise
        os.close(file)  # whoever had it has just removed it: a lock on that file would exclude no other process


def _is_at(file: int, path: Path) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file))
    except FileNotFoundError:
        return False


def lock(file: int, wait: bool = False) -> bool:
    """Lock an open file against other processes until it is closed. Return False if another process has locked it.

    Where there are no locks (Windows, some network file systems), every caller is told True.
    """
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True
