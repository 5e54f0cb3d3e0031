"""The queue of a review: which fields a person should look at, in which order, and who has which in hand."""

from __future__ import annotations

import hashlib
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from inkdigits.errors import InputError
from inkdigits.forms.correcting import Kinds, corrected
from inkdigits.forms.decisions import Action, Decision, Decisions, now
from inkdigits.forms.folder import Folder
from inkdigits.forms.tables import Said, sheet_id

Which: TypeAlias = Literal["doubtful", "sample", "sheets"]

LEASE_SECONDS = 120.0  # a field that was given out and not decided for so long goes to whoever asks


@dataclass(frozen=True)
class Item:
    """A field to look at, or with `cell` None a sheet that could not be read."""

    sheet: Said
    cell: Said | None

    @property
    def place(self) -> tuple[str, str]:
        """The sheet's identifier and the cell's key, "" of a whole sheet."""
        return sheet_id(self.sheet), "" if self.cell is None else self.cell["key"]

    @property
    def id(self) -> str:
        """What it is called by clients."""
        return hashlib.sha256("\0".join(self.place).encode()).hexdigest()[:20]


@dataclass(frozen=True)
class Estimate:
    """How many of the sure fields are wrong, by those of a random sample that were looked at.

    `low` and `high` bound the share of wrong ones with 95 % confidence (Wilson's interval for a binomial proportion).
    """

    looked: int
    wrong: int
    sure: int
    low: float
    high: float


def estimate(looked: int, wrong: int, sure: int) -> Estimate:
    """Return the estimate of `wrong` among `looked` fields of `sure`; all between 0 and 1 if none was looked at."""
    if not looked:
        return Estimate(0, 0, sure, 0.0, 1.0)
    z = 1.959964  # of the normal distribution's two-sided 95 %
    share, among = wrong / looked, looked + z * z
    middle = (wrong + z * z / 2) / among
    half = z / among * math.sqrt(looked * share * (1 - share) + z * z / 4)
    return Estimate(looked, wrong, sure, max(0.0, middle - half) if wrong else 0.0, min(1.0, middle + half))


