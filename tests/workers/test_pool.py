"""The pool: an item that dies or hangs stops no other, small ones never wait for large ones, and nothing outlives it."""

import asyncio
import multiprocessing
import os
import subprocess
import sys
import threading
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from inkdigits.errors import TooLargeError
from inkdigits.workers import process
from inkdigits.workers.pool import Pool
from inkdigits.workers.work import Item
from tests.waiting import wait_until
from tests.workers.works import Shout, Starting, Unloadable

ROOT = Path(__file__).parent.parent.parent
linux = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="finds processes in /proc")


def pool(work=None, workers=1, seconds=60.0, **options):
    return Pool(work or Shout(), workers, seconds, "do better", **options)


def test_questions_and_bytes_reach_the_worker_and_kinds_of_errors_come_back():
    question = ["classify", {"trust": "strict"}, "\udce9\n"]
    with pool() as one:
        answer = one.submit(Item("a", b"\0" * 3_000_000), question).result()
        assert answer.lines[2] == f"{question} 3000000"
        assert isinstance(one.submit(Item("huge")).result().error, TooLargeError)


def test_an_item_whose_process_dies_once_is_worked_on_after_all(tmp_path):
    with pool() as one:
        answer = one.submit(Item(f"once {tmp_path / 'seen'}")).result()
        assert answer.error is None and one.deaths == 1


def test_small_items_that_go_together_die_alone():
    """What died with the culprit is worked on by itself, and answered."""
    with pool(reserved=True) as one:
        names = ["exit", *(f"i{n}" for n in range(20)), "kill"]
        answers = {name: one.submit(Item(name), "q", small=True) for name in names}
        failed = {name for name, answer in answers.items() if answer.result().error is not None}
    assert failed == {"exit", "kill"}


def test_small_items_never_wait_for_large_ones(tmp_path):
    """All workers but one are held up, and a queue of large ones behind them."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pool(workers=2, reserved=True) as one:
        slow = [one.submit(Item(f"waits {pipe}")) for _ in range(4)]
        for n in range(20):
            assert one.submit(Item(f"i{n}"), small=True).result(60).error is None
        assert not any(answer.done() for answer in slow)


def test_the_time_limit_is_for_each_part_of_an_item():
    """A document of many pages may take long; a page may not."""
    with pool(seconds=3) as one:
        assert one.submit(Item("pages 4")).result().error is None  # seconds in all, in parts of no time
        hung = one.submit(Item("hangs")).result()
        assert str(hung.error) == "hangs: took longer than 3 s; do better"
        assert one.submit(Item("a")).result().error is None


def test_a_worker_that_ends_slowly_holds_up_no_event_loop(monkeypatch):
    """It closes all its files, as a process does that ends, and stays: it is killed, by no thread that has a loop."""
    waiting, end = [], process.end

    def watched(*arguments):
        waiting.append(threading.get_ident())
        return end(*arguments)

    monkeypatch.setattr(process, "end", watched)

    async def asked():
        with pool() as one:
            await asyncio.to_thread(one.wait)
            return await asyncio.wrap_future(one.submit(Item("closes")))

    assert "killed by signal 9" in str(asyncio.run(asked()).error)
    assert waiting and threading.get_ident() not in waiting


def test_who_cancels_gives_the_place_back(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pool() as one:
        first = one.submit(Item(f"waits {pipe}"))
        wait_until(lambda: one.waiting == 0)
        others = [one.submit(Item(f"i{n}")) for n in range(3)]
        assert one.waiting == 3
        assert all(answer.cancel() for answer in others) and one.waiting == 0
        wait_until(lambda: _opened(pipe))
        assert first.result().error is None


def _opened(pipe):
    try:
        os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
    except OSError:
        return False
    return True


def test_stop_ends_everything_and_lets_nobody_wait():
    one = pool()
    one.start()
    one.wait()
    answers = [one.submit(Item("hangs")), one.submit(Item("a"))]
    wait_until(lambda: one.waiting == 1)
    one.stop()
    for answer in answers:
        with pytest.raises(CancelledError):
            answer.result(10)
    assert not multiprocessing.active_children()


def test_workers_killed_while_they_start_are_tried_again(tmp_path):
    with pool(Starting(tmp_path, 2)) as one:
        assert one.submit(Item("a")).result().error is None
        assert len(list(tmp_path.iterdir())) == 3 and one.failure is None


def test_that_none_can_start_is_said_and_nobody_waits():
    with pool(Unloadable()) as one:
        waiting = one.submit(Item("a"))
        with pytest.raises(ChildProcessError, match="ended with code 9 while it was starting"):
            one.wait()
        with pytest.raises(ChildProcessError):
            waiting.result(60)
        with pytest.raises(ChildProcessError):
            one.submit(Item("b"))


STUCK = """
import sys
from inkdigits.workers import process
from inkdigits.workers.pool import Pool
from inkdigits.workers.work import Item
from tests.workers.works import Shout

if __name__ == "__main__":
    with Pool(Shout(), 1, 600.0, "wait") as pool:
        pool.submit(Item("hangs " + sys.argv[1])).result()
"""


@linux
def test_a_worker_ends_with_its_parent_even_while_it_hangs(tmp_path):
    """The parent is killed by the signal that nobody can catch, while the worker computes in C with Python's lock."""
    script, told = tmp_path / "stuck.py", tmp_path / "worker"
    script.write_text(STUCK, "utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))}
    with subprocess.Popen([sys.executable, script, told], env=environment) as parent:
        worker = wait_until(lambda: told.exists() and told.read_text("ascii"))
        parent.kill()
    wait_until(lambda: not Path(f"/proc/{worker}/exe").exists())
