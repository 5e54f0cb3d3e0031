"""Every kind of source and file becomes the same upright picture; everything else is one clear error."""

import base64
import io
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import ExifTags, Image

import inkdigits
from inkdigits.errors import InputError
from inkdigits.image import decode
from inkdigits.image.load import load, load_pages
from tests.conftest import drawing, encoded, png_header

GREY = drawing()
RGB = np.repeat(GREY[..., None], 3, axis=2)
EVEN = GREY[: GREY.shape[0] // 2 * 2, : GREY.shape[1] // 2 * 2]


def nearly(a, b, tolerance=12):
    grey = a if a.ndim == 2 else a.mean(axis=2)
    return grey.shape == b.shape and np.abs(grey.astype(float) - b).mean() < tolerance


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM"])
@pytest.mark.parametrize("pixels", [GREY, RGB], ids=["grey", "rgb"])
def test_formats(kind, pixels):
    assert nearly(load(encoded(pixels, kind)).pixels, GREY)


def test_sources(tmp_path):
    path = tmp_path / "seven.png"
    path.write_bytes(encoded(GREY))
    with path.open("rb") as file:
        sources = [str(path), path, path.read_bytes(), bytearray(path.read_bytes()), io.BytesIO(path.read_bytes()), file,
                   Image.open(path), GREY, RGB]  # fmt: skip
        for source in sources:
            assert nearly(load(source).pixels, GREY)


@pytest.mark.parametrize(
    "mode", ["1", "L", "P", "RGB", "RGBA", "LA", "PA", "CMYK", "YCbCr", "HSV", "LAB", "I", "F", "I;16"]
)
def test_pil_modes(mode):
    image = Image.fromarray(GREY)
    if mode == "I;16":
        image = Image.fromarray(GREY.astype(np.uint16) * 257)
    elif mode in ("PA", "HSV", "LAB"):
        if mode == "LAB":
            image = Image.merge("LAB", [image, Image.new("L", image.size, 128), Image.new("L", image.size, 128)])
        else:
            image = image.convert("RGB").convert("P" if mode == "PA" else mode).convert(mode)
    else:
        image = image.convert(mode)
    if mode == "LAB":
        pytest.importorskip("PIL.ImageCms")
    assert nearly(load(image).pixels, GREY, 30)


def test_sixteen_bits_in_a_file():
    buffer = io.BytesIO()
    Image.fromarray(GREY.astype(np.uint16) * 257).save(buffer, "PNG")
    assert nearly(load(buffer.getvalue()).pixels, GREY, 1)


def test_one_bit_in_a_file():
    buffer = io.BytesIO()
    Image.fromarray(GREY).convert("1").save(buffer, "TIFF", compression="group4")
    assert nearly(load(buffer.getvalue()).pixels, GREY, 20)


ARRAYS = {
    "unit": GREY.astype(np.float32) / 255,
    "float 255": GREY.astype(np.float64),
    "int64": GREY.astype(np.int64),
    "16 bit": GREY.astype(np.uint16) * 257,
    "12 bit": GREY.astype(np.uint16) * 16,
    "17 levels": np.round(GREY / 255 * 16).astype(np.uint8),
    "up to 16": GREY / 255 * 16,
    "up to 256": GREY / 255 * 256,
    "up to 4096": GREY / 255 * 4096,
    "channel": GREY[..., None],
    "bool": GREY > 127,
    "mask": (GREY > 127).astype(np.uint8),
    "fortran": np.asfortranarray(GREY),
    "rgba": np.dstack([RGB, np.full(GREY.shape, 255, np.uint8)]),
    "half": GREY.astype(np.float16),
}


@pytest.mark.parametrize("array", ARRAYS.values(), ids=ARRAYS.keys())
def test_arrays(array):
    assert nearly(load(array).pixels, GREY, 14)


@pytest.mark.parametrize("ink, shown", [(0, 255), (255, 0)], ids=["black on nothing", "white on nothing"])
def test_transparency_is_laid_on_what_the_ink_is_not(ink, shown):
    alpha = 255 - GREY
    rgba = np.dstack([np.full((*GREY.shape, 3), ink, np.uint8), alpha])
    pixels = load(encoded(rgba)).pixels
    assert pixels[0, 0].mean() == shown
    assert abs(int(pixels.mean(axis=2).min() if ink == 0 else pixels.mean(axis=2).max()) - ink) < 10


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_turn(orientation):
    """A picture stored in any of EXIF's eight ways comes out upright, with the size of the upright picture."""
    image = Image.fromarray(GREY)
    methods = {2: [Image.Transpose.FLIP_LEFT_RIGHT], 3: [Image.Transpose.ROTATE_180], 4: [Image.Transpose.FLIP_TOP_BOTTOM],
               5: [Image.Transpose.TRANSPOSE], 6: [Image.Transpose.ROTATE_90], 7: [Image.Transpose.TRANSVERSE],
               8: [Image.Transpose.ROTATE_270]}  # fmt: skip
    for method in methods.get(orientation, []):
        image = image.transpose(method)
    exif = Image.Exif()
    exif[0x0112] = orientation
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=95, exif=exif)
    picture = load(buffer.getvalue())
    assert nearly(picture.pixels, GREY)
    assert picture.size == (GREY.shape[1], GREY.shape[0])


