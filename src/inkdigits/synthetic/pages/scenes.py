"""What stands on a page: numbers in lines, boxes, combs, tables and rings; words, print, marks and scribbles around them.

Each scene is a function of the desk that it is laid out on. `SCENES` names them, with how often each is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from inkdigits.synthetic.pages.canvas import Canvas
from inkdigits.synthetic.pages.printing import Press, word
from inkdigits.synthetic.pages.ruling import Ruler
from inkdigits.synthetic.pages.sources import Sources
from inkdigits.synthetic.pages.truth import Box, Truth
from inkdigits.synthetic.pages.writing import Writer, hand

_LENGTHS = np.array([20, 18, 15, 12, 10, 8, 6, 4, 3, 2, 1, 1], np.float64)


@dataclass(eq=False)
class Desk:
    """What a scene is laid out with: canvas, truth, sources, randomness; digits are about `height` pixels high.

    `region` is the part of the page that can be seen; `taken` are places where something stands already.
    """

    canvas: Canvas
    truth: Truth
    sources: Sources
    random: np.random.Generator
    height: float
    region: Box = (0.0, 0.0, 0.0, 0.0)
    taken: list[Box] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.region = self.canvas.region()
        self.writer = self.other_writer()
        self.press = Press(self.canvas, self.truth, self.sources.fonts, self.random)
        self.ruler = self.other_ruler()

    def other_writer(self) -> Writer:
        """Return a new hand at this desk."""
        heavy = 255 if self.random.random() < 0.8 else int(self.random.integers(120, 255))
        return Writer(self.canvas, self.truth, self.sources, hand(self.sources, self.random), self.random, heavy)

    def other_ruler(self) -> Ruler:
        """Return new ruling: hairlines, or lines as thick as a pen's."""
        width = float(np.exp(self.random.uniform(np.log(0.6), np.log(max(1.0, 0.09 * self.height)))))
        return Ruler(self.canvas, self.random, width, int(self.random.integers(110, 256)))

    def free(self, width: float, height: float) -> tuple[float, float] | None:
        """Return the upper left corner of a free place of that size, and take it; None if none was found in a few tries."""
        left, top, right, bottom = self.region
        for _ in range(6):
            x = float(self.random.uniform(left - 0.3 * width, max(left - 0.3 * width + 1, right - 0.7 * width)))
            y = float(self.random.uniform(top - 0.3 * height, max(top - 0.3 * height + 1, bottom - 0.7 * height)))
            if all(x > r or x + width < l or y > b or y + height < t for l, t, r, b in self.taken):
                self.taken.append((x, y, x + width, y + height))
                return x, y
        return None


def digits(random: np.random.Generator, count: int | None = None) -> str:
    """Return digits: all equally likely, but in one number of eight with rows of 0 or of another digit."""
    count = count or 1 + int(random.choice(len(_LENGTHS), p=_LENGTHS / _LENGTHS.sum()))
    drawn = [str(d) for d in random.integers(10, size=count)]
    if count > 1 and random.random() < 0.13:
        repeated = "0" if random.random() < 0.6 else str(random.integers(10))
        run = int(random.integers(2, count + 1))
        first = int(random.integers(count - run + 1))
        drawn[first : first + run] = [repeated] * run
    return "".join(drawn)


def number(random: np.random.Generator) -> str:
    """Return a number as people write it: mostly digits alone; decimals, dates, times, thousands, hyphens."""
    way = random.random()
    if way < 0.62:
        return digits(random)
    short = lambda most: digits(random, int(random.integers(1, most + 1)))  # noqa: E731
    if way < 0.74:
        return short(4) + str(random.choice([".", ","], p=[0.6, 0.4])) + digits(random, int(random.integers(1, 4)))
    if way < 0.80:
        return short(3) + "," + digits(random, 3) + (f".{digits(random, 2)}" if random.random() < 0.4 else "")
    if way < 0.90:
        sign = str(random.choice(["/", "-", "."], p=[0.5, 0.25, 0.25]))
        return sign.join(
            [short(2), short(2), digits(random, int(random.choice([2, 4])))][: int(random.choice([2, 3], p=[0.3, 0.7]))]
        )
    if way < 0.95:
        return f"{short(2)}:{digits(random, 2)}"
    return short(4) + "-" + short(4)


