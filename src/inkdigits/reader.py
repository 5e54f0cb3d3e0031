"""`Reader`: reads pictures by one set of options. The package's functions are calls on shared readers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TypeVar, Unpack

import numpy as np
import numpy.typing as npt

from inkdigits import network
from inkdigits.errors import InputError, unexpected
from inkdigits.image import decode
from inkdigits.image.load import Picture, Source, load, load_page, load_pages, name_of
from inkdigits.options import Given, GivenForDigit, Options
from inkdigits.reading.engine import Engine
from inkdigits.recognising.decide import unreadable
from inkdigits.results import Digit, Page

_Many = TypeVar("_Many")


class Reader:
    """Reads digits in pictures, by options that are checked once, with networks that are loaded once.

    Options are those of `inkdigits.Options`, by name: `Reader(model="default", trust="normal", expect=(),
    ink="handwritten")`. A source is a path, bytes, a binary file object, a PIL image, or an array (H, W), (H, W, 3) or
    (H, W, 4), uint8 or float; of any polarity, at least 8 pixels high or wide and at most 80 megapixels.
    A reader may be used by several threads, and goes to another process as its options.

    Raises InputError for options that mean nothing, a model that cannot be used, an expectation that cannot be understood.
    """

    def __init__(self, **options: Unpack[Given]) -> None:
        self._begin(Options.of(**options))

    @classmethod
    def of(cls, options: Options) -> Reader:
        """Return a reader by these options."""
        reader = cls.__new__(cls)
        reader._begin(options)
        return reader

    def _begin(self, options: Options) -> None:
        self.options = options
        self._engine = Engine(options)

    def __reduce__(self) -> tuple[Callable[[Options], Reader], tuple[Options]]:
        return shared, (self.options,)

    def __repr__(self) -> str:
        return f"Reader({', '.join(f'{name}={value!r}' for name, value in self.options.to_dict().items())})"

    def read(self, source: Source, page: int = 1) -> Page:
        """Read the digits in a picture, line by line; of a document (PDF, several-page TIFF) one page, counted from 1.

        Pages that lie on their side or up to 20 degrees askew are read, too. A picture without digits gives a page without
        lines. Raises InputError if the source holds no picture or the document no such page.
        """
        return self._page(load_page(source, page))

    def read_pages(self, source: Source) -> Iterator[Page]:
        """Read every page of a PDF or TIFF, one after the other; a picture has one. Raises InputError as `read` does."""
        return (self._page(picture) for picture in load_pages(source))

    def read_many(self, sources: Iterable[Source]) -> Iterator[Page]:
        """Read many pictures and documents, one after the other: every page of each, in the order of the sources.

        Where a source cannot be read, or a page of it, there is a Page with `error` and without lines, and the next source
        follows. Raises InputError for a single picture.
        """
        return self._pages_of(_several(sources, "read_many", "read"))

    def classify(self, source: Source) -> Digit:
        """Read the one digit in a picture. Raises InputError if the source holds none.

        A picture of several digits has no answer, for the reason "several digits": `read` is for that.
        """
        digit = next(iter(self._engine.classify([load(source, decode.DIGIT_SIZE)])))
        if digit.error is not None:
            raise digit.error
        return digit

    def classify_many(self, sources: Iterable[Source]) -> list[Digit]:
        """Read the one digit in each of many pictures, in batches: a Digit for each source, in their order.

        Where a source holds no picture there is a Digit with `error` and the reason "unreadable". Raises InputError for a
        single picture.
        """
        failed: dict[int, Digit] = {}
        count = 0

        def pictures() -> Iterator[Picture]:
            nonlocal count
            for source in _several(sources, "classify_many", "classify"):
                count += 1
                try:
                    yield load(source, decode.DIGIT_SIZE)
                except Exception as error:
                    failed[count - 1] = unreadable(_as_input_error(source, error), name_of(source))

        digits = iter(list(self._engine.classify(pictures())))
        return [failed[i] if i in failed else next(digits) for i in range(count)]

    def classify_glyphs(self, glyphs: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Return the calibrated probabilities of digits already in MNIST's form: uint8 (N, 28, 28) → float32 (N, 10).

        No picture work is done: white ink on black, 20-pixel box, centre of mass in the middle. Raises InputError for any
        other shape or type.
        """
        if not (isinstance(glyphs, np.ndarray) and glyphs.dtype == np.uint8 and glyphs.shape[1:] == (28, 28)):
            what = f"{glyphs.dtype} {glyphs.shape}" if isinstance(glyphs, np.ndarray) else type(glyphs).__name__
            raise InputError("glyphs", f"are {what}", "give uint8 (N, 28, 28); for other pictures use classify_many")
        return self._engine.probabilities(glyphs)

    def _page(self, picture: Picture) -> Page:
        found = self._engine.read(picture)
        return Page(
            found.lines,
            picture.name,
            picture.pixels,
            picture.size,
            found.rotation,
            *picture.place,
            None,
            picture.warnings,
        )

    def _pages_of(self, sources: Iterable[Source]) -> Iterator[Page]:
        for source in sources:
            number, pages = 0, 1
            try:
                for page in self.read_pages(source):
                    number, pages = page.number, page.pages
                    yield page
            except Exception as error:
                reason = _as_input_error(source, error)
                number += 1
                yield Page((), name_of(source), None, (0, 0), 0.0, number, max(number, pages), reason)


