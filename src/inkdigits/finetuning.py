"""A user's own digits, learned by a network that reads digits already: what is held out, learned, and compared."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from inkdigits import network
from inkdigits.datasets import mnist
from inkdigits.datasets.dataset import Dataset
from inkdigits.datasets.load import Data
from inkdigits.errors import InputError
from inkdigits.evaluation import calibration
from inkdigits.evaluation.change import Change, Told, answered_not_digits, compare, tell
from inkdigits.network import Network, registry
from inkdigits.recognising.decide import believe
from inkdigits.training import fit, from_onnx, pool, split
from inkdigits.training.from_onnx import Given
from inkdigits.training.recipe import Recipe
from inkdigits.training.rehearsal import led_back, mixed
from inkdigits.training.watcher import Watcher

# Pictures that are no digits, to see whether they are still turned away; no training has this seed.
_NOT_DIGITS = {"letters": 400, "scribbles": 400, "several": 400}
_NOT_DIGITS_SEED = 2**31

# Own digits, held out from the finished network, with which the temperature is fitted anew; with fewer it stays as it was.
_ENOUGH_TO_CALIBRATE = 200

_FORGOTTEN = 0.003  # of the accuracy on MNIST's validation digits: from there on it is told

Raw = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Part:
    """Own digits to learn from, and those that are read by the network that has learned from the others."""

    learned: Dataset
    held_out: Dataset


@dataclass(frozen=True)
class Learned:
    """A finished fine-tuning: the network, what it learned from, and what has changed.

    `share` is how much of what was learned is kept (rehearsal.led_back); `answering` is as in a model's config;
    `not_digits` the shares of what is no digit that were answered, before and after, by level of trust; None where the
    network knows digits only.
    """

    source: str
    source_sha256: str
    trained: fit.Trained
    own: Dataset
    known: int
    validation: Dataset
    share: float
    answering: dict[str, Any]
    held_out: str
    changes: list[Change]
    not_digits: dict[str, dict[str, float]] | None

    def to_dict(self) -> dict[str, Any]:
        """Return what changed as plain values, for config.json."""
        return {
            "source": self.source,
            "source_sha256": self.source_sha256,
            "own_digits_of_each_class": np.bincount(self.own.labels, minlength=10).tolist(),
            "held_out": self.held_out,
            "kept_of_what_was_learned": self.share,
            "changes": [change.to_dict() for change in self.changes],
            "not_digits_answered": self.not_digits,
        }

    def told(self) -> Told:
        """Return what changed, for a person to read."""
        own, known = self.changes
        notes = [f"How your digits were held out: {self.held_out}."]
        missing = [str(digit) for digit in range(10) if digit not in self.own.labels]
        if missing:
            notes.append(f"There were none of {', '.join(missing)}: those are read as {self.source} has learned them.")
        if self.share < 1:
            notes.append(
                f"For MNIST's sake its weights were led back, {1 - self.share:.0%} of the way to {self.source}."
            )
        if own.after.correct <= own.before.correct:
            notes.append(
                f"Nothing was gained on your digits: stay with {self.source}, or give more of what it misreads."
            )
        if known.before.accuracy - known.after.accuracy > _FORGOTTEN:
            notes.append("Some of MNIST was forgotten: a smaller own or a larger rehearsal in the recipe forgets less.")
        return tell(self.changes, self.not_digits, notes)


def learn(recipe: Recipe, seed: int, data: Data, folder: Path, watcher: Watcher) -> Learned:
    """Teach the recipe's source network the digits of `data`, and compare before and after on digits held out.

    Own digits are held out as `parts` says; a test half of theirs is left for `inkdigits evaluate`. What may be forgotten
    is seen on MNIST's validation writers and on pictures that are no digits. Checkpoints are written into `folder`. Raises
    InputError: no source or one whose layers are not known, no own digits, too few of a class, or MNIST's test digits.
    """
    settings = recipe.finetune
    source, given = _source(recipe)
    if data.train is mnist.train:
        raise InputError(
            f"recipe {recipe.name}", "has no digits of yours to learn", "name their folder: --data my_digits/"
        )
    own = mnist.check_without_test_digits(
        data.train()
    ).distinct()  # a copy that is held out from its twin tells nothing
    _check(own, settings.least)
    divided, words = parts(own, recipe, seed)
    training, validation = split.by_writer(mnist.train(), recipe.data.validation)
    watcher.on_stage("drawing synthetic pictures")
    known = rehearsed(recipe, seed, training, given.classes)
    not_digits = pool.build(_NOT_DIGITS, _NOT_DIGITS_SEED, validation) if given.classes == 11 else None

    def teach(new: Dataset, stage: str, checkpoint: str, is_last: bool) -> tuple[fit.Trained, float]:
        watcher.on_stage(stage)
        trained = fit.fit(
            recipe, seed, mixed(new, known, settings.own), validation, folder / checkpoint,
            watcher.on_step, watcher.on_epoch if is_last else None, given,
        )  # fmt: skip
        return trained, _led_back(trained, given, source, validation, settings.may_forget)

    count = len(divided)
    answers = []  # of the networks that have not seen them, to the digits held out
    for number, part in enumerate(divided, 1):
        stage = f"training without part {number} of {count}" if count > 1 else "training"
        trained, share = teach(part.learned, stage, f"checkpoint-{number}.npz", count == 1)
        answers.append(fit.predictor(trained.network)(part.held_out.images))
    if count > 1:
        trained, share = teach(own, "training with all parts", "checkpoint.npz", True)

    predict = fit.predictor(trained.network)
    held_out = _joined([part.held_out for part in divided])
    after = {held_out: np.concatenate(answers), validation: predict(validation.images)}
    answering = _answering(source, after, count == 1 and len(held_out) >= _ENOUGH_TO_CALIBRATE)
    changes = [_change(source, data_, raw, answering) for data_, raw in after.items()]
    refused = None
    if not_digits is not None:
        glyphs = not_digits.images[not_digits.labels == pool.NOT_DIGIT]
        beliefs = believe(predict(glyphs), answering["temperature"])
        refused = {
            "before": answered_not_digits(believe(source.probabilities(glyphs), source.temperature), source.thresholds),
            "after": answered_not_digits(beliefs, answering["thresholds"]),
        }
    return Learned(
        source.name, given.fingerprint, trained, own, len(known), validation, share, answering, words, changes, refused
    )


def _source(recipe: Recipe) -> tuple[Network, Given]:
    """Return the network that a recipe goes on from, to run and to train. Raises InputError."""
    if not recipe.finetune.source:
        what = "does not say which network to go on from"
        raise InputError(f"recipe {recipe.name}", what, "name a model or a run folder: --from default")
    return network.load(recipe.finetune.source), from_onnx.read(registry.locate(recipe.finetune.source))


def _check(own: Dataset, least: int) -> None:
    """Raise InputError if there are some digits of a class, but too few. A class without any is kept as it is."""
    counts = np.bincount(own.labels, minlength=10)
    few = [f"{count} of {digit}" for digit, count in enumerate(counts) if 0 < count < least]
    if few:
        remedy = f"give {least} different pictures of a digit at least, or none of it"
        raise InputError(own.name, f"holds only {', '.join(few)}", remedy)


def parts(own: Dataset, recipe: Recipe, seed: int) -> tuple[list[Part], str]:
    """Return how own digits are divided into learned and held out, and the words for it.

    Where there are plenty of every class, one part of all is held out. Else each part in turn is held out from a network of
    its own (cross-validation), and the finished network learns from all.
    """
    count = recipe.finetune.folds
    part_of = split.in_parts(own, count, seed)
    divided = [Part(own.subset(part_of != part), own.subset(part_of == part)) for part in range(count)]
    present = np.bincount(own.labels)
    if present[present > 0].min() >= recipe.finetune.hold_out_from:
        return divided[:1], f"one in {count}, drawn at random"
    return divided, f"each of {count} parts was read by a network that had learned from the others (cross-validation)"


def rehearsed(recipe: Recipe, seed: int, training: Dataset, classes: int) -> Dataset:
    """Return what is seen again while something new is learned: MNIST's digits, and the recipe's synthetic pictures."""
    rows = np.random.default_rng(seed).permutation(len(training))[: recipe.finetune.rehearsal]
    counts = recipe.pool.counts()
    if classes == 10:
        counts = {kind: count for kind, count in counts.items() if kind not in recipe.pool.not_digits()}
    again = training.subset(np.sort(rows))
    return pool.build(counts, seed, again, classes) if counts else again


def _led_back(trained: fit.Trained, given: Given, source: Network, validation: Dataset, may_forget: float) -> float:
    """Lead a network back towards its source until it has forgotten no more than it may; return what share is left."""
    least = _accuracy(source.probabilities(validation.images), validation) - may_forget
    predict = fit.predictor(trained.network)
    beginning = given.build().get_weights()
    return led_back(trained.network, beginning, lambda: _accuracy(predict(validation.images), validation) >= least)


def _accuracy(raw: Raw, data: Dataset) -> float:
    return float((raw[:, :10].argmax(axis=1) == data.labels).mean())


def _joined(data: list[Dataset]) -> Dataset:
    return dataclasses.replace(
        data[0], images=np.concatenate([d.images for d in data]), labels=np.concatenate([d.labels for d in data]),
        writers=None,
    )  # fmt: skip


def _answering(source: Network, answers: dict[Dataset, Raw], enough: bool) -> dict[str, Any]:
    """Return temperature and thresholds for the finished network, by its answers to own digits held out and to MNIST's.

    The temperature is the source's unless there are `enough` of one's own. Thresholds rise where they must, so that a level
    of trust keeps its word; they never fall: the source's may have been found on more kinds of pictures than are here.
    """
    raw = np.concatenate(list(answers.values()))
    labels = np.concatenate([data.labels for data in answers])
    temperature = calibration.fit_temperature(raw, labels) if enough else source.temperature
    beliefs = believe(raw, temperature)
    right = beliefs.digits.argmax(axis=1) == labels
    thresholds = dict(source.thresholds)
    for level, target in calibration.TARGETS.items():
        thresholds[level] = max(thresholds[level], calibration.fit_threshold(beliefs.confidence, right, target))
    fitted_on = len(labels) if enough else f"what {source.name} was fitted on"
    answering = {"temperature": temperature, "thresholds": thresholds, "fitted_on": fitted_on}
    # Thresholds are of confidences that these weights tell: without them second looks would be on another scale.
    return answering | ({"doubtful": list(source.doubtful)} if source.doubtful else {})


def _change(source: Network, data: Dataset, after: Raw, answering: dict[str, Any]) -> Change:
    before = believe(source.probabilities(data.images), source.temperature), source.thresholds
    now = believe(after, answering["temperature"]), answering["thresholds"]
    return compare(data.name, data.labels, before, now)
