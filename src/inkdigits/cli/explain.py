"""`inkdigits explain PICTURE…`: what the network looked at, as a picture and in words."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from inkdigits import network
from inkdigits.batch import rows
from inkdigits.cli import many
from inkdigits.cli.drawings import is_one_of
from inkdigits.cli.options import MODEL, TRUST, reader_options
from inkdigits.cli.screen import warn
from inkdigits.errors import InputError, one_line
from inkdigits.explaining.explanation import explained
from inkdigits.files import written_aside
from inkdigits.options import Options


@click.command()
@click.argument("pictures", nargs=-1, required=True, metavar="PICTURE…")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="The drawing to write, a .png, or a folder for them. Without it: NAME.explained.png, here.",
)
@click.option(
    "--against",
    type=click.IntRange(0, 9),
    metavar="DIGIT",
    help="Hold the answer against this digit, not against its strongest rival.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="One JSON object a line, and nothing else; draws if --out is given."
)
@reader_options(MODEL, TRUST)
def explain(pictures: tuple[str, ...], out: Path | None, against: int | None, as_json: bool, options: Options) -> None:
    """Draw and say what in each PICTURE spoke for and against its answer; - reads a picture from standard input.

    Strokes are taken away and gaps are filled, place by place, to see which of them the answer hangs on. Beside that, the
    ten probabilities and the training digits that look most like it.
    """
    names = [None] * len(pictures) if as_json and out is None else _drawings(pictures, out)
    network.load(options.model)  # a model that is none stops everything, once
    failed = False
    for picture, drawing in zip(pictures, names, strict=True):
        try:
            source = many.standard_input() if picture == "-" else picture
            explanation = explained(source, options, against)
        except InputError as error:
            failed = True
            click.echo(f"inkdigits: {error}", err=True)
            continue
        for text in rows.warned(explanation.digit):
            warn(text)
        if drawing is not None:
            image = explanation.draw()
            with written_aside(drawing) as aside:
                image.save(aside, "PNG")
        if as_json:
            click.echo(explanation.to_json())
        else:
            click.echo(
                "\n  ".join(
                    [f"{one_line(explanation.source)}:", *explanation.sentences(), f"Drawn: {one_line(drawing)}"]
                )
            )
    if failed:
        sys.exit(1)


def _drawings(pictures: tuple[str, ...], out: Path | None) -> list[Path]:
    """Return the file that each picture's drawing goes to: none of the pictures, and no two the same.

    Raises UsageError where `out` cannot take them.
    """
    if out is not None and out.suffix.lower() == ".png" and not out.is_dir():
        if len(pictures) > 1:
            raise click.UsageError("--out names one drawing: give a folder for several pictures")
        if is_one_of(out, pictures):
            raise click.UsageError("--out is the picture itself: give another name for the drawing")
        return [out]
    if out is not None and (out.is_file() or (out.suffix and not out.is_dir())):
        raise click.UsageError("--out is a .png or a folder")
    drawings: list[Path] = []
    for picture in pictures:
        stem = "stdin" if picture == "-" else Path(picture).stem[:50]  # a longest name could not grow by an ending
        number, drawing = 1, (out or Path()) / f"{stem}.explained.png"
        while drawing in drawings or is_one_of(drawing, pictures):
            number += 1
            drawing = drawing.with_name(f"{stem}.explained-{number}.png")
        drawings.append(drawing)
    return drawings