class Review:
    """A batch under review. Threads may use it at once; other processes may add decisions to the same folder meanwhile."""

    def __init__(self, folder: Folder, clock: Callable[[], float] = time.monotonic) -> None:
        """Read the batch. Raises InputError for a folder that is none, or holds damaged lines."""
        self.folder, self.decisions, self.kinds = folder, Decisions(folder.path), Kinds(folder.path)
        self._clock = clock
        self._lock = threading.RLock()
        self._raw = folder.sheets()
        self._order = self.kinds.order()
        self._leases: dict[str, tuple[str, float]] = {}
        self._seen: tuple[int, list[Said]] = (-1, [])
        self._items: dict[str, Item] = {}
        self._read_as = {
            (sheet_id(sheet), cell["key"]): cell["best"] for sheet in self._raw for cell in sheet.get("cells", ())
        }
        self._refresh()

    def sheets(self) -> list[Said]:
        """Return all sheets with what was decided in them."""
        with self._lock:
            self._refresh()
            return self._seen[1]

    def _refresh(self) -> None:
        count = len(self.decisions.all())
        if count != self._seen[0]:
            self._seen = count, corrected(self._raw, self.decisions.current(), self.kinds)
            self._items = {item.id: item for item in self._all()}

    def _all(self) -> list[Item]:
        found = []
        for sheet in self._seen[1]:
            if "error" in sheet:
                found.append(Item(sheet, None))
            found += [Item(sheet, cell) for cell in sheet.get("cells", ())]
        return found

    def _queue(self, which: Which, most: int) -> list[Item]:
        """Return the items of a kind that are not decided, in the order in which they are shown."""
        current = self.decisions.current()
        if which == "sheets":
            return [item for item in self._items.values() if item.cell is None and item.place not in current]
        if which == "sample":
            # The order of hashes is a random order that is the same each time: so a sample can be gone on with.
            sure = sorted(
                (item for item in self._items.values() if self._is_sure(item, current)), key=lambda item: item.id
            )
            return [item for item in sure[:most] if item.place not in current]
        open_ = [
            item
            for item in self._items.values()
            if item.cell is not None and item.cell["status"] == "review" and item.place not in current
        ]
        return sorted(open_, key=self._by_field_and_reading)

    @staticmethod
    def _is_sure(item: Item, current: Any) -> bool:
        if item.cell is None:
            return False
        one = current.get(item.place)
        return (one is not None and one.sampled) or (one is None and item.cell["status"] == "answered")

    def _by_field_and_reading(self, item: Item) -> tuple[Any, ...]:
        assert item.cell is not None
        text = item.cell["text"]
        place = self._order.get((item.sheet["form"], item.cell["key"]), len(self._order))
        return item.sheet["form"], place, len(text), text, -item.cell["confidence"], item.id

    def lease(self, who: str, which: Which, count: int, most: int) -> list[Item]:
        """Return up to `count` items that no other reviewer is deciding; they are reserved for `who` for two minutes.

        `most` is the size of the sample.
        """
        with self._lock:
            self._refresh()
            at = self._clock()
            self._leases = {id_: one for id_, one in self._leases.items() if one[1] > at}
            given: list[Item] = []
            for item in self._queue(which, most):
                if self._leases.get(item.id, (who, 0))[0] == who:
                    self._leases[item.id] = who, at + LEASE_SECONDS
                    given.append(item)
                if len(given) == count:
                    break
            return given

    def release(self, who: str) -> None:
        """Release all that a reviewer has reserved."""
        with self._lock:
            self._leases = {id_: one for id_, one in self._leases.items() if one[0] != who}

    def decide(
        self, id_: str, item_id: str, action: Action, value: str | None, by: str, is_sampled: bool = False
    ) -> Decision:
        """Record a reviewer's decision, and return it. The same `id_` twice is one decision.

        Raises InputError for a value that the field cannot hold, and ConflictError where another reviewer was first.
        """
        with self._lock:
            self._refresh()
            item = self._items.get(item_id)
            if item is None:
                raise InputError("a decision", "is about a field that is not in this batch", "load the page again")
            if (item.cell is None) != (action in ("skip", "not this form")):
                raise InputError(item.place[1] or "the sheet", f"cannot be settled by {action!r}", "choose another way")
            if action == "value" and item.cell is not None:
                self.kinds.value(item.sheet["form"], item.cell["key"], value or "")
            one = Decision(
                id_, *item.place, action, value if action == "value" else None, by, now(), is_sampled
            )  # fmt: skip
            self.decisions.add([one])
            self._leases.pop(item_id, None)
            return one

    def undo(self, id_: str, decision: str, by: str) -> Item:
        """Take a decision back, and return its item, which is in `by`'s hands again. Raises InputError."""
        with self._lock:
            known = {one.id: one for one in self.decisions.all()}
            gone = known.get(decision)
            if gone is None or gone.action == "undo":
                raise InputError("a decision", "is not there to be undone", "load the page again")
            self.decisions.add([Decision(id_, *gone.place, "undo", decision, by, now(), gone.sampled, decision)])
            self._refresh()
            return next(item for item in self._items.values() if item.place == gone.place)

    def item(self, id_: str) -> Item:
        """Return an item by its id. Raises InputError."""
        with self._lock:
            self._refresh()
            if id_ not in self._items:
                raise InputError("a field", "is not in this batch", "load the page again")
            return self._items[id_]

    def state(self, most: int) -> dict[str, Any]:
        """Return how far the review is: how many are left of each kind, and the estimate of errors among sure fields."""
        with self._lock:
            self._refresh()
            current = self.decisions.current()
            cells = [item for item in self._items.values() if item.cell is not None]
            sampled = [one for one in current.values() if one.sampled]
            wrong = sum(self._differs(one) for one in sampled)
            sure = sum(self._is_sure(item, current) for item in cells)
            return {
                "fields": len(cells),
                "doubtful": len(self._queue("doubtful", 0)),
                "decided": sum(one.key != "" and not one.sampled for one in current.values()),
                "sheets": len(self._queue("sheets", 0)),
                "sample": len(self._queue("sample", most)),
                "estimate": vars(estimate(len(sampled), wrong, sure)),
            }

    def _differs(self, one: Decision) -> bool:
        """Tell whether a reviewer has found another value than what was read."""
        if one.action != "value":
            return True
        form = next(item.sheet["form"] for item in self._items.values() if item.place == one.place)
        return bool(self.kinds.value(form, one.key, one.value or "") != self._read_as[one.place])
