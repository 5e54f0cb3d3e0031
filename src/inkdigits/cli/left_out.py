"""What of a data set is not as it should be: each such thing is told in one line, and the work goes on."""

from __future__ import annotations

import sys

import click

from inkdigits.cli.screen import warning
from inkdigits.errors import InputError, one_line


class LeftOut:
    """Called with the error of each picture that is left out; `warn` with what else is to be known. A line is told once.

    `end` ends the command with exit code 1 if a picture was left out.
    """

    def __init__(self) -> None:
        self.errors: list[InputError] = []
        self._told: set[str] = set()

    def __call__(self, error: InputError) -> None:
        """Tell of one picture."""
        self.errors.append(error)
        self._tell(f"inkdigits: {error}; left out")

    def warn(self, text: str) -> None:
        """Tell what was put right, passed over, or is doubtful."""
        self._tell(warning(one_line(text, 500)))

    def end(self) -> None:
        """End with exit code 1 if a picture was left out."""
        if self.errors:
            sys.exit(1)

    def _tell(self, line: str) -> None:
        if line not in self._told:  # the digits of a series are read once a seed
            click.echo(line, err=True)
        self._told.add(line)
