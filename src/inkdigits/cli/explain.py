"""`inkdigits explain PICTURE…`: what the network looked at, as a picture and in words."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import get_args

import click

from inkdigits import network
from inkdigits.cli import many
from inkdigits.cli.drawings import is_one_of
from inkdigits.errors import InputError, one_line
from inkdigits.explaining.explanation import explain as explain_picture
from inkdigits.files import written_aside
from inkdigits.reading.decide import Trust


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
@click.option(
    "--model",
    default=network.DEFAULT,
    show_default=True,
    help="A shipped model, a run folder or a model.onnx.",
)
@click.option("--trust", type=click.Choice(get_args(Trust)), default="normal", show_default=True,
              help="How sure it must be to answer.")  # fmt: skip
def explain(
    pictures: tuple[str, ...], out: Path | None, against: int | None, as_json: bool, model: str, trust: Trust
) -> None:
    """Draw and say what in each PICTURE spoke for and against its answer; - reads a picture from standard input.

    Strokes are taken away and gaps are filled, place by place, to see which of them the answer hangs on. Beside that, the
    ten probabilities and the training digits that look most like it.
    """
    names = [None] * len(pictures) if as_json and out is None else _drawings(pictures, out)
    network.load(model)  # a model that is none stops everything, once
    failed = False
    for picture, drawing in zip(pictures, names, strict=True):
        try:
            explanation = explain_picture(
                many.standard_input() if picture == "-" else picture, model=model, trust=trust, against=against
            )
        except InputError as error:
            failed = True
            click.echo(f"inkdigits: {error}", err=True)
            continue
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
