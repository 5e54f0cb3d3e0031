"""`inkdigits data`: the data sets, and what is in them."""

from __future__ import annotations

from pathlib import Path

import click

from inkdigits.cli import drawings
from inkdigits.cli.left_out import LeftOut
from inkdigits.datasets import load


@click.group(invoke_without_command=True)
@click.pass_context
def data(ctx: click.Context) -> None:
    """Show the data sets that train and evaluate can use."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@data.command("list")
def list_() -> None:
    """List the data sets in the package, and the kinds of your own that can be read."""
    click.echo(
        "mnist           60,000 training and 10,000 test digits with their writers, in the package (CC BY-SA 3.0)"
    )
    click.echo("FOLDER          IDX files as the original MNIST's, plain or .gz: train-images-idx3-ubyte, …")
    click.echo("FOLDER          class folders 0 to 9 of pictures, or train/ and test/ with such folders")
    click.echo("FILE.csv        a label and 784 pixels a line, as Kaggle's Digit Recognizer")
    click.echo("FILE.npz        arrays x and y, or x_train, y_train, x_test and y_test")


@data.command()
@click.argument("name", default="mnist")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), default=Path("samples.png"), show_default=True,
              help="The picture to write.")  # fmt: skip
def show(name: str, out: Path) -> None:
    """Draw labelled samples of a data set, and count its digits. NAME is as for train --data."""
    drawings.check("--out", out, [name])
    if Path(name).is_dir() and drawings.lies_in(out, Path(name)):
        raise click.UsageError("--out lies in the data set itself: give a place outside of it")
    left_out = LeftOut()
    digits = load.find(name, left_out).train()
    from inkdigits.evaluation import plots

    plots.save(plots.samples(digits.images, digits.labels, digits.name), out)
    writers = "" if digits.writers is None else f" by {len(set(digits.writers.tolist()))} writers"
    click.echo(f"{digits.name}: {len(digits):,} digits{writers}")
    click.echo("  ".join(f"{digit}: {int((digits.labels == digit).sum()):,}" for digit in range(10)))
    click.echo(f"Samples: {out}")
    left_out.end()
