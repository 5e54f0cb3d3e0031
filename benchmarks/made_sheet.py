"""A sheet that digits are written on: how it is lit, tilted and photographed; what the pages of `made_pages.py` are drawn with.

Frozen like them: training never calls this module.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from made_ink import FINE, Glyph, Hand, Ink, Row

Random = np.random.Generator
Picture = npt.NDArray[np.uint8]
Light = npt.NDArray[np.float32]  # (H, W, 3): how light each pixel is, RGB, 0 to 1
Box = tuple[float, float, float, float]
BRIGHTNESS = np.array([0.299, 0.587, 0.114], np.float32)
# What a colour takes from the light, RGB, where it is strongest: black, blue, red, green, pencil grey, violet
COLOURS = [(1.0, 1.0, 1.0), (1.0, 0.85, 0.35), (0.35, 1.0, 0.9), (1.0, 0.5, 0.9), (1.0, 1.0, 0.97), (0.75, 1.0, 0.45)]


@dataclass(frozen=True)
class Conditions:
    """How large, dark, tilted and sharp a page's digits are; see above."""

    height: float
    contrast: float
    tilt: float
    blur: float
    pen: float | None
    grain: float


def conditions(random: Random, fixed: bool) -> Conditions:
    """Draw the conditions of a page."""
    if fixed:
        return Conditions(40.0, 0.75, 0.0, 0.0, None, 0.012)
    height = random.uniform(10, 80)
    contrast, tilt = random.uniform(0.15, 1.0), random.uniform(-12, 12)
    pen = random.uniform(0.05, 0.18) if random.random() < 0.5 else None
    blur, grain = random.uniform(0, min(2.0, height / 20)), random.uniform(0, 0.08) * contrast
    return Conditions(height, contrast, tilt, blur, pen, grain)


@dataclass(frozen=True)
class Page:
    """A picture with its truth: its lines top to bottom (cells, where numbers are counted), each line's digits with boxes."""

    picture: Picture
    lines: tuple[str, ...]
    digits: tuple[tuple[tuple[str, Box], ...], ...]
    conditions: Conditions


@dataclass
class Layout:
    """Where signs stand on a sheet, in fine pixels from the corner of the written area, before anything is drawn."""

    random: Random
    conditions: Conditions
    hand: Hand
    signs: list[tuple[Glyph, float, float, int]] = field(default_factory=list)  # left, foot, which line
    lines: list[str] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0
    margin: tuple[float, float] = (0.4, 1.4)  # around the written area, in heights
    under: list[Callable[[Sheet], None]] = field(default_factory=list)  # what is drawn before the digits
    light: Callable[[Light, Random], Light] | None = None
    paper: tuple[float, float] = (0.72, 1.0)
    quarter: int = 0

    @property
    def h(self) -> float:
        """The digits' height in fine pixels."""
        return self.hand.height

    def line(self, text: str) -> int:
        """Begin a line of the truth and return its number."""
        self.lines.append(text)
        return len(self.lines) - 1

    def put(self, row: Row, left: float, foot: float, line: int) -> None:
        """Set a row of signs on a line."""
        for glyph, x, rise in zip(row.glyphs, row.lefts, row.rises, strict=True):
            self.signs.append((glyph, left + x, foot - rise, line))
        self.grow(left + row.width, foot)

    def grow(self, right: float, bottom: float) -> None:
        """Let the written area reach at least so far."""
        self.width, self.height = max(self.width, right), max(self.height, bottom)

    def number(self, digits: int) -> str:
        """Draw a number of so many digits."""
        return "".join(str(d) for d in self.random.integers(0, 10, digits))

    def colour(self) -> tuple[float, float, float]:
        """Draw one of the colours."""
        return COLOURS[int(self.random.integers(len(COLOURS)))]

    def stroke(self, least: float = 0.0, most: float = 1 / 8) -> float:
        """Draw the width of a printed line: a pixel to an eighth of the digits' height."""
        return self.random.uniform(max(FINE, least * self.h), max(1.5 * FINE, most * self.h))


