"""Documents of several pages → pictures: PDF through PDFium, TIFF through Pillow and `image.tiff`."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from inkdigits.errors import InputError, TooLargeError
from inkdigits.image import decode, opening, tiff

_DPI = 200  # a digit of 4 mm is then 31 pixels high
MAX_PAGES = tiff.MAX_PAGES
_HEADER = re.compile(rb"%PDF-\d")
_BEFORE_HEADER = 1024  # where PDFium looks for the header
_PDFIUM = threading.Lock()  # it may be used by one thread at a time

Place: TypeAlias = tuple[int, int]  # a page's number, from 1, and how many pages there are


def check_page(name: str, page: int, count: int) -> None:
    """Raise InputError unless a document of `count` pages has that page, counted from 1."""
    if page > count:
        pages = "one page" if count == 1 else f"{count} pages"
        raise InputError(name, f"has {pages}, and no page {page}", "give a page that is there")


def is_pdf(data: bytes) -> bool:
    """Tell whether the bytes are a PDF: its header may stand behind 1,024 bytes of other data (a BOM, a MIME header)."""
    header = _HEADER.search(data, 0, _BEFORE_HEADER + 8)
    return header is not None and (header.start() == 0 or not opening.is_picture(data))


def pdf(data: bytes, name: str, first: int = 1) -> Iterator[tuple[Place, npt.NDArray[np.uint8]]]:
    """Yield the pages of a PDF: place and grey pixels, uint8 (H, W), at 200 dots an inch or less if the page is huge.

    Forms are drawn as they are filled in. `first` is the page to begin with. Raises InputError for a document that is
    damaged, locked or without such a page.
    """
    import pypdfium2

    with _PDFIUM:
        document = _opened(data, name)
    try:
        with _PDFIUM:
            count = len(document)
            if document.get_formtype():
                document.init_forms()  # before a page is loaded
        if count < 1:
            raise _without_pages(name)
        if count > MAX_PAGES:
            raise TooLargeError(name, f"is a PDF of {count:,} pages", f"give one of at most {MAX_PAGES:,}")
        check_page(name, first, count)
        for number in range(first - 1, count):
            with _PDFIUM:
                pixels = _render(document, number, name)
            yield (number + 1, count), pixels
    except pypdfium2.PdfiumError:
        raise _damaged(name) from None
    finally:
        with _PDFIUM:
            document.close()


def _opened(data: bytes, name: str) -> Any:
    """Return a PDF that PDFium has opened. Raises InputError, which tells damaged, locked and without pages apart."""
    import pypdfium2
    from pypdfium2 import raw

    # PDFium gives no reason for a document without pages, so that its last error is still that of an earlier document.
    # This one, of a file that is not there, no document in memory can have.
    raw.FPDF_LoadDocument(b"", None)
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        reason = raw.FPDF_GetLastError()
    if reason in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
        raise InputError(name, "is a PDF that is locked with a password", "unlock it, or print it to a new PDF")
    raise _without_pages(name) if reason == raw.FPDF_ERR_FILE else _damaged(name)


def _without_pages(name: str) -> InputError:
    return InputError(name, "is a PDF without pages", "give one that has pages")


def _damaged(name: str) -> InputError:
    return InputError(name, "is a PDF that is damaged or cut off", "copy or download it again")


def _render(document: Any, number: int, name: str) -> npt.NDArray[np.uint8]:
    import pypdfium2

    try:
        page = document[number]
        try:
            width, height = page.get_size()  # in points, 72 an inch
            most = math.sqrt(0.99 * decode.MAX_PIXELS / max(width * height, 1.0))
            scale = min(_DPI / 72, 4 * decode.PAGE_SIZE / max(width, height, 1.0), most)
            decode.check_size(name, int(width * scale), int(height * scale))
            image = page.render(scale=scale, grayscale=True, may_draw_forms=True).to_numpy()
            return np.array(image[..., 0] if image.ndim == 3 else image, np.uint8)
        finally:
            page.close()
    except pypdfium2.PdfiumError:
        raise InputError(name, f"has a page {number + 1} that cannot be drawn", "print it to a new PDF") from None


def tiff_pages(data: bytes, name: str, longest: int, first: int = 1) -> Iterator[tuple[Place, decode.Decoded]]:
    """Yield the pages of a TIFF from `first` on: place, and the page as `decode.decode` gives it.

    Reduced copies of a page, and masks, are no pages. Raises InputError as `pdf` does.
    """
    found = tiff.pages(data, name)
    count = max(1, len(found))
    check_page(name, first, count)
    if not found:  # decode says what is wrong with it
        yield (1, 1), decode.decode(data, name, longest)
        return
    classic = tiff.as_classic(data, [page.directory for page in found]) if data[:4] == b"MM\0+" else None
    for number in range(first - 1, count):
        page = found[number]
        called = f"{name}, page {number + 1}" if count > 1 else name
        with decode.told_as_input_errors(called):
            wide = tiff.samples(data, page.directory, called, decode.check_size)
        if wide is not None:
            decoded = decode.Decoded(*decode.upright(wide, wide.size, longest))
        elif classic is not None:
            decoded = decode.decode(classic, called, longest, number)
        elif page.frame is None:
            decoded = decode.decode(tiff.beginning_with(data, page.directory), called, longest)
        else:
            decoded = decode.decode(data, called, longest, page.frame)
        yield (number + 1, count), decoded
