"""Bytes of a picture file → pixels, with every limit checked before a single pixel is decoded."""

from __future__ import annotations

import io
import warnings
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import (
    BmpImagePlugin,
    ExifTags,
    GifImagePlugin,
    Image,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from inkdigits.errors import InputError, TooLargeError

# Only formats that Pillow decodes itself: EPS, for one, would start a PostScript interpreter on somebody's file.
# Importing a plugin is what registers its format; leaving that to Pillow would import all fifty. (A phone's MPO, a JPEG
# with a second picture behind it, comes through JPEG's.)
_PLUGINS = (
    BmpImagePlugin.BmpImageFile,
    BmpImagePlugin.DibImageFile,
    GifImagePlugin.GifImageFile,
    JpegImagePlugin.JpegImageFile,
    PngImagePlugin.PngImageFile,
    PpmImagePlugin.PpmImageFile,
    TiffImagePlugin.TiffImageFile,
    WebPImagePlugin.WebPImageFile,
)
FORMATS = tuple(plugin.format for plugin in _PLUGINS)
# The usual endings of their files.
_JPEG, _TIFF, _PNM = {".jpg", ".jpeg", ".jpe", ".mpo"}, {".tif", ".tiff"}, {".pbm", ".pgm", ".ppm", ".pnm"}
ENDINGS = frozenset({".png", ".bmp", ".dib", ".gif", ".webp", *_JPEG, *_TIFF, *_PNM})
# Pillow warns about large pictures, odd EXIF and the like; what matters of it is checked here. The filter is set once:
# `warnings.catch_warnings` changes the whole process's filters, and two threads that decode would mix them up.
warnings.filterwarnings("ignore", module=r"PIL\.")
FORMATS_TEXT = "PNG, JPEG, BMP, GIF, TIFF or WebP"
MAX_BYTES = 256 * 1024 * 1024
MAX_PIXELS = 64_000_000  # a 50-megapixel camera and some room; 60,000 × 60,000 would be 3.6 billion
# Pixels of the longer side that a picture is reduced to: a page, where a digit of a 40th of it is still 50 high, and a
# picture of one digit, which is larger there.
PAGE_SIZE, DIGIT_SIZE = 2048, 1024
# How far from square pixels must be that they are meant to be so (dots an inch are rounded), and may be at most.
_LEAST_RATIO, _LARGEST_RATIO = 1.02, 4.0
_ON_A_SIDE = range(5, 9)  # EXIF orientations that swap width and height
# A decoder reduces by whole numbers, many times faster than a resampler by fractions: 4,000 pixels become 2,000, not 2,048.
_ENOUGH = 0.9


def decode(data: bytes, name: str, longest: int, frame: int = 0) -> tuple[npt.NDArray[Any], tuple[int, int]]:
    """Decode a picture file, or one of its frames, and return its pixels and its size.

    The pixels are uint8 (H, W), uint8 (H, W, 3), or whatever a 16- or 32-bit grey picture holds, (H, W), upright (the
    EXIF turn applied). The size is (width, height) of the upright picture in the file; the pixels may be fewer, where a
    large picture is reduced by a whole number, to not much less than `longest` on its longer side. Raises InputError.
    """
    if not data:
        raise InputError(name, "is empty (0 bytes)", f"give a {FORMATS_TEXT} picture")
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"mif1", b"avif", b"hevc"):
        raise InputError(name, "is a HEIC or AVIF picture", "save or export it as JPEG or PNG")
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if frame:
                image.seek(frame)
            check_size(name, *image.size)
            full = image.size
            if image.format in ("JPEG", "MPO"):
                # Draft mode reduces as it decodes, by 2, 4 or 8: a photo never is in memory at its full size.
                factor = max(1, int(max(full) / (_ENOUGH * longest)))
                image.draft(None, (full[0] // factor, full[1] // factor))
            image.load()  # here a cut-off file shows itself, and nowhere else
            return upright(image, full, longest)
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


def flatten(image: Image.Image) -> npt.NDArray[np.uint8]:
    """Lay an RGBA picture on white, or on black where what is opaque is light: ink must differ from what it lies on."""
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
