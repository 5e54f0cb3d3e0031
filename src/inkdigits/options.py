"""How pictures are read: the one set of options that Python, the command line, batch runs and the server pass on.

To add an option: a field of `Options`, and the same name in `Given`, which tells type checkers what people may give for it.
From there it reaches the engine. The command line (`cli.options`) and HTTP (`server.contract`) declare it in a line each.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, TypedDict, Unpack, get_args

from inkdigits import network
from inkdigits.errors import InputError, one_line
from inkdigits.network.registry import locate

Trust = Literal["strict", "normal", "always"]
AskedInk = Literal["handwritten", "printed", "any"]

_LONGEST_DESCRIPTION = 200


class GivenForDigit(TypedDict, total=False):
    """What may be given for one digit alone."""

    model: str | os.PathLike[str]
    trust: Trust


class Given(GivenForDigit, total=False):
    """What may be given for lines of digits."""

    expect: str | Sequence[str] | None
    ink: AskedInk


@dataclass(frozen=True, kw_only=True)
class Options:
    """How pictures are read. Frozen, hashable, and plain values only: it goes through pickle and JSON.

    model   a shipped model's name, or the path of a model.onnx or a run folder
    trust   how sure the reader must be to answer: "strict", "normal" or "always"
    expect  what each line of digits must be, all of them (see `recognising.expect.parse`), or None, which is the same as
            nothing; `classify` has no use for it
    ink     what is read: "handwritten" digits, "printed" ones, or "any"

    Raises InputError for values that mean nothing. Whether the model can be loaded and the expectations be understood
    is seen by who does it: `inkdigits.Reader`, when it is made.
    """

    model: str = network.DEFAULT
    trust: Trust = "normal"
    expect: tuple[str, ...] = ()
    ink: AskedInk = "handwritten"

    def __post_init__(self) -> None:
        expect: object = self.expect
        if expect is None:
            object.__setattr__(self, "expect", ())
        if not isinstance(self.model, str):
            raise InputError(f"model {self.model!r}", "is not a name or a path", "give one, as text")
        if self.trust not in get_args(Trust):
            raise InputError(f"trust={self.trust!r}", "is not a level of trust", "choose strict, normal or always")
        if self.ink not in get_args(AskedInk):
            raise InputError(f"ink={self.ink!r}", "is not a kind of ink", "choose handwritten, printed or any")
        if not isinstance(self.expect, tuple) or not all(isinstance(text, str) for text in self.expect):
            raise InputError(
                f"expect={self.expect!r}", "is neither a text nor a list of texts", r"give one such as \d{5}"
            )

    @classmethod
    def of(cls, **given: Unpack[Given]) -> Options:
        """Return options as people give them: a path for the model, one text or a list of texts as `expect`.

        Raises InputError for values that mean nothing, and TypeError for names that are none.
        """
        values: dict[str, Any] = dict(given)
        model, expect = values.get("model"), values.get("expect")
        if isinstance(model, os.PathLike):
            values["model"] = os.fsdecode(model)
        if isinstance(expect, str):
            values["expect"] = (expect,)
        elif isinstance(expect, Sequence) and not isinstance(expect, bytes):
            values["expect"] = tuple(expect)
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """Return the options as values that JSON has."""
        values = {name: getattr(self, name) for name in NAMES}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Options:
        """Return the options that `to_dict` has made a dict of. Raises as `of` does."""
        return cls.of(**said)

    def description(self) -> str:
        """Return in one line all that an answer depends on beside the picture: the model by its bytes, and each option.

        Runs with the same description may share a file of results. Raises InputError for what is no model.
        """
        words = [f"model {Path(self.model).name} {model_hash(self.model)}"]
        for name in NAMES[1:]:
            value = getattr(self, name)
            words += [f"{name} {one}" for one in (value if isinstance(value, tuple) else (value,))]
        text = ", ".join(words)
        if len(text) > _LONGEST_DESCRIPTION:  # a list of a thousand values
            text = f"{text[: _LONGEST_DESCRIPTION // 2]}… {_hash(text.encode())}"
        return one_line(text)


NAMES = tuple(field.name for field in fields(Options))


def model_hash(model: str) -> str:
    """Return what tells this model, its thresholds included, from every other of the same name: 8 hexadecimal digits."""
    path = locate(model)
    config = path.with_name("config.json")
    return _hash(path.read_bytes() + (config.read_bytes() if config.is_file() else b""))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:8]
