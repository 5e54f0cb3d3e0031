"""Characters as handwriting fonts draw them: packed pictures, with their licence notices beside them."""

from __future__ import annotations

import lzma
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

# Letters and signs that no reader can tell from a digit when they stand alone. They are neither digits nor "not digits":
# nothing is trained or measured on them.
LOOK_ALIKES = frozenset("OoDQIlij|SsZzqgybBGtJLVvUuTY()[]{}<>^~_\\/")


@dataclass(frozen=True, eq=False)
class Characters:
    """Characters of fonts: `pictures` uint8 (N, 32, 32), white ink on black; `codes` their code points; `fonts` numbers."""

    pictures: npt.NDArray[np.uint8]
    codes: npt.NDArray[np.uint8]
    fonts: npt.NDArray[np.uint8]


@lru_cache(maxsize=1)
def characters() -> Characters:
    """Return all packed characters."""
    data = lzma.decompress(files("inkdigits.synthetic").joinpath("font_glyphs", "glyphs.xz").read_bytes())
    count, side = (int(v) for v in np.frombuffer(data, "<u4", 2))
    codes = np.frombuffer(data, np.uint8, count, 8)
    fonts = np.frombuffer(data, np.uint8, count, 8 + count)
    packed = np.frombuffer(data, np.uint8, offset=8 + 2 * count).reshape(count, side, side // 2)
    pictures = np.empty((count, side, side), np.uint8)
    pictures[:, :, 0::2], pictures[:, :, 1::2] = (packed >> 4) * 17, (packed & 15) * 17
    return Characters(pictures, codes, fonts)


def digits() -> Characters:
    """Return the digits alone."""
    return _pick(lambda code: chr(code).isdigit())


def others() -> Characters:
    """Return what is surely no digit: letters and signs without the look-alikes."""
    return _pick(lambda code: not chr(code).isdigit() and chr(code) not in LOOK_ALIKES)


def _pick(wanted: Callable[[int], bool]) -> Characters:
    whole = characters()
    rows = np.array([wanted(int(code)) for code in whole.codes])
    return Characters(whole.pictures[rows], whole.codes[rows], whole.fonts[rows])
