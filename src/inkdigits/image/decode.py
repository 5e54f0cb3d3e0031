"""Bytes of a picture file → pixels, with every limit checked before a single pixel is decoded."""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from inkdigits.errors import InputError, TooLargeError
from inkdigits.image import frames, opening, tiff

# The usual endings of their files, and of those that are read where a decoder is there, or refused by their name.
_JPEG = {".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".pjpeg", ".pjp", ".mpo"}
_TIFF, _PNM = {".tif", ".tiff"}, {".pbm", ".pgm", ".ppm", ".pnm"}
_PERHAPS = {".heic", ".heics", ".heif", ".heifs", ".hif", ".avif", ".avifs", ".jxl"}
ENDINGS = frozenset({".png", ".apng", ".bmp", ".dib", ".gif", ".webp", *_JPEG, *_TIFF, *_PNM, *_PERHAPS})
# In a progressive JPEG, the header of a scan of brightness alone, up to the highest frequency and to the lowest bit.
_LAST_SCAN = rb"\xff\xda\x00\x08\x01\x01[\x00-\x33][\x01-\x3f]\x3f[\x00\x10]"
_JPEG_XL = (b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n")
# Pillow warns about large pictures, odd EXIF and the like; what matters of it is checked here. The filter is set once:
# `warnings.catch_warnings` changes the whole process's filters, and two threads that decode would mix them up.
warnings.filterwarnings("ignore", module=r"PIL\.")
# What Pillow logs is in its errors as well. Without a handler, Python would write it to standard error.
logging.getLogger("PIL").addHandler(logging.NullHandler())
FORMATS_TEXT = "PNG, JPEG, AVIF, BMP, GIF, TIFF or WebP"
MAX_BYTES = 256 * 1024 * 1024
# A phone's 64 megapixels are 9248 × 6936, which is a little more; Pillow itself warns of more than 89.
MAX_PIXELS = 80_000_000
# Pixels of the longer side that a picture is reduced to: a page, where a digit of a 40th of it is still 50 high, and a
# picture of one digit, which is larger there.
PAGE_SIZE, DIGIT_SIZE = 2048, 1024
# How far from square pixels must be that they are meant to be so (dots an inch are rounded), and may be at most.
_LEAST_RATIO, _LARGEST_RATIO = 1.02, 4.0
_ON_A_SIDE = range(5, 9)  # EXIF orientations that swap width and height
# A decoder reduces by whole numbers, many times faster than a resampler by fractions: 4,000 pixels become 2,000, not 2,048.
_ENOUGH = 0.9


class Decoded(NamedTuple):
    """A picture out of a file.

    The pixels are uint8 (H, W), uint8 (H, W, 3), or whatever a 16- or 32-bit grey picture holds, (H, W), upright (the
    EXIF turn applied). The size is (width, height) of the upright picture in the file; the pixels may be fewer, where a
    large picture is reduced by a whole number, to not much less than `longest` on its longer side. The warnings say, in a
    line each, what of the file is not in the pixels.
    """

    pixels: npt.NDArray[Any]
    size: tuple[int, int]
    warnings: tuple[str, ...] = ()


def decode(data: bytes, name: str, longest: int, frame: int = 0) -> Decoded:
    """Decode a picture file: of a TIFF the page `frame`, from 0; of another file of several frames the fullest one.

    That is the frame with the most ink, the last of equals: an animation that writes a digit ends with all of it. Raises
    InputError.
    """
    if not data:
        raise InputError(name, "is empty (0 bytes)", f"give a {FORMATS_TEXT} picture")
    if data.startswith(_JPEG_XL):
        raise InputError(name, "is a JPEG XL picture, which is not read here", "save or export it as JPEG or PNG")
    with told_as_input_errors(name), opening.opened(data, name) as image:
        if image.format == "TIFF":
            image.seek(frame)
        elif frames.are_several(image):
            best, told = frames.fullest(
                image, lambda: opening.opened(data, name), lambda image: _loaded(data, image, name, longest)
            )
            return best._replace(warnings=(*best.warnings, *told))
        return _loaded(data, image, name, longest)


@contextmanager
def told_as_input_errors(name: str) -> Iterator[None]:
    """Raise InputError for whatever a decoder raises in the `with` block."""
    try:
        yield
    except InputError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise too_large(name, "far more than") from None
    except UnidentifiedImageError:
        raise InputError(name, "is not a picture that can be read", f"give a {FORMATS_TEXT} file") from None
    except MemoryError:
        raise InputError(name, "needs more memory than there is", "reduce the picture") from None
    # A decoder fed with damaged bytes raises what its innermost line happens to raise: OSError, SyntaxError, struct.error,
    # IndexError, … Whatever it is, the file is at fault and the caller gets told so.
    except Exception as error:
        reason = str(error).strip() or type(error).__name__
        raise InputError(
            name, f"cannot be decoded, as if damaged or cut off ({reason})", "save or copy it again"
        ) from None


def _loaded(data: bytes, image: Image.Image, name: str, longest: int) -> Decoded:
    """Return the pixels of the frame that an opened file is at."""
    check_size(name, *image.size)
    full = image.size
    told: tuple[str, ...] = ()
    if image.format in ("JPEG", "MPO"):
        # Draft mode reduces as it decodes, by 2, 4 or 8: a photo never is in memory at its full size.
        factor = max(1, int(max(full) / (_ENOUGH * longest)))
        image.draft(None, (full[0] // factor, full[1] // factor))
    try:
        image.load()  # here a cut-off file shows itself, and nowhere else
    except OSError:
        if image.format != "JPEG" or not _is_nearly_whole(data, image, full):
            raise
        draft = image.size
        image = Image.open(io.BytesIO(data + b"\xff\xd9"), formats=["JPEG"])
        image.draft(None, draft)
        image.load()
        told = ("ends too early, and the last rows of the picture may be missing; copy or save it again",)
    if image.format == "TIFF" and image.mode == "I" and _is_unsigned(image):
        info = image.info
        image = Image.fromarray(tiff.narrowed(np.asarray(image).view(np.uint32)))
        image.info = info
    return Decoded(*upright(image, full, longest), told)


def _is_nearly_whole(data: bytes, image: Image.Image, full: tuple[int, int]) -> bool:
    """Tell whether a JPEG that ends too early has 95 % of its rows, or in all of it everything but the last detail.

    The decoder gives rows as far as it is sure of them; up to a row of blocks and two lines more are in the file. Of a
    progressive file it gives nothing, but its scans follow each other from coarse to fine: when the last one of brightness
    has begun (up to the 63rd frequency, and to the lowest bit), only fine detail can be missing.
    """
    if image.info.get("progressive"):
        return re.search(_LAST_SCAN, data) is not None
    box = image.im.getbbox() if getattr(image, "_im", None) is not None else None  # rows that are not there are 0
    scale = full[1] / image.size[1]
    return box is not None and (box[3] + 18 / scale) >= 0.95 * image.size[1]


def _is_unsigned(image: Image.Image) -> bool:
    kinds = getattr(image, "tag_v2", {}).get(339, (1,))
    return bool((kinds[0] if isinstance(kinds, tuple) else kinds) == 1)


def check_size(name: str, width: int, height: int) -> None:
    """Raise InputError for a picture that is too large to be decoded safely or too small to hold a digit."""
    if width * height > MAX_PIXELS:
        raise too_large(name, f"{width:,} × {height:,} pixels, more than")
    if max(width, height) < 8 or min(width, height) < 2:
        raise InputError(name, f"has only {width} × {height} pixels", "a digit needs a picture of about 8 × 8 or more")


def too_large(name: str, how: str) -> TooLargeError:
    """Return the error for a picture beyond MAX_PIXELS."""
    return TooLargeError(
        name,
        f"has {how} the {MAX_PIXELS // 1_000_000} megapixels read here",
        "reduce it or cut the digit out",
    )


def upright(image: Image.Image, full: tuple[int, int], longest: int) -> tuple[npt.NDArray[Any], tuple[int, int]]:
    """Return the pixels of an opened picture, turned as its EXIF says, and its full size turned likewise.

    The pixels of a picture beyond `longest` are reduced by a whole number, before anything copies them. Where the file says
    that they are not square, as fax machines' are, the pixels returned are; the size is the file's.
    Transparency is laid on white, or on black where the opaque ink is light.
    """
    turned, ratio = image, _pixel_ratio(image)
    try:
        # Without a turn Pillow's function would make a copy, and of a large photo that takes as long as decoding it.
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
        if orientation != 1:
            turned = ImageOps.exif_transpose(image)
            ratio = 1 / ratio if orientation in _ON_A_SIDE else ratio
    except Exception:  # a broken EXIF block says nothing about the pixels, which are still good
        turned = image
    orientation_swaps = (turned.size[0] > turned.size[1]) != (image.size[0] > image.size[1])
    size = (full[1], full[0]) if orientation_swaps else full
    if turned.mode == "RGBA" and _is_all_transparent(turned):
        turned = turned.convert("RGB")  # reducing would take the colours with the opacity
    factor = int(max(turned.size) / (_ENOUGH * longest))
    if factor > 1 and turned.mode in ("L", "RGB", "RGBA") and "transparency" not in turned.info:
        turned = turned.reduce(factor)
    return _with_square_pixels(_pixels(turned), ratio, longest), size


def _pixels(image: Image.Image) -> npt.NDArray[Any]:
    if image.mode.startswith(("I", "F")):  # Pillow keeps no transparency of these
        return np.asarray(image)
    if "transparency" in image.info or {"A", "a"} & set(image.getbands()):
        return flatten(image.convert("RGBA"))
    if image.mode in ("1", "L"):
        return np.asarray(image if image.mode == "L" else image.convert("L"))
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))


def _pixel_ratio(image: Image.Image) -> float:
    """Return the height of a picture's pixels over their width, as its file says; 1 where it says nothing, or nonsense."""
    about = image.info
    density: Any = about.get("dpi") or about.get("jfif_density") or about.get("aspect") or about.get("resolution")
    try:
        across, down = (float(value) for value in density)
        ratio = across / down
    except (TypeError, ValueError, ZeroDivisionError):
        return 1.0
    is_meant = _LEAST_RATIO <= max(ratio, 1 / ratio) <= _LARGEST_RATIO if ratio > 0 else False
    return ratio if is_meant else 1.0


def _with_square_pixels(pixels: npt.NDArray[Any], ratio: float, longest: int) -> npt.NDArray[Any]:
    """Return pixels that are `ratio` times as high as wide as square ones: more of them, but not beyond `longest`."""
    if ratio == 1:
        return pixels
    height, width = pixels.shape[:2]
    tall, wide = height * max(ratio, 1.0), width * max(1 / ratio, 1.0)
    factor = min(1.0, max(longest, height, width) / max(tall, wide))
    target = max(2, round(wide * factor)), max(2, round(tall * factor))
    kind = cv2.INTER_NEAREST if pixels.dtype == np.int32 else cv2.INTER_LINEAR  # what OpenCV can do with each
    return np.asarray(cv2.resize(pixels, target, interpolation=kind))


def _is_all_transparent(image: Image.Image) -> bool:
    return bool(image.getchannel("A").getextrema() == (0, 0))


def flatten(image: Image.Image) -> npt.NDArray[np.uint8]:
    """Lay an RGBA picture on white, or on black where what is opaque is light: ink must differ from what it lies on.

    One that is transparent throughout is taken as opaque: its colours are there, and the alpha channel is a mistake.
    """
    if _is_all_transparent(image):
        return np.asarray(image.convert("RGB"))
    # Single pixels tell enough of the ink's brightness.
    side = 512
    size = (min(side, image.width), min(side, image.height))
    small = image if size == image.size else image.resize(size, Image.Resampling.NEAREST)
    values = np.asarray(small).reshape(-1, 4).astype(np.float32)
    sums = values[:, 3] @ values
    weight = float(values[:, 3].sum())
    mean = float(sums[:3].sum()) / 3 / weight if weight else 0.0
    dark = mean > 127 and weight < 254.7 * len(values)
    pixels = np.asarray(image)
    colour, alpha = cv2.cvtColor(pixels, cv2.COLOR_RGBA2RGB), cv2.cvtColor(pixels[..., 3], cv2.COLOR_GRAY2RGB)
    # On black, ink is as light as it is opaque; on white, as dark.
    if dark:
        return np.asarray(cv2.multiply(colour, alpha, scale=1 / 255), np.uint8)
    return np.asarray(cv2.bitwise_not(cv2.multiply(cv2.bitwise_not(colour), alpha, scale=1 / 255)), np.uint8)
