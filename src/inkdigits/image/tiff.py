"""What Pillow does not tell or decode of TIFF: which directories are pages, BigTIFF in big-endian order, wide samples.

Directories alone are parsed here, and samples that are not compressed; all else is Pillow's.
Source: Adobe, "TIFF Revision 6.0", 1992, and the BigTIFF proposal of the libtiff project.
"""

from __future__ import annotations

import ctypes
import math
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, _imaging

from inkdigits.errors import InputError, TooLargeError

MAX_PAGES = 10_000
# Directories may overlap, so that a small file could have very many entries; 50 a page are usual at most.
_MAX_ENTRIES = 500_000

_SUBFILE, _OLD_SUBFILE, _WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 254, 255, 256, 257, 258, 259, 262
_OFFSETS, _ORIENTATION, _SAMPLES, _COUNTS, _PLANAR, _TILES, _CHILDREN, _FORMAT = 273, 274, 277, 279, 284, 324, 330, 339
_WANTED = {_SUBFILE, _OLD_SUBFILE, _WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC, _OFFSETS, _ORIENTATION,
           _SAMPLES, _COUNTS, _PLANAR, _TILES, _CHILDREN, _FORMAT}  # fmt: skip
_POINTERS = {_CHILDREN, 34665, 34853, 40965}  # to other directories
_REDUCED, _MASK = 1, 4  # bits of NewSubfileType
_OLD_REDUCED = 2
_GREY_OR_COLOUR = {0, 1, 2, 3, 5, 6, 8}  # photometric interpretations of pictures that are for viewing
# Bytes of a value of each type, and the format of those that are whole numbers without a sign.
_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_WHOLE = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_KINDS = {1: "u", 2: "i", 3: "f"}  # sample formats
# Values of one entry: more strips than the rows of any picture that is read; and as many as are read of every page.
_MOST_VALUES, _FEW_VALUES = 1_000_000, 64


def is_tiff(data: bytes) -> bool:
    """Tell whether the bytes begin as a TIFF or BigTIFF, of either byte order."""
    return data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


@dataclass(frozen=True)
class Directory:
    """An image file directory: where it is, the next one's place (0: none), how many entries it has.

    `values` are the whole numbers of the entries that are of use, where they are few.
    """

    offset: int
    next: int
    entries: int
    values: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def first(self, tag: int, default: int) -> int:
        """Return the first value of an entry."""
        return next(iter(self.values.get(tag, ())), default)

    @property
    def is_copy(self) -> bool:
        """Whether it is a reduced copy of another picture of the file, or a mask of one."""
        return bool(self.first(_SUBFILE, 0) & (_REDUCED | _MASK)) or self.first(_OLD_SUBFILE, 1) == _OLD_REDUCED

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, in pixels; 0 where it does not say so."""
        return self.first(_WIDTH, 0), self.first(_HEIGHT, 0)


@dataclass(frozen=True)
class Page:
    """A page: its directory, and which of the file's chain that is, from 0; None where it is a child of another one."""

    directory: Directory
    frame: int | None


class _File:
    """The structure of a TIFF: byte order, and the sizes that BigTIFF has doubled."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.order = "<" if data[:2] == b"II" else ">"
        self.is_big = 43 in data[2:4]
        self.offset, self.count, self.entry = ("Q", "Q", "HHQ8s") if self.is_big else ("I", "H", "HHI4s")
        self.header = 8 if self.is_big else 4  # where the first directory's place stands

    def one(self, kind: str, place: int) -> int:
        """Return a number at a place. Raises struct.error for one behind the end, be it of more than 63 bits."""
        return int(struct.unpack_from(self.order + kind, self.data, min(place, len(self.data)))[0])

    def raw(self, place: int) -> tuple[list[tuple[int, int, int, bytes]], int]:
        """Return the entries of the directory at a place: tag, type, count, value or offset; and the next one's place."""
        count = self.one(self.count, place)
        if count > 65535:
            raise ValueError(f"a directory of {count} entries")
        start = place + struct.calcsize(self.order + self.count)
        size = struct.calcsize(self.order + self.entry)
        end = start + count * size
        entries = list(struct.iter_unpack(self.order + self.entry, self.data[start:end]))
        if len(entries) < count:
            raise ValueError("a directory that is cut off")
        return entries, self.one(self.offset, end)

    def content(self, kind: int, count: int, value: bytes) -> bytes:
        """Return the bytes of an entry's values, be they in it or elsewhere."""
        size = count * _BYTES[kind]
        if size <= len(value):
            return value[:size]
        place = int(struct.unpack(self.order + self.offset, value)[0])
        return self.data[place : place + size]

    def directory(self, place: int, most: int = _FEW_VALUES) -> Directory:
        """Return the directory at a place. Raises struct.error or ValueError."""
        entries, following = self.raw(place)
        values: dict[int, tuple[int, ...]] = {}
        for tag, kind, count, value in entries:
            if tag in _WANTED and tag not in values and kind in _WHOLE and count <= most:
                content = self.content(kind, count, value)
                numbers = len(content) // _BYTES[kind]
                if numbers == 0:
                    continue
                values[tag] = struct.unpack_from(f"{self.order}{numbers}{_WHOLE[kind]}", content)
        return Directory(place, following, len(entries), values)

    def chain(self) -> Iterator[Directory]:
        """Yield the directories, each once. One that is damaged ends them; decoding says what is wrong with the first."""
        seen = set()
        place = self.one(self.offset, self.header)
        while place and place not in seen:
            seen.add(place)
            try:
                directory = self.directory(place)
            except (struct.error, ValueError):
                return
            yield directory
            place = directory.next