@pytest.mark.parametrize("width", [2500, 4001])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("longest", [decode.PAGE_SIZE, decode.DIGIT_SIZE])
def test_a_large_picture_is_reduced_and_remembers_its_size(kind, width, longest):
    large = Image.fromarray(GREY).convert("RGB").resize((width, width * 3 // 4))
    picture = load(encoded(np.asarray(large), kind), longest)
    assert picture.size == large.size
    assert 0.85 * longest <= max(picture.pixels.shape) <= longest
    assert picture.reduction[0] == pytest.approx(width / picture.pixels.shape[1])
    expected = large.convert("L").resize(picture.pixels.shape[1::-1], Image.Resampling.BOX)
    assert nearly(picture.pixels, np.asarray(expected), tolerance=2)


BAD_FILES = {
    "empty": (b"", "is empty"),
    "text": (b"hello, I am not a picture", "is not a picture"),
    "cut off": (encoded(GREY)[:300], "damaged or cut off"),
    "cut off jpeg": (encoded(GREY, "JPEG")[:900], "damaged or cut off"),
    "bomb": (png_header(60_000, 60_000), "megapixels"),
    "large": (png_header(12_000, 12_000), "megapixels"),
    "tiny": (encoded(np.zeros((1, 1), np.uint8)), "only 1 × 1 pixels"),
    "heic": (b"\0\0\0\x18ftypheic" + bytes(20), "HEIC"),
    "pdf": (b"%PDF-1.7 " + bytes(20), "is a PDF that is damaged"),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "is not a picture"),
}


@pytest.mark.parametrize("data, what", BAD_FILES.values(), ids=BAD_FILES)
def test_bad_files(tmp_path, data, what):
    path = tmp_path / "bad.png"
    path.write_bytes(data)
    with pytest.raises(InputError, match=what) as caught:
        load(path)
    assert str(caught.value).startswith(str(path)) and "\n" not in str(caught.value)


BAD_ARRAYS = {
    "nan": (np.full((20, 20), np.nan), "NaN"),
    "infinite": (np.full((20, 20), np.inf, np.float32), "NaN or infinite"),
    "negative": (np.full((20, 20), -1), "negative"),
    "one dimension": (np.zeros(784, np.uint8), "shape"),
    "two channels": (np.zeros((20, 20, 2), np.uint8), "shape"),
    "four dimensions": (np.zeros((1, 28, 28, 1), np.uint8), "shape"),
    "no pixels": (np.zeros((0, 0), np.uint8), "0 × 0"),
    "one pixel": (np.zeros((1, 1), np.uint8), "1 × 1"),
    "objects": (np.full((20, 20), None), "object"),
    "complex": (np.zeros((20, 20), complex), "complex"),
    "words": (np.full((20, 20), "a"), "values, not brightness"),
}


@pytest.mark.parametrize("array, what", BAD_ARRAYS.values(), ids=BAD_ARRAYS)
def test_bad_arrays(array, what):
    with pytest.raises(InputError, match=what):
        load(array)


@pytest.mark.parametrize("source, what", [
    ("no/such/file.png", "does not exist"), ("", "is empty; name one"), (".", "is a folder"),
        ("a\0b", "cannot be opened"),
    (42, "not something"), (None, "not something"), ([1, 2], "not something"), (io.StringIO("text"), "opened as text"),
    ("x" * 5000, "cannot be opened"),
])  # fmt: skip
def test_bad_sources(source, what):
    with pytest.raises(InputError, match=what):
        load(source)


def test_an_endless_file_is_not_read_to_its_end():
    with pytest.raises(InputError, match="longer than"):
        load("/dev/zero")


def test_the_limit_allows_the_megapixels_of_phones():
    decode.check_size("x", 9248, 6936)
    with pytest.raises(InputError):
        decode.check_size("x", 9000, 9000)


@pytest.mark.parametrize("compression", ["jpeg", "group4", "tiff_lzw"])
def test_a_cut_off_tiff_is_not_blank(compression):
    image = Image.fromarray(GREY)
    image = image.convert("1") if compression == "group4" else image.convert("RGB")
    buffer = io.BytesIO()
    image.save(buffer, "TIFF", compression=compression)
    # libtiff writes the directory last: what is cut out here is picture data.
    data = buffer.getvalue()
    with pytest.raises(InputError, match="damaged or cut off"):
        load(data[: len(data) - 50])


@pytest.mark.parametrize(("light", "paper"), [(False, "white"), (True, "black")])
def test_half_transparent_ink_is_laid_as_pillow_lays_it(light: bool, paper: str):
    """To the last bit, for every opacity: Pillow's own paste is what is compared with."""
    random = np.random.default_rng(2)
    rgba = random.integers(0, 256, (80, 60, 4)).astype(np.uint8)
    rgba[..., :3] = rgba[..., :3] // 2 + (128 if light else 0)
    image = Image.fromarray(rgba)
    page = Image.new("RGB", image.size, paper)
    page.paste(image, mask=image)
    assert np.array_equal(load(image).pixels, np.asarray(page))


def test_transparency_of_a_grey_png():
    buffer = io.BytesIO()
    Image.fromarray(np.where(GREY > 127, 1, 0).astype(np.uint8)).save(buffer, "PNG", transparency=1)
    pixels = load(buffer.getvalue()).pixels
    assert pixels[0, 0].mean() == 255 and pixels.min() == 0


def test_a_pipe_that_gives_its_bytes_in_pieces():
    class Pipe(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, 100))

    assert nearly(load(Pipe(encoded(GREY))).pixels, GREY)


