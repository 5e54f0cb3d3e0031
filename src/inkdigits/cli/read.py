"""`inkdigits read PICTURE…`: lines of digits from pictures, documents and folders."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

import click

from inkdigits import network
from inkdigits.errors import InputError, one_line
from inkdigits.files import written_aside
from inkdigits.reading.decide import Trust
from inkdigits.reading.expect import parse
from inkdigits.reading.page import read_pages
from inkdigits.results import Page

_ENDINGS = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".pdf"}
_COLUMNS = ("source", "line", "text", "digits", "confidence", "left", "top", "right", "bottom")


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="PICTURE|PDF|FOLDER…")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a page, and nothing else.")
@click.option("--csv", "as_csv", is_flag=True, help="A table with one row a line of digits.")
@click.option(
    "--draw",
    "drawing",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Draw boxes and answers on the (one) picture, into this file.",
)
@click.option(
    "--expect",
    multiple=True,
    help=r"What each number is: length:5, range:0-100, values:1,2,6, luhn, mod11, mod97, or a pattern such as \d{5}.",
)
@click.option(
    "--model",
    default=network.DEFAULT,
    show_default=True,
    help="A shipped model, a run folder or a model.onnx.",
)
@click.option("--trust", type=click.Choice(get_args(Trust)), default="normal", show_default=True,
              help="How sure it must be to answer.")  # fmt: skip
def read(
    sources: tuple[str, ...],
    as_json: bool,
    as_csv: bool,
    drawing: Path | None,
    expect: tuple[str, ...],
    model: str,
    trust: Trust,
) -> None:
    """Read the digits in pictures, PDF documents and folders of them; - reads a picture from standard input.

    Lines come from top to bottom. A ? stands for a digit that it is not sure of, a space for anything that is no digit.
    """
    if as_json and as_csv:
        raise click.UsageError("choose --json or --csv")
    failed: list[str] = []
    paths = list(_expand(sources, failed))
    if drawing is not None and len(paths) != 1:
        raise click.UsageError("--draw draws on one picture: name one file")
    if as_csv:
        click.echo(",".join(_COLUMNS))
    for page in _pages(paths, model, trust, expect, failed):
        if as_json:
            click.echo(page.to_json())
        elif as_csv:
            click.echo(_rows(page), nl=False)
        else:
            show(page, alone=len(paths) == 1)
        if drawing is not None:
            image = page.draw()
            with written_aside(drawing) as aside:
                image.save(aside, "PNG")
            drawing = None  # of a document, the first page
    if failed:
        sys.exit(1)


def _expand(sources: Iterable[str], failed: list[str]) -> Iterator[str]:
    """Yield the files that are meant: a folder stands for the pictures and documents in it, by name."""
    for source in sources:
        if source != "-" and Path(source).is_dir():
            inside = sorted(str(p) for p in Path(source).iterdir() if p.suffix.lower() in _ENDINGS)
            if not inside:
                failed.append(source)
                click.echo(f"inkdigits: {one_line(source)}: holds no pictures; give another folder", err=True)
            yield from inside
        else:
            yield source


def _pages(paths: list[str], model: str, trust: Trust, expect: tuple[str, ...], failed: list[str]) -> Iterator[Page]:
    """Yield the pages of all files; a bad file is a line on standard error, and the rest goes on."""
    network.load(model)  # a model or an expectation that is none stops everything, once
    parse(expect)
    for path in paths:
        try:
            yield from read_pages(sys.stdin.buffer if path == "-" else path, model=model, trust=trust, expect=expect)
        except InputError as error:
            failed.append(path)
            click.echo(f"inkdigits: {error}", err=True)


def _rows(page: Page) -> str:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    for number, line in enumerate(page.lines, 1):
        table.writerow([page.source, number, line.text, line.number_text, round(line.confidence, 4), *line.box])
    return text.getvalue()


def show(page: Page, alone: bool) -> None:
    """Print a page's lines; with its name in front where it is one of several."""
    name = "" if alone else f"{one_line(page.source)}: "
    if not page.lines:
        click.echo(f"{name}no digits found" if alone else f"{name}-")
    elif alone:
        click.echo(page.text)
    else:
        click.echo(name + " | ".join(line.text for line in page.lines))
