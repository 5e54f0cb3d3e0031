"""Files of several frames (GIF, WebP, APNG, AVIF, MPO, HEIC): the one that is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

# Frames of an animation that are compared, and pixels of them together: about three seconds.
_MAX_FRAMES, _MAX_PIXELS = 100, 320_000_000
_INK_SIDE = 256  # pixels of the longer side of a frame whose ink is measured


class _HasPixels(Protocol):
    @property
    def pixels(self) -> npt.NDArray[Any]: ...


_Frame = TypeVar("_Frame", bound=_HasPixels)


def are_several(image: Image.Image) -> bool:
    """Tell whether an opened file has more than one frame that can be reached."""
    try:
        return bool(getattr(image, "is_animated", False))
    except Exception:  # a second frame that is damaged, of which the first need not suffer
        return False


def fullest(
    image: Image.Image, reopened: Callable[[], Image.Image], decoded: Callable[[Image.Image], _Frame]
) -> tuple[_Frame, list[str]]:
    """Return the frame with the most ink, the last of equals, as `decoded` makes it of the file that is at it.

    Beside it, warnings: that there are others, or more than are looked at, or damaged ones. A second picture in an MPO or
    HEIC file that has another size or mode than its main one is none of the frames: it is a thumbnail, or tells how bright
    or how far away what the first one shows is. Raises what the decoder raises for the first frame.
    """
    first = image.size, image.mode
    best: _Frame | None = None
    most, chosen = -1.0, 0
    count = number = pixels = 0
    told: list[str] = []
    while True:
        if number == _MAX_FRAMES or (number and pixels + image.width * image.height > _MAX_PIXELS):
            told = [f"only its first {number:,} frames are looked at; save the others as pictures of their own"]
            break
        number += 1
        try:
            if number > 1 and image.format == "MPO":
                image = reopened()  # what a JPEG's decoder is set to in draft mode holds for one frame
            if image.tell() != number - 1:
                image.seek(number - 1)
            if image.format in ("MPO", "HEIF") and (image.size, image.mode) != first:
                continue
            pixels += image.width * image.height
            frame = decoded(image)
        except Exception as error:
            if best is None:
                raise
            if not isinstance(error, EOFError):  # which is how decoders say that there are no more
                told = [f"cannot be decoded from frame {number} on, as if damaged or cut off; save or copy it again"]
            break
        count += 1
        ink = _ink(frame.pixels)
        if best is None or ink >= most:
            best, most, chosen = frame, ink, count
    assert best is not None
    if count > 1:
        others = "save the others as pictures of their own to have them read"
        told.insert(0, f"one of {count} frames is read, number {chosen}, which has the most ink; {others}")
    return best, told


def _ink(pixels: npt.NDArray[Any]) -> float:
    """Return how far a picture's pixels are from its paper, on the average; paper is its median."""
    small = np.asarray(pixels if pixels.ndim == 2 else pixels[..., 1], np.float32)
    factor = _INK_SIDE / max(small.shape)
    if factor < 1:
        target = max(1, round(small.shape[1] * factor)), max(1, round(small.shape[0] * factor))
        small = np.asarray(cv2.resize(small, target, interpolation=cv2.INTER_AREA))
    return float(np.abs(small - np.median(small)).mean())
