"""`inkdigits classify PICTURE…`: one digit a picture."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from inkdigits import network
from inkdigits.errors import InputError, one_line
from inkdigits.reading.decide import Trust
from inkdigits.reading.single import BATCH, Prepared, answer, prepare
from inkdigits.results import Digit, chance

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text


_PATIENCE = 0.2  # seconds that a person waits for answers that are there


@click.command()
@click.argument("pictures", nargs=-1, required=True, metavar="PICTURE…")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, and nothing else.")
@click.option("--brief", is_flag=True, help="One line a picture, also on a terminal.")
@click.option(
    "--steps",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Draw the picture's way to the network, step by step, into this file.",
)
@click.option(
    "--model",
    default=network.DEFAULT,
    show_default=True,
    help="A shipped model, a run folder or a model.onnx.",
)
@click.option("--trust", type=click.Choice(get_args(Trust)), default="normal", show_default=True,
              help="How sure it must be to answer.")  # fmt: skip
def classify(
    pictures: tuple[str, ...], as_json: bool, brief: bool, steps: Path | None, model: str, trust: Trust
) -> None:
    """Read the one digit in each PICTURE; - reads a picture from standard input.

    Any polarity, size, place and light; PNG, JPEG, BMP, GIF, TIFF or WebP. A ? stands where it is not sure.
    """
    if steps is not None:
        _draw_steps(pictures, steps)
    net = network.load(model)
    failed: list[str] = []
    console = None if as_json or brief or not sys.stdout.isatty() else _console()
    for digit in _answers(pictures, net, trust, failed):
        if as_json:
            click.echo(digit.to_json())
        elif console is None:
            click.echo(f"{one_line(digit.source)}: {digit}")
        else:
            show(digit, console)
    if failed:
        sys.exit(1)


def _answers(pictures: Iterable[str], net: network.Network, trust: Trust, failed: list[str]) -> Iterator[Digit]:
    """Yield a digit a picture as batches fill; a bad picture is a line on standard error, and the rest goes on."""
    waiting: list[Prepared] = []
    last = time.monotonic()
    for name in pictures:
        try:
            waiting.append(prepare(sys.stdin.buffer if name == "-" else name))
        except InputError as error:
            failed.append(name)
            click.echo(f"inkdigits: {error}", err=True)
        if len(waiting) == BATCH or time.monotonic() - last > _PATIENCE:
            yield from answer(waiting, net, trust)
            waiting, last = [], time.monotonic()
    yield from answer(waiting, net, trust)


def _draw_steps(pictures: tuple[str, ...], out: Path) -> None:
    """Draw the steps of the only picture. Raises UsageError if there are several."""
    if len(pictures) != 1 or pictures[0] == "-":
        raise click.UsageError("--steps draws one picture's way: name one file")
    from inkdigits.files import written_aside
    from inkdigits.reading.steps import draw

    strip = draw(pictures[0])
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
    return f"not sure: perhaps a {digit.best}, at {chance(digit.confidence)}"


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