def letters(random: np.random.Generator, most: int = 8) -> str:
    """Return a handwritten word: letters as print has them, or any letters at all."""
    if random.random() < 0.7:
        return word(random)
    alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return "".join(alphabet[i] for i in random.integers(len(alphabet), size=int(random.integers(1, most + 1))))


def lines(desk: Desk) -> None:
    """Write lines of numbers, words and signs, on ruled paper or plain."""
    random, height = desk.random, desk.height
    left, top, right, bottom = desk.region
    pitch = height * random.uniform(1.25, 2.8)
    first = top + random.uniform(-0.5, 1.0) * pitch
    if random.random() < 0.45:
        ground(desk, first + random.uniform(0, 0.2) * height, pitch)
    words, signs = (
        float(random.choice([0.0, 0.15, 0.6], p=[0.5, 0.3, 0.2])),
        float(random.choice([0.0, 0.3], p=[0.7, 0.3])),
    )
    several = random.random() < 0.3
    y = first
    while y < bottom + height:
        writer = desk.other_writer() if several else desk.writer
        x = left + random.uniform(-0.3, 0.4) * (right - left)
        while x < right:
            if random.random() < words:
                box = writer.word(letters(random), x, y, height)
                x += max(height, (box[2] - box[0]) / desk.canvas.scale) + random.uniform(0.4, 1.2) * height
            elif random.random() < signs:
                sign = str(random.choice(list("+=()[-x$#%&*!?<>"), p=None))
                if sign in "-":
                    sign = "="
                width, _ = writer.separator(sign, x, y, height)
                x += width + random.uniform(0.1, 0.5) * height
            else:
                if random.random() < 0.07:
                    x = before_number(desk, writer, x, y, height)
                x = writer.number(number(random), x, y, height * random.uniform(0.85, 1.15))
                x += random.uniform(0.45, 2.5) * height
            if random.random() < 0.08:
                x = right
        y += pitch
    if random.random() < 0.3:
        marks(desk, int(random.integers(1, 4)))


def before_number(desk: Desk, writer: Writer, x: float, y: float, height: float) -> float:
    """Put a sign before a number, written or printed: currency, number sign, a word; return where the number may begin."""
    random = desk.random
    way = random.random()
    if way < 0.4:
        width, _ = writer.separator(
            str(random.choice(["$", "$", "#", "(", "=", "+", "@", "x", "R", "K"])),
            x,
            y,
            height * random.uniform(0.6, 1.2),
        )
        return x + width + random.uniform(0.02, 0.6) * height
    sign = str(
        random.choice(
            ["$", "$", "$", "£", "€", "§", "#", "No.", "N°", "Rs", "EUR", "USD", "x", "=", "+", "%", "(", "&"]
        )
    )
    size = height * random.uniform(0.45, 1.15)
    return (
        desk.press.text(sign, x, y + random.normal(0, 0.1) * height, size, desk.press.font())
        + random.uniform(0.02, 0.8) * height
    )


