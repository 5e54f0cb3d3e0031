"""PDFs as people have them: behind other data, with forms, and broken in every way; each is read or told in one line."""

import threading

import numpy as np
import pytest

from inkdigits.errors import InputError, TooLargeError
from inkdigits.image import document
from inkdigits.image.load import load, load_pages

BLANK = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] >>"


def pdf(*pages, catalog=b"", objects=(), trailer=b"", count=None):
    """A PDF of page dictionaries, which are objects 3 and on; `objects` follow them."""
    kids = b" ".join(b"%d 0 R" % (3 + n) for n in range(len(pages)))
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages) if count is None else count),
        *pages,
        *objects,
    ]
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1) + table
        + b"trailer << /Root 1 0 R /Size %d %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, trailer, len(out))
    )  # fmt: skip


def stream(entries, data):
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(data), data)


def form(kind):
    """A page whose only ink is what a field of a form shows: a black square, drawn or a picture."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Annots [4 0 R] >>"
    field = b"<< /Type /Annot /Subtype /Widget /FT /%s /T (a) /Rect [20 20 80 80] /F 4 /AP << /N 5 0 R >> >>" % kind
    box = b"/Type /XObject /Subtype /Form /BBox [0 0 60 60]"
    if kind == b"Tx":
        look = stream(box, b"0 g 0 0 60 60 re f")
    else:
        look = stream(box + b" /Resources << /XObject << /I 6 0 R >> >>", b"60 0 0 60 0 0 cm /I Do")
    image = b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8"
    return pdf(page, catalog=b"/AcroForm << /Fields [4 0 R] >>", objects=(field, look, stream(image, b"\0")))


@pytest.mark.parametrize("kind", [b"Tx", b"Btn /Ff 65536"], ids=["text", "picture"])
def test_fields_of_forms_are_drawn(kind):
    pixels = load(form(kind)).pixels
    height, width = pixels.shape
    assert pixels[height // 2, width // 4] < 10 and pixels[height // 2, 3 * width // 4] == 255


BEFORE = {
    "BOM": b"\xef\xbb\xbf",
    "newline": b"\n",
    "MIME": b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: binary\r\n\r\n",
    "most": b"x" * 1024,
}


@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE)
def test_a_pdf_behind_other_data(before):
    assert [picture.place for picture in load_pages(before + pdf(BLANK, BLANK))] == [(1, 2), (2, 2)]


def test_a_picture_that_mentions_a_pdf_is_a_picture():
    pgm = b"P5\n# %PDF-1.7\n20 20\n255\n" + bytes(400)
    assert load(pgm).size == (20, 20)
    with pytest.raises(InputError, match="is not a picture"):
        load(b"x" * 1100 + pdf(BLANK))


LOCKED = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<00> <00>]" % (b"ab" * 32, b"cd" * 32)
BROKEN = {
    "no pages": (pdf(), "is a PDF without pages; "),
    "cut off": (pdf(BLANK)[:60], "is a PDF that is damaged or cut off; copy"),
    "header alone": (b"%PDF-1.7\n", "is a PDF that is damaged or cut off; copy"),
    "locked": (pdf(BLANK, trailer=LOCKED), "is a PDF that is locked with a password; unlock"),
    "empty": (b"", r"is empty \(0 bytes\)"),
}


@pytest.mark.parametrize("before", BROKEN.values(), ids=[f"after {name}" for name in BROKEN])
@pytest.mark.parametrize("data, what", BROKEN.values(), ids=BROKEN)
def test_one_line_tells_what_is_wrong(data, what, before):
    """Whatever was wrong with the document before: PDFium keeps its last error."""
    for given, said in (before, (data, what)):
        with pytest.raises(InputError, match=said) as refused:
            load(given)
        message = str(refused.value)
        assert "\n" not in message and "PDFium" not in message and ("unlock" in message) == ("locked" in said)


def test_threads_may_read_documents_together():
    """PDFium itself is for one thread at a time."""
    pages = []

    def read():
        pages.extend(load_pages(pdf(*[BLANK] * 5)))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pages) == 20 and all(np.all(page.pixels == 255) for page in pages)


def test_more_pages_than_are_read_is_said(monkeypatch):
    monkeypatch.setattr(document, "MAX_PAGES", 3)
    assert len(list(load_pages(pdf(*[BLANK] * 3)))) == 3
    with pytest.raises(TooLargeError, match="is a PDF of 4 pages; give one of at most 3"):
        next(load_pages(pdf(*[BLANK] * 4)))
