"""Scenes of lines: numbers and words one below the other, formulas, and one number that fills the picture."""

from __future__ import annotations

import numpy as np

from inkdigits.synthetic.pages.annotations import marks
from inkdigits.synthetic.pages.layout import Layout
from inkdigits.synthetic.pages.printing import word
from inkdigits.synthetic.pages.texts import digits, letter, letters, number
from inkdigits.synthetic.pages.writing import Writer

_PRINTED_BEFORE = [
    "$",
    "$",
    "$",
    "$",
    "$",
    "$",
    "£",
    "€",
    "§",
    "#",
    "No.",
    "N°",
    "Rs",
    "EUR",
    "USD",
    "x",
    "=",
    "+",
    "%",
    "(",
    "&",
]


def lines(layout: Layout) -> None:
    """Write lines of numbers, words and signs, on ruled paper or plain."""
    random, height = layout.random, layout.height
    left, top, right, bottom = layout.region
    pitch = height * random.uniform(1.25, 2.8)
    first = top + random.uniform(-0.5, 1.0) * pitch
    if random.random() < 0.45:
        ground(layout, first + random.uniform(0, 0.2) * height, pitch)
    words = float(random.choice([0.0, 0.15, 0.6], p=[0.5, 0.3, 0.2]))
    signs = float(random.choice([0.0, 0.3], p=[0.7, 0.3]))
    several = random.random() < 0.3
    gap = _gap(random)
    y = first
    while y < bottom + height:
        writer = layout.other_writer() if several else layout.writer
        x = left + random.uniform(-0.3, 0.4) * (right - left)
        while x < right:
            if random.random() < words:
                box = writer.word(letters(random), x, y, height)
                x += max(height, (box[2] - box[0]) / layout.canvas.scale) + random.uniform(0.4, 1.2) * height
            elif random.random() < signs:
                sign = str(random.choice(list("+=()[-x$#%&*!?<>")))
                width, _ = writer.sign("=" if sign == "-" else sign, x, y, height)
                x += width + random.uniform(0.1, 0.5) * height
            else:
                if random.random() < 0.25:
                    x = _before_number(layout, writer, x, y, height)
                x = writer.number(number(random), x, y, height * random.uniform(0.85, 1.15), gap=gap)
                x += (random.uniform(0.45, 2.5) + (gap or 0.0)) * height
            if random.random() < 0.08:
                x = right
        y += pitch
    if random.random() < 0.3:
        marks(layout, int(random.integers(1, 4)))


def _gap(random: np.random.Generator) -> float | None:
    """Return None, or in one of five scenes the space between digits that stand apart, in heights of a digit."""
    return float(random.uniform(0.3, 1.6)) if random.random() < 0.2 else None


def words(layout: Layout) -> None:
    """Write words alone, close together or letter by letter; in some lines a number."""
    random, height = layout.random, layout.height
    left, top, right, bottom = layout.region
    y = top + random.uniform(0, 1.5) * height
    spaced = random.random() < 0.35
    while y < bottom + height:
        writer = layout.other_writer() if random.random() < 0.3 else layout.writer
        x = left + random.uniform(-0.3, 0.3) * (right - left)
        while x < right:
            if random.random() < 0.08:
                x = writer.number(digits(random), x, y, height) + random.uniform(0.6, 2) * height
                continue
            if spaced:
                box = writer.word(letter(random), x, y, height)
                x += max(0.4 * height, (box[2] - box[0]) / layout.canvas.scale) + random.uniform(0.2, 1.0) * height
            else:
                box = writer.word(letters(random), x, y, height)
                x += max(0.5 * height, (box[2] - box[0]) / layout.canvas.scale) + random.uniform(0.3, 0.9) * height
        y += height * random.uniform(1.4, 2.6)
    if random.random() < 0.25:
        marks(layout, 3)


def formulas(layout: Layout) -> None:
    """Write sums and formulas: numbers with operators, brackets, fractions and roots between them, no two alike in size."""
    random = layout.random
    left, top, right, bottom = layout.region
    y = top + random.uniform(0.3, 1.2) * layout.height
    while y < bottom + layout.height:
        writer = layout.writer if random.random() < 0.7 else layout.other_writer()
        height = layout.height * float(np.exp(random.normal(0, 0.15)))
        x = left + random.uniform(-0.1, 0.3) * (right - left)
        while x < right:
            if random.random() < 0.2:
                sign = str(random.choice(["(", "(", "√", "=", "¦", "$", "["]))
                width, _ = writer.sign(sign, x, y, height * random.uniform(0.8, 1.3))
                x += width + random.uniform(0.02, 0.3) * height
            if random.random() < 0.08:  # a fraction
                x = _fraction(writer, random, x, y, height)
            elif random.random() < 0.12:
                box = writer.word(letter(random), x, y, height)
                x += max(0.3 * height, (box[2] - box[0]) / layout.canvas.scale) + 0.1 * height
            else:
                count = int(random.choice([1, 2, 3, 4], p=[0.5, 0.3, 0.12, 0.08]))
                x = writer.number(digits(random, count), x, y, height)
            x += random.uniform(-0.05, 0.35) * height
            if random.random() < 0.12:
                sign = str(random.choice([")", ")", "¦", "]"]))
                width, _ = writer.sign(sign, x, y, height * random.uniform(0.8, 1.3))
                x += width + random.uniform(0.02, 0.3) * height
            if random.random() < 0.15:
                break
            sign = str(random.choice(list("++++==××÷")))
            width, _ = writer.sign(sign, x, y, height * random.uniform(0.6, 1.4))
            x += width + random.uniform(-0.05, 0.4) * height
        y += height * random.uniform(1.8, 3.5)