def formulas(desk: Desk) -> None:
    """Write sums and formulas: numbers with operators, brackets, fractions and roots between them, no two alike in size."""
    random = desk.random
    left, top, right, bottom = desk.region
    y = top + random.uniform(0.3, 1.2) * desk.height
    while y < bottom + desk.height:
        writer = desk.writer if random.random() < 0.7 else desk.other_writer()
        height = desk.height * float(np.exp(random.normal(0, 0.15)))
        x = left + random.uniform(-0.1, 0.3) * (right - left)
        while x < right:
            if random.random() < 0.2:
                width, _ = writer.separator(
                    str(random.choice(["(", "(", "√", "=", "¦", "$", "["])), x, y, height * random.uniform(0.8, 1.3)
                )
                x += width + random.uniform(0.02, 0.3) * height
            if random.random() < 0.08:  # a fraction
                end = writer.number(digits(random, int(random.integers(1, 4))), x, y - 0.65 * height, 0.8 * height)
                below = writer.number(digits(random, int(random.integers(1, 4))), x, y + 0.65 * height, 0.8 * height)
                end = max(end, below)
                level = y - 0.45 * height
                writer.curve(
                    np.array([[x - 0.1 * height, level], [end, level + random.normal(0, 0.03) * height]]), height
                )
                x = end
            elif random.random() < 0.12:
                box = writer.word(str(random.choice(list("abcdefghkmnpqrtuvwxyzABCDEFGHKLMNPRTUVWXY"))), x, y, height)
                x += max(0.3 * height, (box[2] - box[0]) / desk.canvas.scale) + 0.1 * height
            else:
                x = writer.number(
                    digits(random, int(random.choice([1, 2, 3, 4], p=[0.5, 0.3, 0.12, 0.08]))), x, y, height
                )
            x += random.uniform(-0.05, 0.35) * height
            if random.random() < 0.12:
                width, _ = writer.separator(
                    str(random.choice([")", ")", "¦", "]"])), x, y, height * random.uniform(0.8, 1.3)
                )
                x += width + random.uniform(0.02, 0.3) * height
            if random.random() < 0.15:
                break
            sign = str(random.choice(list("++++==××÷"), p=None))
            width, _ = writer.separator(sign, x, y, height * random.uniform(0.6, 1.4))
            x += width + random.uniform(-0.05, 0.4) * height
        y += height * random.uniform(1.8, 3.5)


def ground(desk: Desk, first: float, pitch: float) -> None:
    """Rule the paper: lines, squares, or dots."""
    random, ruler, region = desk.random, desk.ruler, desk.region
    way = random.random()
    if way < 0.5:
        ruler.rows(region, first, pitch * float(random.choice([1.0, 0.5, 2.0], p=[0.7, 0.2, 0.1])))
        if random.random() < 0.2:
            x = random.uniform(region[0], region[2])
            desk.other_ruler().line(x, region[1], x, region[3])
    elif way < 0.8:
        square = max(5.0, desk.height * random.uniform(0.35, 1.3))
        ruler.rows(region, first, square)
        ruler.columns(region, random.uniform(0, square), square)
    else:
        ruler.dots(region, max(5.0, desk.height * random.uniform(0.3, 1.0)))


def close_up(desk: Desk) -> None:
    """Write one number that fills the picture, as in a crop; sometimes what stands above and below is cut into."""
    random, height = desk.random, desk.height
    left, top, right, bottom = desk.region
    text = number(random)
    way = random.random()
    if way < 0.15:
        ground(desk, (top + bottom) / 2 + 0.5 * height, height * random.uniform(1.2, 2.5))
    elif way < 0.3:  # an underline, a line above
        y = (top + bottom) / 2 + random.uniform(0.45, 0.7) * height
        desk.ruler.line(left, y, right, y)
    x = left + random.uniform(0.02, 0.25) * (right - left)
    y = (top + bottom) / 2 + 0.5 * height
    if random.random() < 0.22:
        x = before_number(desk, desk.writer, x, y, height)
    end = desk.writer.number(text, x, y, height)
    if random.random() < 0.3:
        desk.writer.number(
            number(random),
            left + random.uniform(-0.2, 0.3) * (right - left),
            y + random.uniform(1.3, 2.2) * height,
            height,
        )
    if random.random() < 0.2:
        desk.writer.word(letters(random), end + random.uniform(0.5, 1.5) * height, y, height)
    if random.random() < 0.2:
        desk.press.line(
            left,
            y - random.uniform(1.3, 2.5) * height,
            right - left,
            height * random.uniform(0.3, 0.8),
            desk.press.font(),
        )


def boxes(desk: Desk) -> None:
    """Lay out a form: printed labels, and fields of boxes, combs or lines, filled, empty, crossed or ticked."""
    random, height = desk.random, desk.height
    left, top, right, bottom = desk.region
    y = top + random.uniform(-0.5, 1.0) * height
    label = height * random.uniform(0.3, 0.75)
    font = desk.press.font()
    same_way = int(random.integers(6)) if random.random() < 0.7 else None
    tall, wide = random.uniform(1.1, 1.9), random.uniform(0.75, 1.5)
    while y < bottom:
        x = left + random.uniform(-0.2, 0.35) * (right - left)
        if random.random() < 0.5:
            desk.press.line(x, y, random.uniform(1, 6) * height, label, font)
            y += 0.5 * label
        while x < right:
            way = int(random.integers(6)) if same_way is None else same_way
            count = int(random.integers(1, 10))
            x = _field(desk, way, count, x, y, tall * height, wide * height) + random.uniform(0.5, 3) * height
            if random.random() < 0.3:
                x = desk.press.text(word(random), x, y + 0.7 * tall * height, label, font) + 0.4 * height
            if random.random() < 0.5:
                break
        y += (tall + random.uniform(0.4, 1.6)) * height


