"""The settings of a recipe, each with its default and its range. A wrong value raises ValueError(setting, wanted)."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field
from typing import Any

from inkdigits.errors import nearest

SCHEDULES = "constant", "step", "exponential", "cosine", "one-cycle"


def _setting(what: str, default: Any = MISSING) -> Any:
    """Return a dataclass's field that says what it is: `inkdigits recipes settings` prints it."""
    return field(default=default, metadata={"what": what})


def _require(condition: bool, setting: str, wanted: str) -> None:
    if not condition:
        raise ValueError(setting, wanted)


GIVEN = "given"  # the architecture of a recipe that goes on from a trained network, whatever its layers are


def _require_one_of(value: str, known: tuple[str, ...], setting: str) -> None:
    if value not in known:
        raise ValueError(setting, f'"{nearest(value, known)}", the nearest of {", ".join(known)}')


@dataclass(frozen=True)
class NetworkSettings:
    """[network]: which architecture, and its options."""

    architecture: str = _setting("a name from `inkdigits recipes`: logistic, mlp, lenet5, classic, vgg, …")
    dropout: tuple[float, ...] = _setting(
        "shares of values dropped, one for each place where the network drops some", ()
    )
    not_digit: bool = _setting("an eleventh class for what is not a digit", False)

    @property
    def classes(self) -> int:
        """Ten digits, and an eleventh for what is not one if the network knows it."""
        return 11 if self.not_digit else 10

    def __post_init__(self) -> None:
        _require(all(0 <= rate < 1 for rate in self.dropout), "dropout", "shares from 0 to below 1")


@dataclass(frozen=True)
class TrainingSettings:
    """[training]: how the weights are found."""

    epochs: int = _setting("passes over the training digits, and the pool; of a locator: so many times pages.steps", 8)
    batch: int = _setting("digits per step; of a locator: pages", 256)
    optimizer: str = _setting("adam or sgd", "adam")
    learning_rate: float = _setting("the optimiser's step size, at its peak", 0.001)
    momentum: float = _setting("of sgd (Nesterov's); of adam, its first beta", 0.9)
    beta2: float = _setting("of adam, its second beta", 0.999)
    schedule: str = _setting("of the learning rate: constant, step, exponential, cosine or one-cycle", "constant")
    warmup: float = _setting("share of all steps in which the learning rate climbs from near zero", 0.25)
    decay: float = _setting("step and exponential: what the rate is multiplied by", 0.95)
    decay_epochs: float = _setting("step and exponential: after so many epochs, all at once or bit by bit", 1.0)
    weight_decay: float = _setting("how much of each weight fades in a step, times the learning rate", 0.0)
    weight_average: float = _setting("how much of the running average of weights stays in a step; 0: none is kept", 0.0)
    norm_batches: int = _setting("batches on which the average's batch norms are measured anew; 0: none", 0)
    label_smoothing: float = _setting("share of a label's probability that the other classes get", 0.0)
    patience: int = _setting("stop after so many epochs without a better validation loss; 0: never", 0)
    target: float = _setting("stop once this validation accuracy is reached; 0: never", 0.0)
    precision: str = _setting("auto (bfloat16 where the processor computes with it), bfloat16 or float32", "auto")

    def __post_init__(self) -> None:
        _require(1 <= self.epochs <= 10_000, "epochs", "1 to 10000")
        _require(1 <= self.batch <= 65_536, "batch", "1 to 65536 digits, or pages")
        _require_one_of(self.optimizer, ("adam", "sgd"), "optimizer")
        _require(0 < self.learning_rate <= 10, "learning_rate", "a number above 0, at most 10, such as 0.001")
        _require(0 <= self.momentum < 1, "momentum", "a share from 0 to below 1, such as 0.9")
        _require(0 <= self.beta2 < 1, "beta2", "a share from 0 to below 1, such as 0.999")
        _require_one_of(self.schedule, SCHEDULES, "schedule")
        _require(0 <= self.warmup < 1, "warmup", "a share from 0 to below 1")
        _require(0 < self.decay <= 1, "decay", "a share above 0, at most 1, such as 0.95")
        _require(0 < self.decay_epochs <= 10_000, "decay_epochs", "a number of epochs above 0, at most 10000")
        _require(0 <= self.weight_decay < 1, "weight_decay", "0, or a small number such as 0.01")
        _require(0 <= self.weight_average < 1, "weight_average", "0, or a share below 1 such as 0.999")
        _require(0 <= self.norm_batches <= 100_000, "norm_batches", "0 to 100000 batches, such as 50")
        _require(0 <= self.label_smoothing < 1, "label_smoothing", "a share from 0 to below 1, such as 0.1")
        _require(0 <= self.patience <= 10_000, "patience", "0 to 10000 epochs")
        _require(0 <= self.target <= 1, "target", "0, or an accuracy such as 0.9898")
        _require_one_of(self.precision, ("auto", "bfloat16", "float32"), "precision")


