"""The pictures of a data set that cannot be read: each is told in one line, and the work goes on without it."""

from __future__ import annotations

import sys

import click

from inkdigits.errors import InputError


class LeftOut:
    """Called with each picture's error; `end` ends the command with exit code 1 if there was any."""

    def __init__(self) -> None:
        self.errors: list[InputError] = []

    def __call__(self, error: InputError) -> None:
        """Tell of one picture."""
        self.errors.append(error)
        click.echo(f"inkdigits: {error}; left out", err=True)

    def end(self) -> None:
        """End with exit code 1 if a picture was left out."""
        if self.errors:
            sys.exit(1)
