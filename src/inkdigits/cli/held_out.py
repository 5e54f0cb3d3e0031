"""The digits that a model was trained on, and those that were held out: for verbs that make a model of models."""

from __future__ import annotations

import click

from inkdigits.cli.left_out import LeftOut
from inkdigits.datasets import load
from inkdigits.datasets.dataset import Dataset
from inkdigits.network import Network

# Of any run's own validation writers these are the first: they are held out in one order, whatever the recipe's share.
_SHARE = 0.1


def halves(net: Network, data_name: str | None, left_out: LeftOut) -> tuple[Dataset, Dataset]:
    """Return (training, validation) digits of a data set, by default the one that the model's config names.

    Pictures that cannot be read are told to `left_out`.
    """
    click.echo("Starting TensorFlow …", err=True)
    from inkdigits.training import split

    named = net.config.get("data", "mnist")
    whole = load.find(data_name or (named if isinstance(named, str) else "mnist"), left_out).train()
    return split.by_writer(whole, _SHARE)
