"""What drawn answers share: colours, the font, and a picture as a tile."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFont

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
