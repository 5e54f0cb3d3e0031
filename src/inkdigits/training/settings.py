"""The settings of a recipe, each with its default and its range. A wrong value raises ValueError(setting, wanted)."""

from __future__ import annotations

from dataclasses import dataclass


def _require(condition: bool, setting: str, wanted: str) -> None:
    if not condition:
        raise ValueError(setting, wanted)


@dataclass(frozen=True)
class NetworkSettings:
    """[network]: which architecture, and its options."""

    architecture: str
    dropout: tuple[float, ...] = (0.25, 0.25, 0.5)

    def __post_init__(self) -> None:
        _require(all(0 <= rate < 1 for rate in self.dropout), "dropout", "shares from 0 to below 1")


@dataclass(frozen=True)
class TrainingSettings:
    """[training]: how the weights are found."""

    epochs: int = 8
    batch: int = 256
    learning_rate: float = 0.001
    schedule: str = "constant"
    warmup: float = 0.25
    precision: str = "auto"

    def __post_init__(self) -> None:
        _require(1 <= self.epochs <= 10_000, "epochs", "1 to 10000")
        _require(1 <= self.batch <= 65_536, "batch", "1 to 65536 digits")
        _require(0 < self.learning_rate <= 10, "learning_rate", "a number above 0, such as 0.001")
        _require(self.schedule in ("constant", "one-cycle"), "schedule", '"constant" or "one-cycle"')
        _require(0 <= self.warmup < 1, "warmup", "a share from 0 to below 1")
        _require(self.precision in ("auto", "bfloat16", "float32"), "precision", '"auto", "bfloat16" or "float32"')


@dataclass(frozen=True)
class DataSettings:
    """[data]: what is held out to choose by."""

    validation: float = 0.1

    def __post_init__(self) -> None:
        _require(0 < self.validation <= 0.5, "validation", "a share above 0, at most 0.5")
