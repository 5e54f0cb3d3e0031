"""`BatchReader`: the callable that Ray Data, Daft, Spark and Dask run over batches of pictures. No engine is imported."""

from __future__ import annotations

import contextlib
import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import util
from typing import Any, get_args

import msgspec

from inkdigits import network
from inkdigits.distributed import addresses, columns, frames
from inkdigits.distributed.work import Kind, Reading, Verb, as_array_bytes
from inkdigits.errors import InputError, MissingExtraError, one_line, unexpected
from inkdigits.image.load import name_of
from inkdigits.options import AskedInk, Options, Trust, model_hash
from inkdigits.workers.pool import Pool
from inkdigits.workers.work import Answer, Item

# Seconds for a picture, or for a page of a document.
SECONDS = 120.0
_REMEDY = "save the picture again or make it smaller, or give more seconds"
# Pictures that are with the processes or on the way to them, for each: what arrives over a network waits for none of them.
_DEPTH = 16
_MOST_BYTES = 128 << 20  # of these pictures together
_THREADS = 8  # that fetch from addresses


@dataclass(frozen=True)
class Picture:
    """What is to be read: its name, and its content; None if the name is a path or an address, an InputError if none is."""

    name: str
    content: Any = None


class BatchReader:
    """Reads batches of pictures: called with a batch, it returns the batch with columns of what was read.

    A batch is a dict of arrays, an Arrow table or a pandas frame. Of its columns, `bytes` holds picture files, `image`
    arrays (H, W) or (H, W, 3 or 4), and `path` paths or addresses that fsspec knows; where several are there, the first
    of these that is not null is read, and `path` names it. Returned is the same kind, its rows in their order, with

        text         the lines, one below the other; of classify the digit, or ? if it abstained; null if nothing was read
        number_text  the same with digits and ? alone
        confidence   float 0-1, of read that of the least sure line; null where nothing was read
        reason       why there is no answer or no whole one: of classify `Digit.reason`; "no digits", "unsure", "not as
                     expected", of form "review"; null otherwise
        pages        pages that were read
        lines        structs of page, text, number_text, confidence, expected, box and polygon
        warnings     what of the source was not read, a text each
        error        why a picture could not be read, or not all of it; null where it was
        model_hash   what tells the model and its thresholds from others, 8 hexadecimal digits

    and of form `sheets`: JSON, a list of what `Sheet.to_dict` returns.

    A picture that cannot be read, takes more than `seconds`, or kills the process that decodes it, is a row with `error`.
    The reader itself is plain values and goes through pickle; its `processes` start when it is first called, and are
    shared by all equal readers of a process. Raises InputError for options that mean nothing, and, when it is called, for a
    model that cannot be loaded or a batch without any of these columns.
    """

    def __init__(
        self,
        verb: Verb = "read",
        *,
        model: str | os.PathLike[str] = network.DEFAULT,
        trust: Trust = "normal",
        expect: str | Sequence[str] | None = None,
        ink: AskedInk = "handwritten",
        form: str | Sequence[str] | None = None,
        seconds: float = SECONDS,
        processes: int = 1,
    ) -> None:
        """Take a verb with its options: those of `inkdigits.Options`; `form` is the path of a template, or several."""
        if verb not in get_args(Verb):
            raise InputError(f"verb={verb!r}", "is no verb", "choose classify, read or form")
        templates = (form,) if isinstance(form, str) else tuple(form or ())
        if bool(templates) != (verb == "form"):
            raise InputError(f"verb={verb!r}", f"with form={form!r}", 'give form a template with verb="form" alone')
        if verb != "read" and (expect or ink != "handwritten"):
            raise InputError(f"verb={verb!r}", "has no options expect and ink", "leave them out")
        if not (seconds > 0 and processes >= 1):
            raise InputError(f"seconds={seconds!r}, processes={processes!r}", "mean nothing", "give positive numbers")
        options = Options.of(model=model, trust=trust, expect=expect, ink=ink)
        self._begin(Reading(verb, options, templates), seconds, processes)

    @classmethod
    def of(cls, reading: Reading, seconds: float = SECONDS, processes: int = 1) -> BatchReader:
        """Return a reader for what has been put together already."""
        reader = cls.__new__(cls)
        reader._begin(reading, seconds, processes)
        return reader

    def _begin(self, reading: Reading, seconds: float, processes: int) -> None:
        self.reading = reading
        self.seconds, self.processes = float(seconds), int(processes)

    def __repr__(self) -> str:
        return f"BatchReader({self.reading}, seconds={self.seconds:g}, processes={self.processes})"

    def __call__(self, batch: Any) -> Any:
        """Return the batch with the columns of what was read. No process is started for a batch without rows."""
        pictures = [_picture(row, number) for number, row in enumerate(frames.rows(batch))]
        return frames.with_columns(batch, self.reading.verb, list(self.rows(pictures)))

    def rows(self, pictures: Iterable[Picture]) -> Iterator[dict[str, Any]]:
        """Yield the columns of each picture, in their order. Pictures are drawn as they are needed.

        Raises ChildProcessError if no process can start, as where the model cannot be loaded.
        """
        hash_: str | None = None
        waiting: deque[tuple[Picture, Future[Future[Answer]] | InputError]] = deque()
        pool: Pool | None = None
        held = 0
        for picture in pictures:
            if pool is None:
                hash_ = model_hash(self.reading.options.model)  # which tells in one line that there is no such model
                pool = _pool(self.reading, self.processes, self.seconds)
            while waiting and (len(waiting) >= _DEPTH * self.processes or held > _MOST_BYTES):
                done, answer = waiting.popleft()
                held -= _size(done)
                yield self._row(done, answer, hash_)
            waiting.append((picture, self._submitted(pool, picture)))
            held += _size(picture)
        while waiting:
            yield self._row(*waiting.popleft(), hash_)

    def _submitted(self, pool: Pool, picture: Picture) -> Future[Future[Answer]] | InputError:
        """Give a picture to the pool, once its bytes are here: those at an address are fetched by another thread."""
        if picture.content is None and addresses.is_address(picture.name):
            return _fetchers().submit(
                lambda: self._submit(pool, Item(picture.name, addresses.read(picture.name)), "bytes")
            )
        try:
            item, kind = _item(picture)
        except InputError as error:
            return error
        submitted: Future[Future[Answer]] = Future()
        submitted.set_result(self._submit(pool, item, kind))
        return submitted

    def _submit(self, pool: Pool, item: Item, kind: Kind) -> Future[Answer]:
        # Digits go to a process several at a time: the network is asked once for all of them.
        return pool.submit(item, kind, small=self.reading.verb == "classify")

    def _row(self, picture: Picture, answer: Future[Future[Answer]] | InputError, hash_: str | None) -> dict[str, Any]:
        said = self._answer(picture, answer)
        row, error = None, said.error
        if said.lines:
            try:
                row = columns.from_json(said.lines[0])
            except msgspec.DecodeError as wrong:
                error = unexpected(picture.name, wrong)
        made = msgspec.to_builtins(row or columns.NO_ROW)
        if row is None:
            made["text"] = made["number_text"] = None
        made["warnings"] = [one_line(text) for text in said.warnings]
        made["error"] = None if error is None else error.reason
        made["model_hash"] = hash_
        return {name: made[name] for name in columns.names(self.reading.verb)}

    def _answer(self, picture: Picture, answer: Future[Future[Answer]] | InputError) -> Answer:
        if isinstance(answer, InputError):
            return Answer([], answer)
        try:
            return answer.result(self.seconds).result()
        except TimeoutError:
            answer.cancel()
            problem = f"took longer than {self.seconds:g} s to be fetched"
            return Answer([], InputError(picture.name, problem, "check the network, or give more seconds"))
        except InputError as error:
            return Answer([], error)
        except (ChildProcessError, MissingExtraError):  # no picture's fault: every other one would fail as well
            raise
        except Exception as error:
            return Answer([], unexpected(picture.name, error))


