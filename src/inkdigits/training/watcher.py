"""Who is told how a training gets on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from inkdigits.training import fit


@dataclass(frozen=True)
class Watcher:
    """Who is told how a run gets on: `on_step` as in training.fit, `on_epoch` with each row, `on_stage` with a word."""

    on_step: fit.Progress = fit.silent
    on_epoch: Callable[[dict[str, float]], None] = field(default=lambda _row: None)
    on_stage: Callable[[str], None] = field(default=lambda _stage: None)
