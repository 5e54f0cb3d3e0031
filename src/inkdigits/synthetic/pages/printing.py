"""Print: words, numbers, blocks of text and bars in print fonts, drawn on the print layer."""

from __future__ import annotations

import string

import numpy as np

from inkdigits.synthetic.outlines import Font
from inkdigits.synthetic.pages.canvas import Canvas
from inkdigits.synthetic.pages.truth import SEPARATORS, Box, Mark, Truth

_LETTERS = "eeeeeeettttaaaooiinnsshhrrddlluuccmmwwffggyyppbbvvkjxqz"


def word(random: np.random.Generator) -> str:
    """Return letters that look like a word, in one of the ways in which words are set, sometimes with a sign behind."""
    letters = "".join(_LETTERS[i] for i in random.integers(len(_LETTERS), size=int(random.integers(1, 10))))
    way = random.random()
    text = letters.upper() if way < 0.2 else letters.capitalize() if way < 0.5 else letters
    if random.random() < 0.15:
        text += str(random.choice(list(".,:;!?)")))
    return text


def number(random: np.random.Generator) -> str:
    """Return a number as print has them: a year, a price, a date, a percentage, a list's item."""
    way = int(random.integers(6))
    digits = "".join(str(d) for d in random.integers(10, size=int(random.integers(1, 7))))
    if way == 0:
        return f"{digits}."
    if way == 1:
        return f"{digits}.{random.integers(100):02d}"
    if way == 2:
        return f"{random.integers(1, 32)}.{random.integers(1, 13)}.{random.integers(1900, 2030)}"
    if way == 3:
        return f"{digits}%"
    return digits


class Press:
    """Sets print on a canvas, and notes its digits in the truth."""

    def __init__(self, canvas: Canvas, truth: Truth, fonts: tuple[Font, ...], random: np.random.Generator) -> None:
        self.canvas, self.truth, self.fonts, self.random = canvas, truth, fonts, random

    def font(self) -> Font:
        """Return a random font."""
        return self.fonts[int(self.random.integers(len(self.fonts)))]

    def text(self, text: str, x: float, y: float, height: float, font: Font, heavy: int = 255) -> float:
        """Set a text from x on, on the base line y, a capital `height` pixels high; return where it ends."""
        em = height / font.cap_height
        left, _, right, _ = self.canvas.region()
        name, place = None, 0
        spacing = 0.0 if self.random.random() < 0.8 else float(self.random.uniform(0, 0.3)) * height
        for i, sign in enumerate(text):
            glyph = font.glyphs.get(sign)
            if glyph is None:
                x += 0.3 * em
                name, place = None, 0
                continue
            if glyph.contours and left - em < x < right:
                box = self.canvas.fill(
                    self.canvas.print,
                    [c * np.float32(em) + np.array([x, y], np.float32) for c in glyph.contours],
                    heavy,
                )
                if sign.isdigit():
                    if name is None:
                        name, place = self.truth.new_number(), 0
                    self.truth.marks.append(Mark(sign, box, name, place, "printed"))
                    place += 1
                elif sign in SEPARATORS and name is not None and text[i + 1 : i + 2].isdigit():
                    self.truth.marks.append(Mark(sign, box, name, place, "printed"))
                    place += 1
            if sign in string.ascii_letters:
                name = None
            x += glyph.advance * em + spacing
        return x

    def sign(self, sign: str, x: float, y: float, height: float, font: Font) -> Box | None:
        """Set one sign and return its box in the picture, None if the font does not have it; the truth is not told."""
        glyph, em = font.glyphs.get(sign), height / font.cap_height
        if glyph is None or not glyph.contours:
            return None
        contours = [c * np.float32(em) + np.array([x, y], np.float32) for c in glyph.contours]
        return self.canvas.fill(self.canvas.print, contours)

    def line(
        self, x: float, y: float, width: float, height: float, font: Font, heavy: int = 255, numbers: float = 0.08
    ) -> None:
        """Set words, and some numbers among them, from x on until the width is full."""
        end = x + width
        while x < end:
            text = number(self.random) if self.random.random() < numbers else word(self.random)
            x = self.text(text, x, y, height, font, heavy) + 0.45 * height

    def block(self, x: float, y: float, width: float, lines: int, height: float, heavy: int = 255) -> float:
        """Set a paragraph, its first base line at y; return the base line behind it."""
        font, pitch = self.font(), height * self.random.uniform(1.6, 2.6)
        numbers = float(self.random.choice([0.03, 0.1, 0.5], p=[0.6, 0.3, 0.1]))
        for i in range(lines):
            share = self.random.uniform(0.3, 1.0) if i == lines - 1 else self.random.uniform(0.9, 1.0)
            self.line(x, y + i * pitch, width * share, height, font, heavy, numbers)
        return y + lines * pitch

    def bar(self, left: float, top: float, right: float, bottom: float, heavy: int = 255) -> None:
        """Print a filled rectangle: a header's ground, a redaction, the dark side of a card."""
        corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
        self.canvas.fill(self.canvas.print, [corners], heavy)

    def barcode(self, x: float, y: float, width: float, height: float) -> None:
        """Print a barcode, its number under it in half of the cases."""
        place = x
        while place < x + width:
            thick = float(self.random.choice([1, 2, 3])) * width / 90
            self.bar(place, y, place + thick, y + height)
            place += thick + float(self.random.choice([1, 2, 3])) * width / 90
        if self.random.random() < 0.5:
            digits = "".join(str(d) for d in self.random.integers(10, size=10))
            self.text(digits, x, y + 1.3 * height, 0.22 * height, self.font())
