"""`inkdigits form`: templates from empty forms, sheets to print, filled sheets to tables."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import click

from inkdigits.batch import inputs, parallel
from inkdigits.batch.shards import Shard
from inkdigits.cli.form_batch import Failed, correct, digits, export, review, tell
from inkdigits.cli.form_example import example
from inkdigits.cli.form_page import edit, edit_page, needs_server, serving
from inkdigits.cli.options import MODEL, SHARD
from inkdigits.cli.screen import Screen, warn
from inkdigits.errors import InputError, one_line
from inkdigits.files import written_aside
from inkdigits.forms import loading, tables
from inkdigits.forms.folder import Folder, Job, failure, problems
from inkdigits.forms.tables import Said
from inkdigits.network.session import cores


@click.group()
def form() -> None:
    """Read filled forms into tables, and make forms to be filled in.

    A form is described by a template: a TOML file that says where each field is, in millimetres, and what may be
    written in it.
    """


for command in (example, edit, export, correct, digits, review):
    form.add_command(command)


@form.command()
@click.argument("blank", type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The template to write, a .toml file."
)
@click.option("--name", help="The form's name. By default that of the file.")
@click.option("--size", help="Size of the pages in mm, such as 210x297, where the file does not tell.")
@click.option(
    "--page",
    type=click.IntRange(min=1),
    help="The one page of BLANK that is meant; by default all are pages of one form.",
)
@click.option("--filled", is_flag=True, help="BLANK has been filled in: leave its handwriting out.")
@click.option("--force", is_flag=True, help="Replace a template that is there.")
@click.option(
    "--edit", "edits", is_flag=True, help="Edit it then, in a page: the options below are those of `form edit`."
)
@serving
def new(
    blank: str,
    out: Path,
    name: str | None,
    size: str | None,
    page: int | None,
    filled: bool,
    force: bool,
    edits: bool,
    host: str,
    port: int,
    opens: bool,
) -> None:
    """Make a template of an empty form: find its boxes, combs, tables and boxes to be ticked."""
    from inkdigits.forms import making

    if edits:
        needs_server("inkdigits form new --edit")

    if out.suffix.lower() != ".toml":
        raise click.UsageError("--out wants a name that ends in .toml")
    if out.exists() and not force:
        raise InputError(out, "is there already", "name another file, or add --force to replace it")
    made = making.make(blank, name or making.name_for(out), out.stem, _size(size), filled, page, may_be_empty=edits)
    if edits and not made.template.fields:
        made.write_pictures(out)
        click.echo("No boxes, combs or tables were found: add the fields in the editor.", err=True)
        edit_page(out, made.template, host, port, opens)
        return
    loading.check(made.template, blank)
    files = made.write(out)
    for line in making.described(made.template.fields):
        click.echo(line)
    count = len(made.template.fields)
    click.echo(f"{count} {'field' if count == 1 else 'fields'}: {', '.join(map(one_line, files))}", err=True)
    if edits:
        edit_page(out, None, host, port, opens)


def _size(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    try:
        width, height = (float(part) for part in text.lower().split("x"))
    except ValueError:
        raise click.UsageError("--size wants width and height in mm, such as 210x297") from None
    if not (20 <= width <= 2000 and 20 <= height <= 2000):
        raise click.UsageError("--size wants 20 to 2000 mm each way")
    return width, height


@form.command("print")
@click.argument("template", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The .pdf to write.")
@click.option("--copies", type=click.IntRange(min=1), help="How many; by default one, or one for each entry of --list.")
@click.option(
    "--first", type=click.IntRange(min=1, max=999_999), default=1, show_default=True, help="The first copy's number."
)
@click.option(
    "--list",
    "listed",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A text or CSV file: the first column of each line is printed on a copy, and is in its code if it is digits.",
)
@click.option(
    "--font", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A .ttf file for the labels."
)
def print_(template: Path, out: Path, copies: int | None, first: int, listed: Path | None, font: Path | None) -> None:
    """Print a form: a PDF with a page for each page of each copy, with marks in its corners and a code."""
    from inkdigits.forms import pdf

    if out.suffix.lower() != ".pdf":
        raise click.UsageError("--out wants a name that ends in .pdf")
    entries = pdf.entries(listed) if listed is not None else []
    count = copies or max(len(entries), 1)
    pages = pdf.write(loading.read(template), out, count, entries, font, first)
    click.echo(f"{pages:,} pages: {one_line(out)}. Print them at 100 %, not fitted to the page.", err=True)


@form.command()
@click.argument("given", nargs=-1, required=True, metavar="TEMPLATE… PICTURE|PDF|FOLDER…")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="A folder for the record, crops and tables, which a stopped run goes on with; or one table: "
    "a name that ends in .csv, .xlsx, .jsonl or .parquet.",
)
@click.option("--long", "is_long", is_flag=True, help="A row a field, not a row a sheet.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a sheet, and nothing else.")
@click.option(
    "--jobs", type=click.IntRange(min=1), default=cores, show_default="one a core", help="Processes to read in."
)
@SHARD
@MODEL
def read(
    given: tuple[str, ...],
    out: Path | None,
    is_long: bool,
    as_json: bool,
    jobs: int,
    shard: Shard | None,
    model: str,
) -> None:
    """Read filled sheets. Names that end in .toml are templates; all others are pictures, documents and folders."""
    templates = tuple(path for path in given if path.lower().endswith(".toml"))
    if not templates or len(templates) == len(given):
        raise click.UsageError("name a template, a .toml file, and what to read")
    failed = Failed()
    named = [path for path in given if path not in templates]
    sources = list(inputs.find(named, inputs.DOCUMENTS, failed, warn))
    if shard is not None:
        sources = [source for source in sources if shard.has(source)]
    shape: tables.Shape = "long" if is_long else "wide"
    if out is not None and out.suffix == "":
        _into_folder(Folder(out), templates, model, sources, jobs, shape, failed)
    else:
        if out is not None and out.suffix.lower() not in tables.ENDINGS:
            raise click.UsageError(f"--out wants a folder, or a name that ends in {', '.join(tables.ENDINGS)}")
        job = Job(templates, model, None)
        job.begin()
        sheets: list[Said] = []
        _each(job, sources, jobs, failed, lambda lines: sheets.extend(map(json.loads, lines)))
        sheets = tables.settled(sheets)
        if out is not None:
            tables.write(sheets, out, shape)
        else:
            _echo(sheets, as_json, shape)
        tell(sheets)
    failed.end()


def _into_folder(
    folder: Folder,
    templates: tuple[str, ...],
    model: str,
    sources: list[str],
    jobs: int,
    shape: tables.Shape,
    failed: Failed,
) -> None:
    job = Job(templates, model, str(folder.crops))
    job.begin()
    with folder.open_for(job):
        missing = folder.missing(sources)
        if len(missing) < len(sources):
            click.echo(f"{len(sources) - len(missing):,} are in {one_line(folder.path)} already.", err=True)
            failed.count += sum("error" in sheet for sheet in folder.sheets())
        stopped = False
        try:
            _each(job, missing, jobs, failed, folder.add)
        except KeyboardInterrupt:
            stopped = True
        sheets = tables.settled(folder.sheets())
        tables.write(sheets, folder.path / "table.csv", shape)
    if stopped:
        click.echo("\nStopped; type the same command to go on.", err=True)
        sys.exit(1)
    for line in problems(sheets):
        warn(line)
    tell(sheets)
    click.echo(one_line(folder.path / "table.csv"), err=True)


def _each(job: Job, sources: Sequence[str], jobs: int, failed: Failed, take: Callable[[list[str]], None]) -> None:
    """Read sources in processes of their own, and hand over the lines of each as they come; tell what failed."""
    if not sources:
        return
    with (
        Screen(len(sources), results_here=False) as screen,
        closing(parallel.run(job, sources, min(jobs, len(sources)), ordered=True)) as results,
    ):
        for source, answer in results:
            lines = answer.lines if answer.error is None else [failure(source, answer.error)]
            take(lines)
            for sheet in map(json.loads, lines):
                if "error" in sheet:
                    failed.count += 1
                    where = sheet["source"] + (f", page {sheet['number']}" if "number" in sheet else "")
                    screen.failure(InputError(where, *sheet["error"].split("; ", 1)))
                for text in sheet.get("warnings", ()):
                    screen.warning(f"{one_line(sheet['source'])}: {one_line(text)}")
            screen.step()


def _echo(sheets: Sequence[Said], as_json: bool, shape: tables.Shape) -> None:
    if as_json:
        for sheet in sheets:
            click.echo(json.dumps(sheet))
        return
    header, rows = tables.long(sheets) if shape == "long" else tables.wide(sheets)
    click.echo(tables.to_csv(header, rows).replace("\r\n", "\n"), nl=False)


@form.command()
@click.argument("template", type=click.Path(exists=True, dir_okay=False))
@click.argument("sheet", type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The .png to write. By default SHEET-checked.png, here.",
)
@MODEL
def check(template: str, sheet: str, out: Path | None, model: str) -> None:
    """Draw what is read on a sheet: each field's outline, and its answer beside it."""
    from inkdigits.forms.form import Form

    out = out or Path(f"{Path(sheet).stem}-checked.png")
    if out.suffix.lower() != ".png":
        raise click.UsageError("--out wants a name that ends in .png")
    failed = Failed()
    read_sheets = list(Form.load(template, model).read_many([sheet]))
    pictures = [(one, number) for one in read_sheets for number in sorted(one.pictures)]
    for i, (one, number) in enumerate(pictures, 1):
        file = out if len(pictures) == 1 else out.with_name(f"{out.stem}-{i}.png")
        with written_aside(file) as aside:
            one.draw(number).save(aside, "PNG")
        page = next(page for page in one.pages if page.page == number)
        fit = f"residual {page.residual:.2f} mm, {page.share:.0%} of its print found, by {page.way}"
        click.echo(f"{one_line(file)}: page {number}, {fit}")
    for one in read_sheets:
        if one.error is not None:
            failed(one.error)
    tell([one.to_dict() for one in read_sheets])
    failed.end()


@form.command()
def schema() -> None:
    """Print the JSON Schema of templates, for editors that complete and check them."""
    click.echo(json.dumps(loading.schema(), indent=2))
