"""Results, failures and a progress bar: each on its stream, and the bar only where a person watches."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

from inkdigits.errors import InputError, one_line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress


class Screen:
    """Shows how far a long work is, in a `with` block.

    The bar stands on the terminal where the results scroll, or else where the failures do; if neither is one, nowhere.
    """

    def __init__(self, total: int, results_here: bool) -> None:
        self._total = total
        self._done = self._pictures = self._failed = 0
        self._started = time.monotonic()
        self._out_on_terminal = results_here and sys.stdout.isatty()
        self._console = _console(self._out_on_terminal)
        self._bar: Progress | None = None

    def __enter__(self) -> Self:
        if self._console is not None:
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            # What is printed goes through `result` and `failure`; redirected streams would mix the two.
            columns = BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeRemainingColumn()
            self._bar = Progress(
                *columns, console=self._console, transient=True, redirect_stdout=False, redirect_stderr=False
            )
            self._task = self._bar.add_task("", total=self._total)
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    @property
    def seconds(self) -> float:
        """The time since the start."""
        return time.monotonic() - self._started

    def result(self, line: str) -> None:
        """Print a line on standard output."""
        if self._bar is not None and self._out_on_terminal:
            self._bar.console.out(line, highlight=False)
        else:
            click.echo(line)

    def failure(self, error: InputError) -> None:
        """Print a failure, one line on standard error, and count it."""
        self._failed += 1
        self._tell(f"inkdigits: {error}")

    def warning(self, text: str) -> None:
        """Print a warning, one line on standard error."""
        self._tell(warning(text))

    def _tell(self, line: str) -> None:
        if self._bar is not None and sys.stderr.isatty():
            self._bar.console.out(line, highlight=False)
        else:
            click.echo(line, err=True)

    def step(self, pictures: int = 1, failed: int = 0) -> None:
        """Count one more input as done, or a group of so many pictures, of which so many failed without being told here."""
        self._done += 1
        self._pictures += pictures
        self._failed += failed
        if self._bar is not None:
            words = f"{self._pictures / max(self.seconds, 0.1):,.0f} a second"
            words += f", {self._failed:,} failed" if self._failed else ""
            self._bar.update(self._task, completed=self._done, description=words)


def warn(text: str) -> None:
    """Print a warning on standard error, in one line."""
    click.echo(warning(one_line(text, 500)), err=True)


def warning(text: str) -> str:
    """Return the line that warns of something."""
    return f"inkdigits: warning: {text}"


def _console(on_stdout: bool) -> Console | None:
    if not on_stdout and not sys.stderr.isatty():
        return None
    from rich.console import Console

    return Console(stderr=not on_stdout, highlight=False)
