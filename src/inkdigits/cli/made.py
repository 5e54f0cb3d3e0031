"""What is made of models, as a few lines of text: figures on other digits, files in 8 bits, ensembles."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from inkdigits.cli.summary import summary

if TYPE_CHECKING:
    from inkdigits.after import Made
    from inkdigits.derived import Ensemble, Quantised
    from inkdigits.measuring import Measured


def starting() -> None:
    """Say that TensorFlow starts, which takes seconds, unless it has been started."""
    if "tensorflow" not in sys.modules:
        click.echo("Starting TensorFlow …", err=True)


def show(made: Made) -> None:
    """Print what [after] of a recipe has made."""
    from inkdigits.derived import Quantised
    from inkdigits.measuring import Measured

    if isinstance(made, Measured):
        click.echo("By test-time augmentation:")
        measured(made)
    elif isinstance(made, Quantised):
        quantised(made)
    else:
        click.echo("Several seeds together:")
        ensemble(made)


def measured(made: Measured) -> None:
    """Print figures, and where their report is."""
    if made.note:
        click.echo(made.note, err=True)
    summary(made.metrics)
    click.echo(f"Report: {made.report}")


def quantised(made: Quantised) -> None:
    """Print what a network in 8 bits costs and saves."""
    learned = " (from which it may have learned)" if made.has_learned else ""
    before, now = made.right_before / made.digits, made.right / made.digits
    click.echo(f"{made.bytes_before:,} bytes became {made.bytes:,}.")
    click.echo(
        f"On {made.validation}{learned}, {made.agree:,} of {made.digits:,} labels agree; accuracy was {before:.2%} "
        f"and is {now:.2%}."
    )
    click.echo(f"Model: {made.folder}")


def ensemble(made: Ensemble) -> None:
    """Print what each member reads, and all of them together."""
    for name, right in [*made.members, ("ensemble", made.right)]:
        click.echo(f"{right / made.digits:.2%} of {made.validation}: {name}")
    click.echo(f"Model: {made.folder}")
