"""Which decoder takes a file: one of Pillow's that are admitted, or for HEIC the plugin, where it is installed."""

from __future__ import annotations

import importlib.util
import io

from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from inkdigits.errors import InputError
from inkdigits.image import tiff

# Only formats that Pillow decodes itself: EPS, for one, would start a PostScript interpreter on a file from outside.
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
# The brands, major or compatible, that a file of the HEIF family has in its first box.
_AVIF = {b"avif", b"avis"}
_HEIF = _AVIF | {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs", b"mif1", b"msf1", b"mif2",
                 b"miaf", b"MiHB", b"1pic"}  # fmt: skip


def is_picture(data: bytes) -> bool:
    """Tell whether a file has a format that is decoded here, by its header alone."""
    try:
        opened(data, "").close()
    except Exception:  # whatever a decoder raises, or InputError for what is none
        return False
    return True


def opened(data: bytes, name: str) -> Image.Image:
    """Return a file opened by its decoder. Raises InputError, or what the decoder raises."""
    tiff.silence()
    brands = _brands(data)
    return _opened_heif(data, name, brands) if brands & _HEIF else Image.open(io.BytesIO(data), formats=FORMATS)


def _brands(data: bytes) -> set[bytes]:
    """Return the major and the compatible brands that an ISO media file says it has; none of any other file."""
    if data[4:8] != b"ftyp":
        return set()
    end = min(int.from_bytes(data[:4], "big"), 512)
    return {data[8:12], *(data[place : place + 4] for place in range(16, end, 4))}


def _opened_heif(data: bytes, name: str, brands: set[bytes]) -> Image.Image:
    """Return a HEIC or AVIF picture opened by the decoder that takes it, whatever its brands say is in it."""
    is_avif = bool(brands & _AVIF)
    for by in (_by_pillow, _by_heif) if is_avif else (_by_heif, _by_pillow):
        try:
            image = by(data)
        except Exception:  # the other one may take it
            continue
        if image is not None:
            return image
    if importlib.util.find_spec("pillow_heif") is None:
        problem = f"is a {'HEIF' if is_avif else 'HEIC'} picture, and the decoder for it is not installed"
        raise InputError(name, problem, "install it with pip install pillow-heif, or save the picture as JPEG or PNG")
    what = "an AVIF" if is_avif else "a HEIC"
    raise InputError(name, f"is {what} picture that no decoder here takes", "save or export it as JPEG or PNG")


def _by_pillow(data: bytes) -> Image.Image | None:
    from PIL import AvifImagePlugin

    return Image.open(io.BytesIO(data), formats=["AVIF"]) if AvifImagePlugin.SUPPORTED else None


def _by_heif(data: bytes) -> Image.Image | None:
    """Return a picture opened by the plugin, which is an extra. It is not registered: Pillow stays as its user has it."""
    try:
        from pillow_heif import HeifImageFile
    except ImportError:
        return None
    image: Image.Image = HeifImageFile(io.BytesIO(data))
    return image
