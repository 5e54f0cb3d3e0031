"""A field of a filled sheet, as it was read."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from inkdigits.errors import InputError
from inkdigits.forms.constraints import Value
from inkdigits.geometry import Polygon
from inkdigits.results import chance

Status: TypeAlias = Literal["answered", "review", "empty"]
Grey = npt.NDArray[np.uint8]

_NO_CROP = np.zeros((0, 0), np.uint8)
_AS_THEY_ARE = ("key", "field", "row", "column", "page", "status", "value", "best", "text", "reason")


@dataclass(frozen=True, eq=False, repr=False)
class Cell:
    """A field, or a cell of a table, as it was read.

    key         its name: `total`, `task[3]`, `weather[3].max`
    status      "answered", "review" (a person should look at it) or "empty"
    value       the answer: text, int, Decimal, date or bool; None where there is none. Of an empty field, what it means,
                if the template says so
    best        the most probable value, whatever the status; None where nothing was read
    text        as it is written, or the digits of `best` if nothing else is known
    confidence  float 0-1: probability that `best` is right, or that the field is empty
    reason      why it is for review; None otherwise
    rivals      other texts with their probabilities, the most probable first
    residual    millimetres by which the field's border fits badly
    polygon     four corners (x, y) of the field in pixels of the given picture, clockwise from its own top left
    crop        uint8 (H, W): the field, level, as it is on the sheet; of no size from JSON
    signs       the probability of each sign of `text`
    once        the list of which each value may stand on one sheet only, or None
    """

    key: str
    field: str
    row: str | None
    column: str | None
    page: int
    status: Status
    value: Value | None
    best: Value | None
    text: str
    confidence: float
    reason: str | None
    rivals: tuple[tuple[str, float], ...]
    residual: float
    polygon: Polygon
    crop: Grey = dataclasses.field(default_factory=lambda: _NO_CROP)
    signs: tuple[float, ...] = ()
    once: str | None = None

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Cell:
        """Return the cell that `to_dict` has made a dict of, without its crop. Raises InputError for what is none.

        Of numbers with decimals and of dates, the value is text, as JSON has it.
        """
        try:
            return cls(
                **{name: said[name] for name in _AS_THEY_ARE},
                confidence=float(said["confidence"]),
                rivals=tuple((str(text), float(p)) for text, p in said["rivals"]),
                residual=float(said["residual_mm"]),
                polygon=_polygon(said["polygon"]),
                signs=tuple(map(float, said["signs"])),
                once=said.get("once"),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise no_sheet(error) from None

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the crop as plain Python values: dates and decimals as text."""
        said: dict[str, Any] = {
            "key": self.key,
            "field": self.field,
            "row": self.row,
            "column": self.column,
            "page": self.page,
            "status": self.status,
            "value": plain(self.value),
            "best": plain(self.best),
            "text": self.text,
            "confidence": round(self.confidence, 6),
            "reason": self.reason,
            "signs": [round(p, 6) for p in self.signs],
            "rivals": [[text, round(p, 6)] for text, p in self.rivals],
            "residual_mm": round(self.residual, 3),
            "polygon": [list(point) for point in self.polygon],
        }
        return said if self.once is None else said | {"once": self.once}

    def __str__(self) -> str:
        if self.status == "empty":
            return "-" if self.value is None else str(self.value)
        return str(self.value) if self.status == "answered" else f"{self.text or '-'}? ({self.reason})"

    def __repr__(self) -> str:
        return f"Cell({self.key!r}, {self.value!r}, {self.status}, {chance(self.confidence)})"


def _polygon(points: Sequence[Sequence[float]]) -> Polygon:
    first, second, third, fourth = ((float(x), float(y)) for x, y in points)
    return first, second, third, fourth


def no_sheet(error: Exception) -> InputError:
    """Return what is said of a dict that is no sheet."""
    return InputError("a dict", f"is no sheet ({type(error).__name__}: {error})", "give one that Sheet.to_dict made")


def plain(value: Value | None) -> Any:
    """Return a value as JSON has it: decimals and dates as text."""
    if isinstance(value, Decimal | datetime.date):
        return str(value)
    return value
