"""What is asked of every picture, in a form that can be sent to another process."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from inkdigits import __version__, network
from inkdigits.batch import rows
from inkdigits.batch.rows import Form, Verb
from inkdigits.errors import one_line
from inkdigits.image.load import Source
from inkdigits.network.registry import locate
from inkdigits.reading.decide import Trust
from inkdigits.reading.expect import parse
from inkdigits.reading.page import read_pages
from inkdigits.reading.single import classify
from inkdigits.results import Digit, Page


@dataclass(frozen=True)
class Job:
    """A verb with its options. `run` is given where the lines are for a record (see `description`)."""

    verb: Verb
    form: Form
    model: str
    trust: Trust
    expect: tuple[str, ...] = ()
    run: str | None = None

    def check(self) -> None:
        """Raise InputError for a model or an expectation that is none, once, before any picture is opened."""
        network.load(self.model)
        parse(self.expect)

    def answers(self, source: Source) -> Iterator[Digit | Page]:
        """Yield the digit, or the pages. Raises InputError."""
        if self.verb == "classify":
            yield classify(source, model=self.model, trust=self.trust)
        else:
            yield from read_pages(source, model=self.model, trust=self.trust, expect=self.expect)

    def __call__(self, path: str) -> Iterator[str]:
        """Yield the lines of all answers that a file gives. Raises InputError."""
        for answer in self.answers(path):
            yield from rows.lines(answer, self.form, self.run)

    def description(self) -> str:
        """Return all that a result depends on beside the picture, on one line: runs with the same can share a file."""
        words = [f"inkdigits {__version__} {self.verb}", f"model {Path(self.model).name} {_hash_of_model(self.model)}"]
        words += [f"trust {self.trust}", *(f"expect {expectation}" for expectation in self.expect)]
        text = ", ".join(words)
        if len(text) > 200:  # a list of a thousand values
            text = f"{text[:100]}… {_hash(text.encode())}"
        return one_line(text)


def _hash_of_model(model: str) -> str:
    """Return what tells this model, its thresholds included, from every other of the same name."""
    path = locate(model)
    config = path.with_name("config.json")
    return _hash(path.read_bytes() + (config.read_bytes() if config.is_file() else b""))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:8]
