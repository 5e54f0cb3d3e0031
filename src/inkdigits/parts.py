"""Which digits of a data set a model learns from, is chosen by, and has not seen.

What a model was trained on is told by the hashes in its config; which part of the data that is, by its recipe.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inkdigits.datasets import load, mnist
from inkdigits.datasets.dataset import Dataset
from inkdigits.datasets.layouts import OnError, OnWarning
from inkdigits.datasets.load import Data
from inkdigits.errors import InputError
from inkdigits.network import Network

if TYPE_CHECKING:
    from inkdigits.training.recipe import Recipe

# The packages of training are imported where they are needed: measuring on MNIST takes no TensorFlow.

_SHARE = 0.1  # held out of digits that nothing is known about


def parts(data: Data, recipe_: Recipe) -> tuple[Dataset, Dataset | None, Callable[[], Dataset]]:
    """Return the digits that a recipe learns from, those to choose by, and how to open those that it is tested on.

    There are none to choose by where the recipe is chosen and learns from all. A part is held out for the test where the
    data have no test half. Raises InputError if no digits are left to learn from, and for MNIST's test digits among them.
    """
    from inkdigits.training import split

    whole, test = data.train(), data.test
    if test is None:
        whole, held_out = split.own_test(whole)
        test = lambda: held_out  # noqa: E731
    mnist.check_without_test_digits(whole)
    if recipe_.data.everything:
        return whole, None, test
    training, validation = split.by_writer(whole, recipe_.data.validation)
    if not len(training):
        raise InputError(whole.name, "leaves no digits to learn from once some are held out", "give more of each class")
    return training, validation, test


def halves(
    nets: Sequence[Network],
    data_name: str | None = None,
    on_error: OnError = load.raise_error,
    on_warning: OnWarning = warnings.warn,
) -> tuple[Dataset, Dataset]:
    """Return (training, validation) digits for a model that is made of models: on the second it is measured and calibrated.

    They are of the data set that is named, by default the one that the first model's config names. Of the data that a run
    learned from, validation is what it held out to choose by; of several runs, what all of them did: writers are held out
    in one order, so that is the smallest of their shares. A run that learned from everything has held out nothing, and a
    fine-tuned one held out MNIST's. `on_error` and `on_warning` are as in `load.find`.
    """
    from inkdigits.training import split

    recipes = [of for net in nets if (of := _recipe(net)) is not None]
    named = nets[0].config.get("data")
    own = "mnist" if not isinstance(named, str) or any(of.finetunes for of in recipes) else named
    data = load.find(data_name or own, on_error, on_warning)
    chosen_by = [of for of in recipes if not of.data.everything]
    if data_name in (None, own) and chosen_by:
        training, validation, _ = parts(data, min(chosen_by, key=lambda of: of.data.validation))
        assert validation is not None
        return training, validation
    return split.by_writer(data.train(), _SHARE)


@dataclass(frozen=True)
class Unseen:
    """The digits to measure models with: how to open them, and what is to be said of them, if anything."""

    open: Callable[[], Dataset]
    note: str = ""


def unseen(data: Data, nets: Sequence[Network]) -> Unseen:
    """Return the digits of a data set on which figures of these models are evidence: its test half, or else all of it.

    Of data without a test half that a run was trained on, it is the part which the run held out for its own test; the note
    says so. Raises InputError where the parts that two models held out differ.
    """
    if data.test is not None:
        return Unseen(data.test)
    whole = data.train()
    kept: Dataset | None = None
    for net in nets:
        part = _tested_on(whole, net)
        if part is not None and kept is not None and part.fingerprint() != kept.fingerprint():
            raise InputError(data.name, "is what both models were trained on, in other parts", "give other digits")
        kept = part or kept
    if kept is None:
        return Unseen(lambda: whole)
    part = kept
    note = f"{data.name} trained the model: measured on the {len(part):,} digits that were held out."
    return Unseen(lambda: part, note)


def check_unseen(digits: Dataset, nets: Sequence[Network]) -> Dataset:
    """Return digits that no model has learned from. Raises InputError."""
    for net in nets:
        known = _learned_from(net)
        # A fine-tuning learns from each of its digits once, however often they were given.
        if digits.fingerprint() in known or ("finetuned" in net.config and digits.distinct().fingerprint() in known):
            raise InputError(
                digits.name, f"is what the model {net.name!r} was trained on", "give digits it has not seen"
            )
    return digits


def has_learned_from(net: Network, data: Data) -> bool:
    """Tell whether a finished run learned from the digits that a data set holds now; they may have changed since.

    Raises InputError as `parts` does.
    """
    recipe_, known = _recipe(net), net.config.get("data_sha256")
    if recipe_ is None or not isinstance(known, dict):
        return False
    digits = data.train().distinct() if recipe_.finetunes else parts(data, recipe_)[0]
    return bool(known.get("training") == digits.fingerprint())


def _tested_on(whole: Dataset, net: Network) -> Dataset | None:
    """Return what a run held out for its test of a data set that it was trained on; None if it was trained on others."""
    from inkdigits.training import split

    known = _learned_from(net)
    if not known:
        return None
    try:
        learned, held_out = split.own_test(whole)
    except ValueError:  # too few of them to be held out
        return None
    if learned.fingerprint() in known:  # a recipe that learned from everything
        return held_out
    share = _validation_share(net)
    if share is not None and split.by_writer(learned, share)[0].fingerprint() in known:
        return held_out
    return None


def _learned_from(net: Network) -> set[str]:
    """Return the hashes of what a model has learned from and was chosen by, as far as its config tells, which is not to
    be relied on."""
    known = net.config.get("data_sha256")
    return {value for value in known.values() if isinstance(value, str)} if isinstance(known, dict) else set()


def _validation_share(net: Network) -> float | None:
    """Return which share a model's recipe held out to choose by, of whatever version the rest of the recipe is."""
    recipe = net.config.get("recipe")
    data = recipe.get("data") if isinstance(recipe, dict) else None
    share = data.get("validation") if isinstance(data, dict) else None
    return float(share) if isinstance(share, int | float) and 0 < share < 1 else None


def _recipe(net: Network) -> Recipe | None:
    """Return what a model was trained by, if its config tells; it may be of any form."""
    from inkdigits.training import recipe

    settings = net.config.get("recipe")
    try:
        return recipe.of_digits(settings, net.name, net.name) if isinstance(settings, dict) else None
    except InputError:
        return None