@dataclass(frozen=True)
class AugmentSettings:
    """[augment]: how far each digit is changed at random, each time it is seen."""

    rotation: float = _setting("degrees, up to that much either way", 0.0)
    scale: float = _setting("share by which height and width change, each for itself", 0.0)
    shear: float = _setting("columns moved per row", 0.0)
    shift: float = _setting("pixels, up to that much each way", 0.0)
    elastic: float = _setting("pixels, spread of a smooth random bending", 0.0)
    pen: float = _setting("pixels by which strokes widen or thin", 0.0)
    erasing: float = _setting("pixels, side of a square that is wiped out", 0.0)

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

    plain: int = _setting("the training digits once more, as they are", 0)
    mnist: int = _setting("MNIST's training digits as pictures: pens, light, noise, crops, low resolution", 0)
    strokes: int = _setting("digits from our own pen strokes, in many forms, hands and pens", 0)
    fonts: int = _setting("digits of handwriting fonts", 0)
    letters: int = _setting("letters and signs of handwriting fonts; no digits", 0)
    scribbles: int = _setting("scribbles, signs, shapes, textures; no digits", 0)
    several: int = _setting("two or three digits that touch; no digit", 0)
    pages: int = _setting("what the locator finds on synthetic pages: digits and what is taken for one", 0)
    own_letters: int = _setting("letters from our own pen strokes, printed and cursive; no digits", 0)
    print: int = _setting("letters and signs of print fonts; no digits", 0)
    halves: int = _setting("halves of MNIST's training digits that are no digits", 0)

    def counts(self) -> dict[str, int]:
        """Return the kinds that there are any of, with their number."""
        return {kind: count for kind, count in vars(self).items() if count}

    def not_digits(self) -> set[str]:
        """Return the kinds that there are any of among which are pictures of no digit."""
        return set(self.counts()) - {"plain", "mnist", "strokes", "fonts"}

    def __post_init__(self) -> None:
        for kind, count in vars(self).items():
            _require(0 <= count <= 10_000_000, kind, "0 to 10000000 pictures")


@dataclass(frozen=True)
class TrustSettings:
    """[trust]: the mixture of pictures on which a network's confidence and thresholds are fitted; none held out, none used.

    Digits are by the validation writers, letters in forms and fonts that the pool does not use.
    """

    digits: int = _setting("digits held out, as they are", 0)
    damaged: int = _setting("digits held out, as pictures: pens, light, noise, crops, low resolution", 0)
    letters: int = _setting("letters and signs that look like no digit, by hand and in print", 0)
    others: int = _setting("scribbles, signs, shapes, textures, digits that touch, halves of digits", 0)

    def counts(self) -> dict[str, int]:
        """Return the kinds that there are any of, with their number."""
        return {kind: count for kind, count in vars(self).items() if count}

    def __post_init__(self) -> None:
        for kind, count in vars(self).items():
            _require(0 <= count <= 1_000_000, kind, "0 to 1000000 pictures")
        missing = bool(self.counts()) and not self.digits + self.damaged
        _require(not missing, "digits", "some, or some damaged ones: thresholds are fitted on them")


