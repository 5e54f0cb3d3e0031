"""A share of the files for each of several machines that know nothing of each other: by a hash of each path."""

from __future__ import annotations

import hashlib
import os
import posixpath
from dataclasses import dataclass

from inkdigits.errors import InputError


@dataclass(frozen=True)
class Shard:
    """Part `number` of `count`, from 1. Every path is in exactly one of the parts, on every machine the same."""

    number: int
    count: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.count:
            raise InputError(f"shard {self}", "is no part", "give one such as 3/100: the third of a hundred")

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Return the shard that a text such as "3/100" names. Raises InputError."""
        number, slash, count = text.partition("/")
        if not (slash and number.isascii() and number.isdigit() and count.isascii() and count.isdigit()):
            raise InputError(f"shard {text!r}", "is no part", "give one such as 3/100: the third of a hundred")
        if max(len(number), len(count)) > 9:
            raise InputError(f"shard {text[:20]!r}", "is of too many parts", "give fewer")
        return cls(int(number), int(count))

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    def has(self, path: str) -> bool:
        """Tell whether a file is in this part: by its path as it is named, so that machines agree where it is the same.

        That "./a.png" and "a.png" are one file is seen.
        """
        plain = path if "://" in path else posixpath.normpath(path)
        digest = hashlib.sha256(os.fsencode(plain)).digest()
        return int.from_bytes(digest[:8]) % self.count == self.number - 1
