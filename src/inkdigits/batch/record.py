"""The record of a run: a file of whole lines that grows as results come, and from which a run that was stopped goes on.

Its lines are all that is known: each says which input it is of and which run it is from, and nothing stands beside the file
that could disagree with it.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

from inkdigits.batch import rows
from inkdigits.batch.rows import Entry, Form, Verb
from inkdigits.errors import InputError, InUseError
from inkdigits.files import make_folder
from inkdigits.locks import lock


class Record:
    """A file of results, open for more of them: to be used in a `with` block, by one process at a time.

    `failed` counts the inputs in it that failed.
    """

    def __init__(self, path: Path, verb: Verb, form: Form, run: str, resume: bool) -> None:
        """Make the file, or with `resume` go on with the one that is there: what a kill left of its last input is cut off.

        Raises InputError if the file is there and is not to be resumed, is no record, is one of another `run` (another
        model, trust or expectation), or is being written by another process.
        """
        self.path, self.verb, self.form, self.run = path, verb, form, run
        self.failed = 0
        self._done: set[str] = set()
        make_folder(path.parent)
        self._file = self._open(resume)
        try:
            if not lock(self._file.fileno()):
                raise InUseError(path, "is being written by another run", "wait for it, or name another file")
            self._file.truncate(self._read())
            if self._file.seek(0, os.SEEK_END) == 0:
                self._append(rows.header(verb, form, recorded=True))
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            os.fsync(self._file.fileno())
        finally:
            self._file.close()

    def missing(self, sources: Iterable[str]) -> list[str]:
        """Return the inputs that the file tells nothing of: each once, in whatever ways its path is written."""
        first: dict[str, str] = {}
        for source in sources:
            first.setdefault(self._key(source), source)
        return [source for key, source in first.items() if key not in self._done]

    def add(self, source: str, lines: list[str], error: InputError | None) -> None:
        """Write down all that became of an input, in one go. Raises OSError if the disk is full; no half is left then."""
        if error is not None:
            lines = [*lines, rows.failure(source, error, self.verb, self.form, self.run)]
        self._append(lines)
        self._done.add(self._key(source))
        self.failed += error is not None

    def _open(self, resume: bool) -> io.FileIO:
        if resume and self.path.exists():
            if not self.path.is_file():
                raise InputError(self.path, "is not a file", "name another one")
            return io.FileIO(self.path, "r+")
        try:
            return io.FileIO(self.path, "x+")
        except FileExistsError:
            remedy = "add --resume to go on with it, or name another file"
            raise InputError(self.path, "is there already", remedy) from None

    def _append(self, lines: list[str]) -> None:
        rest = memoryview("".join(line + "\n" for line in lines).encode("utf-8"))
        whole = self._file.tell()
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except BaseException:
            self._file.truncate(whole)
            self._file.seek(whole)
            raise

    def _read(self) -> int:
        """Learn from the file what is done, and return how many of its bytes are to be kept.

        All that became of an input stands together. So only the last one can be torn: its last line may be broken off, or
        pages of it may be missing.
        """
        end = kept = 0
        torn = ""  # the input whose lines so far are not all of it
        with io.BufferedReader(io.FileIO(self._file.fileno(), closefd=False)) as file:
            for number, raw in enumerate(file, 1):
                if not raw.endswith(b"\n"):
                    if number == 1 and not self._may_be_ours(raw):
                        self._refuse(1, "is no result", "name another file")
                    break
                end += len(raw)
                if number == 1 and self.form == "csv":
                    self._check_header(raw)
                    kept = end
                    continue
                entry = self._entry(raw, number)
                if torn not in ("", entry.source):
                    self._refuse(number, f"comes before all of {torn} is there", "remove the lines of that one")
                torn = "" if entry.last else entry.source
                if entry.last:
                    self._done.add(os.path.abspath(entry.source))  # noqa: PTH100 (it is written already)
                    self.failed += entry.failed
                    kept = end
        return kept

    def _may_be_ours(self, raw: bytes) -> bool:
        """Tell whether the beginning of a file's first line may be what a kill has left of ours."""
        ours = rows.header(self.verb, self.form, recorded=True)
        whole = ours[0].encode() if ours else b'{"source": '
        return whole.startswith(raw) or (not ours and raw.startswith(whole))

    def _check_header(self, raw: bytes) -> None:
        if raw.decode("utf-8", "replace").rstrip("\r\n") != rows.header(self.verb, "csv", recorded=True)[0]:
            self._refuse(1, f"does not hold the columns of inkdigits {self.verb}", "name another file")

    def _entry(self, raw: bytes, number: int) -> Entry:
        try:
            entry = rows.parse(raw.decode("utf-8"), self.verb, self.form)
        except (ValueError, TypeError, RecursionError):
            self._refuse(number, "is no result", "name another file, or remove the line")
        if entry.run != self.run:
            self._refuse(number, f"is from another run ({entry.run}, and this is {self.run})", "name another file")
        return entry

    def _refuse(self, number: int, problem: str, remedy: str) -> NoReturn:
        raise InputError(self.path, f"line {number} {problem}", remedy)

    def _key(self, source: str) -> str:
        return os.path.abspath(rows.written(source, self.form))  # noqa: PTH100 (a Path's would follow links)
