"""What drawn answers share: colours, the font, a picture as a tile, and answers on a picture."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from inkdigits.geometry import Polygon

Colour: TypeAlias = tuple[int, int, int]

PAPER: Colour = (245, 247, 249)
INK: Colour = (29, 39, 51)
DIM: Colour = (104, 117, 133)
SURE: Colour = (23, 138, 74)
DOUBT: Colour = (214, 120, 0)
# Blue and orange differ for colour-blind people too, in print as in light.
FOR: Colour = (24, 98, 184)
AGAINST: Colour = (224, 92, 14)


def font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return the font that Pillow carries, in pixels: the same on every machine."""
    return ImageFont.load_default(size)


def tile(picture: npt.NDArray[Any], side: int) -> Image.Image:
    """Return a picture, (H, W) or (H, W, 3), 0 to 255, as RGB with `side` as longer side; small ones in visible pixels."""
    image = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)).convert("RGB")
    scale = side / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.NEAREST if scale > 2 else Image.Resampling.BOX)


def with_answers(
    picture: npt.NDArray[np.uint8], size: tuple[int, int], answers: Iterable[tuple[Polygon, bool, int]]
) -> Image.Image:
    """Return a picture, (H, W) or (H, W, 3), as RGB with answers on it: each a polygon, whether it is sure, and a digit.

    The polygons are in pixels of the picture before it was reduced, when its (width, height) was `size`. Sure answers are
    green, others amber with a question mark. They are written upright, above the polygons.
    """
    image = Image.fromarray(picture).convert("RGB")
    scale = np.array(image.size) / np.array(size)
    pen = ImageDraw.Draw(image)
    width = max(1, round(image.height / 400))
    for polygon, sure, label in answers:
        corners = np.array(polygon) * scale
        middle = corners.mean(axis=0)
        corners += 2 * np.sign(corners - middle)  # beside the ink, not on it
        colour = SURE if sure else DOUBT
        pen.polygon([(float(x), float(y)) for x, y in corners], outline=colour, width=width)
        (left, top), (_, bottom) = corners.min(axis=0), corners.max(axis=0)
        height = max(12, round(0.35 * float(bottom - top)))
        pen.text((float(left), float(top)), str(label) if sure else f"{label}?", colour, font(height), anchor="lb")
    return image