def shared(options: Options) -> Reader:
    """Return the reader for these options that this process has, made when it is first asked for. Raises as `Reader`."""
    # A model whose file has changed is another network.
    return _shared(options, network.load(options.model))


@lru_cache(maxsize=64)
def _shared(options: Options, _net: network.Network) -> Reader:
    return Reader.of(options)


def classify(source: Source, **options: Unpack[GivenForDigit]) -> Digit:
    """Read the one digit in a picture: `Reader.classify`, by the options `model` and `trust`."""
    return shared(_for_digits(options)).classify(source)


def classify_many(sources: Iterable[Source], **options: Unpack[GivenForDigit]) -> list[Digit]:
    """Read the one digit in each of many pictures: `Reader.classify_many`, by the options `model` and `trust`."""
    return shared(_for_digits(options)).classify_many(sources)


def classify_glyphs(
    glyphs: npt.NDArray[np.uint8], *, model: str | os.PathLike[str] = network.DEFAULT
) -> npt.NDArray[np.float32]:
    """Return the calibrated probabilities of digits already in MNIST's form: `Reader.classify_glyphs`."""
    return shared(Options.of(model=model)).classify_glyphs(glyphs)


def read(source: Source, page: int = 1, **options: Unpack[Given]) -> Page:
    """Read the digits in a picture, line by line: `Reader.read`, by the options of `inkdigits.Options`."""
    return shared(Options.of(**options)).read(source, page)


def read_pages(source: Source, **options: Unpack[Given]) -> Iterator[Page]:
    """Read every page of a PDF or TIFF: `Reader.read_pages`, by the options of `inkdigits.Options`."""
    return shared(Options.of(**options)).read_pages(source)


def read_many(sources: Iterable[Source], **options: Unpack[Given]) -> Iterator[Page]:
    """Read every page of many pictures and documents: `Reader.read_many`, by the options of `inkdigits.Options`."""
    return shared(Options.of(**options)).read_many(sources)


def _for_digits(given: GivenForDigit) -> Options:
    """Return options for one digit alone. Raises TypeError for those that are of lines."""
    if others := given.keys() - GivenForDigit.__annotations__.keys():
        raise TypeError(f"there is no option {', '.join(sorted(others))} for classify; there are model and trust")
    return Options.of(**given)


def _several(sources: Iterable[Source], name: str, single: str) -> Iterable[Source]:
    """Return the sources. Raises InputError if they are one picture."""
    if isinstance(sources, str | bytes | os.PathLike) or hasattr(sources, "read") or not isinstance(sources, Iterable):
        raise InputError(name_of(sources), "is one picture", f"give {name} a list, or use {single}")
    return sources


def _as_input_error(source: object, error: Exception) -> InputError:
    return error if isinstance(error, InputError) else unexpected(name_of(source), error)