class Sheet:
    """A sheet of paper in fine pixels, larger than the picture by what its tilt needs."""

    def __init__(self, layout: Layout) -> None:
        random, c = layout.random, layout.conditions
        self.random, self.layout = random, layout
        around = [random.uniform(*layout.margin) * layout.h + 4 * FINE for _ in range(4)]
        width, height = layout.width + around[0] + around[1], layout.height + around[2] + around[3]
        cos, sin = abs(math.cos(math.radians(c.tilt))), abs(math.sin(math.radians(c.tilt)))
        self.size = tuple(FINE * math.ceil(v / FINE) for v in (width * cos + height * sin, width * sin + height * cos))
        across, down = self.size[0] * cos + self.size[1] * sin, self.size[0] * sin + self.size[1] * cos
        self.shape = (math.ceil(down) + 4, math.ceil(across) + 4)
        # The written area lies where its margins have it, in the middle of the sheet.
        self.left = (self.shape[1] - width) / 2 + around[0]
        self.top = (self.shape[0] - height) / 2 + around[2]
        self.edges = (self.left - around[0], self.top - around[2], self.left + layout.width + around[1],
                      self.top + layout.height + around[3])  # fmt: skip
        tint = 1 - random.uniform(0, 0.08) * np.array([0.1, 0.3, 1.0], np.float32) * (random.random() < 0.5)
        self.light: Light = np.ones((*self.shape, 3), np.float32) * tint.astype(np.float32)
        self.light *= random.uniform(*layout.paper)
        self.ink: Ink = np.zeros(self.shape, np.float32)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return a place of the written area as a place of the sheet."""
        return self.left + x, self.top + y

    def darken(self, mask: Ink, contrast: float, colour: tuple[float, float, float] | None = None) -> None:
        """Take light away where a mask is, 0 to 1: so much of the paper's brightness, in a colour (at random, if none)."""
        takes = np.array(colour or self.layout.colour(), np.float32)
        full = float(takes @ BRIGHTNESS)
        if contrast > full:  # no light of this colour is left: towards black
            takes, full = takes + (1 - takes) * (contrast - full) / max(1 - full, 1e-6), contrast
        self.light *= 1 - mask[..., None] * takes * (contrast / full)

    def lines(self, ends: list[tuple[float, float, float, float]], width: float) -> Ink:
        """Return a mask of straight lines of the written area, (x, y, x, y) each, so many fine pixels wide."""
        mask = np.zeros(self.shape, np.uint8)
        for a, b, c, d in ends:
            (x1, y1), (x2, y2) = self.at(a, b), self.at(c, d)
            half = width / 2
            low, high = (min(x1, x2) - half, min(y1, y2) - half), (max(x1, x2) + half, max(y1, y2) + half)
            cv2.rectangle(mask, tuple(round(v) for v in low), tuple(round(v) - 1 for v in high), 255, -1)
        return mask.astype(np.float32) / 255

    def filled(self, boxes: list[Box]) -> Ink:
        """Return a mask of boxes of the written area."""
        mask = np.zeros(self.shape, np.float32)
        for left, top, right, bottom in boxes:
            (x1, y1), (x2, y2) = self.at(left, top), self.at(right, bottom)
            mask[max(0, round(y1)) : round(y2), max(0, round(x1)) : round(x2)] = 1
        return mask

    def ellipse(self, x: float, y: float, across: float, down: float, width: float) -> Ink:
        """Return a mask of an ellipse about a place of the written area; `width` 0 fills it. By hand: not quite closed."""
        angle = np.linspace(0, 2 * np.pi * self.random.uniform(0.96, 1.05), 90) + self.random.uniform(0, 6)
        wobble = 1 + 0.03 * np.sin(2 * angle + self.random.uniform(0, 6)) + 0.02 * np.sin(3 * angle)
        cx, cy = self.at(x, y)
        path = np.stack([cx + across / 2 * wobble * np.cos(angle), cy + down / 2 * wobble * np.sin(angle)], axis=1)
        mask = np.zeros(self.shape, np.uint8)
        if width:
            cv2.polylines(mask, [np.rint(path * 16).astype(np.int32)], False, 255, max(1, round(width)), cv2.LINE_AA, 4)
        else:
            cv2.fillPoly(mask, [np.rint(path * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        return mask.astype(np.float32) / 255

    def write(self) -> None:
        """Write the layout's signs on the sheet, in one ink."""
        for glyph, left, foot, _ in self.layout.signs:
            x, y = (round(v) for v in self.at(left, foot - glyph.height))
            part = self.ink[y : y + glyph.height, x : x + glyph.width]
            np.maximum(part, glyph.ink[: part.shape[0], : part.shape[1]], out=part)
        self.darken(self.ink, self.layout.conditions.contrast)

    def photographed(self) -> tuple[Picture, npt.NDArray[np.float64]]:
        """Return the picture of the sheet, tilted, blurred and grainy, and the matrix (2, 3) from fine pixels of the sheet to it."""
        c, (width, height) = self.layout.conditions, self.size
        matrix = cv2.getRotationMatrix2D((self.shape[1] / 2, self.shape[0] / 2), c.tilt, 1.0)
        matrix[:, 2] += np.array([width, height]) / 2 - np.array(self.shape[::-1]) / 2
        light = cv2.warpAffine(
            self.light, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        light = cv2.resize(light, (width // FINE, height // FINE), interpolation=cv2.INTER_AREA)
        if self.layout.light:
            light = self.layout.light(light, self.random)
        if c.blur > 0.05:
            light = cv2.GaussianBlur(light, (0, 0), c.blur)
        light = light + self.random.normal(0, 1, (*light.shape[:2], 1)).astype(np.float32) * c.grain
        return np.clip(np.rint(light * 255), 0, 255).astype(np.uint8), matrix / FINE
