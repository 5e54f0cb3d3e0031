"""What people decided about the fields of a batch: a file of lines that only grows, and from which all is known.

A line is a decision: which sheet, which field, what it holds, who said so, and when. A later decision takes the place of an
earlier one, and an undone one counts no more, but every line stays. Several processes may add lines at once.
"""

from __future__ import annotations

import datetime
import json
import os
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from inkdigits.errors import InputError
from inkdigits.locks import held

FILE = "decisions.jsonl"
LONGEST = 200  # characters of a value or a name

Action: TypeAlias = Literal["value", "empty", "unreadable", "skip", "not this form", "undo"]
Place: TypeAlias = tuple[str, str]  # a sheet's identifier, and a cell's key; "" as key is the whole sheet

_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True)
class Decision:
    """What a reviewer decided about a field, or with the key "" about a whole sheet.

    id       given by who decided, so that a decision that is sent twice counts once
    sheet    the sheet's identifier, `sheet_id`
    key      the cell's key
    action   "value", "empty", "unreadable", "skip", "not this form" (the last two of whole sheets), or "undo"
    value    the text of a value; of "undo", the id of the decision that is undone
    by, at   who, and when (UTC, ISO 8601)
    sampled  whether the field was a sure one of the sample by which the error that is left is estimated
    before   the id of the decision that it replaces, None for the first one of a place
    """

    id: str
    sheet: str
    key: str
    action: Action
    value: str | None
    by: str
    at: str
    sampled: bool = False
    before: str | None = None

    @property
    def place(self) -> Place:
        """The sheet and key that it is about."""
        return self.sheet, self.key


class ConflictError(InputError):
    """Another reviewer has decided the same field meanwhile; `decision` is what they said."""

    def __init__(self, decision: Decision) -> None:
        self.decision = decision
        said = decision.value if decision.action == "value" else decision.action
        super().__init__(decision.key or "the sheet", f"was decided by {decision.by} meanwhile ({said})", "look again")


def now() -> str:
    """Return the time, as decisions have it."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")


class Decisions:
    """The decisions of a batch folder. Threads and processes may use the same file at once."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._lock = folder / ".decisions.lock"
        self._threads = threading.Lock()
        self._end = 0
        self._all: dict[str, Decision] = {}
        self._undone: set[str] = set()
        self._current: dict[Place, Decision] = {}

    def current(self) -> Mapping[Place, Decision]:
        """Return the decision that counts of each place. Raises InputError for a damaged line."""
        with self._threads:
            self._read_on()
            return dict(self._current)

    def all(self) -> list[Decision]:
        """Return every decision, the undone ones and those that undo them too, in the order in which they came."""
        with self._threads:
            self._read_on()
            return list(self._all.values())

    def add(self, decisions: Iterable[Decision]) -> None:
        """Write decisions down; when this returns, they are on the disk. One that is there already is passed over.

        Raises ConflictError, and writes nothing, where the place of one was decided since what its `before` says.
        """
        with self._threads, held(self._lock, wait=True):
            self._cut_torn()
            self._read_on()
            new = [one for one in decisions if one.id not in self._all]
            for one in new:
                _check(one)
                there = self._current.get(one.place)
                if (None if there is None else there.id) != one.before:
                    if there is None:
                        raise InputError(one.key, "was undone meanwhile", "look again")
                    raise ConflictError(there)
            if not new:
                return
            data = "".join(json.dumps(asdict(one)) + "\n" for one in new).encode()
            with self._file.open("ab") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            self._read_on()

    def _read_on(self) -> None:
        """Take in the whole lines that were added since the last time, by whatever process."""
        try:
            with self._file.open("rb") as file:
                file.seek(self._end)
                data = file.read()
        except FileNotFoundError:
            return
        for line in data.splitlines(keepends=True):
            if not line.endswith(b"\n"):
                break
            self._take(_parsed(line, self._file))
            self._end += len(line)

    def _take(self, one: Decision) -> None:
        if one.id in self._all:
            return
        self._all[one.id] = one
        if one.action != "undo":
            self._current[one.place] = one
            return
        self._undone.add(str(one.value))
        # What an undone decision had replaced counts again.
        back = self._all.get(str(one.value))
        while back is not None and (back.id in self._undone or back.action == "undo"):
            back = self._all.get(back.before or "")
        if back is None:
            self._current.pop(one.place, None)
        else:
            self._current[one.place] = back

    def _cut_torn(self) -> None:
        """Cut off the part of a line that a kill has left: it was never told to be saved."""
        if not self._file.exists():
            return
        with self._file.open("rb+") as file:
            size = file.seek(0, os.SEEK_END)
            start = max(0, size - 64 * 1024)
            file.seek(start)
            tail = file.read()
            if tail and not tail.endswith(b"\n"):
                file.truncate(start + tail.rfind(b"\n") + 1)


def _check(one: Decision) -> None:
    texts = {"value": one.value or "", "name": one.by, "field": one.key, "sheet": one.sheet}
    for what, text in texts.items():
        if len(text) > LONGEST:
            raise InputError(f"a {what}", f"has {len(text):,} characters", f"give {LONGEST} at most")
    if not _ID.fullmatch(one.id):
        raise InputError("a decision", "has no id of 8 to 64 letters and digits", "give it one")
    if not one.by.strip():
        raise InputError("a decision", "does not say whose it is", "give a name")


def _parsed(line: bytes, path: Path) -> Decision:
    try:
        said = json.loads(line)
        one = Decision(**said)
        texts = (one.id, one.sheet, one.key, one.by, one.at)
        if not all(isinstance(text, str) for text in texts) or one.action not in get_args(Action):
            raise ValueError("no decision")
    except (ValueError, TypeError, RecursionError):
        raise InputError(path, "holds a line that is no decision", "remove that line, and nothing else") from None
    return one