def test_decoding_leaves_the_warning_filters_alone():
    before = list(warnings.filters)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(load, [encoded(GREY)] * 40))
    assert warnings.filters == before


def test_a_huge_square_page_is_drawn_smaller():
    import pypdfium2

    document = pypdfium2.PdfDocument.new()
    document.new_page(3000, 3000)
    document.save(buffer := io.BytesIO())
    assert load(buffer.getvalue()).pixels.shape[0] == load(buffer.getvalue()).pixels.shape[1] > 1000


@pytest.mark.parametrize(("full", "kind"), [
    (1, "f4"), (1, "u1"), (7, "u1"), (100, "f8"), (255, "f8"), (1000, "i4"), (1023, "u2"), (16383, "u2"), (65535, "u2"),
    (1e6, "f4"), (2**31 - 1, "i8"), (2**63, "u8"), (1e300, "f8"),
])  # fmt: skip
def test_arrays_of_any_full_scale_are_one_picture(digits, full, kind):
    """Beyond 65535 they were refused."""
    rounded = (lambda picture: picture) if kind[0] == "f" else np.rint
    scaled = [rounded(image / 255 * full).astype(kind) for image in digits.images[:12]]
    answers = inkdigits.classify_many(scaled)
    assert [d.best for d in answers] == [d.best for d in inkdigits.classify_many(list(digits.images[:12]))]


def test_arrays_of_other_kinds(digits):
    plain = inkdigits.classify(digits.images[0])
    masked = np.ma.array(digits.images[0])
    for array in (masked, masked.astype(np.float32)):
        assert inkdigits.classify(array).confidence == plain.confidence


