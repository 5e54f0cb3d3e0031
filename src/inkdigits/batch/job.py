"""What is asked of every picture, in a form that can be sent to another process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from inkdigits import __version__
from inkdigits.batch import rows
from inkdigits.batch.rows import Form, Verb
from inkdigits.image.load import Source
from inkdigits.options import Options
from inkdigits.reader import shared
from inkdigits.results import Digit, Page
from inkdigits.workers.work import Answer, Item, as_input_error


@dataclass(frozen=True)
class Job:
    """A verb with its options. `run` is given where the lines are for a record (see `description`)."""

    verb: Verb
    form: Form
    options: Options
    run: str | None = None

    def begin(self) -> None:
        """Load the model. Raises InputError for a model or an expectation that is none, before any picture is opened."""
        shared(self.options)

    def answers(self, source: Source) -> Iterator[Digit | Page]:
        """Yield the digit, or the pages. Raises InputError."""
        reader = shared(self.options)
        if self.verb == "classify":
            yield reader.classify(source)
        else:
            yield from reader.read_pages(source)

    def __call__(self, question: None, items: Sequence[Item]) -> Iterator[Answer | None]:
        """Yield for each file the lines of all its answers, and warnings; None after each page."""
        for item in items:
            lines: list[str] = []
            warnings: list[str] = []
            error = None
            try:
                for answer in self.answers(item.name):
                    lines += rows.lines(answer, self.form, self.run)
                    warnings += rows.warned(answer)
                    yield None
            except Exception as caught:
                error = as_input_error(item.name, caught)
            yield Answer(lines, error, tuple(warnings))

    def description(self) -> str:
        """Return all that a result depends on beside the picture, on one line: runs with the same can share a file."""
        return f"inkdigits {__version__} {self.verb}, {self.options.description()}"
