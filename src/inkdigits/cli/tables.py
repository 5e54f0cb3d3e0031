"""Pictures from where they lie into a table of Parquet files, here or on many machines: `--out FOLDER/` and `--ray`."""

from __future__ import annotations

import sys
from collections.abc import Generator, Sequence
from contextlib import closing, nullcontext
from typing import TYPE_CHECKING

import click

from inkdigits.batch import inputs
from inkdigits.batch.shards import Shard
from inkdigits.cli.screen import Screen, warn
from inkdigits.errors import InputError, one_line, require
from inkdigits.options import Options

if TYPE_CHECKING:
    from inkdigits.distributed.reader import BatchReader
    from inkdigits.distributed.running import Done
    from inkdigits.distributed.sources import Task
    from inkdigits.distributed.table import Counts, Table
    from inkdigits.distributed.work import Verb

RAY = click.option("--ray", metavar="ADDRESS|local", help="Read on the machines of this Ray cluster, or on this one alone, "
                   'into a table: --out FOLDER/. Needs the extra "scale".')  # fmt: skip
# Failures of single pictures are told in the table; of tasks here, and no more of them than a person reads.
_TOLD = 20


def is_meant(out: str | None, ray: str | None) -> bool:
    """Tell whether results go to a table: by the name of its folder. Raises UsageError for `ray` with anything else."""
    is_folder = out is not None and (out.endswith(("/", "\\")) or "://" in out)
    if ray is not None and not is_folder:
        raise click.UsageError("--ray writes a table: name its folder, --out FOLDER/ (with a / at its end)")
    return is_folder


def read(
    verb: Verb,
    options: Options,
    named: Sequence[str],
    out: str | None,
    ray: str | None,
    shard: Shard | None,
    jobs: int,
    timeout: float | None,
    templates: tuple[str, ...] = (),
) -> None:
    """Read what is named into the table `out`, going on with what is there. Exits with 1 if anything failed."""
    assert out is not None
    require("a table of results", "scale", "fsspec", "pyarrow", *(["ray"] if ray else []))
    from inkdigits.distributed import connection, reader, sources, table
    from inkdigits.distributed.work import Reading

    if "-" in named:
        raise click.UsageError("a table is of files, which could be read again, and not of standard input")
    failures = _Failures()
    reading = Reading(verb, options, templates)
    reading.begin()  # what cannot be loaded is told before anything is looked for
    results = table.Table(out, reading.verb, reading.description())
    results.open()
    endings = inputs.PICTURES if reading.verb == "classify" else inputs.DOCUMENTS
    files, archives = sources.find(named, endings, shard, failures, warn)
    tasks = results.missing(files, archives)
    seconds = timeout or reader.SECONDS
    own = reader.BatchReader.of(reading, seconds=seconds, processes=1 if ray else jobs)
    stopped = False
    with Screen(len(tasks), results_here=False) as screen:
        try:
            # Where nothing is to be done, no cluster is asked for.
            connected = (
                connection.connected(ray, "reading on many machines", "scale") if ray and tasks else nullcontext()
            )
            with connected, closing(_done(tasks, results, own, ray)) as done:
                for one in done:
                    if one.error is not None:
                        failures.tell(one.error)
                    screen.step(one.pictures, one.failed)
        except KeyboardInterrupt:
            stopped = True
        finally:
            reader.stop()
    if stopped:
        click.echo(f"\nStopped; what was read is in {one_line(out)}. Type the same command to go on.", err=True)
        sys.exit(1)
    counts = results.counts()
    results.summary(counts, table.SUMMARY if shard is None else f"_summary-{shard.number}-of-{shard.count}.json")
    _show(counts, out, screen.seconds)
    if failures.count or counts.errors:
        sys.exit(1)


def _done(tasks: Sequence[Task], results: Table, own: BatchReader, ray: str | None) -> Generator[Done]:
    from inkdigits.distributed import running

    if tasks:
        yield from running.on_ray(tasks, results, own) if ray else running.here(tasks, results, own)


class _Failures:
    """Counts what failed beside single pictures, and tells of the first ones."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, error: InputError) -> None:
        """Tell of a source."""
        self.tell(str(error))

    def tell(self, text: str) -> None:
        """Tell of a source or of a task that was not ended."""
        self.count += 1
        if self.count <= _TOLD:
            click.echo(f"inkdigits: {one_line(text)}", err=True)
        elif self.count == _TOLD + 1:
            click.echo("inkdigits: and more", err=True)


def _show(counts: Counts, out: str, seconds: float) -> None:
    """Print what is in the table, by reason and error."""
    click.echo(f"{counts.pictures:,} pictures: {one_line(out)}")
    for title, of in (("no whole answer", counts.reasons), ("failed", counts.errors)):
        if of:
            click.echo(f"{title}: {of.total():,}")
            for name, count in of.most_common():
                click.echo(f"  {count:>9,}  {one_line(name)}")
    click.echo(f"This run took {seconds:.1f} s.", err=True)