@dataclass(frozen=True)
class DataSettings:
    """[data]: what is held out to choose by, and whether a finished recipe learns from it after all."""

    validation: float = _setting("share of the training digits held out to choose by, whole writers at a time", 0.1)
    everything: bool = _setting("learn from those as well: what was to be chosen has been chosen", False)

    def __post_init__(self) -> None:
        _require(0 < self.validation <= 0.5, "validation", "a share above 0, at most 0.5")


@dataclass(frozen=True)
class DistilSettings:
    """[distil]: finished networks to learn from, beside the labels."""

    teachers: tuple[str, ...] = _setting("finished runs to learn from: their folders, or runs/RECIPE-SEED", ())
    share: float = _setting("of the loss: what the teachers believe, beside the labels", 0.9)
    temperature: float = _setting("how far their beliefs are softened", 2.0)

    def __post_init__(self) -> None:
        _require(all(self.teachers), "teachers", 'run folders, as in ["runs/best-0"]')
        _require(0 <= self.share <= 1, "share", "a share from 0 to 1, such as 0.9")
        _require(0 < self.temperature <= 100, "temperature", "a number above 0, at most 100, such as 2")


@dataclass(frozen=True)
class AfterSettings:
    """[after]: what is made of the finished network, or of a series of them. It changes nothing in them."""

    tta: bool = _setting("measure it by test-time augmentation as well, seven views of each digit", False)
    quantise: str = _setting('write it in 8 bits as well: "weights", or "static" to compute in them; "": not', "")
    ensemble: int = _setting("of a series, join so many seeds each, in their order; 0: none", 0)

    def __post_init__(self) -> None:
        _require(self.quantise in ("", "weights", "static"), "quantise", '"weights", "static" or ""')
        _require(self.ensemble == 0 or 2 <= self.ensemble <= 100, "ensemble", "0, or 2 to 100 seeds")


@dataclass(frozen=True)
class FinetuneSettings:
    """[finetune]: how somebody's own digits are learned, and what keeps the rest from being forgotten."""

    source: str = _setting("the network to go on from; given with --from", "")
    own: float = _setting("share of your own digits in a batch", 0.25)
    rehearsal: int = _setting("digits of MNIST that are seen again", 10_000)
    may_forget: float = _setting("how much accuracy on MNIST may be lost", 0.001)
    least: int = _setting("digits of a class that there must be, where there are any", 5)
    folds: int = _setting("parts that are held out in turn", 5)
    hold_out_from: int = _setting("digits of each class from which on one part is held out, once", 40)

    def __post_init__(self) -> None:
        _require(0 < self.own < 1, "own", "a share above 0 and below 1")
        _require(100 <= self.rehearsal <= 60_000, "rehearsal", "100 to 60000 digits")
        _require(0 <= self.may_forget <= 1, "may_forget", "a share from 0 to 1, such as 0.001")
        _require(2 <= self.folds <= 100, "folds", "2 to 100 parts")
        _require(
            self.folds <= self.least <= 10_000, "least", "a number of digits, as many as folds at least, at most 10000"
        )
        _require(self.hold_out_from >= self.least, "hold_out_from", "a number of digits, as many as least at least")


@dataclass(frozen=True)
class LocatorSettings:
    """[network] of a locator: how wide and deep it is at each resolution."""

    channels: tuple[int, int, int, int] = _setting(
        "channels of the encoder at strides 2, 4, 8 and 16", (16, 32, 64, 96)
    )
    blocks: tuple[int, int, int] = _setting("residual blocks at strides 4, 8 and 16", (1, 2, 3))
    decoder: tuple[int, int] = _setting("channels of the decoder at strides 8 and 4", (64, 48))

    def __post_init__(self) -> None:
        _require(
            len(self.channels) == 4 and all(1 <= c <= 1024 for c in self.channels), "channels", "four from 1 to 1024"
        )
        _require(len(self.blocks) == 3 and all(0 <= b <= 100 for b in self.blocks), "blocks", "three from 0 to 100")
        _require(len(self.decoder) == 2 and all(1 <= c <= 1024 for c in self.decoder), "decoder", "two from 1 to 1024")


