"""`inkdigits form example`: a worked example to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from inkdigits.cli.screen import Screen
from inkdigits.errors import one_line


@click.command()
@click.argument("name", type=click.Choice(["marks", "cheque", "envelope", "weather"]))
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="A folder, new or empty, for it."
)
@click.option(
    "--sheets", type=click.IntRange(0, 1000), default=6, show_default=True, help="How many filled sheets to make."
)
@click.option(
    "--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Another one makes others."
)
def example(name: str, out: Path, sheets: int, seed: int) -> None:
    """Write a worked example: a template, its form to print, and made-up sheets, filled in and photographed by script.

    marks: exam marks with student numbers and totals; cheque: amount, date and account with a check digit; envelope: ZIP
    codes; weather: a month of an observer's book, whose columns are added up. truth.csv says what is on the sheets.
    """
    from inkdigits.forms.examples import made

    with Screen(sheets, results_here=False) as screen:
        for _ in made.write(name, out, sheets, seed):
            screen.step()
    click.echo(f"{one_line(out)}: {name}.toml, {name}.pdf, {sheets} filled sheets in sheets, truth.csv", err=True)
    click.echo(f"Next: inkdigits form read {one_line(out / name)}.toml {one_line(out / 'sheets')} --out read", err=True)
