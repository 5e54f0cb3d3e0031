"""The digits that a model was trained on, and those that were held out: for verbs that make a model of models."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from inkdigits.cli.left_out import LeftOut
from inkdigits.datasets import load
from inkdigits.datasets.dataset import Dataset
from inkdigits.errors import InputError
from inkdigits.network import Network

if TYPE_CHECKING:
    from inkdigits.training.recipe import Recipe

_SHARE = 0.1  # of digits that nothing is known about


def halves(nets: list[Network], data_name: str | None, left_out: LeftOut) -> tuple[Dataset, Dataset]:
    """Return (training, validation) digits of a data set, by default the one that the first model's config names.

    Of the data that a run learned from, validation is what it held out to choose by; of several runs, what all of them did:
    writers are held out in one order, so that is the smallest of their shares. A run that learned from everything has held
    out nothing, and a fine-tuned one held out MNIST's. Pictures that cannot be read are told to `left_out`.
    """
    if "tensorflow" not in sys.modules:
        click.echo("Starting TensorFlow …", err=True)
    from inkdigits import run
    from inkdigits.training import split

    recipes = [of for net in nets if (of := _recipe(net)) is not None]
    named = nets[0].config.get("data")
    own = "mnist" if not isinstance(named, str) or any(of.finetunes for of in recipes) else named
    data = load.find(data_name or own, left_out, left_out.warn)
    chosen_by = [of for of in recipes if not of.data.everything]
    if data_name in (None, own) and chosen_by:
        training, validation, _ = run.parts(data, min(chosen_by, key=lambda of: of.data.validation))
        assert validation is not None
        return training, validation
    return split.by_writer(data.train(), _SHARE)


def _recipe(net: Network) -> Recipe | None:
    """Return what a model was trained by, if its config tells; it may be of any form."""
    from inkdigits.training import recipe

    settings = net.config.get("recipe")
    try:
        return recipe.of_digits(settings, net.name, net.name) if isinstance(settings, dict) else None
    except InputError:
        return None
