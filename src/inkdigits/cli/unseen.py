"""The digits on which a model's figures are evidence: not those that it was trained on."""

from __future__ import annotations

from collections.abc import Callable

import click

from inkdigits.datasets.dataset import Dataset
from inkdigits.datasets.load import Data
from inkdigits.errors import InputError
from inkdigits.network import Network


def unseen(data: Data, nets: list[Network]) -> Callable[[], Dataset]:
    """Return how to open the digits of a data set to measure models with: its test half, or else all of it.

    Of data without a test half that a run was trained on, it is the part which the run held out for its own test; that is
    said on standard error. Data are told by the hashes in each model's config. Raises InputError where the parts that two
    models held out differ.
    """
    if data.test is not None:
        return data.test
    whole = data.train()
    kept: Dataset | None = None
    for net in nets:
        part = _held_out(whole, net)
        if part is not None and kept is not None and part.fingerprint() != kept.fingerprint():
            raise InputError(data.name, "is what both models were trained on, in other parts", "give other digits")
        kept = part or kept
    if kept is None:
        return lambda: whole
    part = kept
    click.echo(f"{data.name} trained the model: measured on the {len(part):,} digits that were held out.", err=True)
    return lambda: part


def check(digits: Dataset, nets: list[Network]) -> Dataset:
    """Return digits that no model has learned from. Raises InputError."""
    for net in nets:
        if digits.fingerprint() in _trained_on(net):
            raise InputError(
                digits.name, f"is what the model {net.name!r} was trained on", "give digits it has not seen"
            )
    return digits


def _held_out(whole: Dataset, net: Network) -> Dataset | None:
    """Return what a run held out for its test of a data set that it was trained on; None if it was trained on others."""
    from inkdigits.training import split

    known = _trained_on(net)
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


def _trained_on(net: Network) -> set[str]:
    """Return the hashes of what a model has learned from and was chosen by, as far as its config tells, which is not to
    be relied on."""
    known = net.config.get("data_sha256")
    return {value for value in known.values() if isinstance(value, str)} if isinstance(known, dict) else set()


def _validation_share(net: Network) -> float | None:
    recipe = net.config.get("recipe")
    data = recipe.get("data") if isinstance(recipe, dict) else None
    share = data.get("validation") if isinstance(data, dict) else None
    return float(share) if isinstance(share, int | float) and 0 < share < 1 else None
