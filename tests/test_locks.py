"""A lock is one process's at a time, and dies with it."""

import subprocess
import sys
import threading

import pytest

from inkdigits import locks
from inkdigits.errors import InUseError
from inkdigits.locks import held

HOLD = """
import sys, pathlib
from inkdigits.locks import held
with held(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()  # until it is killed
"""
COUNT = """
import sys, pathlib
from inkdigits.locks import held
lock, count = map(pathlib.Path, sys.argv[1:])
for _ in range(200):
    with held(lock, wait=True):
        count.write_text(str(int(count.read_text()) + 1))
"""


def test_a_lock_is_held_once_and_dies_with_its_process(tmp_path):
    lock = tmp_path / ".lock"
    command = [sys.executable, "-c", HOLD, str(lock)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        with (
            pytest.raises(InUseError, match=f"^{tmp_path}: is being worked on by another process; ") as error,
            held(lock),
        ):
            pass
        assert len(str(error.value).splitlines()) == 1
        process.kill()
    assert lock.exists()  # what a kill leaves behind …
    with held(lock):  # … stops nobody
        assert lock.exists()
    assert not lock.exists()


def test_nothing_is_lost_between_processes_that_wait_for_each_other(tmp_path):
    """Each removes the file that another may have just opened: that must not let two of them in."""
    count = tmp_path / "count"
    count.write_text("0")
    command = [sys.executable, "-c", COUNT, str(tmp_path / ".lock"), str(count)]
    processes = [subprocess.Popen(command) for _ in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert count.read_text() == "600"


def test_a_lock_is_waited_for(tmp_path, monkeypatch):
    seen, asked = [], threading.Event()
    lock = locks.lock

    def told(file, wait=False):
        if wait:
            asked.set()
        return lock(file, wait)

    monkeypatch.setattr(locks, "lock", told)

    def other():
        with held(tmp_path / ".lock", wait=True):
            seen.append("other")

    with held(tmp_path / ".lock"):
        thread = threading.Thread(target=other)
        thread.start()
        assert asked.wait(60)
        seen.append("first")
    thread.join()
    assert seen == ["first", "other"]
