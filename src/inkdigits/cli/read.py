"""`inkdigits read PICTURE…`: lines of digits from pictures, documents and folders."""

from __future__ import annotations

from pathlib import Path

import click

from inkdigits.batch import rows
from inkdigits.batch.job import Job
from inkdigits.batch.shards import Shard
from inkdigits.cli import drawings, many, tables
from inkdigits.cli.options import EXPECT, INK, MODEL, SHARD, TRUST, reader_options
from inkdigits.files import written_aside
from inkdigits.options import Options
from inkdigits.results import Page


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="PICTURE|PDF|FOLDER…")
@click.option(
    "--draw",
    "drawing",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Draw boxes and answers on the (one) picture, a document's first page, into this .png.",
)
@many.output
@tables.RAY
@SHARD
@reader_options(EXPECT, INK, MODEL, TRUST)
def read(
    sources: tuple[str, ...],
    as_json: bool,
    as_csv: bool,
    drawing: Path | None,
    out: str | None,
    resume: bool,
    jobs: int,
    timeout: float | None,
    ray: str | None,
    shard: Shard | None,
    options: Options,
) -> None:
    """Read the digits in pictures, PDF documents and folders of them; - reads a picture from standard input.

    Lines come from top to bottom. A ? stands for a digit that it is not sure of, a space for anything that is no digit. A
    FOLDER stands for what is in it and below it. Many files are read in parallel; a run with --out that was stopped, even
    by kill -9, goes on with --resume.
    """
    if tables.is_meant(out, ray):
        if drawing is not None or as_json or as_csv:
            raise click.UsageError("--draw, --json and --csv are not for a table of results")
        tables.read("read", options, sources, out, ray, shard, jobs, timeout)
        return
    form = many.form(as_json, as_csv, out, resume)
    if drawing is not None and out is not None:
        raise click.UsageError("choose --draw or --out")
    if drawing is not None and timeout is not None:
        raise click.UsageError("choose --draw or --timeout")
    work = many.Many(Job("read", form, options), sources, jobs, timeout, shard)
    drawings.check("--draw", drawing, work.paths)
    alone = len(work.paths) == 1
    if drawing is not None and not alone:
        raise click.UsageError("--draw draws on one picture: name one file")
    if out is not None:
        work.write(Path(out), resume)
    elif alone and timeout is None:
        _one(work, drawing)
    else:
        work.echo()
    work.end()


def _one(work: many.Many, drawing: Path | None) -> None:
    """Print what stands in one file, page by page, and draw on its first page."""
    for line in rows.header("read", work.job.form):
        click.echo(line)
    for page in work.answers():
        assert isinstance(page, Page)
        if work.job.form == "text":
            click.echo(rows.text(page) or "no digits found")
        else:
            for line in rows.lines(page, work.job.form):
                click.echo(line)
        if drawing is not None:
            image = page.draw()
            with written_aside(drawing) as aside:
                image.save(aside, "PNG")
            drawing = None