def _picture(row: dict[str, Any], number: int) -> Picture:
    """Return what a row of a batch holds. Text that is no path and content that is no picture is told when it is read."""
    content = next((row[name] for name in ("bytes", "image") if row.get(name) is not None), None)
    path = row.get("path")
    if isinstance(content, dict):  # as data sets of Hugging Face have them
        path, content = path or content.get("path"), content.get("bytes")
    if isinstance(path, str | os.PathLike):
        return Picture(name_of(path), content)
    return Picture(f"row {number}", content if content is not None or path is None else path)


def _item(picture: Picture) -> tuple[Item, Kind]:
    """Return a picture as the pool takes it. Raises InputError for a content that is none."""
    content = picture.content
    if isinstance(content, InputError):
        raise content
    if content is None:
        if picture.name.startswith("row "):
            raise InputError(picture.name, "holds neither a path nor a picture", "give one")
        return Item(picture.name), "path"
    if isinstance(content, bytes | bytearray | memoryview):
        return Item(picture.name, bytes(content)), "bytes"
    try:
        return Item(picture.name, as_array_bytes(content)), "array"
    except Exception as error:
        raise InputError(picture.name, f"holds no picture ({error})", "give bytes or an array of numbers") from None


def _size(picture: Picture) -> int:
    """Return about how many bytes a picture's content takes; what lies at an address is not here yet."""
    content = picture.content
    return len(content) if isinstance(content, bytes | bytearray) else int(getattr(content, "nbytes", 0))


_pools: dict[tuple[Reading, int, float], Pool] = {}
_making = threading.Lock()


def _pool(reading: Reading, processes: int, seconds: float) -> Pool:
    """Return this process's pool for a reader, which is made when it is first asked for.

    Engines make a new copy of the reader for each task; its processes, with their networks, stay.
    """
    with _making:
        key = reading, processes, seconds
        pool = _pools.get(key)
        if pool is None or pool.failure is not None:
            pool = _pools[key] = Pool(reading, processes, seconds, _REMEDY)
            pool.start()
            if len(_pools) == 1:
                # multiprocessing waits at a process's end for its children, which end only when they are told to.
                util.Finalize(None, stop, exitpriority=1)
    try:
        pool.wait()
    except ChildProcessError as error:
        hint = 'a script that calls a reader itself must do so below: if __name__ == "__main__":'
        raise ChildProcessError(f"{error} ({hint})") from None
    return pool


@lru_cache(maxsize=1)
def _fetchers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="inkdigits-fetch")


def _forget() -> None:
    """Begin anew in a forked process: threads and processes are its parent's."""
    global _making  # noqa: PLW0603 (it may be held by a thread that is not here)
    _making = threading.Lock()
    _pools.clear()
    _fetchers.cache_clear()


def stop() -> None:
    """End the processes of all readers of this process; the next call starts others."""
    with _making:
        pools = list(_pools.values())
        _pools.clear()
    for pool in pools:
        with contextlib.suppress(RuntimeError):
            pool.stop()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
