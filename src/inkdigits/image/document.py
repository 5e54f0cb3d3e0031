"""Documents of several pages → pictures: PDF through PDFium, TIFF through Pillow."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image

from inkdigits.errors import InputError
from inkdigits.image import decode

_DPI = 200  # a digit of 4 mm is then 31 pixels high
MAX_PAGES = 10_000

Place: TypeAlias = tuple[int, int]  # a page's number, from 1, and how many pages there are


def check_page(name: str, page: int, count: int) -> None:
    """Raise InputError unless a document of `count` pages has that page, counted from 1."""
    if page > count:
        pages = "one page" if count == 1 else f"{count} pages"
        raise InputError(name, f"has {pages}, and no page {page}", "give a page that is there")


def pdf(data: bytes, name: str, first: int = 1) -> Iterator[tuple[Place, npt.NDArray[np.uint8]]]:
    """Yield the pages of a PDF: place and grey pixels, uint8 (H, W), at 200 dots an inch or less if the page is huge.

    `first` is the page to begin with. Raises InputError for a document that is damaged, locked or without such a page.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        remedy = "unlock it, or print it to a new PDF"
        raise InputError(name, f"is a PDF that cannot be opened ({error})", remedy) from None
    try:
        if not 1 <= count <= MAX_PAGES:
            raise InputError(name, f"is a PDF of {count} pages", f"give 1 to {MAX_PAGES:,}")
        check_page(name, first, count)
        for number in range(first - 1, count):
            yield (number + 1, count), _render(document, number, name)
    finally:
        document.close()


def _render(document: Any, number: int, name: str) -> npt.NDArray[np.uint8]:
    import pypdfium2

    try:
        page = document[number]
        width, height = page.get_size()  # in points, 72 an inch
        most = math.sqrt(0.99 * decode.MAX_PIXELS / max(width * height, 1.0))
        scale = min(_DPI / 72, 4 * decode.PAGE_SIZE / max(width, height, 1.0), most)
        decode.check_size(name, int(width * scale), int(height * scale))
        image = page.render(scale=scale, grayscale=True).to_numpy()
    except pypdfium2.PdfiumError as error:
        raise InputError(
            name, f"has a page {number + 1} that cannot be drawn ({error})", "print it to a new PDF"
        ) from None
    return np.array(image[..., 0] if image.ndim == 3 else image, np.uint8)


def tiff(
    data: bytes, name: str, longest: int, first: int = 1
) -> Iterator[tuple[Place, npt.NDArray[Any], tuple[int, int]]]:
    """Yield the pages of a TIFF from `first` on: place, and pixels and size as `decode.decode` gives them.

    Raises InputError as `pdf` does.
    """
    try:
        with Image.open(io.BytesIO(data), formats=["TIFF"]) as image:
            count = min(int(getattr(image, "n_frames", 1)), MAX_PAGES)
    except Exception:  # decode says what is wrong with it
        count = 1
    check_page(name, first, count)
    if count == 1:
        yield (1, 1), *decode.decode(data, name, longest)
        return
    for number in range(first - 1, count):
        yield (number + 1, count), *decode.decode(data, f"{name}, page {number + 1}", longest, number)
