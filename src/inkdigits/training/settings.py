"""The settings of a recipe, each with its default and its range. A wrong value raises ValueError(setting, wanted)."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field
from typing import Any

from inkdigits.errors import nearest

SCHEDULES = "constant", "step", "exponential", "cosine", "one-cycle"


def setting_of(what: str, default: Any = MISSING) -> Any:
    """Return a dataclass's field that says what it is: `inkdigits recipes settings` prints it."""
    return field(default=default, metadata={"what": what})


def require(condition: bool, setting: str, wanted: str) -> None:
    """Raise ValueError(setting, wanted) unless a condition holds."""
    if not condition:
        raise ValueError(setting, wanted)


GIVEN = "given"  # the architecture of a recipe that goes on from a trained network, whatever its layers are


def require_one_of(value: str, known: tuple[str, ...], setting: str) -> None:
    """Raise ValueError(setting, wanted) unless a value is one of those known; `wanted` names the nearest of them."""
    if value not in known:
        raise ValueError(setting, f'"{nearest(value, known)}", the nearest of {", ".join(known)}')


@dataclass(frozen=True)
class NetworkSettings:
    """[network]: which architecture, and its options."""

    architecture: str = setting_of("a name from `inkdigits recipes`: logistic, mlp, lenet5, classic, vgg, …")
    dropout: tuple[float, ...] = setting_of(
        "shares of values dropped, one for each place where the network drops some", ()
    )
    not_digit: bool = setting_of("an eleventh class for what is not a digit", False)

    @property
    def classes(self) -> int:
        """Ten digits, and an eleventh for what is not one if the network knows it."""
        return 11 if self.not_digit else 10

    def __post_init__(self) -> None:
        require(all(0 <= rate < 1 for rate in self.dropout), "dropout", "shares from 0 to below 1")


@dataclass(frozen=True)
class TrainingSettings:
    """[training]: how the weights are found."""

    epochs: int = setting_of(
        "passes over the training digits, and the pool; of a locator: so many times pages.steps", 8
    )
    batch: int = setting_of("digits per step; of a locator: pages", 256)
    optimizer: str = setting_of("adam or sgd", "adam")
    learning_rate: float = setting_of("the optimiser's step size, at its peak", 0.001)
    momentum: float = setting_of("of sgd (Nesterov's); of adam, its first beta", 0.9)
    beta2: float = setting_of("of adam, its second beta", 0.999)
    schedule: str = setting_of("of the learning rate: constant, step, exponential, cosine or one-cycle", "constant")
    warmup: float = setting_of("share of all steps in which the learning rate climbs from near zero", 0.25)
    decay: float = setting_of("step and exponential: what the rate is multiplied by", 0.95)
    decay_epochs: float = setting_of("step and exponential: after so many epochs, all at once or bit by bit", 1.0)
    weight_decay: float = setting_of("how much of each weight fades in a step, times the learning rate", 0.0)
    weight_average: float = setting_of(
        "how much of the running average of weights stays in a step; 0: none is kept", 0.0
    )
    norm_batches: int = setting_of("batches on which the average's batch norms are measured anew; 0: none", 0)
    label_smoothing: float = setting_of("share of a label's probability that the other classes get", 0.0)
    patience: int = setting_of("stop after so many epochs without a better validation loss; 0: never", 0)
    target: float = setting_of("stop once this validation accuracy is reached; 0: never", 0.0)
    precision: str = setting_of("auto (bfloat16 where the processor computes with it), bfloat16 or float32", "auto")

    def __post_init__(self) -> None:
        require(1 <= self.epochs <= 10_000, "epochs", "1 to 10000")
        require(1 <= self.batch <= 65_536, "batch", "1 to 65536 digits, or pages")
        require_one_of(self.optimizer, ("adam", "sgd"), "optimizer")
        require(0 < self.learning_rate <= 10, "learning_rate", "a number above 0, at most 10, such as 0.001")
        require(0 <= self.momentum < 1, "momentum", "a share from 0 to below 1, such as 0.9")
        require(0 <= self.beta2 < 1, "beta2", "a share from 0 to below 1, such as 0.999")
        require_one_of(self.schedule, SCHEDULES, "schedule")
        require(0 <= self.warmup < 1, "warmup", "a share from 0 to below 1")
        require(0 < self.decay <= 1, "decay", "a share above 0, at most 1, such as 0.95")
        require(0 < self.decay_epochs <= 10_000, "decay_epochs", "a number of epochs above 0, at most 10000")
        require(0 <= self.weight_decay < 1, "weight_decay", "0, or a small number such as 0.01")
        require(0 <= self.weight_average < 1, "weight_average", "0, or a share below 1 such as 0.999")
        require(0 <= self.norm_batches <= 100_000, "norm_batches", "0 to 100000 batches, such as 50")
        require(0 <= self.label_smoothing < 1, "label_smoothing", "a share from 0 to below 1, such as 0.1")
        require(0 <= self.patience <= 10_000, "patience", "0 to 10000 epochs")
        require(0 <= self.target <= 1, "target", "0, or an accuracy such as 0.9898")
        require_one_of(self.precision, ("auto", "bfloat16", "float32"), "precision")


