"""The IDX format of the original MNIST files: read from bytes, strictly.

Source: the format's description on LeCun's MNIST page: two zero bytes, a type code, the number of dimensions, each
dimension as a big-endian 32-bit integer, then the values.
"""

from __future__ import annotations

import gzip
import lzma
import math
import struct
import zlib
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from inkdigits.errors import InputError, TooLargeError

_TYPES: dict[int, np.dtype[Any]] = {
    0x08: np.dtype("u1"),
    0x09: np.dtype("i1"),
    0x0B: np.dtype(">i2"),
    0x0C: np.dtype(">i4"),
    0x0D: np.dtype(">f4"),
    0x0E: np.dtype(">f8"),
}
_MAX_BYTES = 1 << 30  # 1.3 million digits; a small packed file could fill the memory
_REMEDY = "expected an IDX file as the original MNIST has them, plain or .gz"


def parse(data: bytes, name: str) -> npt.NDArray[Any]:
    """Return the array that IDX bytes hold. Raises InputError, naming `name`, if they are malformed."""
    if len(data) < 4 or data[:2] != b"\0\0" or data[2] not in _TYPES:
        raise InputError(name, f"is not an IDX file (it starts with {data[:4].hex(' ') or 'nothing'})", _REMEDY)
    dtype, dimensions = _TYPES[data[2]], data[3]
    start = 4 + 4 * dimensions
    if not 1 <= dimensions <= 4:
        raise InputError(name, f"has {dimensions} dimensions", _REMEDY)
    if len(data) < start:
        raise InputError(name, "is cut off within its header", _REMEDY)
    shape = struct.unpack(f">{dimensions}I", data[4:start])
    expected = math.prod(shape) * dtype.itemsize
    if len(data) - start != expected:
        what = "cut off" if len(data) - start < expected else "followed by something else"
        raise InputError(
            name,
            f"is {what}: {len(data) - start:,} bytes of values, and its header {shape} promises {expected:,}",
            "copy or download it again",
        )
    return np.frombuffer(data, dtype, offset=start).reshape(shape)


def read(path: Path) -> npt.NDArray[Any]:
    """Return the array in an IDX file, plain or compressed (.gz, .xz). Raises InputError."""
    try:
        with path.open("rb") as file:
            beginning = file.peek(6)[:6]
            is_gzip, is_xz = beginning[:2] == b"\x1f\x8b", beginning == b"\xfd7zXZ\0"
            unpacked: Any = gzip.open if is_gzip else lzma.open if is_xz else nullcontext
            with unpacked(file) as opened:
                data = opened.read(_MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise InputError(path, f"cannot be read ({error})", _REMEDY) from None
    if len(data) > _MAX_BYTES:
        raise TooLargeError(path, f"holds more than {_MAX_BYTES >> 30} GB", "give fewer digits")
    return parse(data, str(path))
