"""Pages of TIFF and BigTIFF: each is read once, copies of it are not, and samples that Pillow has wrong come out right."""

import io
import struct
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from inkdigits.errors import InputError, TooLargeError
from inkdigits.image import tiff
from inkdigits.image.load import load, load_pages
from tests.conftest import drawing

GREYS = [drawing(digit, height=40, pen=5, margin=10) for digit in (4, 0, 7)]
GREY = GREYS[0]
_SIZES = {1: 1, 3: 2, 4: 4, 16: 8, 18: 8}
_LETTERS = {1: "B", 3: "H", 4: "I", 16: "Q", 18: "Q"}


def directory_entries(pixels, place, more):
    """The entries of a picture that stands uncompressed at a place: tag → (type, values)."""
    planes, (height, width) = (pixels.shape[0] if pixels.ndim == 3 else 1), pixels.shape[-2:]
    bits, kind = 8 * pixels.dtype.itemsize, {"u": 1, "i": 2, "f": 3}[pixels.dtype.kind]
    each = pixels.nbytes // planes
    return {
        256: (4, [width]), 257: (4, [height]), 258: (3, [bits] * planes), 259: (3, [1]),
        262: (3, [2 if planes == 3 else 1]), 273: (4, [place + each * n for n in range(planes)]), 277: (3, [planes]),
        278: (4, [height]), 279: (4, [each] * planes), 284: (3, [2 if planes > 1 else 1]), 339: (3, [kind] * planes),
        **more,
    }  # fmt: skip


def file(pages, order="<", big=False, children=()):
    """A TIFF of pages, each an array, (H, W) or planes (3, H, W), and further entries; `children` hang on the first."""
    mark = b"II" if order == "<" else b"MM"
    out = bytearray(mark + struct.pack(f"{order}HHHQ" if big else f"{order}HI", *((43, 8, 0, 0) if big else (42, 0))))
    offset, count, entry = ("Q", "Q", 8) if big else ("I", "H", 4)
    link = 8 if big else 4

    def write(pixels, more):
        place = len(out)
        out.extend(pixels.astype(pixels.dtype.newbyteorder(order)).tobytes())
        entries = directory_entries(pixels, place, more)
        body = b""
        for tag, (kind, values) in sorted(entries.items()):
            kind = 16 if big and tag in (273, 279) else kind  # noqa: PLW2901
            content = struct.pack(f"{order}{len(values)}{_LETTERS[kind]}", *values)
            if len(content) > entry:
                content, at = struct.pack(order + offset, len(out)), content
                out.extend(at)
            body += struct.pack(f"{order}HH{offset}", tag, kind, len(values)) + content.ljust(entry, b"\0")
        start = len(out)
        out.extend(struct.pack(order + count, len(entries)) + body + bytes(entry))
        return start, len(out) - entry

    hung = {330: (18 if big else 4, [write(*child)[0] for child in children])} if children else {}
    for number, (pixels, more) in enumerate(pages):
        start, following = write(pixels, {**more, **(hung if number == 0 else {})})
        out[link : link + entry] = struct.pack(order + offset, start)
        link = following
    return bytes(out)


def reduced(pixels):
    return np.ascontiguousarray(pixels[::4, ::4]), {254: (4, [1])}


@pytest.mark.parametrize("big", [False, True], ids=["classic", "big"])
@pytest.mark.parametrize("order", "<>", ids=["little", "big-endian"])
def test_all_pages_of_both_kinds_and_byte_orders(order, big):
    pictures = list(load_pages(file([(grey, {}) for grey in GREYS], order, big)))
    assert [picture.place for picture in pictures] == [(1, 3), (2, 3), (3, 3)]
    for picture, grey in zip(pictures, GREYS, strict=True):
        assert np.array_equal(picture.pixels, grey)


@pytest.mark.parametrize("order", "<>", ids=["little", "big-endian"])
def test_big_tiff_that_is_compressed(order):
    buffer = io.BytesIO()
    Image.fromarray(GREY).save(buffer, "TIFF", big_tiff=True, compression="tiff_lzw")
    assert np.array_equal(load(buffer.getvalue()).pixels, GREY)


@pytest.mark.parametrize("big, order", [(False, "<"), (True, "<"), (True, ">")])
@pytest.mark.parametrize("copies", ["first", "last", "child", "mask", "old"])
def test_reduced_copies_are_no_pages(copies, big, order):
    page, copy = (GREY, {}), reduced(GREY)
    data = {
        "first": lambda: file([copy, copy, page], order, big),
        "last": lambda: file([page, copy, copy], order, big),
        "child": lambda: file([page], order, big, children=[copy]),
        "mask": lambda: file([page, (GREY, {254: (4, [4])})], order, big),
        "old": lambda: file([(copy[0], {255: (3, [2])}), page], order, big),
    }[copies]()
    (picture,) = load_pages(data)
    assert picture.place == (1, 1) and np.array_equal(picture.pixels, GREY)


@pytest.mark.parametrize("big, order", [(False, "<"), (False, ">"), (True, "<"), (True, ">")])
def test_a_picture_that_is_the_child_of_its_copy(big, order):
    (picture,) = load_pages(file([reduced(GREY)], order, big, children=[(GREY, {})]))
    assert np.array_equal(picture.pixels, GREY)


def test_copies_alone_give_the_largest():
    (picture,) = load_pages(file([reduced(GREY), (GREY, {254: (4, [1])}), reduced(GREY)]))
    assert np.array_equal(picture.pixels, GREY)