@dataclass(frozen=True)
class AugmentSettings:
    """[augment]: how far each digit is changed at random, each time it is seen."""

    rotation: float = setting_of("degrees, up to that much either way", 0.0)
    scale: float = setting_of("share by which height and width change, each for itself", 0.0)
    shear: float = setting_of("columns moved per row", 0.0)
    shift: float = setting_of("pixels, up to that much each way", 0.0)
    elastic: float = setting_of("pixels, spread of a smooth random bending", 0.0)
    pen: float = setting_of("pixels by which strokes widen or thin", 0.0)
    erasing: float = setting_of("pixels, side of a square that is wiped out", 0.0)

    @property
    def any(self) -> bool:
        """Whether there is anything to do."""
        return any(vars(self).values())

    def __post_init__(self) -> None:
        require(0 <= self.rotation <= 180, "rotation", "degrees from 0 to 180")
        require(0 <= self.scale < 0.9, "scale", "a share from 0 to below 0.9")
        require(0 <= self.shear <= 1, "shear", "0 to 1")
        require(0 <= self.shift <= 14, "shift", "pixels from 0 to 14")
        require(0 <= self.elastic <= 5, "elastic", "pixels from 0 to 5")
        require(0 <= self.pen <= 1, "pen", "0 to 1")
        require(0 <= self.erasing <= 14, "erasing", "pixels from 0 to 14")


class _Counts:
    """Settings that say how many pictures there are of each kind."""

    def counts(self) -> dict[str, int]:
        """Return the kinds that there are any of, with their number."""
        return {kind: count for kind, count in vars(self).items() if count}


@dataclass(frozen=True)
class PoolSettings(_Counts):
    """[pool]: how many synthetic pictures of each kind are added to the training digits."""

    plain: int = setting_of("the training digits once more, as they are", 0)
    mnist: int = setting_of("MNIST's training digits as pictures: pens, light, noise, crops, low resolution", 0)
    strokes: int = setting_of("digits from our own pen strokes, in many forms, hands and pens", 0)
    fonts: int = setting_of("digits of handwriting fonts", 0)
    letters: int = setting_of("letters and signs of handwriting fonts; no digits", 0)
    scribbles: int = setting_of("scribbles, signs, shapes, textures; no digits", 0)
    several: int = setting_of("two or three digits that touch; no digit", 0)
    pages: int = setting_of("what the locator finds on synthetic pages: digits and what is taken for one", 0)
    own_letters: int = setting_of("letters from our own pen strokes, printed and cursive; no digits", 0)
    print: int = setting_of("letters and signs of print fonts; no digits", 0)
    halves: int = setting_of("halves of MNIST's training digits that are no digits", 0)

    def not_digits(self) -> set[str]:
        """Return the kinds that there are any of among which are pictures of no digit."""
        return set(self.counts()) - {"plain", "mnist", "strokes", "fonts"}

    def __post_init__(self) -> None:
        for kind, count in vars(self).items():
            require(0 <= count <= 10_000_000, kind, "0 to 10000000 pictures")


