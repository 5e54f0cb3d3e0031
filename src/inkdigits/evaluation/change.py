"""What a network is worth before and after it has learned more, on the same digits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from inkdigits.evaluation.metrics import Metrics, measure
from inkdigits.recognising.decide import Beliefs


@dataclass(frozen=True, eq=False)
class Change:
    """Two tests on the same digits. `mended` counts those that became right, `spoiled` those that became wrong."""

    name: str
    before: Metrics
    after: Metrics
    mended: int
    spoiled: int

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain values."""
        figures = {
            when: {"correct": m.correct, "accuracy": m.accuracy, "loss": m.loss, "trust": m.trust}
            for when, m in (("before", self.before), ("after", self.after))
        }
        counts = {"mended": self.mended, "spoiled": self.spoiled}
        return {"name": self.name, "digits": self.before.count, **figures, **counts}


def compare(
    name: str,
    labels: npt.NDArray[np.uint8],
    before: tuple[Beliefs, dict[str, float]],
    after: tuple[Beliefs, dict[str, float]],
) -> Change:
    """Return what changed between two networks' beliefs of N digits, labels (N,), each with its thresholds of trust."""
    right = [beliefs.digits.argmax(axis=1) == labels for beliefs, _ in (before, after)]
    return Change(
        name,
        measure(name, before[0], labels, before[1]),
        measure(name, after[0], labels, after[1]),
        int((right[1] & ~right[0]).sum()),
        int((right[0] & ~right[1]).sum()),
    )


def answered_not_digits(beliefs: Beliefs, thresholds: dict[str, float]) -> dict[str, float]:
    """Return for each level of trust but "always" which share of what is no digit gets an answer nevertheless."""
    levels = {level: threshold for level, threshold in thresholds.items() if level != "always"}
    return {level: float((beliefs.confidence >= threshold).mean()) for level, threshold in levels.items()}


@dataclass(frozen=True)
class Told:
    """What changed, for a person: rows of (what, before, after, which digits changed), and sentences."""

    rows: list[tuple[str, str, str, str]]
    notes: list[str]


def tell(changes: list[Change], not_digits: dict[str, dict[str, float]] | None, notes: list[str]) -> Told:
    """Return changes, and the shares of what is no digit that is answered before and after by level of trust, as words."""
    rows: list[tuple[str, str, str, str]] = []
    for change in changes:
        both = change.before, change.after
        before, after = (f"{m.accuracy:.2%}" for m in both)
        moved = f"{change.mended} mended, {change.spoiled} spoiled"
        rows.append((f"{change.name}: right, of {change.before.count:,}", before, after, moved))
        strict = (m.trust["strict"] for m in both)
        before, after = (f"{t['coverage']:.1%}, {t['wrong']:.0f} wrong" for t in strict)
        rows.append((f"{change.name}: answered with trust strict", before, after, ""))
    if not_digits:
        for level in not_digits["before"]:
            before, after = (f"{not_digits[when][level]:.1%}" for when in ("before", "after"))
            rows.append((f"no digits at all: answered with trust {level}", before, after, ""))
    return Told(rows, notes)
