"""What is done with a batch folder of sheets that were read: `form export`, `correct`, `digits` and `review`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from inkdigits.cli.form_page import needs_server, serve, serving
from inkdigits.errors import InputError, one_line
from inkdigits.forms import correcting, tables
from inkdigits.forms.decisions import Decisions
from inkdigits.forms.folder import Folder
from inkdigits.forms.tables import Said
from inkdigits.locks import held


class Failed:
    """Counts what failed."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, error: InputError) -> None:
        """Tell of an input, and count it."""
        self.count += 1
        click.echo(f"inkdigits: {error}", err=True)

    def end(self) -> None:
        """End with exit code 1 if anything failed."""
        if self.count:
            sys.exit(1)


def tell(sheets: Sequence[Said]) -> None:
    """Write a line about all sheets on standard error."""
    click.echo(tables.summary(sheets), err=True)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="A .csv, .xlsx, .jsonl or .parquet file.",
)
@click.option("--long", "is_long", is_flag=True, help="A row a field, not a row a sheet.")
def export(folder: Path, out: Path, is_long: bool) -> None:
    """Write the table of a batch folder, with what people decided in it, and marked as theirs.

    In an .xlsx each field's picture stands beside its value; `form correct` reads back what is changed there.
    """
    own = Folder(folder)
    sheets = correcting.corrected(own.sheets(), Decisions(folder).current(), correcting.Kinds(folder))
    tables.write(sheets, out, "long" if is_long else "wide", own.crop)
    tell(sheets)


@click.command()
@click.argument("workbook", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--by", required=True, help="Who corrected it: kept with each correction.")
def correct(workbook: Path, folder: Path, by: str) -> None:
    """Read back what was changed in the column `value` of the page `cells` of an exported WORKBOOK.

    Rows that do not belong to the batch are told, and the others are taken.
    """
    from inkdigits.forms import workbook as workbooks

    decisions, failed = Decisions(folder), Failed()
    made, errors = workbooks.read(workbook, Folder(folder).sheets(), decisions, correcting.Kinds(folder), by)
    decisions.add(made)
    for error in errors:
        failed(error)
    click.echo(f"{len(made):,} {'correction' if len(made) == 1 else 'corrections'} taken.", err=True)
    failed.end()


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="A folder, new or empty.")
def digits(folder: Path, out: Path) -> None:
    """Write the digits that people decided, as pictures in folders 0 to 9: `train finetune --data` takes them."""
    from inkdigits.forms import own_digits

    counts = own_digits.write(Folder(folder), out)
    told = ", ".join(f"{digit}: {counts[digit]:,}" for digit in sorted(counts))
    click.echo(f"{counts.total():,} digits ({told}): {one_line(out)}", err=True)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@serving
def review(folder: Path, host: str, port: int, opens: bool) -> None:
    """Settle what is doubtful in a batch folder, in a page, until Ctrl-C. Each decision is saved at once.

    Only this machine reaches the page. With --host others do who know the address with the token that is printed.
    """
    needs_server("inkdigits form review")
    from inkdigits.forms.reviewing import Review
    from inkdigits.server import review as reviews

    with held(folder / ".review.lock"):  # who has which field in hand, one server knows
        own = Review(Folder(folder))
        create = lambda reach: reviews.create(reviews.Service(own, reach))  # noqa: E731
        serve("review", "sees these sheets", create, host, port, opens)
