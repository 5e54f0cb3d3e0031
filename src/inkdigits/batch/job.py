"""What is asked of every picture, in a form that can be sent to another process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inkdigits import __version__
from inkdigits.batch import rows
from inkdigits.batch.rows import Form, Verb
from inkdigits.batch.workers import Warned
from inkdigits.image.load import Source
from inkdigits.options import Options
from inkdigits.reader import shared
from inkdigits.results import Digit, Page


@dataclass(frozen=True)
class Job:
    """A verb with its options. `run` is given where the lines are for a record (see `description`)."""

    verb: Verb
    form: Form
    options: Options
    run: str | None = None

    def check(self) -> None:
        """Raise InputError for a model or an expectation that is none, once, before any picture is opened."""
        shared(self.options)

    def answers(self, source: Source) -> Iterator[Digit | Page]:
        """Yield the digit, or the pages. Raises InputError."""
        reader = shared(self.options)
        if self.verb == "classify":
            yield reader.classify(source)
        else:
            yield from reader.read_pages(source)

    def __call__(self, path: str) -> Iterator[str | Warned]:
        """Yield the lines of all answers that a file gives, and warnings. Raises InputError."""
        for answer in self.answers(path):
            yield from rows.lines(answer, self.form, self.run)
            yield from map(Warned, rows.warned(answer))

    def description(self) -> str:
        """Return all that a result depends on beside the picture, on one line: runs with the same can share a file."""
        return f"inkdigits {__version__} {self.verb}, {self.options.description()}"