def _field(desk: Desk, way: int, count: int, x: float, y: float, tall: float, pitch: float) -> float:
    """Draw a field of `count` cells at (x, y), and write into it; return where it ends."""
    random, ruler, writer = desk.random, desk.ruler, desk.writer
    height = desk.height
    gap = random.uniform(0.1, 0.5) * pitch if way == 0 else 0.0
    end = x + count * (pitch + gap) - gap
    if way == 0:  # separate boxes
        rounded = random.random() < 0.15
        for i in range(count):
            ruler.box((x + i * (pitch + gap), y, x + i * (pitch + gap) + pitch, y + tall), rounded)
    elif way == 1:
        ruler.comb(x, y, pitch, tall, count)
    elif way == 2:
        ruler.comb(x, y, pitch, tall, count, random.uniform(0.15, 0.5))
    elif way == 3:  # one frame without divisions
        ruler.box((x, y, end, y + tall))
    elif way == 4:
        ruler.line(x, y + tall, end, y + tall)
    else:  # a line for each digit
        for i in range(count):
            ruler.line(x + (i + 0.1) * pitch, y + tall, x + (i + 0.9) * pitch, y + tall)
    filled = random.random()
    centres = [x + i * (pitch + gap) + pitch / 2 + random.normal(0, 0.07) * pitch for i in range(count)]
    size = min(height, 0.95 * tall) * random.uniform(0.75, 1.05)
    base = y + tall / 2 + size / 2 + random.normal(0, 0.1) * tall
    if filled < 0.18:
        return end
    if filled < 0.28:  # crosses, ticks and dashes, not digits
        for centre in centres[: int(random.integers(1, count + 1))]:
            _mark(desk, int(random.choice([0, 0, 0, 1, 2, 3])), centre, y + tall / 2, size * random.uniform(0.7, 1.5))
        return end
    if filled < 0.36:  # printed
        for sign, centre in zip(digits(random, count), centres, strict=True):
            desk.press.text(sign, centre - 0.25 * size, base, size * 0.9, desk.press.font())
        return end
    if filled < 0.42:
        for centre in centres:
            writer.word(letters(random, 1)[:1], centre - 0.3 * size, base, size)
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
        writer.number(digits(random, used), x, base, size, centres[first : first + used])
        if first and random.random() < 0.5:
            way = int(random.choice([0, 0, 0, 1, 2, 3]))
            for centre in centres[:first]:
                _mark(desk, way, centre, y + tall / 2, size * random.uniform(0.8, 1.4))
    return end


