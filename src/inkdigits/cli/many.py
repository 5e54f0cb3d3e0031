"""What `classify` and `read` share: options, and the way through many pictures, here or in processes of their own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, TypeVar

import click

from inkdigits.batch import inputs, parallel, rows
from inkdigits.batch.job import Job
from inkdigits.batch.record import Record
from inkdigits.batch.rows import Form
from inkdigits.batch.shards import Shard
from inkdigits.cli.screen import Screen, warn
from inkdigits.errors import InputError, one_line
from inkdigits.network.session import cores
from inkdigits.results import Digit, Page
from inkdigits.workers.work import Answer

# So many pictures are read here, and more in processes of their own, which take a third of a second to start.
_FEW = 12

_Verb = TypeVar("_Verb", bound=Callable[..., Any])


def output(verb: _Verb) -> _Verb:
    """Add the options that say where the results of a verb go, and by how many processes they are made."""
    for option in reversed((
        click.option("--json", "as_json", is_flag=True, help="One JSON object a line, and nothing else."),
        click.option("--csv", "as_csv", is_flag=True, help="A table."),
        click.option("--out", type=click.Path(), metavar="FILE|FOLDER/",
                     help="Write the results to this .jsonl or .csv file, as they come, and the failures with them; or to "
                          "Parquet files in a folder: a name that ends in /, or an address such as s3://bucket/results/."),
        click.option("--resume", is_flag=True, help="Go on with the --out file of a run that was stopped."),
        click.option("--jobs", type=click.IntRange(min=1), default=cores, show_default="one a core",
                     help="Processes to read in."),
        click.option("--timeout", type=click.FloatRange(min=0, min_open=True, max=86400), metavar="SECONDS",
                     help="Give a picture, or a page of a document, up after so many seconds; also where few are read, "
                          f"each then on a line.  [default: {parallel.SECONDS:g}, where many are read]"),
    )):  # fmt: skip
        verb = option(verb)
    return verb


def form(as_json: bool, as_csv: bool, out: str | None, resume: bool) -> Form:
    """Return what the results shall look like. Raises UsageError for options that contradict each other."""
    if as_json and as_csv:
        raise click.UsageError("choose --json or --csv")
    if resume and out is None:
        raise click.UsageError("--resume goes on with a file: name it with --out")
    asked: Form = "json" if as_json else "csv" if as_csv else "text"
    if out is None:
        return asked
    endings: dict[str, Form] = {".jsonl": "json", ".ndjson": "json", ".csv": "csv"}
    meant = endings.get(Path(out).suffix.lower(), asked)
    if meant == "text":
        raise click.UsageError("--out wants a name that ends in .jsonl or .csv, or of a folder: in /")
    if asked not in ("text", meant):
        raise click.UsageError(f"--{asked} contradicts the ending of --out {Path(out).name}")
    return meant


def standard_input() -> IO[bytes]:
    """Return standard input. Raises InputError if it is closed."""
    if sys.stdin is None:
        raise InputError("standard input", "is closed", "name a file, or give one with <")
    return sys.stdin.buffer


class Many:
    """The files that a verb is to go through, and how many failed so far."""

    def __init__(
        self, job: Job, sources: Iterable[str], jobs: int, timeout: float | None, shard: Shard | None = None
    ) -> None:
        job.begin()
        self.job, self.jobs, self.timeout = job, jobs, timeout
        self.failed = 0
        endings = inputs.PICTURES if job.verb == "classify" else inputs.DOCUMENTS
        self.paths = list(inputs.find(sources, endings, self._fail, warn))
        self._is_shard = shard is not None  # of which nothing may be left, and a file tells that, too
        if shard is not None:
            if "-" in self.paths:
                raise click.UsageError("--shard is for files, and not for standard input")
            self.paths = [path for path in self.paths if shard.has(path)]

    @property
    def is_few(self) -> bool:
        """Whether starting processes would take longer than reading. Standard input can be read only here.

        Here there is no limit of time: what hangs is stopped by Ctrl-C, or by asking for a limit.
        """
        return (len(self.paths) <= _FEW and self.timeout is None) or "-" in self.paths

    def answers(self) -> Iterator[Digit | Page]:
        """Read in this process. A bad file is a line on standard error, a warning too, and the rest goes on."""
        for path in self.paths:
            try:
                for answer in self.job.answers(standard_input() if path == "-" else path):
                    for text in rows.warned(answer):
                        warn(text)
                    yield answer
            except InputError as error:
                self._fail(error)

    def echo(self) -> None:
        """Print the results in the order of the files. Raises UsageError for standard input with a limit of time."""
        if self.timeout is not None and "-" in self.paths:
            raise click.UsageError("--timeout is for files, which other processes can open, and not for standard input")
        for line in rows.header(self.job.verb, self.job.form):
            click.echo(line)
        if self.is_few:
            for answer in self.answers():
                for line in rows.lines(answer, self.job.form):
                    click.echo(line)
            return
        with Screen(len(self.paths), results_here=True) as screen:

            def take(_: str, answer: Answer) -> None:
                for line in answer.lines:
                    screen.result(line)

            self._each(self.job, self.paths, screen, take, ordered=True)

    def write(self, out: Path, resume: bool) -> None:
        """Write the results to a file, in the order in which they come."""
        if "-" in self.paths:
            raise click.UsageError("--out is for files, which could be read again, and not for standard input")
        if not self.paths and not self._is_shard:
            return
        run = self.job.description()
        with Record(out, self.job.verb, self.job.form, run, resume) as record:
            paths = record.missing(self.paths)
            self.failed += record.failed
            if len(paths) < len(self.paths):
                click.echo(f"{len(self.paths) - len(paths):,} are in {one_line(out)} already.", err=True)
            with Screen(len(paths), results_here=False) as screen:

                def take(path: str, answer: Answer) -> None:
                    record.add(path, answer.lines, answer.error)

                stopped = False
                try:
                    self._each(replace(self.job, run=run), paths, screen, take, ordered=False)
                except KeyboardInterrupt:
                    stopped = True
        if stopped:
            click.echo(
                f"\nStopped; what was read is in {one_line(out)}. Type the same command with --resume to go on.",
                err=True,
            )
            sys.exit(1)
        failures = f", {record.failed:,} failed" if record.failed else ""
        click.echo(f"{len(paths):,} read in {screen.seconds:.1f} s: {one_line(out)}{failures}", err=True)

    def end(self) -> None:
        """Leave the process with 1 if anything failed."""
        if self.failed:
            sys.exit(1)

    def _each(
        self, job: Job, paths: Sequence[str], screen: Screen, take: Callable[[str, Answer], None], *, ordered: bool
    ) -> None:
        """Read in processes of their own, and hand over what comes."""
        processes, seconds = max(min(self.jobs, len(paths)), 1), self.timeout or parallel.SECONDS
        with closing(parallel.run(job, paths, processes, ordered=ordered, seconds=seconds)) as results:
            for path, answer in results:
                take(path, answer)
                for text in answer.warnings:
                    screen.warning(text)
                if answer.error is not None:
                    self.failed += 1
                    screen.failure(answer.error)
                screen.step()

    def _fail(self, error: InputError) -> None:
        self.failed += 1
        click.echo(f"inkdigits: {error}", err=True)
