"""The command line: `inkdigits VERB …`. Each verb lives in the file of its name and is imported when it is called."""

from __future__ import annotations

import errno
import io
import sys
from importlib import import_module
from typing import Any

import click

from inkdigits import __version__
from inkdigits.errors import DamagedInstallationError, InputError, MissingExtraError, one_line

# The verbs and what `inkdigits --help` says of them: said here, so that help imports none of them.
_VERBS = {
    "classify": "Read one digit a picture, of pictures and folders.",
    "read": "Read lines of digits from pictures, documents and folders.",
    "join": "Join the results of several machines.",
    "form": "Read filled forms into tables, and make forms to be filled in.",
    "serve": "Open the page and the HTTP API, here or for a phone.",
    "explain": "Draw what in a digit spoke for and against its answer.",
    "train": "Train a recipe: network, figures and report in a run folder.",
    "evaluate": "Measure a model on a data set.",
    "ensemble": "Make one model of several, whose probabilities are averaged.",
    "quantise": "Make a model smaller, or faster: 8 bits.",
    "compare": "Compare two models on the same digits, in pairs.",
    "data": "Show the data sets.",
    "models": "Show the shipped models.",
    "recipes": "Show the recipes.",
}


class _Verbs(click.Group):
    """A group whose commands are imported one at a time: TensorFlow is not loaded to read a digit."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _VERBS:
            return None
        command = getattr(import_module(f"inkdigits.cli.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl(list(_VERBS.items()))

    def invoke(self, ctx: click.Context) -> object:
        for stream in (sys.stdout, sys.stderr):
            # A file's name may hold bytes that no encoding has; that must not stop the answer.
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        try:
            return super().invoke(ctx)
        except (InputError, MissingExtraError, DamagedInstallationError) as error:
            raise click.ClickException(str(error)) from None

    def main(self, *arguments: Any, **options: Any) -> Any:
        try:
            return super().main(*arguments, **options)
        except BrokenPipeError:
            raise
        except OSError as error:
            said = error.strerror or str(error)
            reason = f"{said}: {error.filename}" if error.filename else said
            reason += "; make room, or write elsewhere" * (error.errno == errno.ENOSPC)
            click.ClickException(one_line(reason)).show()
            sys.exit(1)


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="inkdigits")
def main() -> None:
    """Read handwritten digits, and train the networks that do.

    Exit codes: 0 done; 1 something that was given failed: a picture (the others are still done), a model, a recipe, an
    expectation; 2 wrong usage.
    """