def table(desk: Desk) -> None:
    """Lay out a table: a grid with numbers in its cells, printed heads and names, cells empty or dashed."""
    random, height = desk.random, desk.height
    left, top, right, bottom = desk.region
    tall = height * random.uniform(1.15, 2.2)
    xs = [left + random.uniform(-0.6, 0.3) * (right - left)]
    while xs[-1] < right:
        xs.append(xs[-1] + height * random.uniform(1.2, 7))
    ys = [top + random.uniform(-1.2, 1) * tall]
    while ys[-1] < bottom:
        ys.append(ys[-1] + tall)
    way = random.random()
    if way < 0.7:
        desk.ruler.grid(xs, ys)
    elif way < 0.85:
        for y in ys:
            desk.ruler.line(xs[0], y, xs[-1], y)
    else:
        for x in xs:
            desk.ruler.line(x, ys[0], x, ys[-1])
    font, small = desk.press.font(), height * random.uniform(0.35, 0.8)
    named = random.random() < 0.4
    printed_cells = random.random() < 0.1
    for i, (y, below) in enumerate(zip(ys, ys[1:], strict=False)):
        for j, (x, beside) in enumerate(zip(xs, xs[1:], strict=False)):
            room, base = beside - x, (y + below) / 2
            if (i == 0 and named) or (j == 0 and named):
                text = digits(random, int(random.integers(1, 4))) if random.random() < 0.25 else word(random)
                desk.press.text(
                    text[: max(1, int(room / small / 0.7))], x + 0.15 * height, base + small / 2, small, font
                )
                continue
            filled = random.random()
            size = height * random.uniform(0.8, 1.0)
            fitting = max(1, int(room / size / 0.75))
            count = int(random.integers(1, min(8, fitting) + 1))
            if filled < 0.15:
                continue
            if filled < 0.22:
                _mark(desk, int(random.integers(4)), (x + beside) / 2, base, size)
            elif filled < 0.28:
                desk.writer.word(letters(random, 5)[:fitting], x + 0.1 * size, base + size / 2, size)
            elif printed_cells:
                desk.press.text(digits(random, count), x + 0.1 * size, base + size / 2, 0.9 * size, font)
            else:
                free = max(0.0, room - count * 0.75 * size)
                text = digits(random, count)
                if fitting > 3 and random.random() < 0.2:
                    text = f"{digits(random, fitting // 2)}.{digits(random, 1)}"
                desk.writer.number(
                    text, x + random.uniform(0.02, 0.9) * free, base + size / 2 + random.normal(0, 0.08) * size, size
                )


def print_page(desk: Desk) -> None:
    """Print paragraphs, and in one page of three write a number beside them."""
    random = desk.random
    left, top, right, bottom = desk.region
    y = top + random.uniform(-1, 1) * desk.height
    columns = int(random.choice([1, 2], p=[0.75, 0.25]))
    width = (right - left) / columns
    for column in range(columns):
        y = top + random.uniform(-1, 1) * desk.height
        while y < bottom + desk.height:
            height = desk.height * random.uniform(0.25, 1.1)
            if random.random() < 0.2:
                y += height * random.uniform(0.5, 3)
            x = left + column * width + random.uniform(-0.05, 0.1) * width
            y = desk.press.block(x, y, 0.9 * width, int(random.integers(1, 7)), height, int(random.integers(140, 256)))
            if random.random() < 0.15:
                desk.ruler.line(left, y - height, right, y - height)
    if random.random() < 0.35:
        for _ in range(int(random.integers(1, 4))):
            _beside_print(desk)
    if random.random() < 0.15:
        desk.press.barcode(
            left + random.uniform(0, 0.5) * (right - left), random.uniform(top, bottom), 3 * desk.height, desk.height
        )


def _beside_print(desk: Desk) -> None:
    """Write a number on a page of print, where the print is wiped out first: margins are white."""
    random, height = desk.random, desk.height
    text = number(random)
    place = desk.free((len(text) + 1) * 0.8 * height, 1.8 * height)
    if place is None:
        return
    x, y = place
    wide, tall = (len(text) + 1) * 0.8 * height, 1.8 * height
    if random.random() < 0.8:
        corners = np.array([[x, y], [x + wide, y], [x + wide, y + tall], [x, y + tall]], np.float32)
        left, top, right, bottom = desk.canvas.fill(desk.canvas.print, [corners], 0)
        desk.truth.marks[:] = [
            m
            for m in desk.truth.marks
            if m.kind == "handwritten"
            or not (left - height < m.centre[0] < right + height and top - height < m.centre[1] < bottom + height)
        ]
    desk.writer.number(text, x + 0.3 * height, y + 1.4 * height, height)


def scatter(desk: Desk) -> None:
    """Put numbers, words, print, marks and rings wherever there is room."""
    random, height = desk.random, desk.height
    if random.random() < 0.3:
        ground(desk, random.uniform(0, 10), height * random.uniform(1.2, 2.5))
    for _ in range(int(random.integers(4, 14))):
        way, size = random.random(), height * float(np.exp(random.normal(0, 0.25)))
        writer = desk.writer if random.random() < 0.7 else desk.other_writer()
        text = number(random) if way < 0.62 else letters(random)
        place = desk.free(0.85 * size * (len(text) + 0.5), 1.7 * size)
        if place is None:
            continue
        x, y = place[0] + 0.2 * size, place[1] + 1.35 * size
        if way < 0.62:
            end = writer.number(text, x, y, size)
            if random.random() < 0.15:  # underlined once or twice, ringed or framed
                _around(desk, writer, x, y, end, size)
        elif way < 0.76:
            writer.word(text, x, y, size)
        elif way < 0.88:
            desk.press.text(text, x, y, size * random.uniform(0.4, 0.9), desk.press.font())
        else:
            _mark(desk, int(random.integers(8)), x + size, y - 0.5 * size, size)


