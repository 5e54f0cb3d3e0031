"""Tasks → parts of a table: one after the other here, or by Ray Data on many machines.

A part is the same whoever writes it, so a task that is tried again, on another machine too, doubles nothing: it passes over
the parts that are there, and writes the others.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from inkdigits.distributed import sources, table
from inkdigits.distributed.reader import BatchReader, Picture
from inkdigits.distributed.sources import Task
from inkdigits.distributed.table import Table
from inkdigits.errors import InputError, one_line

# Ray's blocks, each a unit of work that is tried again as a whole: many, so that each is small.
_MOST_BLOCKS = 10_000


@dataclass(frozen=True)
class Done:
    """What became of a task: the rows that were written, those with an error among them, and why it was not ended."""

    pictures: int
    failed: int
    error: str | None = None


def perform(task: Task, results: Table, reader: BatchReader) -> Done:
    """Read what of a task is not written yet, and write it. Whatever goes wrong is told in what is returned."""
    pictures = failed = 0
    try:
        for rows in _perform(task, results, reader):
            pictures += len(rows)
            failed += sum(row["error"] is not None for row in rows)
    except InputError as error:
        return Done(pictures, failed, str(error))
    except Exception as error:
        return Done(pictures, failed, one_line(f"{task.places[0]}: {type(error).__name__}: {error}"))
    return Done(pictures, failed)


def _perform(task: Task, results: Table, reader: BatchReader) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of each part once it is written."""
    there = results.parts(task.key).get(task.key, {})
    if table.is_whole(there):
        return
    drawn: deque[tuple[int, str]] = deque()  # number of the part and name of each picture that is being read
    total = 0

    def wanted() -> Iterator[Picture]:
        nonlocal total
        for picture in sources.pictures(task):
            number = total // results.rows
            total += 1
            if number not in there:
                drawn.append((number, picture.name))
                yield picture

    rows: list[dict[str, Any]] = []
    current = 0
    for made in reader.rows(wanted()):
        number, name = drawn.popleft()
        if rows and number != current:
            results.write(task, current, rows, last=False)
            yield rows
            rows = []
        current = number
        rows.append({"id": sources.id_of(name), "path": _text(name), **made})
    if rows or not total:
        results.write(task, current, rows, last=current == max(total - 1, 0) // results.rows)
        yield rows


def _text(name: str) -> str:
    """Return a name as a column of text holds it: a path may have bytes that are none."""
    return name.encode("utf-8", "backslashreplace").decode()


def here(tasks: Sequence[Task], results: Table, reader: BatchReader) -> Iterator[Done]:
    """Perform tasks in this process, by the reader's processes, and tell of each as it is done."""
    return (perform(task, results, reader) for task in tasks)


class _Performer:
    """What an actor of Ray's does with a batch of tasks."""

    def __init__(self, place: str, run: str, reader: BatchReader) -> None:
        self._table = Table(place, reader.reading.verb, run)
        self._reader = reader
        own = reader.reading.description()
        self._problem = None if own == run else f"a machine reads otherwise than this one ({own}, and this is {run})"

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[str]]:
        return {"done": [json.dumps(self._perform(said)) for said in batch["task"]]}

    def _perform(self, said: str) -> list[Any]:
        kind, places = json.loads(said)
        if self._problem is not None:
            return [0, 0, self._problem]
        done = perform(Task(kind, tuple(places)), self._table, self._reader)
        return [done.pictures, done.failed, done.error]


def on_ray(tasks: Sequence[Task], results: Table, reader: BatchReader) -> Iterator[Done]:
    """Perform tasks on the cluster that is connected, an actor a core, and tell of each as it is done.

    Tasks of a machine that dies are started anew on another one. Raises InputError where Ray gives up.
    """
    import logging

    import ray
    import ray.data

    logging.getLogger("ray.data").setLevel(logging.ERROR)
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    cores = max(int(ray.cluster_resources().get("CPU", 1)), 1)
    items = [{"task": json.dumps([task.kind, task.places])} for task in tasks]
    data = ray.data.from_items(items, override_num_blocks=min(len(items), _MOST_BLOCKS)).map_batches(
        _Performer,
        fn_constructor_args=(results.place, results.run, reader),
        batch_size=1,
        num_cpus=1,
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=min(cores, len(items))),
    )
    try:
        for row in data.iter_rows():
            yield Done(*json.loads(row["done"]))
    except ray.exceptions.RayError as error:
        raise InputError(
            "Ray", one_line(str(error).strip().rpartition("\n")[2]), "type the same command to go on"
        ) from None
