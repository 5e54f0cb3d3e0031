"""What the callable's worker processes do: a picture in, the row of its answer out as JSON."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
import numpy as np

from inkdigits import __version__
from inkdigits.distributed import columns
from inkdigits.distributed.columns import Row
from inkdigits.errors import InputError
from inkdigits.forms import folder, sorting
from inkdigits.image.load import Source
from inkdigits.options import Options
from inkdigits.reader import shared
from inkdigits.results import Page
from inkdigits.workers.work import Answer, Item, as_input_error

Verb = Literal["classify", "read", "form"]
# What an item is: the path of a file, whose bytes are not with it; the bytes of a picture file; or an array, as .npy.
Kind = Literal["path", "bytes", "array"]


@dataclass(frozen=True)
class Reading:
    """A verb with its options, and for the verb form its templates. The question of an item is its `Kind`."""

    verb: Verb
    options: Options
    templates: tuple[str, ...] = ()

    def begin(self) -> None:
        """Load networks and templates. Raises InputError for what is none."""
        if self.verb == "form":
            folder.loaded(self.templates, self.options.model)
        else:
            shared(self.options)

    def __call__(self, question: Kind, items: Sequence[Item]) -> Iterator[Answer | None]:
        """Yield for each item the JSON of its row, with what was read before an error; None after each page."""
        if self.verb == "classify":
            yield from self._classify(question, items)
            return
        one = self._sheets if self.verb == "form" else self._pages
        for item in items:
            yield from one(item, question)

    def description(self) -> str:
        """Return in one line all that a row depends on beside the picture: rows with the same may stand in one table."""
        if self.verb == "form":
            return folder.Job(self.templates, self.options.model, None).description()
        return f"inkdigits {__version__} {self.verb}, {self.options.description()}"

    def _classify(self, kind: Kind, items: Sequence[Item]) -> Iterator[Answer]:
        """Yield the digits; the network is asked once for all of them."""
        for digit in shared(self.options).classify_many([_source(item, kind) for item in items]):
            yield _answer(None if digit.error else columns.of_digit(digit), digit.error, digit.warnings)

    def _pages(self, item: Item, kind: Kind) -> Iterator[Answer | None]:
        pages: list[Page] = []
        error = None
        try:
            for page in shared(self.options).read_pages(_source(item, kind)):
                pages.append(page)
                yield None
        except Exception as caught:
            error = as_input_error(item.name, caught)
        warnings = [text for page in pages for text in page.warnings]
        yield _answer(columns.of_pages(pages) if pages else None, error, warnings)

    def _sheets(self, item: Item, kind: Kind) -> Iterator[Answer | None]:
        sheets: list[dict[str, Any]] = []
        warnings: list[str] = []
        error: InputError | None = None
        try:
            forms = folder.loaded(self.templates, self.options.model)
            for sheet in sorting.sheets(forms, _source(item, kind)):
                if sheet.error is not None:
                    error = error or sheet.error
                sheets.append(sheet.to_dict())
                warnings += sheet.warnings
                yield None
        except Exception as caught:
            error = as_input_error(item.name, caught)
        yield _answer(columns.of_sheets(sheets) if sheets else None, error, warnings)


def _source(item: Item, kind: Kind) -> Source:
    if kind == "path":
        return item.name
    file = item.file()
    # Arrays come from the process that has started this one; an object array would be unpickled, and is refused.
    return np.load(file, allow_pickle=False) if kind == "array" else file


def as_array_bytes(array: Any) -> bytes:
    """Return an array as the bytes of an item of kind "array". Raises ValueError for what is no array of numbers."""
    file = io.BytesIO()
    np.save(file, np.asarray(array), allow_pickle=False)
    return file.getvalue()


def _answer(row: Row | None, error: InputError | None, warnings: Sequence[str]) -> Answer:
    return Answer([] if row is None else [msgspec.json.encode(row).decode()], error, tuple(warnings))
