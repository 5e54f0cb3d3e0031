"""Scenes of things that stand apart: anywhere on the page, in rings and boxes, and beside print."""

from __future__ import annotations

import numpy as np

from inkdigits.synthetic.pages.annotations import MARKS, around, mark
from inkdigits.synthetic.pages.layout import Layout
from inkdigits.synthetic.pages.scenes.lines import ground
from inkdigits.synthetic.pages.texts import digits, letters, number


def scatter(layout: Layout) -> None:
    """Put numbers, words, print, marks and rings wherever there is room."""
    random, height = layout.random, layout.height
    if random.random() < 0.3:
        ground(layout, random.uniform(0, 10), height * random.uniform(1.2, 2.5))
    for _ in range(int(random.integers(4, 14))):
        way, size = random.random(), height * float(np.exp(random.normal(0, 0.25)))
        writer = layout.writer if random.random() < 0.7 else layout.other_writer()
        text = number(random) if way < 0.62 else letters(random)
        place = layout.free(0.85 * size * (len(text) + 0.5), 1.7 * size)
        if place is None:
            continue
        x, y = place[0] + 0.2 * size, place[1] + 1.35 * size
        if way < 0.62:
            end = writer.number(text, x, y, size)
            if random.random() < 0.15:  # underlined once or twice, ringed or framed
                around(layout, writer, x, y, end, size)
        elif way < 0.76:
            writer.word(text, x, y, size)
        elif way < 0.88:
            layout.press.text(text, x, y, size * random.uniform(0.4, 0.9), layout.press.font())
        else:
            mark(layout, int(random.integers(MARKS)), x + size, y - 0.5 * size, size)


def rings(layout: Layout) -> None:
    """Write single digits and short numbers into printed or drawn rings and boxes, or beside them."""
    random, height = layout.random, layout.height
    for _ in range(int(random.integers(3, 9))):
        text = digits(random, int(random.choice([1, 2, 3], p=[0.5, 0.35, 0.15])))
        place = layout.free(height * (0.8 * len(text) + 1.6), 2.6 * height)
        if place is None:
            continue
        x, y = place[0] + 0.7 * height, place[1] + 1.8 * height
        end = layout.writer.number(text, x, y, height)
        if random.random() < 0.85:
            around(layout, layout.writer, x, y, end, height)


def print_page(layout: Layout) -> None:
    """Print paragraphs, and in one page of three write a number beside them."""
    random = layout.random
    left, top, right, bottom = layout.region
    y = top + random.uniform(-1, 1) * layout.height
    columns = int(random.choice([1, 2], p=[0.75, 0.25]))
    width = (right - left) / columns
    for column in range(columns):
        y = top + random.uniform(-1, 1) * layout.height
        while y < bottom + layout.height:
            height = layout.height * random.uniform(0.25, 1.1)
            if random.random() < 0.2:
                y += height * random.uniform(0.5, 3)
            x = left + column * width + random.uniform(-0.05, 0.1) * width
            y = layout.press.block(
                x, y, 0.9 * width, int(random.integers(1, 7)), height, int(random.integers(140, 256))
            )
            if random.random() < 0.15:
                layout.ruler.line(left, y - height, right, y - height)
    if random.random() < 0.35:
        for _ in range(int(random.integers(1, 4))):
            _beside_print(layout)
    if random.random() < 0.15:
        layout.press.barcode(
            left + random.uniform(0, 0.5) * (right - left),
            random.uniform(top, bottom),
            3 * layout.height,
            layout.height,
        )


def _beside_print(layout: Layout) -> None:
    """Write a number on a page of print, where the print is wiped out first: margins are white."""
    random, height = layout.random, layout.height
    text = number(random)
    place = layout.free((len(text) + 1) * 0.8 * height, 1.8 * height)
    if place is None:
        return
    x, y = place
    wide, tall = (len(text) + 1) * 0.8 * height, 1.8 * height
    if random.random() < 0.8:
        corners = np.array([[x, y], [x + wide, y], [x + wide, y + tall], [x, y + tall]], np.float32)
        left, top, right, bottom = layout.canvas.fill(layout.canvas.print, [corners], 0)
        layout.truth.marks[:] = [
            m
            for m in layout.truth.marks
            if m.kind == "handwritten"
            or not (left - height < m.centre[0] < right + height and top - height < m.centre[1] < bottom + height)
        ]
    layout.writer.number(text, x + 0.3 * height, y + 1.4 * height, height)
