"""Scenes of forms: fields of boxes, combs and lines, and tables."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from inkdigits.synthetic.outlines import Font
from inkdigits.synthetic.pages.annotations import MARKS, mark
from inkdigits.synthetic.pages.layout import Layout
from inkdigits.synthetic.pages.printing import word
from inkdigits.synthetic.pages.texts import digits, letter, letters, number

_OPEN = 0.999  # teeth as high as the cells, which are open above


def boxes(layout: Layout) -> None:
    """Lay out a form: printed labels, and fields of boxes, combs or lines, filled, empty, crossed or ticked."""
    random, height = layout.random, layout.height
    left, top, right, bottom = layout.region
    y = top + random.uniform(-0.5, 1.0) * height
    label = height * random.uniform(0.3, 0.75)
    font = layout.press.font()
    same_way = _way(random) if random.random() < 0.7 else None
    tall, wide = random.uniform(1.1, 1.9), random.uniform(0.75, 1.5 if random.random() < 0.7 else 2.3)
    loose = random.uniform(0.4, 1.1) if random.random() < 0.45 else 0.0
    while y < bottom:
        x = left + random.uniform(-0.2, 0.35) * (right - left)
        if random.random() < 0.5:
            layout.press.line(x, y, random.uniform(1, 6) * height, label, font)
            y += 0.5 * label
        while x < right:
            way = _way(random) if same_way is None else same_way
            count = int(random.integers(1, 10))
            if random.random() < 0.12:
                x = _divided(layout, x, y, tall * height, wide * height)
            else:
                x = _field(layout, way, count, x, y, tall * height, wide * height, loose)
            x += random.uniform(0.5, 3) * height
            if random.random() < 0.3:
                x = layout.press.text(word(random), x, y + 0.7 * tall * height, label, font) + 0.4 * height
            if random.random() < 0.5:
                break
        y += (tall + random.uniform(0.4, 1.6)) * height


def _way(random: np.random.Generator) -> int:
    """Return how the cells of a field are drawn (see `_field`): combs, on which least is drawn, most often."""
    return int(random.choice(7, p=[0.16, 0.15, 0.23, 0.12, 0.12, 0.12, 0.10]))


def _field(layout: Layout, way: int, count: int, x: float, y: float, tall: float, pitch: float, loose: float) -> float:
    """Draw a field of `count` cells at (x, y), and write into it; return where it ends.

    `loose` is how far from the middle of their cells digits stand, across and up and down: at 1 at the edge, at most; 0 is
    near the middle.
    """
    random, ruler, writer = layout.random, layout.ruler, layout.writer
    height = layout.height
    gap = random.uniform(0.05, 0.9) * pitch if way in (0, 6) else 0.0
    end = x + count * (pitch + gap) - gap
    if way == 0:  # separate boxes
        rounded = random.random() < 0.15
        for i in range(count):
            ruler.box((x + i * (pitch + gap), y, x + i * (pitch + gap) + pitch, y + tall), rounded)
    elif way == 1:
        ruler.comb(x, y, pitch, tall, count)
    elif way == 2:
        ruler.comb(x, y, pitch, tall, count, random.uniform(0.15, 0.5) if random.random() < 0.65 else _OPEN)
    elif way == 3:  # one frame without divisions
        ruler.box((x, y, end, y + tall))
    elif way == 4:
        ruler.line(x, y + tall, end, y + tall)
    elif way == 6:  # a ring for each digit
        radius = 0.5 * max(pitch, 0.9 * tall)
        for i in range(count):
            ruler.ring(x + i * (pitch + gap) + pitch / 2, y + tall / 2, radius, 0.5 * tall)
    else:  # a line for each digit
        for i in range(count):
            ruler.line(x + (i + 0.1) * pitch, y + tall, x + (i + 0.9) * pitch, y + tall)
    filled = random.random()
    size = min(height, 0.95 * tall) * random.uniform(0.75, 1.05)
    slack = loose * max(0.0, pitch / 2 - 0.3 * size)
    centres = [
        x + i * (pitch + gap) + pitch / 2 + random.normal(0, 0.07) * pitch + random.uniform(-slack, slack)
        for i in range(count)
    ]
    base = y + tall / 2 + size / 2 + random.normal(0, 0.1 if not loose else 0.03) * tall
    play = loose * max(0.0, tall - size) / 2
    rises = [float(random.uniform(-play, play)) for _ in range(count)]
    if filled < 0.18:
        return end
    if filled < 0.28:  # crosses, ticks and dashes, not digits
        for centre in centres[: int(random.integers(1, count + 1))]:
            mark(layout, int(random.choice([0, 0, 0, 1, 2, 3])), centre, y + tall / 2, size * random.uniform(0.7, 1.5))
        return end
    if filled < 0.36:  # printed
        for sign, centre in zip(digits(random, count), centres, strict=True):
            layout.press.text(sign, centre - 0.25 * size, base, size * 0.9, layout.press.font())
        return end
    if filled < 0.42:
        for centre in centres:
            writer.word(letter(random), centre - 0.3 * size, base, size)
        return end
    used = count if random.random() < 0.7 else int(random.integers(1, count + 1))
    first = count - used if random.random() < 0.5 else 0
    if way in (3, 4) and random.random() < 0.85:
        writer.number(
            number(random) if random.random() < 0.4 else digits(random, used),
            x + random.uniform(0.05, 0.6) * pitch,
            base,
            size,
        )
    else:
        writer.number(digits(random, used), x, base, size, centres[first : first + used], rises=rises)
        if first and random.random() < 0.5:
            way = int(random.choice([0, 0, 0, 1, 2, 3]))
            for centre in centres[:first]:
                mark(layout, way, centre, y + tall / 2, size * random.uniform(0.8, 1.4))
    return end


# Digits in each part of a field that print divides, and the signs that divide it: dates, times, amounts, account numbers.
_DIVIDED: list[tuple[list[int], str]] = [
    ([2, 2, 4], "/-."),
    ([2, 2, 2], "/-."),
    ([4, 2, 2], "/-"),
    ([2, 2], "/:"),
    ([3, 2], ".,"),
    ([4, 2], ".,"),
    ([3, 3, 2], "-/"),
]


def _divided(layout: Layout, x: float, y: float, tall: float, pitch: float) -> float:
    """Draw a field for a date, time or amount, its separators printed, write into most; return where it ends."""
    random, ruler, press = layout.random, layout.ruler, layout.press
    groups, possible = _DIVIDED[int(random.integers(len(_DIVIDED)))]
    sign = possible[int(random.integers(len(possible)))]
    size = min(layout.height, 0.95 * tall) * random.uniform(0.75, 1.05)
    base = y + tall / 2 + size / 2
    boxed, font = random.random() < 0.5, press.font()
    text, centres, printed = "", [], {}
    for i, count in enumerate(groups):
        if i:
            box = press.sign(sign, x + 0.2 * pitch, base, size * random.uniform(0.8, 1.2), font)
            if box is not None:
                printed[len(text)] = box
                text += sign
                centres.append(x + 0.4 * pitch)
            x += random.uniform(0.6, 1.0) * pitch
        if boxed:
            for k in range(count):
                ruler.box((x + k * pitch, y, x + (k + 1) * pitch, y + tall))
        else:
            ruler.line(x, y + tall, x + count * pitch, y + tall)
        text += digits(random, count)
        centres += [x + (k + 0.5) * pitch + random.normal(0, 0.06) * pitch for k in range(count)]
        x += count * pitch
    if random.random() < 0.8:
        layout.writer.number(text, x, base, size, centres, printed=printed)
    return x


def table(layout: Layout) -> None:
    """Lay out a table: a grid with numbers in its cells, printed heads and names, cells empty or dashed.

    Some have lines between rows or columns alone, some a frame or no lines at all. Every third one is a score sheet: narrow
    columns, a number of one digit or two in each cell.
    """
    random, height = layout.random, layout.height
    left, top, right, bottom = layout.region
    tall = height * random.uniform(1.15, 2.2)
    xs = [left + random.uniform(-0.6, 0.3) * (right - left)]
    scores = random.random() < 0.35
    narrow = random.uniform(0.95, 2.2) if random.random() < 0.7 else None
    while xs[-1] < right:
        wide = (narrow or random.uniform(0.95, 2.4)) if scores else random.uniform(1.2, 7)
        xs.append(xs[-1] + height * wide)
    ys = [top + random.uniform(-1.2, 1) * tall]
    while ys[-1] < bottom:
        ys.append(ys[-1] + tall)
    way = random.random()
    if way < 0.6:
        layout.ruler.grid(xs, ys)
    elif way < 0.72:
        for y in ys:
            layout.ruler.line(xs[0], y, xs[-1], y)
    elif way < 0.82:
        for x in xs:
            layout.ruler.line(x, ys[0], x, ys[-1])
    elif way < 0.9:
        layout.ruler.box((xs[0], ys[0], xs[-1], ys[-1]))
    font, small = layout.press.font(), height * random.uniform(0.35, 0.8)
    named = random.random() < 0.4
    printed_cells = random.random() < 0.1
    # Some columns are ticked, crossed or questioned, and hold no numbers.
    of_column = {j: int(random.choice([0, 1, 1, 8, 9])) for j in range(len(xs)) if random.random() < 0.1}
    for i, (y, below) in enumerate(pairwise(ys)):
        for j, (x, beside) in enumerate(pairwise(xs)):
            wide, base = beside - x, (y + below) / 2
            if (i == 0 and named) or (j == 0 and named):
                text = digits(random, int(random.integers(1, 4))) if random.random() < 0.25 else word(random)
                layout.press.text(
                    text[: max(1, int(wide / small / 0.7))], x + 0.15 * height, base + small / 2, small, font
                )
            elif j in of_column and random.random() < 0.7:
                mark(layout, of_column[j], (x + beside) / 2, base, height * random.uniform(0.8, 1.0))
            else:
                _cell(layout, x, beside, base, scores, font if printed_cells else None)


def _cell(layout: Layout, x: float, beside: float, base: float, scores: bool, font: Font | None) -> None:
    """Fill a cell between x and `beside`, or leave it empty; `base` is its middle. With `font`, its numbers are print."""
    random, wide = layout.random, beside - x
    filled = random.random()
    size = layout.height * random.uniform(0.8, 1.0)
    fitting = max(1, int(wide / size / 0.75))
    count = int(random.integers(1, min(8, fitting) + 1))
    if scores:
        count = min(fitting, 1 if random.random() < 0.85 else 2)
    if filled < 0.15:
        return
    if filled < 0.22:
        mark(layout, int(random.integers(MARKS)), (x + beside) / 2, base, size)
    elif filled < 0.28:
        layout.writer.word(letters(random, 5)[: max(2, fitting)], x + 0.1 * size, base + size / 2, size)
    elif font is not None:
        layout.press.text(digits(random, count), x + 0.1 * size, base + size / 2, 0.9 * size, font)
    else:
        free = max(0.0, wide - count * 0.75 * size)
        text = digits(random, count)
        if fitting > 3 and random.random() < 0.2:
            text = f"{digits(random, fitting // 2)}.{digits(random, 1)}"
        within = random.normal(0.5, 0.15) if scores else random.uniform(0.02, 0.9)
        layout.writer.number(text, x + within * free, base + size / 2 + random.normal(0, 0.08) * size, size)
