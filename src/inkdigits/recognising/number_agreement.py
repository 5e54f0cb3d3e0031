"""Numbers as they were read against what they are known to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Counts:
    """Strips that were read wholly right, of how many; signs that must be changed, put in or taken out, of how many.

    `false` is how many signs were read on strips with an empty text, of which there are `empty`; they count among neither.
    """

    right: int = 0
    strips: int = 0
    errors: int = 0
    signs: int = 0
    false: int = 0
    empty: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(a + b for a, b in zip(vars(self).values(), vars(other).values(), strict=True)))

    @property
    def accuracy(self) -> float:
        """Share of strips with a text that were read wholly right."""
        return self.right / max(self.strips, 1)

    @property
    def character_error(self) -> float:
        """Errors a sign."""
        return self.errors / max(self.signs, 1)

    @property
    def false_signs(self) -> float:
        """Signs read on a strip with an empty text."""
        return self.false / max(self.empty, 1)


def count(texts: Sequence[str], said: Sequence[str]) -> Counts:
    """Return how strips with these texts were read."""
    total = Counts()
    for text, read in zip(texts, said, strict=True):
        if text:
            off = distance(text, read)
            total += Counts(int(off == 0), 1, off, len(text))
        else:
            total += Counts(false=len(read), empty=1)
    return total


def distance(a: str, b: str) -> int:
    """Return how many signs must be changed, put in or taken out to make one text of the other (Levenshtein, 1966)."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]
