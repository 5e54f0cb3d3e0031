"""The way from picture to glyph, step by step, as one picture: for people who wonder what happened to theirs."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from inkdigits.image.load import Source
from inkdigits.reading.single import prepare

_TILE, _MARGIN, _CAPTION = 200, 12, 26
_PAPER, _INK = (245, 247, 249), (29, 39, 51)


def draw(source: Source) -> Image.Image:
    """Return a strip of pictures, RGB: what each step made of the picture. Raises InputError."""
    steps: list[tuple[str, npt.NDArray[Any]]] = []
    blank = prepare(source, lambda name, picture: steps.append((name, picture.copy()))).glyph is None
    if blank:
        steps.append(("blank: no digit found", np.full((28, 28), 0, np.uint8)))
    width = len(steps) * (_TILE + _MARGIN) + _MARGIN
    strip = Image.new("RGB", (width, _TILE + _CAPTION + 2 * _MARGIN), _PAPER)
    pen = ImageDraw.Draw(strip)
    font = ImageFont.load_default(14)
    for number, (name, picture) in enumerate(steps):
        left = _MARGIN + number * (_TILE + _MARGIN)
        tile = _tile(picture)
        strip.paste(tile, (left + (_TILE - tile.width) // 2, _MARGIN + (_TILE - tile.height) // 2))
        pen.text((left + _TILE // 2, _MARGIN + _TILE + 6), name, _INK, font, anchor="ma")
    return strip


def _tile(picture: npt.NDArray[Any]) -> Image.Image:
    """Return a step's picture at the size of a tile; small ones in visible pixels."""
    image = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)).convert("RGB")
    scale = _TILE / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.NEAREST if scale > 2 else Image.Resampling.BOX)
