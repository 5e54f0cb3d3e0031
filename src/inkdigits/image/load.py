"""Anything that holds a picture → `Picture`: a path, bytes, a file object, a PIL image or an array."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from inkdigits.errors import InputError, TooLargeError
from inkdigits.image import decode, document, tiff
from inkdigits.image.segment import Box

Source: TypeAlias = (
    "str | os.PathLike[str] | bytes | bytearray | memoryview | IO[bytes] | Image.Image | npt.NDArray[Any]"
)

_FEW_LEVELS = 16.0  # the full scale of scikit-learn's digits
_SCALES = (255.0, 4095.0, 65535.0)
_SCALES_OF_ARRAYS = (_FEW_LEVELS, 255.0, 256.0, 4095.0, 4096.0, 65535.0)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
# PNG, JPEG, GIF, WebP, TIFF, HEIF and PDF in base64, by their first bytes, and enough of it to be no path.
_BASE64 = re.compile(
    r"(?:iVBORw0KGgo|/9j/|R0lGOD|UklGR|SUkq|TU0A|AAAA[A-Za-z0-9+/]{4}Z0eX|JVBERi0)[A-Za-z0-9+/_\r\n-]{40}"
)
_TEXT_BYTES = 128
_ARRAY_REMEDY = "give (H, W), (H, W, 3) or (H, W, 4), uint8 0-255 or float 0-1"


@dataclass(frozen=True, eq=False)
class Picture:
    """An upright picture, ready for image work.

    `pixels` is uint8, grey (H, W) or colour (H, W, 3), reduced to the working size of a page or of a digit;
    `size` is the (width, height) of the picture before that, in whose pixels boxes are reported. `place` is the page's
    number, from 1, and the number of pages of the document that it is from. `warnings` say, in a line each, what of the
    source is not in it: other frames or pages, rows that are missing.
    """

    name: str
    pixels: npt.NDArray[np.uint8]
    size: tuple[int, int]
    place: document.Place = (1, 1)
    warnings: tuple[str, ...] = ()

    @property
    def reduction(self) -> tuple[float, float]:
        """Pixels of the full picture in one of `pixels`: across and down."""
        height, width = self.pixels.shape[:2]
        return self.size[0] / width, self.size[1] / height

    def in_full(self, box: Box) -> Box:
        """Return a box (left, top, right, bottom) in `pixels` as one in the picture before it was reduced."""
        x, y = self.reduction
        left, top, right, bottom = box
        return int(left * x), int(top * y), min(self.size[0], round(right * x)), min(self.size[1], round(bottom * y))


def name_of(source: object) -> str:
    """Return what to call a source in results and messages."""
    if isinstance(source, str | os.PathLike):
        return os.fspath(source) if isinstance(os.fspath(source), str) else os.fsdecode(source)
    name = getattr(source, "name", None) or getattr(source, "filename", None)
    return name if isinstance(name, str) and name else f"<{type(source).__name__}>"


def load(source: Source, longest: int = decode.PAGE_SIZE) -> Picture:
    """Return the upright picture that `source` holds, reduced to at most `longest` pixels on its longer side.

    Of a document it is the first page, and a warning if there are others. Raises InputError for anything else: a missing or
    damaged file, an array of the wrong shape or with values that are no picture, a picture of more than 80 megapixels or of
    less than 8 pixels.
    """
    name = name_of(source)
    if isinstance(source, np.ndarray):
        return _finish(name, _from_array(source, name), longest)
    if isinstance(source, Image.Image):
        return _from_pil(source, name, longest)
    picture = next(_pages(_read_bytes(source, name), name, longest))
    if picture.place[1] == 1:
        return picture
    others = f"one of {picture.place[1]:,} pages is read, the first; read goes through all of them"
    return replace(picture, warnings=(*picture.warnings, others))


def load_page(source: Source, page: int) -> Picture:
    """Return one page of a document, counted from 1, as `load` returns the first. Raises InputError."""
    if isinstance(page, bool) or not isinstance(page, int | np.integer) or page < 1:
        raise InputError(f"page={page!r}", "is no page's number", "give a whole number from 1")
    return next(load_pages(source, int(page)))


def load_pages(source: Source, first: int = 1) -> Iterator[Picture]:
    """Yield every page of a PDF or of a several-page TIFF, upright; a picture, a PIL image or an array is one page.

    `first` is the page to begin with, from 1. Raises InputError as `load` does, for a damaged or locked document, and where
    there is no such page.
    """
    name = name_of(source)
    if isinstance(source, np.ndarray | Image.Image):
        document.check_page(name, first, 1)
        yield load(source)
    else:
        yield from _pages(_read_bytes(source, name), name, decode.PAGE_SIZE, first)


def _pages(data: bytes, name: str, longest: int, first: int = 1) -> Iterator[Picture]:
    """Yield the pages that the bytes of a file hold."""
    if document.is_pdf(data):
        yield from (_finish(name, pixels, longest, place=place) for place, pixels in document.pdf(data, name, first))
    elif tiff.is_tiff(data):
        for place, decoded in document.tiff_pages(data, name, longest, first):
            yield _decoded(name, decoded, longest, place)
    else:
        document.check_page(name, first, 1)
        no_picture(name, data[:_TEXT_BYTES].decode("latin-1"), "holds")
        yield _decoded(name, decode.decode(data, name, longest), longest)


def _decoded(name: str, decoded: decode.Decoded, longest: int, place: document.Place = (1, 1)) -> Picture:
    pixels, size, warnings = decoded
    return replace(_finish(name, to_uint8(pixels, name), longest, size, place), warnings=warnings)


def _read_bytes(source: Any, name: str) -> bytes:
    """Return a file's bytes, at most MAX_BYTES of them; Raises InputError for what is not a readable file."""
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source)
    try:
        if isinstance(source, str | os.PathLike):
            path = Path(os.fsdecode(source))
            if not os.fspath(source):
                raise InputError("the name of a picture", "is empty", "name one")
            if not os.path.lexists(path):
                no_picture(f"{name[:60]}…" if len(name) > 61 else name, os.fsdecode(source), "is")
            if path.is_dir():
                raise InputError(name, "is a folder", "name the pictures in it, such as folder/*.png")
            with path.open("rb") as file:
                data = file.read(decode.MAX_BYTES + 1)
        elif hasattr(source, "read"):
            data = _read_all(source)
        else:
            raise InputError(
                name, "is not something a picture can be read from", "give a path, bytes, a file or an array"
            )
    except FileNotFoundError:
        raise InputError(name, "does not exist", "check the path") from None
    except (OSError, ValueError, TypeError) as error:
        if isinstance(error, InputError):
            raise
        reason = getattr(error, "strerror", None) or error
        raise InputError(name, f"cannot be opened ({reason})", "check the path and its permissions") from None
    if not isinstance(data, bytes):
        raise InputError(name, "was opened as text", 'open it in binary mode, open(path, "rb")')
    if len(data) > decode.MAX_BYTES:
        raise TooLargeError(name, f"is longer than {decode.MAX_BYTES >> 20} MB", "reduce the picture")
    return data


