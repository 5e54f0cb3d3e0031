"""Many files in parallel processes: answers as they come, or in the order of the files."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from concurrent.futures import Future
from itertools import islice
from queue import SimpleQueue

from inkdigits.workers.pool import Pool
from inkdigits.workers.work import Answer, Item, Work

# Seconds for a picture, or for a page of a document: the largest picture takes a tenth of it on a slow machine.
SECONDS = 120.0
_REMEDY = "save the picture again or make it smaller, expect something simpler, or allow more seconds with --timeout"
# Answers that may wait for an earlier one, where they are given in the order of the files.
_WINDOW = 256
# Files that are in the pool for each process, where they are given as they come.
_DEPTH = 4


def run(
    work: Work, paths: Iterable[str], processes: int, *, ordered: bool = False, seconds: float = SECONDS
) -> Generator[tuple[str, Answer]]:
    """Yield each path and what `work` makes of it, in so many processes: as they come, or `ordered` as the paths are.

    Paths are drawn as they are needed, and at most a few hundred answers are held, however many there are. An error of one
    file is its answer. So is the death of its process (a crash, memory that ran out), after a second try, and that it took
    longer than so many seconds. Raises ChildProcessError if no process can start.
    """
    window = _WINDOW if ordered else _DEPTH * processes
    following = iter(paths)
    waiting: dict[Future[Answer], str] = {}  # in the order of the paths
    come: SimpleQueue[Future[Answer]] = SimpleQueue()
    with Pool(work, processes, seconds, _REMEDY) as pool:
        while True:
            for path in islice(following, window - len(waiting)):
                future = pool.submit(Item(path))
                waiting[future] = path
                if not ordered:
                    future.add_done_callback(come.put)
            if not waiting:
                return
            first = next(iter(waiting)) if ordered else come.get()
            answer = first.result()
            yield waiting.pop(first), answer