def test_more_pages_than_are_read_is_said(monkeypatch):
    monkeypatch.setattr(tiff, "MAX_PAGES", 5)
    assert len(tiff.pages(file([(GREY, {})] * 5), "x")) == 5
    tiny = (np.zeros((8, 8), np.uint8), {})
    with pytest.raises(TooLargeError, match="is a TIFF of more than 5 pages; cut it up"):
        next(load_pages(file([tiny] * (tiff.MAX_PAGES + 1))))


def test_directories_in_a_circle_end():
    data = bytearray(file([(GREY, {}), (GREYS[1], {})]))
    first = data[4:8]
    data[-4:] = first
    assert len(list(load_pages(bytes(data)))) == 2


WIDE = {
    "uint32 small": GREY.astype(np.uint32),
    "uint32 full": GREY.astype(np.uint32) * 0x01010101,
    "float64 unit": GREY / 255,
    "float64 255": GREY.astype(np.float64),
    "uint64": GREY.astype(np.uint64) * 0x0101010101010101,
    "planes of 16 bits": np.stack([GREY.astype(np.uint16) * 257] * 3),
    "planes of 32 bits": np.stack([GREY.astype(np.uint32) * 0x01010101] * 3),
    "planes of floats": np.stack([GREY / 255] * 3),
}


@pytest.mark.parametrize("big, order", [(False, "<"), (False, ">"), (True, "<"), (True, ">")])
@pytest.mark.parametrize("samples", WIDE.values(), ids=WIDE)
def test_wide_samples(samples, order, big):
    pixels = load(file([(samples, {})], order, big)).pixels
    grey = pixels if pixels.ndim == 2 else pixels[..., 1]
    assert np.abs(grey.astype(int) - GREY).max() <= 1


def test_wide_samples_are_turned_as_the_file_says():
    turned = np.ascontiguousarray(np.rot90(GREY)).astype(np.float64)
    picture = load(file([(turned, {274: (3, [6])})]))
    assert np.array_equal(picture.pixels, GREY) and picture.size == GREY.shape[::-1]


def test_compressed_numbers_of_32_bits_without_a_sign():
    """Pillow decodes them as signed ones."""
    buffer = io.BytesIO()
    Image.fromarray((GREY.astype(np.uint32) * 0x01010101).view(np.int32)).save(
        buffer, "TIFF", compression="tiff_adobe_deflate"
    )
    signed, unsigned = (struct.pack("<HHII", 339, 3, 1, kind) for kind in (2, 1))
    data = buffer.getvalue().replace(signed, unsigned)
    assert np.array_equal(load(data).pixels, GREY) and data != buffer.getvalue()


@pytest.mark.parametrize("samples", [GREY / 255, np.stack([GREY.astype(np.uint16)] * 3)], ids=["float64", "planes"])
def test_wide_samples_that_are_compressed_are_refused_in_words(samples):
    with pytest.raises(InputError, match=r"compressed or in tiles; save it with 8 bits") as refused:
        load(file([(samples, {259: (3, [5])})]))
    assert "\n" not in str(refused.value)


def test_wide_samples_that_are_cut_off():
    with pytest.raises(InputError, match="damaged or cut off"):
        load(file([(GREY / 255, {279: (4, [10])})]))
    with pytest.raises(InputError, match="NaN"):
        load(file([(np.full((20, 20), np.nan), {})]))
    with pytest.raises(InputError, match="megapixels"):
        load(file([(GREY / 255, {256: (4, [60_000]), 257: (4, [60_000])})]))


def test_damaged_pictures_write_nothing_to_standard_error():
    """libtiff and Pillow's log would: a strip that is not there, an impossible number of samples, an unknown tag's type.

    So would libpng and libjpeg, where something else than Pillow decodes.
    """
    code = """
import io, random
from PIL import Image
import inkdigits.image.load as load
random.seed(1)
kinds = [("TIFF", {"compression": how}) for how in ("tiff_lzw", "tiff_adobe_deflate", "jpeg", "packbits")]
for kind, options in [*kinds, ("PNG", {}), ("JPEG", {}), ("WEBP", {})]:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(buffer, kind, **options)
    for _ in range(60):
        data = bytearray(buffer.getvalue())
        for _ in range(4):
            data[random.randrange(len(data))] = random.randrange(256)
        try:
            list(load.load_pages(bytes(data)))
        except load.InputError:
            pass
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "" and done.stdout == ""


def test_directories_that_overlap_do_not_take_long():
    """Twenty thousand directories of sixty thousand entries each, in a file of 1 MB."""
    count = 60_000
    data = bytearray(b"II*\0" + struct.pack("<I", 8) + struct.pack("<HHII", 273, 4, 1_000_000, 0) * 90_000)
    for number in range(20_000):
        place = 8 + 12 * number
        data[place : place + 2] = struct.pack("<H", count)
        following = place + 2 + 12 * count
        data[following : following + 4] = struct.pack("<I", place + 12)
    with pytest.raises(InputError):
        list(load_pages(bytes(data)))


def test_many_strips_of_wide_samples():
    rows = [GREY[row : row + 1].astype(np.float64) for row in range(len(GREY))]
    size = rows[0].nbytes
    more = {273: (4, [8 + size * n for n in range(len(rows))]), 278: (4, [1]), 279: (4, [size] * len(rows))}
    assert np.array_equal(load(file([(GREY.astype(np.float64), more)])).pixels, GREY)


def test_a_place_behind_the_end_of_a_large_file_is_told():
    """BigTIFF has places of 64 bits, more than Python's own functions take: the file has no pages."""
    assert tiff.pages(b"II\x2b\x00\x08\x00\x00\x00" + b"\xff" * 8 + bytes(8), "x.tif") == []