def no_picture(name: str, text: str, verb: str) -> None:
    """Raise InputError for a text that stands for a picture: an address, a data URL or base64."""
    text = text.lstrip("\ufeff\xef\xbb\xbf \t\r\n")
    if text[:5].lower() == "data:":
        raise InputError(
            name, f"{verb} a data URL", "decode what follows its comma with base64.b64decode, and give the bytes"
        )
    if _BASE64.match(text):
        raise InputError(name, f"{verb} base64 text", "decode it with base64.b64decode, and give the bytes")
    if verb == "is" and text[:5].lower() == "file:":
        raise InputError(name, "is the URL of a file", "give its path, without file://")
    if verb == "is" and _URL.match(text):
        raise InputError(
            name, "is a URL, and nothing is downloaded here", "download the picture, and give the file's path"
        )


def _read_all(file: Any) -> Any:
    """Return what a file object holds, up to one byte past MAX_BYTES. A pipe gives it in pieces."""
    pieces = []
    missing = decode.MAX_BYTES + 1
    while missing > 0:
        piece = file.read(missing)
        if not isinstance(piece, bytes):
            return piece
        if not piece:
            break
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)


def _from_pil(image: Image.Image, name: str, longest: int) -> Picture:
    decode.check_size(name, *image.size)
    tiff.silence()
    try:
        image.load()
        pixels, size = decode.upright(image, image.size, longest)
    except Exception as error:  # PIL decodes lazily: here a damaged file shows itself
        raise InputError(name, f"cannot be decoded ({error})", "open and save the picture again") from None
    return _finish(name, to_uint8(pixels, name), longest, size)