def _around(desk: Desk, writer: Writer, x: float, y: float, end: float, size: float) -> None:
    """Underline, ring or frame what stands from x to `end` on the base line y, by the same pen or by print."""
    random = desk.random
    way = int(random.integers(5))
    middle, half = (x + end) / 2, (end - x) / 2
    angles = np.linspace(random.uniform(0, 6), random.uniform(0, 6) + 2 * np.pi * random.uniform(0.95, 1.15), 24)
    if way == 0:
        for i in range(int(random.integers(1, 3))):
            level = y + (0.15 + 0.15 * i) * size
            writer.curve(np.array([[x, level], [middle, level + random.normal(0, 0.05) * size], [end, level]]), size)
    elif way == 1:
        wide, tall = half + random.uniform(0.3, 0.8) * size, random.uniform(0.75, 1.1) * size
        ring = np.stack([middle + wide * np.cos(angles), y - 0.5 * size + tall * np.sin(angles)], axis=1)
        writer.curve(ring + random.normal(0, 0.03 * size, ring.shape), size)
    elif way == 2:
        desk.ruler.ring(middle, y - 0.5 * size, half + random.uniform(0.3, 0.6) * size, random.uniform(0.8, 1.1) * size)
    elif way == 3:
        desk.ruler.box((x - 0.3 * size, y - 1.3 * size, end + 0.2 * size, y + 0.25 * size))
    else:
        for level in (y + 0.15 * size, y + 0.28 * size):
            desk.ruler.line(x - 0.1 * size, level, end + 0.1 * size, level)


def rings(desk: Desk) -> None:
    """Write single digits and short numbers into printed or drawn rings and boxes, or beside them."""
    random, height = desk.random, desk.height
    for _ in range(int(random.integers(3, 9))):
        text = digits(random, int(random.choice([1, 2, 3], p=[0.5, 0.35, 0.15])))
        place = desk.free(height * (0.8 * len(text) + 1.6), 2.6 * height)
        if place is None:
            continue
        x, y = place[0] + 0.7 * height, place[1] + 1.8 * height
        end = desk.writer.number(text, x, y, height)
        if random.random() < 0.85:
            _around(desk, desk.writer, x, y, end, height)


def words(desk: Desk) -> None:
    """Write words alone, close together or letter by letter; in some lines a number."""
    random, height = desk.random, desk.height
    left, top, right, bottom = desk.region
    y = top + random.uniform(0, 1.5) * height
    spaced = random.random() < 0.35
    alphabet = "abcdefghkmnprtuvwxyABCEFGHJKLMNPRTUVWXY"
    while y < bottom + height:
        writer = desk.other_writer() if random.random() < 0.3 else desk.writer
        x = left + random.uniform(-0.3, 0.3) * (right - left)
        while x < right:
            if random.random() < 0.08:
                x = writer.number(digits(random), x, y, height) + random.uniform(0.6, 2) * height
                continue
            if spaced:
                box = writer.word(alphabet[int(random.integers(len(alphabet)))], x, y, height)
                x += max(0.4 * height, (box[2] - box[0]) / desk.canvas.scale) + random.uniform(0.2, 1.0) * height
            else:
                box = writer.word(letters(random), x, y, height)
                x += max(0.5 * height, (box[2] - box[0]) / desk.canvas.scale) + random.uniform(0.3, 0.9) * height
        y += height * random.uniform(1.4, 2.6)
    if random.random() < 0.25:
        marks(desk, 3)


def marks(desk: Desk, count: int) -> None:
    """Put ticks, crosses, scribbles and rings wherever nothing stands."""
    for _ in range(count):
        size = desk.height * float(np.exp(desk.random.normal(0, 0.4)))
        place = desk.free(1.5 * size, 1.5 * size)
        if place is not None:
            _mark(desk, int(desk.random.integers(8)), place[0] + 0.75 * size, place[1] + 0.75 * size, size)


