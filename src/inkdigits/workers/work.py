"""What workers do: items in, an answer for each out."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from inkdigits.errors import InputError, TooLargeError, unexpected


@dataclass(frozen=True)
class Item:
    """What is to be worked on: its name, and its bytes where the name is not that of a file."""

    name: str
    data: bytes = b""

    def file(self) -> NamedBytes:
        """Return the bytes as a file that has the item's name."""
        return NamedBytes(self)


class NamedBytes(io.BytesIO):
    """The bytes of an item, as a file: what reads them calls them by the item's name."""

    def __init__(self, item: Item) -> None:
        super().__init__(item.data)
        self.name = item.name


@dataclass(frozen=True)
class Answer:
    """What became of an item: its lines of text, why there are none or no more of them, and warnings about it."""

    lines: list[str]
    error: InputError | None = None
    warnings: tuple[str, ...] = ()

    def to_json(self) -> list[Any]:
        """Return the answer as values that JSON has."""
        error = self.error
        told = None if error is None else [type(error).__name__, error.source, error.problem, error.remedy]
        return [self.lines, told, self.warnings]

    @classmethod
    def from_json(cls, value: Any) -> Answer:
        """Return the answer that `to_json` has made a value of. Raises ValueError or TypeError for any other value."""
        lines, told, warnings = value
        if not all(isinstance(text, str) for text in (*lines, *warnings, *(told or ()))):
            raise TypeError("it is no text")
        return cls(lines, None if told is None else _error(*told), tuple(warnings))


_KINDS = {kind.__name__: kind for kind in (InputError, TooLargeError)}


def _error(kind: str, source: str, problem: str, remedy: str) -> InputError:
    return _KINDS.get(kind, InputError)(source, problem, remedy)


def as_input_error(name: str, error: Exception) -> InputError:
    """Return why an item has no answer; a fault of ours is told as such, and the next item is worked on."""
    return error if isinstance(error, InputError) else unexpected(name, error)


class Work(Protocol):
    """What a pool's workers are for. It is sent to each worker by pickle, when that is started."""

    def begin(self) -> None:
        """Load what every item needs, before the first one waits for it. Whatever it raises, the worker cannot start."""

    def __call__(self, question: Any, items: Sequence[Item]) -> Iterator[Answer | None]:
        """Yield the answers to a question about items, in turn, and None where a part of one is done.

        The question is what `Pool.submit` was given, as JSON gives it back. The time limit begins anew with each thing that
        is yielded.
        """
