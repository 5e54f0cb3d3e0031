"""Which fonts and forms of signs training may use, and which are kept for validation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeVar

Part = Literal["training", "validation"]
T = TypeVar("T")

EVERY = 7  # every so many-th font and form of a digit is used in validation alone


def is_held_out(index: int, part: Part) -> bool:
    """Tell whether what has this number among its kind must not be used in a part."""
    return (index % EVERY == EVERY - 1) != (part == "validation")


def allowed(items: Sequence[T], part: Part) -> list[T]:
    """Return those of a kind that may be used in a part; all, where a part would be left without any."""
    return [item for i, item in enumerate(items) if not is_held_out(i, part)] or list(items)