@dataclass(frozen=True)
class TrustSettings(_Counts):
    """[trust]: the mixture of pictures on which a network's confidence and thresholds are fitted; none held out, none used.

    Digits are by the validation writers, letters in fonts that the pool does not use and by random hands of our own, whose
    forms, two or three for a letter, the pool has as well.
    """

    digits: int = setting_of("digits held out, as they are", 0)
    damaged: int = setting_of("digits held out, as pictures: pens, light, noise, crops, low resolution", 0)
    letters: int = setting_of("letters and signs that look like no digit, by hand and in print", 0)
    others: int = setting_of("scribbles, signs, shapes, textures, digits that touch", 0)

    def __post_init__(self) -> None:
        for kind, count in vars(self).items():
            require(0 <= count <= 1_000_000, kind, "0 to 1000000 pictures")
        missing = bool(self.counts()) and not self.digits + self.damaged
        require(not missing, "digits", "some, or some damaged ones: thresholds are fitted on them")


@dataclass(frozen=True)
class DataSettings:
    """[data]: what is held out to choose by, and whether a finished recipe learns from it after all."""

    validation: float = setting_of("share of the training digits held out to choose by, whole writers at a time", 0.1)
    everything: bool = setting_of("learn from those as well: what was to be chosen has been chosen", False)

    def __post_init__(self) -> None:
        require(0 < self.validation <= 0.5, "validation", "a share above 0, at most 0.5")


@dataclass(frozen=True)
class DistilSettings:
    """[distil]: finished networks to learn from, beside the labels."""

    teachers: tuple[str, ...] = setting_of("finished runs to learn from: their folders, or runs/RECIPE-SEED", ())
    share: float = setting_of("of the loss: what the teachers believe, beside the labels", 0.9)
    temperature: float = setting_of("how far their beliefs are softened", 2.0)

    def __post_init__(self) -> None:
        require(all(self.teachers), "teachers", 'run folders, as in ["runs/best-0"]')
        require(0 <= self.share <= 1, "share", "a share from 0 to 1, such as 0.9")
        require(0 < self.temperature <= 100, "temperature", "a number above 0, at most 100, such as 2")


@dataclass(frozen=True)
class AfterSettings:
    """[after]: what is made of the finished network, or of a series of them. It changes nothing in them."""

    tta: bool = setting_of("measure it by test-time augmentation as well, seven views of each digit", False)
    quantise: str = setting_of('write it in 8 bits as well: "weights", or "static" to compute in them; "": not', "")
    ensemble: int = setting_of("of a series, join so many seeds each, in their order; 0: none", 0)

    def __post_init__(self) -> None:
        require(self.quantise in ("", "weights", "static"), "quantise", '"weights", "static" or ""')
        require(self.ensemble == 0 or 2 <= self.ensemble <= 100, "ensemble", "0, or 2 to 100 seeds")


@dataclass(frozen=True)
class FinetuneSettings:
    """[finetune]: how a user's own digits are learned, and what keeps the rest from being forgotten."""

    source: str = setting_of("the network to go on from; given with --from", "")
    own: float = setting_of("share of your own digits in a batch", 0.25)
    rehearsal: int = setting_of("digits of MNIST that are seen again", 10_000)
    may_forget: float = setting_of("how much accuracy on MNIST may be lost", 0.001)
    least: int = setting_of("digits of a class that there must be, where there are any", 5)
    folds: int = setting_of("parts that are held out in turn", 5)
    hold_out_from: int = setting_of("digits of each class from which on one part is held out, once", 40)

    def __post_init__(self) -> None:
        require(0 < self.own < 1, "own", "a share above 0 and below 1")
        require(100 <= self.rehearsal <= 60_000, "rehearsal", "100 to 60000 digits")
        require(0 <= self.may_forget <= 1, "may_forget", "a share from 0 to 1, such as 0.001")
        require(2 <= self.folds <= 100, "folds", "2 to 100 parts")
        require(
            self.folds <= self.least <= 10_000, "least", "a number of digits, as many as folds at least, at most 10000"
        )
        require(self.hold_out_from >= self.least, "hold_out_from", "a number of digits, as many as least at least")
