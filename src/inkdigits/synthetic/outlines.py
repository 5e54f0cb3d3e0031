"""Characters of printed and handwriting fonts as outlines, and words drawn with them at any size."""

from __future__ import annotations

import json
import lzma
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

Kind = Literal["print", "handwriting"]

# Places of binary fractions that cv2.fillPoly reads coordinates with.
SHIFT = 6
# The advance of a space, in em, in fonts and for characters that a font lacks.
SPACE = 0.28


@dataclass(frozen=True, eq=False)
class Glyph:
    """A character's outline in em: x to the right, y down, the origin on the baseline where the pen stands."""

    advance: float
    contours: tuple[npt.NDArray[np.float32], ...]


@dataclass(frozen=True, eq=False)
class Font:
    """A face; the heights of its H and its x, from top to bottom, are in em."""

    name: str
    kind: Kind
    cap_height: float
    x_height: float
    glyphs: Mapping[str, Glyph]


@lru_cache(maxsize=3)
def fonts(kind: Kind | None = None) -> tuple[Font, ...]:
    """Return all packed faces, or those of one kind."""
    return _all() if kind is None else tuple(font for font in _all() if font.kind == kind)


def drawn(font: Font, text: str, height: float, *, slant: float = 0.0, spacing: float = 0.0) -> npt.NDArray[np.uint8]:
    """Return a text as white ink on black, cropped to its size plus a margin of one pixel.

    `height` is a capital's height in pixels; `slant` is how far a point moves to the right per height above the baseline;
    `spacing`, in em, is added after each character. A character that the font lacks leaves a space; a text without any ink
    is an empty picture of two pixels by two.
    """
    pen = 0.0
    contours: list[npt.NDArray[np.float32]] = []
    pens: list[float] = []
    ends: list[int] = []  # for each glyph, how many contours there are up to its own last one
    for character in text:
        glyph = font.glyphs.get(character)
        if glyph is None:
            pen += SPACE + spacing
            continue
        contours += glyph.contours
        pens += [pen] * len(glyph.contours)
        ends.append(len(contours))
        pen += glyph.advance + spacing
    if not contours:
        return np.zeros((2, 2), np.uint8)
    sizes = [len(contour) for contour in contours]
    points = np.concatenate(contours)
    x = points[:, 0] + np.repeat(np.array(pens, np.float32), sizes)
    if slant:
        x -= slant * points[:, 1]
    # fillPoly paints half a pixel too much on each side, with soft edges (LINE_AA) three quarters: stems of small print
    # would come out twice as thick. Drawn larger and shrunk, only a fraction of that is left.
    over = 8 if height <= 16 else 4 if height <= 64 else 2
    scale = over * height / font.cap_height
    x, y = x * scale, points[:, 1] * scale
    left, top = float(x.min()), float(y.min())
    width, tall = math.ceil((float(x.max()) - left + 1) / over) + 2, math.ceil((float(y.max()) - top + 1) / over) + 2
    grid = np.empty((len(points), 1, 2), np.int32)
    grid[:, 0, 0] = (x + (over - left)) * (1 << SHIFT) + 0.5
    grid[:, 0, 1] = (y + (over - top)) * (1 << SHIFT) + 0.5
    polygons: list[npt.NDArray[np.int32]] = []
    at = 0
    for size in sizes:
        polygons.append(grid[at : at + size])
        at += size
    field = np.zeros((tall * over, width * over), np.uint8)
    begin = 0
    for end in ends:  # glyph by glyph: within one, a contour inside another is a hole; between two, ink stays ink
        cv2.fillPoly(field, polygons[begin:end], 255, cv2.LINE_8, SHIFT)
        begin = end
    return np.asarray(cv2.resize(field, (width, tall), interpolation=cv2.INTER_AREA), np.uint8)


@lru_cache(maxsize=1)
def _all() -> tuple[Font, ...]:
    data = lzma.decompress(files("inkdigits.synthetic").joinpath("font_outlines", "outlines.xz").read_bytes())
    line = data.index(b"\n")
    head = json.loads(data[:line])
    at = line + 1

    def plane(count: int, kind: str) -> npt.NDArray[np.int64]:
        nonlocal at
        halves = np.frombuffer(data, np.uint8, 2 * count, at).reshape(2, count)
        at += 2 * count
        return np.ascontiguousarray(halves.T).view(kind)[:, 0].astype(np.int64)

    advances, contours, sizes = (
        plane(head["glyphs"], "<u2"),
        plane(head["glyphs"], "<u2"),
        plane(head["contours"], "<u2"),
    )
    # A contour's first point is given from the origin, each other one from the point before it.
    steps = np.stack([plane(head["points"], "<i2"), plane(head["points"], "<i2")], axis=1)
    sums = np.cumsum(steps, axis=0)
    first = np.cumsum(sizes) - sizes
    points = ((sums - np.repeat(sums[first] - steps[first], sizes, axis=0)) / head["unit"]).astype(np.float32)
    points.flags.writeable = False
    polygons = iter(np.split(points, first[1:]))
    measures = iter(zip((advances / head["unit"]).tolist(), contours.tolist(), strict=True))
    found = []
    for name, kind, cap_height, x_height, characters in head["faces"]:
        glyphs = {}
        for character in characters:
            advance, count = next(measures)
            glyphs[character] = Glyph(advance, tuple(next(polygons) for _ in range(count)))
        found.append(Font(name, kind, cap_height, x_height, glyphs))
    return tuple(found)
