"""`inkdigits join SHARD…`: the results of several machines in one file."""

from __future__ import annotations

from pathlib import Path

import click

from inkdigits.batch import joining
from inkdigits.cli.screen import warn
from inkdigits.errors import one_line


@click.command()
@click.argument("records", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The .jsonl or .csv file to write."
)
def join(records: tuple[Path, ...], out: Path) -> None:
    """Join RECORDS, files that classify or read has written with --out, such as those of --shard.

    They must be of one run: the same version, model and options. An input that is in several is taken once.
    """
    count = joining.join(records, out, warn)
    click.echo(f"{count:,} {'input' if count == 1 else 'inputs'}: {one_line(out)}", err=True)
