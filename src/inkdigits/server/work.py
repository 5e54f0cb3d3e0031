"""What the server's workers do: pictures in memory are read, and each answer is JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from inkdigits import network
from inkdigits.batch.rows import Verb
from inkdigits.errors import TooLargeError
from inkdigits.forms import sorting
from inkdigits.forms.form import Form
from inkdigits.image.load import load_pages
from inkdigits.options import Options
from inkdigits.reader import shared
from inkdigits.recognising.decide import unreadable
from inkdigits.results import Page
from inkdigits.server import shown
from inkdigits.workers.work import Answer, Item, NamedBytes, as_input_error


@dataclass(frozen=True)
class Question:
    """What is asked of a picture.

    `options.model` is a shipped model's name or a path that the server was started with. With `picture`, each page comes
    with a picture of it. With `form`, the path of a template that the server was started with, it is a filled sheet.
    """

    verb: Verb
    options: Options
    picture: bool = False
    form: str | None = None

    def to_json(self) -> list[Any]:
        """Return the question as values that JSON has."""
        return [self.verb, self.options.to_dict(), self.picture, self.form]

    @classmethod
    def from_json(cls, value: list[Any]) -> Question:
        """Return the question that `to_json` has made a value of."""
        verb, options, picture, form = value
        return cls(verb, Options.from_dict(options), picture, form)


@dataclass(frozen=True)
class Reading:
    """The work of the server: by these models and templates, loaded before a picture comes, of so many pages.

    Templates are read by the first of the models.
    """

    models: tuple[str, ...]
    pages: int
    forms: tuple[str, ...] = ()

    def begin(self) -> None:
        """Load the models. Raises InputError."""
        for model in self.models:
            network.load(model)
        for path in self.forms:
            _form(path, self.models[0])

    def __call__(self, question: list[Any], items: Sequence[Item]) -> Iterator[Answer]:
        """Yield for each picture the JSON objects of its answers: of classify one, of read one a page."""
        asked = Question.from_json(question)
        uploads = [item.file() for item in items]
        if asked.verb == "classify":
            yield from _classified(asked, uploads)
            return
        for upload in uploads:
            try:
                if asked.form is not None:
                    yield Answer(_sheets(_form(asked.form, self.models[0]), upload, self.pages))
                else:
                    yield Answer(list(_pages(asked, upload, self.pages)))
            except Exception as error:
                yield Answer([], as_input_error(upload.name, error))


def _classified(asked: Question, uploads: list[NamedBytes]) -> Iterator[Answer]:
    """Yield the digits; the network is asked once for all of them."""
    try:
        digits = shared(asked.options).classify_many(uploads)
    except Exception as error:  # the model's file has gone, or the fault is ours
        digits = [unreadable(as_input_error(upload.name, error), upload.name) for upload in uploads]
    for digit in digits:
        yield Answer([], digit.error) if digit.error else Answer([digit.to_json()])


def _pages(asked: Question, upload: NamedBytes, most: int) -> Iterator[str]:
    pages = shared(asked.options).read_pages(upload)
    first = next(pages)
    if first.pages > most:
        raise TooLargeError(upload.name, f"has {first.pages:,} pages, more than the {most} read at once", "cut it up")
    for page in chain([first], pages):
        yield _page(page, asked.picture)


@lru_cache(maxsize=64)
def _form(path: str, model: str) -> Form:
    return Form.load(path, model)


def _sheets(form: Form, upload: NamedBytes, most: int) -> list[str]:
    """Return the sheets of a document. Raises InputError where it holds none of the form."""
    pages = next(iter(load_pages(upload))).place[1]
    if pages > most:
        raise TooLargeError(upload.name, f"has {pages:,} pages, more than the {most} read at once", "cut it up")
    upload.seek(0)
    sheets = list(sorting.sheets([form], upload))
    failed = [sheet.error for sheet in sheets if sheet.error is not None]
    if failed and len(failed) == len(sheets):
        raise failed[0]
    return [sheet.to_json() for sheet in sheets]


def _page(page: Page, with_picture: bool) -> str:
    said = page.to_dict()
    if with_picture and page.picture is not None:
        said["picture"] = shown.data_url(page.picture)
    return json.dumps(said)