def pages(data: bytes, name: str) -> list[Page]:
    """Return the pages of a TIFF: its directories but for reduced copies and masks of others, at least one if any is whole.

    Where all are copies, the picture itself may be a child (SubIFD) of one; failing that, the largest copy is the page.
    Raises TooLargeError for more than 10,000 directories.
    """
    file = _File(data)
    chain: list[Directory] = []
    entries = 0
    try:
        for directory in file.chain():
            entries += directory.entries
            chain.append(directory)
            if len(chain) > MAX_PAGES or entries > _MAX_ENTRIES:
                raise TooLargeError(name, f"is a TIFF of more than {MAX_PAGES:,} pages", "cut it up")
    except struct.error:  # the file ends in its header
        return []
    whole = [Page(directory, frame) for frame, directory in enumerate(chain) if not directory.is_copy]
    if whole or not chain:
        return whole
    children = [Page(child, None) for directory in chain for child in _children(file, directory)]
    largest = max(range(len(chain)), key=lambda frame: math.prod(chain[frame].size))
    return children or [Page(chain[largest], largest)]


def _children(file: _File, directory: Directory) -> Iterator[Directory]:
    for place in directory.values.get(_CHILDREN, ()):
        try:
            child = file.directory(place)
        except (struct.error, ValueError):
            continue
        if not child.is_copy and child.first(_PHOTOMETRIC, -1) in _GREY_OR_COLOUR:
            yield child


def beginning_with(data: bytes, directory: Directory) -> bytes:
    """Return a file whose first directory is this one."""
    file = _File(data)
    place = struct.pack(file.order + file.offset, directory.offset)
    return data[: file.header] + place + data[file.header + len(place) :]


def as_classic(data: bytes, directories: list[Directory]) -> bytes:
    """Return a BigTIFF in big-endian order, which Pillow does not open, as a classic TIFF of these directories.

    They are written anew behind the file, and what they point to stays where it is: files are shorter than the 4 GB of
    classic offsets. Pointers to further directories (EXIF, children) are left out. A damaged file is returned as it is.
    """
    try:
        return _as_classic(_File(data), directories)
    except (struct.error, ValueError):
        return data


def _as_classic(file: _File, directories: list[Directory]) -> bytes:
    out = bytearray(file.data)
    link = 4  # where the place of the next directory is to be written
    for directory in directories:
        entries = []
        for tag, kind, count, value in file.raw(directory.offset)[0]:
            if tag in _POINTERS or kind not in _BYTES:
                continue
            new_kind = 4 if kind in (16, 18) else kind
            if new_kind == kind and count * _BYTES[kind] > len(value):  # it stays where it is
                content = struct.pack(">I", struct.unpack(">Q", value)[0])
            else:
                content = file.content(kind, min(count, _MOST_VALUES), value)
                if new_kind != kind:
                    content = struct.pack(f">{count}I", *struct.unpack(f">{count}Q", content))
                if len(content) > 4:
                    place = struct.pack(">I", len(out))
                    out += content
                    content = place
            if len(out) > 2 * len(file.data) + (1 << 20):
                raise ValueError("entries that overlap")
            entries.append(struct.pack(">HHI4s", tag, new_kind, count, content.ljust(4, b"\0")))
        out[link : link + 4] = struct.pack(">I", len(out))
        out += struct.pack(">H", len(entries)) + b"".join(entries)
        link = len(out)
        out += b"\0\0\0\0"
    out[:4] = b"MM\0*"
    return bytes(out)


