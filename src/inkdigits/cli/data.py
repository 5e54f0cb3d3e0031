"""`inkdigits data`: the data sets, and what is in them."""

from __future__ import annotations

from pathlib import Path

import click

from inkdigits.cli import drawings
from inkdigits.cli.left_out import LeftOut
from inkdigits.datasets import load
from inkdigits.files import written_aside

_REDRAWN = 2000  # MNIST digits that synthetic pages are shown with: more take longer to prepare


@click.group(invoke_without_command=True)
@click.pass_context
def data(ctx: click.Context) -> None:
    """Show the data sets that train and evaluate can use."""
    if ctx.invoked_subcommand is None:
        _print_list()


@data.command("list")
def list_() -> None:
    """List the data sets in the package, and the kinds of your own that can be read."""
    _print_list()


def _print_list() -> None:
    click.echo(
        "mnist           60,000 training and 10,000 test digits with their writers, in the package (CC BY-SA 3.0)"
    )
    click.echo("pages           synthetic pages, which the locator is trained on; for show alone")
    click.echo("FOLDER          IDX files as the original MNIST's, plain or .gz: train-images-idx3-ubyte, …")
    click.echo("FOLDER          EMNIST's files, of which those of emnist-digits are taken")
    click.echo(
        "FOLDER          class folders of pictures: 0 to 9, zero to nine, Sample001; or train/ and test/ with such"
    )
    click.echo("FILE.csv        a label and 784 pixels a line, as Kaggle's; the header says which column is the label")
    click.echo("FILE.npz        arrays x and y, or x_train, y_train, x_test and y_test")


@data.command()
@click.argument("name", default="mnist")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), default=Path("samples.png"), show_default=True,
              help="The picture to write.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), help="pages: another number draws other pages.  [default: 0]")
@click.option("--count", type=click.IntRange(1, 20), help="pages: how many of each scene.  [default: 4]")
@click.option("--truth", is_flag=True,
              help="pages: draw what is known, at twice the size. Boxes: handwritten digits green, printed ones blue, "
              "separators red; lines join the digits of a number; what is ignored is hatched.")  # fmt: skip
def show(name: str, out: Path, seed: int | None, count: int | None, truth: bool) -> None:
    """Draw labelled samples of a data set, and count its digits. NAME is as for train --data, or pages: synthetic pages."""
    drawings.check("--out", out, [name])
    if name == "pages":
        _show_pages(out, seed or 0, count or 4, truth)
        return
    if seed is not None or count is not None or truth:
        raise click.UsageError("--seed, --count and --truth are for pages alone")
    if Path(name).is_dir() and drawings.lies_in(out, Path(name)):
        raise click.UsageError("--out lies in the data set itself: give a place outside of it")
    left_out = LeftOut()
    digits = load.find(name, left_out, left_out.warn).train()
    from inkdigits.evaluation import plots

    plots.save(plots.samples(digits.images, digits.labels, digits.name), out)
    writers = "" if digits.writers is None else f" by {len(set(digits.writers.tolist()))} writers"
    click.echo(f"{digits.name}: {len(digits):,} digits{writers}")
    click.echo("  ".join(f"{digit}: {int((digits.labels == digit).sum()):,}" for digit in range(10)))
    click.echo(f"Samples: {out}")
    left_out.end()


def _show_pages(out: Path, seed: int, count: int, truth: bool) -> None:
    """Draw pages of every scene, and count what is on them."""
    from inkdigits.datasets import mnist
    from inkdigits.synthetic.pages import overview, sources

    digits = mnist.train()
    assert digits.writers is not None
    known = sources.build(digits.images, digits.labels, digits.writers, "training", _REDRAWN)
    pages = overview.rows(known, seed, count)
    with written_aside(out) as aside:
        overview.sheet(pages, truth).save(aside, "PNG")
    marks = [mark for row in pages.values() for page in row for mark in page.truth.marks]
    written = sum(mark.sign.isdigit() and mark.kind == "handwritten" for mark in marks)
    printed = sum(mark.sign.isdigit() and mark.kind == "printed" for mark in marks)
    click.echo(f"Synthetic pages: {count} of each of {len(pages)} scenes")
    click.echo(f"handwritten digits: {written:,}  printed: {printed:,}  separators: {len(marks) - written - printed:,}")
    click.echo(f"Sheet: {out}")
