"""The way from picture to glyph, step by step, as one picture: for people who wonder what happened to theirs."""

from __future__ import annotations

import os
import textwrap
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from inkdigits import network
from inkdigits.drawing import INK, PAPER, font, tile
from inkdigits.image.load import Source
from inkdigits.reading import second_pass
from inkdigits.reading.single import prepare
from inkdigits.recognising import decide

_TILE, _MARGIN, _CAPTION = 200, 12, 42


def draw(source: Source, model: str | os.PathLike[str] = network.DEFAULT) -> Image.Image:
    """Return a strip of pictures, RGB: what each step made of the picture, with a second look if that was the surer one.

    Raises InputError.
    """
    net = network.load(model)
    steps: list[tuple[str, npt.NDArray[Any]]] = []
    prepared = prepare(source, lambda name, picture: steps.append((name, picture.copy())))
    if prepared.glyph is None or prepared.views is None:
        steps.append(("blank: no digit found", np.full((28, 28), 0, np.uint8)))
    else:
        glyphs = prepared.glyph[None]
        beliefs = decide.believe(net.probabilities(glyphs), net.temperature)
        second = second_pass.look([prepared.views], glyphs, beliefs, net).get(0)
        believed = None if second is None else second.candidate
        if believed is not None:
            if believed.strength is not None:
                steps.append((f"again: {believed.name}", believed.strength))
            steps.append(("centred" if believed.strength is not None else f"again: {believed.name}", believed.glyph))
    width = len(steps) * (_TILE + _MARGIN) + _MARGIN
    strip = Image.new("RGB", (width, _TILE + _CAPTION + 2 * _MARGIN), PAPER)
    pen = ImageDraw.Draw(strip)
    for number, (name, picture) in enumerate(steps):
        left = _MARGIN + number * (_TILE + _MARGIN)
        shown = tile(picture, _TILE)
        strip.paste(shown, (left + (_TILE - shown.width) // 2, _MARGIN + (_TILE - shown.height) // 2))
        caption = textwrap.fill(name, 28)
        pen.text((left + _TILE // 2, _MARGIN + _TILE + 6), caption, INK, font(14), anchor="ma", align="center")
    return strip