@dataclass(frozen=True)
class PageSettings:
    """[pages] of a locator: the synthetic pages that it is trained and validated on."""

    size: int = _setting("pixels, height and width of a page", 256)
    steps: int = _setting("batches of pages in an epoch; no page is seen twice", 256)
    digits: int = _setting("MNIST's training digits that are redrawn on pages, at most", 30_000)
    turned: float = _setting("share of training pages that lie on a side or upside down", 0.1)
    singles: float = _setting("share of training pages that are four pictures of one digit each instead", 0.0)
    held_out: float = _setting("share of MNIST's training digits, whole writers, for validation pages alone", 0.1)
    validation_pages: int = _setting("pages on which each epoch is measured", 192)
    scene_pages: int = _setting("pages of each kind of scene on which the finished network is measured", 64)
    answering_pages: int = _setting("pages on which it is fitted how far the finished network's answers are right", 400)

    def __post_init__(self) -> None:
        _require(32 <= self.size <= 2048 and self.size % 16 == 0, "size", "32 to 2048 pixels, a multiple of 16")
        _require(1 <= self.steps <= 1_000_000, "steps", "1 to 1000000 batches")
        _require(100 <= self.digits <= 60_000, "digits", "100 to 60000 digits")
        _require(0 <= self.turned <= 1, "turned", "a share from 0 to 1")
        _require(0 <= self.singles <= 1, "singles", "a share from 0 to 1")
        _require(not self.singles or self.size % 32 == 0, "size", "a multiple of 32, for four pictures on a page")
        _require(0 < self.held_out <= 0.5, "held_out", "a share above 0, at most 0.5")
        _require(1 <= self.validation_pages <= 100_000, "validation_pages", "1 to 100000 pages")
        _require(1 <= self.scene_pages <= 100_000, "scene_pages", "1 to 100000 pages")
        _require(1 <= self.answering_pages <= 100_000, "answering_pages", "1 to 100000 pages")


@dataclass(frozen=True)
class NumberSettings:
    """[network] of the network that reads numbers: how wide and deep it is."""

    channels: tuple[int, int, int, int] = _setting(
        "channels at strides 2, 4 and 8, and of the columns; multiples of 16", (16, 48, 80, 96)
    )
    blocks: tuple[int, int, int] = _setting("residual blocks at strides 4 and 8, and of the columns", (1, 2, 1))

    def __post_init__(self) -> None:
        wide = len(self.channels) == 4 and all(16 <= c <= 1024 and c % 16 == 0 for c in self.channels)
        _require(wide, "channels", "four from 16 to 1024, multiples of 16")  # batch norm is fast with these alone
        _require(len(self.blocks) == 3 and all(0 <= b <= 100 for b in self.blocks), "blocks", "three from 0 to 100")


@dataclass(frozen=True)
class StripSettings:
    """[strips] of the network that reads numbers: the strips that it is trained and validated on."""

    widest: int = _setting("pixels across the longest strip; its digits are 28 high", 384)
    steps: int = _setting("batches of strips in an epoch, a multiple of 4; none is seen twice", 256)
    digits: int = _setting("MNIST's training digits that are redrawn on pages, at most", 30_000)
    held_out: float = _setting("share of MNIST's training digits, whole writers, for validation alone", 0.1)
    scene_strips: int = _setting("strips of each kind of scene on which each epoch is measured", 128)
    answering_pages: int = _setting("pages on which it is fitted how far answers are right", 400)

    def __post_init__(self) -> None:
        _require(64 <= self.widest <= 1024, "widest", "64 to 1024 pixels")
        _require(4 <= self.steps <= 1_000_000 and self.steps % 4 == 0, "steps", "4 to 1000000 batches, a multiple of 4")
        _require(100 <= self.digits <= 60_000, "digits", "100 to 60000 digits")
        _require(0 < self.held_out <= 0.5, "held_out", "a share above 0, at most 0.5")
        _require(1 <= self.scene_strips <= 100_000, "scene_strips", "1 to 100000 strips")
        _require(1 <= self.answering_pages <= 100_000, "answering_pages", "1 to 100000 pages")
