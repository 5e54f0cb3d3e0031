"""The table of results: a folder of Parquet files, each whole or not there, from which a run that was stopped goes on.

OUT/_inkdigits.json       which run it is of: version, model, and every option
OUT/part-KEY-0003.parquet rows 3 × ROWS and following of the task KEY; written once, or again with the same rows
OUT/_summary.json         what is in it all

What begins with an underscore is no data to Arrow, Spark, Ray and others.
"""

from __future__ import annotations

import glob
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from inkdigits.distributed import addresses, columns, sources
from inkdigits.distributed.sources import Task
from inkdigits.errors import InputError, require

if TYPE_CHECKING:
    import pyarrow

ABOUT, SUMMARY = "_inkdigits.json", "_summary.json"
# Rows of a file, by verb: what a death costs at most, a minute or so of one core, and still few files.
ROWS = {"classify": 4096, "read": 256, "form": 128}
_PART = re.compile(r"part-([0-9a-f]{24})-(\d+)(-end)?\.parquet")
_READERS = 16


@dataclass
class Counts:
    """What is in a table: pictures, those with a reason and with an error, by it."""

    pictures: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)

    def add(self, reasons: Sequence[str | None], errors: Sequence[str | None]) -> None:
        """Count rows by their columns."""
        self.pictures += len(errors)
        self.errors.update(kind_of_error(error) for error in errors if error is not None)
        self.reasons.update(r for r, e in zip(reasons, errors, strict=True) if r is not None and e is None)

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as JSON has them, the most frequent first."""
        return {
            "pictures": self.pictures,
            "failed": self.errors.total(),
            "reasons": dict(self.reasons.most_common()),
            "errors": dict(self.errors.most_common()),
        }


def kind_of_error(error: str) -> str:
    """Return an error without what is of one picture alone: what is wrong, without details and without what would do."""
    problem = re.sub(r" \(.*\)| ?[:,] .*", "", error.split("; ", 1)[0])
    return re.sub(r"\d[\d,.×]*", "N", problem)


class Table:
    """A folder of results, at a path or an address. Several machines may write to one, each its own tasks."""

    def __init__(self, place: str, verb: str, run: str) -> None:
        """Name the folder; `run` is what all its rows depend on beside the pictures. Raises InputError."""
        require("a table of results", "scale", "fsspec", "pyarrow")
        self.place, self.verb, self.run = place, verb, run
        self._files, self._path = addresses.found(place)
        self._path = self._path.rstrip("/")

    @property
    def rows(self) -> int:
        """Rows of a part."""
        return ROWS[self.verb]

    def open(self) -> None:
        """Make the folder, or go on with it. Raises InputError for one of another run, or of other files."""
        try:
            self._files.makedirs(self._path, exist_ok=True)
            about = f"{self._path}/{ABOUT}"
            if self._files.exists(about):
                self._check(json.loads(self._files.cat_file(about)))
            elif self._files.exists(self._path) and self._files.ls(self._path, detail=False):
                raise InputError(self.place, "holds other files already", "give --out a folder that is new or empty")
            else:
                self._write(ABOUT, json.dumps({"run": self.run, "verb": self.verb, "rows": self.rows}).encode())
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(self.place, f"has a damaged {ABOUT} ({error})", "name another folder") from None
        except Exception as error:
            raise addresses.failed(self.place, error) from None

    def _check(self, about: Mapping[str, Any]) -> None:
        if about["run"] != self.run:
            problem = f"holds results of another run ({about['run']}, and this is {self.run})"
            raise InputError(self.place, problem, "name another folder")
        if about["rows"] != self.rows:
            raise InputError(self.place, "was written by another version", "name another folder")

    def parts(self, key: str = "") -> dict[str, dict[int, bool]]:
        """Return the files that are there, of one task or of all: numbers of parts, and whether each is the last."""
        self._files.invalidate_cache()
        found: dict[str, dict[int, bool]] = {}
        for path in self._files.glob(f"{glob.escape(self._path)}/part-{key}*"):
            if match := _PART.fullmatch(path.rpartition("/")[2]):
                found.setdefault(match[1], {})[int(match[2])] = bool(match[3])
        return found

    def write(self, task: Task, number: int, rows: Sequence[Mapping[str, Any]], *, last: bool) -> None:
        """Write a part of a task: rows with `id`, `path` and the columns of the verb. It is there whole, or not at all."""
        import pyarrow
        from pyarrow import parquet

        types = {"id": pyarrow.string(), "path": pyarrow.string(), **columns.arrow_types(self.verb)}
        arrays = [pyarrow.array([row[name] for row in rows], kind) for name, kind in types.items()]
        table = pyarrow.table(arrays, schema=pyarrow.schema(types.items(), {"inkdigits": self.run}))
        sink = pyarrow.BufferOutputStream()
        parquet.write_table(table, sink, compression="zstd")
        name = _part_name(task.key, number, last)
        try:
            self._write(name, sink.getvalue().to_pybytes())
        except Exception as error:
            raise addresses.failed(f"{self.place}/{name}", error) from None

    def _read(self, part: tuple[str, int, bool], names: Sequence[str]) -> pyarrow.Table:
        import pyarrow
        from pyarrow import parquet

        name = _part_name(*part)
        try:
            with self._files.open(f"{self._path}/{name}", "rb") as file:
                return parquet.read_table(pyarrow.PythonFile(file, mode="r"), columns=list(names))
        except Exception as error:
            problem = f"cannot be read ({type(error).__name__}: {error})"
            raise InputError(f"{self.place}/{name}", problem, "remove it: its pictures are read again") from None

    def summary(self, counts: Counts, name: str = SUMMARY) -> None:
        """Write what is in the table beside it."""
        self._write(name, (json.dumps({"run": self.run, **counts.to_dict()}, indent=1) + "\n").encode())

    def _write(self, name: str, data: bytes) -> None:
        """Write a file that is whole or not there: an object store has no halves, and elsewhere it is written aside."""
        path = f"{self._path}/{name}"
        if "file" not in (self._files.protocol, *self._files.protocol):
            self._files.pipe_file(path, data)
            return
        from pathlib import Path

        from inkdigits.files import written_aside

        with written_aside(Path(path)) as aside:
            aside.write_bytes(data)

    def counts(self) -> Counts:
        """Count what is in the table, whoever has written it. Raises InputError for a part that is damaged."""
        counts = Counts()
        for part in self._columns(self.parts(), ("reason", "error")):
            counts.add(part["reason"].to_pylist(), part["error"].to_pylist())
        return counts

    def missing(self, files: Sequence[str], archives: Sequence[Task]) -> list[Task]:
        """Return tasks for what of files and archives is not in the table yet.

        Files are grouped in their order, so that a run that goes on makes the same tasks again, and writes the same parts.
        Where files have come since, those whose rows are in any part are left out by their ids.
        Raises InputError for a part that is damaged.
        """
        parts = self.parts()
        own = {key: of for key, of in parts.items() if key not in {task.key for task in archives}}
        done: set[str] = set()
        for part in self._columns(own if files else {}, ("id",)):
            done.update(part["id"].to_pylist())
        tasks = []
        for first in range(0, len(files), self.rows):
            group = (path for path in files[first : first + self.rows] if sources.id_of(path) not in done)
            if some := tuple(group):
                tasks.append(Task("files", some))
        return [*tasks, *(task for task in archives if not is_whole(parts.get(task.key, {})))]

    def _columns(self, parts: Mapping[str, Mapping[int, bool]], names: Sequence[str]) -> Iterator[pyarrow.Table]:
        every: list[tuple[str, int, bool]] = [
            (key, number, last) for key, of in parts.items() for number, last in of.items()
        ]
        with ThreadPoolExecutor(_READERS) as pool:
            for first in range(0, len(every), _READERS * 4):
                yield from pool.map(lambda part: self._read(part, names), every[first : first + _READERS * 4])


def _part_name(key: str, number: int, last: bool) -> str:
    return f"part-{key}-{number:04}{'-end' * last}.parquet"


def is_whole(parts: Mapping[int, bool]) -> bool:
    """Tell whether a task is done, by the numbers of its parts and whether each is the last one."""
    ends = [number for number, last in parts.items() if last]
    return bool(ends) and set(range(ends[0])) <= parts.keys()