def _fraction(writer: Writer, random: np.random.Generator, x: float, y: float, height: float) -> float:
    """Write a number above another one, a line between them; return where they end."""
    above = writer.number(digits(random, int(random.integers(1, 4))), x, y - 0.65 * height, 0.8 * height)
    below = writer.number(digits(random, int(random.integers(1, 4))), x, y + 0.65 * height, 0.8 * height)
    end, level = max(above, below), y - 0.45 * height
    writer.curve(np.array([[x - 0.1 * height, level], [end, level + random.normal(0, 0.03) * height]]), height)
    return end


def close_up(layout: Layout) -> None:
    """Write one number that fills the picture, as in a crop; sometimes what stands above and below is cut into."""
    random, height = layout.random, layout.height
    left, top, right, bottom = layout.region
    text = number(random)
    way = random.random()
    if way < 0.15:
        ground(layout, (top + bottom) / 2 + 0.5 * height, height * random.uniform(1.2, 2.5))
    elif way < 0.3:  # an underline, a line above
        y = (top + bottom) / 2 + random.uniform(0.45, 0.7) * height
        layout.ruler.line(left, y, right, y)
    x = left + random.uniform(0.02, 0.25) * (right - left)
    y = (top + bottom) / 2 + 0.5 * height
    if random.random() < 0.55:
        x = _before_number(layout, layout.writer, x, y, height)
    apart = len(text) <= 3 and random.random() < 0.3  # a few digits far apart
    gap = float(random.uniform(0.3, 1.3)) if apart else _gap(random)
    end = layout.writer.number(text, x, y, height, gap=gap)
    if random.random() < 0.3:
        layout.writer.number(
            number(random),
            left + random.uniform(-0.2, 0.3) * (right - left),
            y + random.uniform(1.3, 2.2) * height,
            height,
        )
    if random.random() < 0.2:
        layout.writer.word(letters(random), end + random.uniform(0.5, 1.5) * height, y, height)
    if random.random() < 0.2:
        layout.press.line(
            left,
            y - random.uniform(1.3, 2.5) * height,
            right - left,
            height * random.uniform(0.3, 0.8),
            layout.press.font(),
        )


def _before_number(layout: Layout, writer: Writer, x: float, y: float, height: float) -> float:
    """Put a sign or a label before a number: currency, number sign, a word; return where the number may begin."""
    random = layout.random
    way = random.random()
    if way < 0.28:
        size = height * random.uniform(0.6, 1.3)
        sign = str(random.choice(["$", "$", "$", "$", "$", "$", "#", "(", "=", "+", "@", "x", "R", "K"]))
        width, _ = writer.sign(sign, x, y, size)
        return x + width * size / height + random.uniform(0.02, 0.9) * height
    if way < 0.5:  # the label of a field, and the line that is written on
        size, label = height * random.uniform(0.25, 0.7), word(random)
        font = layout.press.font()
        end = layout.press.text(label, x, y + random.normal(0, 0.12) * height, size, font)
        if random.random() < 0.5:
            level = y + random.uniform(0.0, 0.25) * height
            layout.ruler.line(end, level, end + random.uniform(3, 9) * height, level)
        return end + random.uniform(0.1, 1.2) * height
    sign = str(random.choice(_PRINTED_BEFORE))
    size = height * random.uniform(0.45, 1.15)
    end = layout.press.text(sign, x, y + random.normal(0, 0.1) * height, size, layout.press.font())
    return end + random.uniform(0.02, 0.8) * height


def ground(layout: Layout, first: float, pitch: float) -> None:
    """Rule the paper: lines, squares, or dots."""
    random, ruler, region = layout.random, layout.ruler, layout.region
    way = random.random()
    if way < 0.5:
        ruler.rows(region, first, pitch * float(random.choice([1.0, 0.5, 2.0], p=[0.7, 0.2, 0.1])))
        if random.random() < 0.2:
            x = random.uniform(region[0], region[2])
            layout.other_ruler().line(x, region[1], x, region[3])
    elif way < 0.8:
        square = max(5.0, layout.height * random.uniform(0.35, 1.3))
        ruler.rows(region, first, square)
        ruler.columns(region, random.uniform(0, square), square)
    else:
        ruler.dots(region, max(5.0, layout.height * random.uniform(0.3, 1.0)))