def samples(
    data: bytes, directory: Directory, name: str, check_size: Callable[[str, int, int], None]
) -> Image.Image | None:
    """Return a picture whose samples Pillow does not decode, or not rightly, in a mode of Pillow's; None for any other.

    These are samples of 64 bits, of 32 bits without a sign, and colours of 16 or more bits in separate planes. Grey is in
    mode F or I;16, colours in RGB, with the file's orientation. Raises InputError where they are compressed or in tiles.
    """
    bits = set(directory.values.get(_BITS, (1,)))
    kind = _KINDS.get(directory.first(_FORMAT, 1), "u")
    count, planes = directory.first(_SAMPLES, 1), directory.first(_PLANAR, 1) == 2
    packed = directory.first(_COMPRESSION, 1) != 1
    wide = max(bits)
    by_pillow = wide < 16 or (wide == 16 and not (planes and count > 1)) or (wide == 32 and kind != "u" and count == 1)
    if by_pillow or (wide == 32 and count == 1 and packed and data[:2] == b"II"):
        return None
    what = f"{wide}-bit {'floats' if kind == 'f' else 'whole numbers'}{' in separate planes' if planes else ''}"
    if packed or _TILES in directory.values or bits - {16, 32, 64} or len(bits) > 1:
        raise InputError(name, f"is a TIFF of {what}, compressed or in tiles", "save it with 8 bits a sample")
    width, height = directory.size
    check_size(name, width, height)
    dtype = np.dtype(f"{'<' if data[:2] == b'II' else '>'}{kind}{wide // 8}")
    all_of_it = _File(data).directory(directory.offset, _MOST_VALUES).values
    strips = zip(all_of_it.get(_OFFSETS, ()), all_of_it.get(_COUNTS, ()), strict=False)
    need, have = width * height * count * dtype.itemsize, bytearray()
    for offset, length in strips:
        have += data[offset : offset + min(length, need - len(have))]
    if len(have) < need or count not in (1, 2, 3, 4):
        raise InputError(name, "cannot be decoded, as if damaged or cut off", "save or copy it again")
    array = np.frombuffer(bytes(have), dtype, width * height * count)
    array = array.reshape(count, height, width) if planes else array.reshape(height, width, count).transpose(2, 0, 1)
    image = _image(array if count >= 3 else array[:1], name)
    image.getexif()[ExifTags.Base.Orientation] = directory.first(_ORIENTATION, 1)
    return image


def _image(array: npt.NDArray[Any], name: str) -> Image.Image:
    """Return samples (1, H, W), or (3 or 4, H, W) of which the fourth is left out, as a picture."""
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise InputError(name, "holds NaN or infinite values", "replace them, as with numpy.nan_to_num")
    if len(array) == 1:
        grey = array[0]
        return Image.fromarray(narrowed(grey) if grey.dtype.kind == "u" else np.asarray(grey, np.float32))
    colours = array[:3]
    if colours.dtype.kind == "f":
        full = 1.0 if colours.max() <= 1 else 255.0 if colours.max() <= 255 else 65535.0
        eight = np.clip(colours * (255 / full), 0, 255).astype(np.uint8)
    else:
        eight = np.clip(colours >> (8 * colours.dtype.itemsize - 8), 0, 255).astype(np.uint8)
    return Image.fromarray(np.ascontiguousarray(eight.transpose(1, 2, 0)))


def narrowed(array: npt.NDArray[np.unsignedinteger]) -> npt.NDArray[np.uint16]:
    """Return whole numbers of any size as 16 bits: the uppermost ones that are in use."""
    beyond = max(0, int(array.max(initial=0)).bit_length() - 16)
    return np.asarray(array >> beyond, np.uint16)


@cache
def silence() -> None:
    """Have libtiff write nothing to standard error, once and for the whole process.

    Pillow raises what libtiff returns, and leaves its messages on, whose handlers are set by a function of the library that
    Pillow's own is linked to. Where that is not to be found, as in Pillow's builds for Windows, the lines still come.
    """
    try:
        library = ctypes.CDLL(_imaging.__file__)
        for setter in (library.TIFFSetErrorHandler, library.TIFFSetWarningHandler):
            setter.argtypes, setter.restype = [ctypes.c_void_p], ctypes.c_void_p
            setter(None)
    except (AttributeError, OSError, TypeError):
        pass
