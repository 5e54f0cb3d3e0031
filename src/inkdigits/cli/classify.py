"""`inkdigits classify PICTURE…`: one digit a picture."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from inkdigits.batch.job import Job
from inkdigits.batch.shards import Shard
from inkdigits.cli import drawings, many, tables
from inkdigits.cli.options import MODEL, SHARD, TRUST, reader_options
from inkdigits.errors import one_line
from inkdigits.options import Options
from inkdigits.results import Digit, chance

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text


@click.command()
@click.argument("pictures", nargs=-1, required=True, metavar="PICTURE|FOLDER…")
@click.option("--brief", is_flag=True, help="One line a picture, also on a terminal.")
@click.option(
    "--steps",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Draw the picture's way to the network, step by step, into this .png.",
)
@many.output
@tables.RAY
@SHARD
@reader_options(MODEL, TRUST)
def classify(
    pictures: tuple[str, ...],
    as_json: bool,
    as_csv: bool,
    brief: bool,
    steps: Path | None,
    out: str | None,
    resume: bool,
    jobs: int,
    timeout: float | None,
    ray: str | None,
    shard: Shard | None,
    options: Options,
) -> None:
    """Read the one digit in each PICTURE, or in each of a FOLDER and below it; - reads a picture from standard input.

    Any polarity, size, place and light; PNG, JPEG, AVIF, BMP, GIF, TIFF or WebP. A ? stands where it is not sure. Many
    pictures are read in parallel; a run with --out that was stopped, even by kill -9, goes on with --resume.
    """
    if tables.is_meant(out, ray):
        if steps is not None or as_json or as_csv:
            raise click.UsageError("--steps, --json and --csv are not for a table of results")
        tables.read("classify", options, pictures, out, ray, shard, jobs, timeout)
        return
    form = many.form(as_json, as_csv, out, resume)
    if steps is not None:
        _draw_steps(pictures, steps, options.model)
    work = many.Many(Job("classify", form, options), pictures, jobs, timeout, shard)
    if out is not None:
        work.write(Path(out), resume)
    elif form == "text" and not brief and work.is_few and sys.stdout.isatty():
        console = _console()
        for digit in work.answers():
            assert isinstance(digit, Digit)
            show(digit, console)
    else:
        work.echo()
    work.end()


def _draw_steps(pictures: tuple[str, ...], out: Path, model: str) -> None:
    """Draw the steps of the only picture. Raises UsageError if there are several."""
    if len(pictures) != 1 or pictures[0] == "-":
        raise click.UsageError("--steps draws one picture's way: name one file")
    drawings.check("--steps", out, pictures)
    from inkdigits.files import written_aside
    from inkdigits.reading.steps import draw

    strip = draw(pictures[0], model)
    with written_aside(out) as aside:
        strip.save(aside, "PNG")


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False)


def show(digit: Digit, console: Console) -> None:
    """Show on a terminal what the network saw, its answer, and the three most probable digits as bars."""
    from rich.table import Table
    from rich.text import Text

    lines: list[Text] = [Text(one_line(os.fspath(digit.source), 60), style="dim"), Text()]
    if digit.reason == "blank":
        lines.append(Text("blank: there is no ink in this picture", style="bold"))
    else:
        colour = "green" if digit.label is not None else "yellow"
        lines.append(Text.assemble((f" {digit.label if digit.label is not None else '?'} ", f"bold reverse {colour}"),
                                   f"  {_words(digit)}"))  # fmt: skip
        lines.append(Text())
        for rank, (label, probability) in enumerate(digit.top()):
            length = round(probability * 24)
            bar = ("█" * length) or ("▏" if probability >= 0.001 else "")
            lines.append(Text.assemble(f"{label} ", (bar.ljust(24, " "), colour if rank == 0 else "dim"),
                                       f" {chance(probability):>6}"))  # fmt: skip
    grid = Table.grid(padding=(0, 3))
    grid.add_row(picture(digit, shaded=console.color_system is not None), Text("\n").join([Text(), *lines]))
    console.print(grid, end="\n\n")


def _words(digit: Digit) -> str:
    if digit.label is not None:
        return f"{chance(digit.confidence)} sure"
    perhaps = f"perhaps {'an' if digit.best == 8 else 'a'} {digit.best}, at {chance(digit.confidence)}"
    return f"not sure: {perhaps}" if digit.reason == "unsure" else f"{digit.reason}; {perhaps}"


def picture(digit: Digit, shaded: bool) -> Text:
    """Return the glyph as text, 28 columns by 14 lines: grey half-blocks, or letters where there is no colour."""
    from rich.color import Color
    from rich.style import Style
    from rich.text import Text

    text = Text(no_wrap=True)
    for upper, lower in zip(digit.glyph[0::2], digit.glyph[1::2], strict=True):
        for above, below in zip(upper.tolist(), lower.tolist(), strict=True):
            if shaded:
                colours = Color.from_rgb(above, above, above), Color.from_rgb(below, below, below)
                text.append("▀", Style.from_color(*colours))
            else:
                text.append(" .:-=+*#%@"[(above + below) * 9 // 510])
        text.append("\n")
    text.right_crop(1)
    return text