def squeezed(kind, **how):
    """EVEN with every second row left out, as of a fax, in a file that says so."""
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(EVEN[::2])).save(buffer, kind, **how)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "JPEG", "BMP"])
def test_pixels_that_are_not_square_become_so(kind):
    picture = load(squeezed(kind, dpi=(200, 100)))
    assert nearly(picture.pixels, EVEN, 60)
    assert picture.size == (EVEN.shape[1], EVEN.shape[0] // 2), "boxes are in the file's pixels"


@pytest.mark.parametrize("dpi", [(200, 199), (72, 1), (0, 100), (100, 0)], ids=str)
def test_densities_that_are_rounded_or_nonsense_change_nothing(dpi):
    assert load(squeezed("JPEG", dpi=dpi)).pixels.shape == EVEN[::2].shape


def test_a_turn_turns_the_shape_of_pixels_too():
    """The photo lies on its side: its rows are the columns of what it shows."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(np.rot90(EVEN)[:, ::2])).save(buffer, "JPEG", dpi=(100, 200), exif=exif)
    assert nearly(load(buffer.getvalue()).pixels, EVEN, 60)


def test_a_picture_of_wide_pixels_stays_within_the_working_size():
    buffer = io.BytesIO()
    Image.new("L", (900, 900), 255).save(buffer, "PNG", dpi=(300, 100))
    assert load(buffer.getvalue(), 1024).pixels.shape == (1024, 341)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
@pytest.mark.parametrize("side", [None, 600], ids=["small", "reduced"])
def test_what_is_transparent_throughout_is_opaque(mode, side):
    image = Image.fromarray(GREY) if side is None else Image.fromarray(GREY).resize((side, side))
    image = image.convert(mode)
    image.putalpha(0)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    expected = np.asarray(image.convert("L").resize(load(image, 250).pixels.shape[1::-1], Image.Resampling.BOX))
    for source in (buffer.getvalue(), image, np.asarray(image.convert("RGBA"))):
        assert nearly(load(source, 250).pixels, expected, 2)


def lost(data, share):
    return data[: round(len(data) * share)] if share else data[:-2]


@pytest.mark.parametrize("share", [None, 0.99], ids=["without its end", "99 %"])
@pytest.mark.parametrize("longest", [decode.PAGE_SIZE, 300], ids=["whole", "draft"])
@pytest.mark.parametrize("progressive", [False, True], ids=["baseline", "progressive"])
@pytest.mark.parametrize(
    "pixels", [EVEN, np.asarray(Image.fromarray(EVEN).resize((900, 1100)))], ids=["small", "large"]
)
def test_a_jpeg_that_lacks_its_end_is_read_with_a_warning(pixels, progressive, longest, share):
    whole = encoded(pixels, "JPEG", quality=90, progressive=progressive)
    picture = load(lost(whole, share), longest)
    assert np.abs(picture.pixels.astype(int) - load(whole, longest).pixels).mean() < 5
    (said,) = picture.warnings
    assert said.startswith("ends too early, and the last rows of the picture may be missing; ")
    assert load(whole, longest).warnings == ()


@pytest.mark.parametrize("progressive", [False, True], ids=["baseline", "progressive"])
@pytest.mark.parametrize("share", [0.25, 0.4])
def test_half_a_jpeg_is_refused(share, progressive):
    with pytest.raises(InputError, match="damaged or cut off"):
        load(lost(encoded(EVEN, "JPEG", quality=90, progressive=progressive), share))


BASE64 = base64.b64encode(encoded(GREY)).decode()
INSTEAD = {
    "https": ("https://example.org/a.png", "is a URL, and nothing is downloaded here; download"),
    "file": ("file:///tmp/a.png", "is the URL of a file; give its path"),
    "data": (f"data:image/png;base64,{BASE64}", "is a data URL; decode"),
    "base64": (BASE64, "is base64 text; decode"),
    "base64 jpeg": (base64.b64encode(encoded(GREY, "JPEG")).decode(), "is base64 text; decode"),
    "base64 pdf": (base64.b64encode(b"%PDF-1.7" + bytes(90)).decode(), "is base64 text; decode"),
    "bytes of a data URL": (f"data:image/png;base64,{BASE64}".encode(), "holds a data URL; decode"),
    "bytes of base64": (b"\n" + BASE64.encode(), "holds base64 text; decode"),
}


@pytest.mark.parametrize("source, what", INSTEAD.values(), ids=INSTEAD)
def test_what_stands_for_a_picture_is_told_in_a_line(source, what):
    with pytest.raises(InputError, match=what) as refused:
        load(source)
    assert "\n" not in str(refused.value) and len(str(refused.value)) < 250


def test_a_file_with_a_name_like_a_url_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data:1.png").write_bytes(encoded(GREY))
    assert load("data:1.png").size == GREY.shape[::-1]


def test_the_first_of_several_pages_is_said_to_be_it():
    buffer = io.BytesIO()
    Image.fromarray(GREY).save(buffer, "TIFF", save_all=True, append_images=[Image.fromarray(GREY)] * 2)
    assert load(buffer.getvalue()).warnings == ("one of 3 pages is read, the first; read goes through all of them",)
    assert all(picture.warnings == () for picture in load_pages(buffer.getvalue()))