def _mark(desk: Desk, way: int, x: float, y: float, size: float) -> None:
    """Draw a mark that is no digit around (x, y): a cross, a tick, a dash, a diagonal, a scribble, an arrow, a star, a loop."""
    random, writer = desk.random, desk.writer
    s = 0.5 * size * random.uniform(0.6, 1.2)
    j = lambda *points: np.array(points) * s + random.normal(0, 0.08 * s, (len(points), 2)) + (x, y)  # noqa: E731
    if way == 0:
        writer.curve(j((-1, -1), (1, 1)), size)
        writer.curve(j((-1, 1), (1, -1)), size)
    elif way == 1:
        writer.curve(j((-0.8, 0), (-0.2, 0.8), (1.1, -1.1)), size)
    elif way == 2:
        writer.curve(j((-1, 0), (1, 0)), size)
    elif way == 3:
        writer.curve(j((-1, 1), (1, -1)), size)
    elif way == 4:
        writer.curve(np.array([x, y]) + random.uniform(-1.2, 1.2, (int(random.integers(5, 14)), 2)) * s, size)
    elif way == 5:
        writer.curve(j((-1.2, 0), (1.2, 0)), size)
        writer.curve(j((0.5, -0.6), (1.2, 0), (0.5, 0.6)), size)
    elif way == 6:
        for angle in np.linspace(0, np.pi, int(random.integers(3, 6)), endpoint=False):
            c, d = np.cos(angle), np.sin(angle)
            writer.curve(j((-c, -d), (c, d)), size)
    else:
        t = np.linspace(0, random.uniform(2, 6) * 2 * np.pi, 40)
        loop = np.stack([0.12 * t * s + s * 0.5 * np.cos(t), s * 0.7 * np.sin(t)], axis=1)
        writer.curve(loop + (x - 0.5 * size, y), size)


def cancel(desk: Desk) -> None:
    """Strike out one of the numbers: what is struck out thoroughly is no number any more; under one line it is left open."""
    random, truth = desk.random, desk.truth
    names = sorted({m.number for m in truth.marks if m.kind == "handwritten"})
    if not names:
        return
    name = names[int(random.integers(len(names)))]
    struck = [m for m in truth.marks if m.number == name]
    boxes = np.array([m.box for m in struck])
    left, top = boxes[:, :2].min(axis=0)
    right, bottom = boxes[:, 2:].max(axis=0)
    count = int(random.integers(1, 5))
    thick = max(1.0, desk.writer.hand.pen * desk.height)
    if count == 4:  # scribbled over
        t = np.linspace(0, 1, 16)
        wave = np.stack(
            [left + t * (right - left), np.where(np.arange(16) % 2, top, bottom) + random.normal(0, 2, 16)], axis=1
        )
        paths = [wave]
    else:
        paths = [
            np.array([[left - 3, y1], [right + 3, y2]])
            for y1, y2 in random.uniform(top + 0.25 * (bottom - top), bottom - 0.25 * (bottom - top), (count, 2))
        ]
    back = _inverse(desk.canvas)
    for path in paths:
        on_page = np.asarray(path @ back[:, :2].T + back[:, 2], np.float32)
        desk.canvas.stroke(desk.canvas.ink, [on_page], thick, desk.writer.heavy)
    truth.marks[:] = [m for m in truth.marks if m.number != name]
    if count < 3:
        truth.ignored += [m.box for m in struck]
    else:
        truth.ignored += [m.box for m in struck if random.random() < 0.3]


def _inverse(canvas: Canvas) -> np.ndarray:
    import cv2

    return np.asarray(cv2.invertAffineTransform(canvas.matrix), np.float32)


Scene = Callable[[Desk], None]
SCENES: dict[str, tuple[Scene, float]] = {
    "lines": (lines, 0.20),
    "formulas": (formulas, 0.08),
    "close-up": (close_up, 0.11),
    "boxes": (boxes, 0.17),
    "table": (table, 0.13),
    "print": (print_page, 0.08),
    "scatter": (scatter, 0.14),
    "rings": (rings, 0.05),
    "words": (words, 0.07),
}