def _from_array(array: npt.NDArray[Any], name: str) -> npt.NDArray[np.uint8]:
    """Return an array as uint8 grey or RGB. Raises InputError."""
    array = np.asarray(array)  # a matrix or a masked array does some things in its own way
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise InputError(name, f"has shape {array.shape}, which is not one picture", _ARRAY_REMEDY)
    decode.check_size(name, array.shape[1], array.shape[0])
    pixels = to_uint8(array, name, any_scale=True)
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        pixels = decode.flatten(Image.fromarray(pixels))
    return pixels


def to_uint8(array: npt.NDArray[Any], name: str, any_scale: bool = False) -> npt.NDArray[np.uint8]:
    """Return grey or colour values of any number type as uint8, 0 to 255.

    Floats up to 1 and whole numbers beyond 255 are scaled: the full scale is taken to be the smallest of 1, 255, 4095
    (12-bit scanners) and 65535 that holds every value, or else the largest value. With `any_scale`, as of arrays, whose
    scale no format tells, it may be 16 (as of scikit-learn's digits), 256 or 4096 as well, and whole numbers up to 1 are a
    black-and-white mask.
    """
    if array.dtype == np.bool_:
        return array.astype(np.uint8) * np.uint8(255)
    if array.dtype == np.uint8 and not (any_scale and array.max(initial=0) <= _FEW_LEVELS):
        return array
    if array.dtype.kind not in "uif":
        raise InputError(name, f"holds {array.dtype} values, not brightness", _ARRAY_REMEDY)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise InputError(name, "holds NaN or infinite values", "replace them, as with numpy.nan_to_num")
    low, high = float(array.min()), float(array.max())
    if low < 0:
        raise InputError(name, f"holds negative values (down to {low:g})", "shift it to 0-255 or 0-1")
    if high > _SCALES[-1]:
        array, high = array / high, 1.0  # float32 does not hold every number
    is_unit = high <= 1 and (any_scale or array.dtype.kind == "f")
    full = 1.0 if is_unit else next(f for f in (_SCALES_OF_ARRAYS if any_scale else _SCALES) if high <= f)
    scaled = array.astype(np.float32)
    scaled *= np.float32(255 / full)  # in place: of a large picture every copy is 300 MB
    return np.asarray(np.rint(scaled, out=scaled), np.uint8)


def _finish(
    name: str,
    pixels: npt.NDArray[np.uint8],
    longest: int,
    size: tuple[int, int] | None = None,
    place: document.Place = (1, 1),
) -> Picture:
    """Reduce pixels to the working size and remember the size that boxes refer to."""
    height, width = pixels.shape[:2]
    factor = longest / max(height, width)
    if factor < 1:
        target = (max(2, round(width * factor)), max(2, round(height * factor)))
        pixels = np.asarray(cv2.resize(pixels, target, interpolation=cv2.INTER_AREA), np.uint8)
    else:
        pixels = pixels.copy()  # whose array it is may write the next picture into it
    return Picture(name, pixels, size or (width, height), place)
