"""The settings of a recipe, each with its default and its range. A wrong value raises ValueError(setting, wanted)."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

SCHEDULES = "constant", "step", "exponential", "cosine", "one-cycle"


def _require(condition: bool, setting: str, wanted: str) -> None:
    if not condition:
        raise ValueError(setting, wanted)


GIVEN = "given"  # the architecture of a recipe that goes on from a trained network, whatever its layers are


def _require_one_of(value: str, known: tuple[str, ...], setting: str) -> None:
    if value not in known:
        nearest = difflib.get_close_matches(value, known, 1, cutoff=0.0)[0]
        raise ValueError(setting, f'"{nearest}", the nearest of {", ".join(known)}')


@dataclass(frozen=True)
class NetworkSettings:
    """[network]: which architecture, and its options."""

    architecture: str
    dropout: tuple[float, ...] = ()  # none
    strangers: bool = False

    @property
    def classes(self) -> int:
        """Ten digits, and an eleventh for what is not one if the network knows strangers."""
        return 11 if self.strangers else 10

    def __post_init__(self) -> None:
        _require(all(0 <= rate < 1 for rate in self.dropout), "dropout", "shares from 0 to below 1")


@dataclass(frozen=True)
class TrainingSettings:
    """[training]: how the weights are found."""

    epochs: int = 8
    batch: int = 256
    optimizer: str = "adam"
    learning_rate: float = 0.001
    momentum: float = 0.9  # of sgd (Nesterov's); Adam's first beta
    beta2: float = 0.999  # Adam's second
    schedule: str = "constant"
    warmup: float = 0.25
    decay: float = 0.95
    decay_epochs: float = 1.0
    weight_decay: float = 0.0
    weight_average: float = 0.0
    norm_batches: int = 0
    label_smoothing: float = 0.0
    patience: int = 0
    target: float = 0.0
    precision: str = "auto"

    def __post_init__(self) -> None:
        _require(1 <= self.epochs <= 10_000, "epochs", "1 to 10000")
        _require(1 <= self.batch <= 65_536, "batch", "1 to 65536 digits")
        _require_one_of(self.optimizer, ("adam", "sgd"), "optimizer")
        _require(0 < self.learning_rate <= 10, "learning_rate", "a number above 0, such as 0.001")
        _require(0 <= self.momentum < 1, "momentum", "a share from 0 to below 1, such as 0.9")
        _require(0 <= self.beta2 < 1, "beta2", "a share from 0 to below 1, such as 0.999")
        _require_one_of(self.schedule, SCHEDULES, "schedule")
        _require(0 <= self.warmup < 1, "warmup", "a share from 0 to below 1")
        _require(0 < self.decay <= 1, "decay", "a share above 0, at most 1, such as 0.95")
        _require(0 < self.decay_epochs <= 10_000, "decay_epochs", "a number of epochs above 0")
        _require(0 <= self.weight_decay < 1, "weight_decay", "0, or a small number such as 0.01")
        _require(0 <= self.weight_average < 1, "weight_average", "0, or a share below 1 such as 0.999")
        _require(0 <= self.norm_batches <= 100_000, "norm_batches", "0, or a number of batches such as 50")
        _require(0 <= self.label_smoothing < 1, "label_smoothing", "a share from 0 to below 1, such as 0.1")
        _require(0 <= self.patience <= 10_000, "patience", "0, or a number of epochs")
        _require(0 <= self.target <= 1, "target", "0, or an accuracy such as 0.9898")
        _require_one_of(self.precision, ("auto", "bfloat16", "float32"), "precision")


@dataclass(frozen=True)
class AugmentSettings:
    """[augment]: how far each digit is changed at random, each time it is seen."""

    rotation: float = 0.0
    scale: float = 0.0
    shear: float = 0.0
    shift: float = 0.0
    elastic: float = 0.0
    pen: float = 0.0
    erasing: float = 0.0

    @property
    def any(self) -> bool:
        """Whether there is anything to do."""
        return any(vars(self).values())

    def __post_init__(self) -> None:
        _require(0 <= self.rotation <= 180, "rotation", "degrees from 0 to 180")
        _require(0 <= self.scale < 0.9, "scale", "a share from 0 to below 0.9")
        _require(0 <= self.shear <= 1, "shear", "0 to 1")
        _require(0 <= self.shift <= 14, "shift", "pixels from 0 to 14")
        _require(0 <= self.elastic <= 5, "elastic", "pixels from 0 to 5")
        _require(0 <= self.pen <= 1, "pen", "0 to 1")
        _require(0 <= self.erasing <= 14, "erasing", "pixels from 0 to 14")


@dataclass(frozen=True)
class PoolSettings:
    """[pool]: how many synthetic pictures of each kind are added to the training digits."""

    plain: int = 0
    mnist: int = 0
    strokes: int = 0
    fonts: int = 0
    letters: int = 0
    strangers: int = 0
    several: int = 0

    def counts(self) -> dict[str, int]:
        """Return the kinds that there are any of, with their number."""
        return {kind: count for kind, count in vars(self).items() if count}

    def __post_init__(self) -> None:
        for kind, count in vars(self).items():
            _require(0 <= count <= 10_000_000, kind, "a number of pictures, 0 or more")


@dataclass(frozen=True)
class DataSettings:
    """[data]: what is held out to choose by, and whether a finished recipe learns from it after all."""

    validation: float = 0.1
    everything: bool = False

    def __post_init__(self) -> None:
        _require(0 < self.validation <= 0.5, "validation", "a share above 0, at most 0.5")


@dataclass(frozen=True)
class DistilSettings:
    """[distil]: finished networks to learn from, beside the labels."""

    teachers: tuple[str, ...] = ()  # run folders or runs/RECIPE-SEED, seen from where the command is given
    share: float = 0.9
    temperature: float = 2.0

    def __post_init__(self) -> None:
        _require(all(self.teachers), "teachers", 'run folders, as in ["runs/best-0"]')
        _require(0 <= self.share <= 1, "share", "a share from 0 to 1, such as 0.9")
        _require(0 < self.temperature <= 100, "temperature", "a number above 0, such as 2")


@dataclass(frozen=True)
class FinetuneSettings:
    """[finetune]: how somebody's own digits are learned, and what keeps the rest from being forgotten."""

    source: str = ""
    own: float = 0.25
    rehearsal: int = 10_000
    may_forget: float = 0.001
    least: int = 5
    folds: int = 5
    hold_out_from: int = 40

    def __post_init__(self) -> None:
        _require(0 < self.own < 1, "own", "a share above 0 and below 1")
        _require(100 <= self.rehearsal <= 60_000, "rehearsal", "100 to 60000 digits")
        _require(0 <= self.may_forget <= 1, "may_forget", "a share from 0 to 1, such as 0.001")
        _require(2 <= self.folds <= 100, "folds", "2 to 100 parts")
        _require(self.folds <= self.least <= 10_000, "least", "a number of digits, as many as folds at least")
        _require(self.hold_out_from >= self.least, "hold_out_from", "a number of digits, as many as least at least")
