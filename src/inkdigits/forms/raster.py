"""A page's shapes → the picture of the blank, as a perfect scanner would see it."""

from __future__ import annotations

import io
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from inkdigits.forms.blank import PX, Blank
from inkdigits.forms.layout import Filled, Label, Outline, corners_of, shapes
from inkdigits.forms.template import Template

_FINER = 3  # times the resolution, in which is drawn
EM = 1.35  # times the height of a label's letters: the size of its font


def blank(template: Template, page: int) -> Blank:
    """Return the blank of a page, from 0, as it is printed."""
    extent = template.pages[page].extent
    scale = PX * _FINER
    image = Image.new("L", (round(extent[0] * scale), round(extent[1] * scale)), 255)
    pen = ImageDraw.Draw(image)
    for shape in shapes(template, page):
        if isinstance(shape, Outline):
            points = [(float(x), float(y)) for x, y in shape.corners * scale]
            pen.line(
                [*points, points[0], points[1]], round(shape.brightness * 255), round(shape.width * scale), "curve"
            )
        elif isinstance(shape, Filled):
            pen.polygon([(float(x), float(y)) for x, y in corners_of(shape) * scale], fill=0)
        else:
            _write(image, shape, scale)
    small = image.resize((round(extent[0] * PX), round(extent[1] * PX)), Image.Resampling.BOX)
    return Blank(np.asarray(small, np.uint8).copy(), extent)


def _write(image: Image.Image, label: Label, scale: float) -> None:
    own = font(round(label.size * EM * scale * 0.75))
    box = own.getbbox(label.text, anchor="ls")
    width = max(1, round(own.getlength(label.text)))
    up, down = max(1, -int(box[1])) + 2, max(1, int(box[3])) + 2
    tile = Image.new("L", (width + 4, up + down), 0)
    ImageDraw.Draw(tile).text((2, up), label.text, 255, own, anchor="ls")
    before = {"left": 0.0, "middle": width / 2, "right": float(width)}[label.anchor]
    turned = tile.rotate(-label.angle, Image.Resampling.BICUBIC, expand=True)
    # Where the beginning of the line is in the turned tile: around its middle, as the tile turns.
    c, s = np.cos(np.radians(label.angle)), np.sin(np.radians(label.angle))
    off = np.array([before + 2 - tile.width / 2, up - tile.height / 2])
    middle = np.array([label.x, label.y]) * scale - np.array([c * off[0] - s * off[1], s * off[0] + c * off[1]])
    corner = np.round(middle - np.array(turned.size) / 2).astype(int)
    image.paste(0, (int(corner[0]), int(corner[1])), turned)


@lru_cache(maxsize=16)
def font(size: int) -> ImageFont.FreeTypeFont:
    """Return the font that labels are printed in, in pixels."""
    return ImageFont.truetype(io.BytesIO(font_bytes()), max(size, 4))


@lru_cache(maxsize=1)
def font_bytes() -> bytes:
    """Return the font's file: Aileron, which Pillow carries, dedicated to the public domain."""
    known = ImageFont.load_default(20)
    data = getattr(known, "font_bytes", None)
    if not isinstance(data, bytes):
        raise TypeError("Pillow was built without FreeType, and has no font for labels")
    return data
