"""Pages of digits made by us to measure with, each with its truth: papers, boxes, tables, rings, touching digits, dates, print.

FROZEN: training never calls this module, and nothing here or in `made_ink`, `made_sheet` and `made_print` is changed to suit a reader.
`fingerprint()` is the SHA-256 of these sources and of the first pictures of each kind; it stands in every results file.

A page is made from its kind and number alone. What each page draws, uniformly and independently (`Conditions`):
  height    10 to 80 pixels: the digits' box           contrast  0.15 to 1: the pen against the paper
  tilt      −12 to 12 degrees: the whole sheet         blur      standard deviation 0 to 2 pixels, at most a 20th of the height
  pen       half of the pages MNIST's own strokes, half redrawn, 0.05 to 0.18 of the height wide, at least a pixel
  grain     standard deviation 0 to 0.08 of the contrast
and paper, colours, gaps, rulings and boxes of its own. Where a kind keeps to a part of a range, its entry in KINDS says so.
With `fixed`, a page is 40 pixels high, MNIST's strokes, contrast 0.75, without tilt and blur, as in figures before version 0.2.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt

from made_ink import FINE, Glyph, Hand, Row, written
from made_sheet import COLOURS, Box, Layout, Light, Page, Picture, Random, Sheet, conditions

Unit = Literal["line", "numbers"]

# Layouts: what stands where


def lines_of_five(
    layout: Layout, least: int = 1, text: Callable[[Layout], str] | None = None, **how: Any
) -> list[float]:
    """Lay out one to three lines of five digits, or of other texts, and return where their feet are."""
    pitch = layout.random.uniform(1.6, 2.4) * layout.h
    feet = [layout.h + pitch * i for i in range(int(layout.random.integers(least, 4)))]
    for foot in feet:
        row = written(layout.hand, text(layout) if text else layout.number(5), layout.random, **how)
        left = layout.random.uniform(0, 0.5) * layout.h
        layout.put(row, left, foot, layout.line(row.text))
    return feet


def spaced(layout: Layout, count: int, cell: tuple[float, float], gap: float, overhang: float) -> list[list[Box]]:
    """Lay out one to three lines of so many digits, each in a cell (its width and height are given), and return the cells.

    A digit lies anywhere in its cell; where the cell is too tight it may lie over its edge by `overhang`.
    """
    wide, high = cell
    random, pitch = layout.random, high + random_gap(layout)
    rows = []
    for i in range(int(random.integers(1, 4))):
        text, top = layout.number(count), i * pitch
        line = layout.line(text)
        cells = [(j * (wide + gap), top, j * (wide + gap) + wide, top + high) for j in range(count)]
        for digit, (left, _, _, bottom) in zip(text, cells, strict=True):
            glyph = layout.hand.glyph(digit)
            x = placed(random, left, wide, glyph.width, overhang)
            foot = placed(random, bottom - high, high, glyph.height, overhang) + glyph.height
            layout.put(Row(digit, (glyph,), (0.0,), (0.0,)), x, foot, line)
        layout.grow(cells[-1][2], cells[-1][3])
        rows.append(cells)
    return rows


def placed(random: Random, start: float, room: float, size: float, overhang: float) -> float:
    """Return where something of a size begins that lies anywhere in a room, over its edge by so much at most."""
    slack = max(0.0, (room - size) / 2 + overhang)
    return float(start + (room - size) / 2 + random.uniform(-slack, slack))


def random_gap(layout: Layout) -> float:
    """Return the gap between two rows of boxes."""
    return float(layout.random.uniform(0.3, 1.0) * layout.h)


# Papers


def ruled(layout: Layout, contrast: float, width: float) -> None:
    """Rule the paper at the lines' feet, over the whole sheet."""
    feet = lines_of_five(layout)
    pitch = feet[1] - feet[0] if len(feet) > 1 else 1.9 * layout.h
    off, thick = layout.random.uniform(-0.08, 0.12) * layout.h, max(FINE * 1.0, width * layout.h)

    def draw(sheet: Sheet) -> None:
        ends = [(-9e3, feet[0] + off + i * pitch, 9e3, feet[0] + off + i * pitch) for i in range(-6, 10)]
        sheet.darken(sheet.lines(ends, thick), contrast)

    layout.under.append(draw)


def squared(layout: Layout, contrast: float, square: float) -> None:
    """Rule the paper in squares, as a share of the digits' height."""
    lines_of_five(layout)
    pitch, thick = square * layout.h, max(FINE * 1.0, 0.025 * layout.h)
    first = layout.random.uniform(0, pitch, 2)

    def draw(sheet: Sheet) -> None:
        count = math.ceil(max(sheet.shape) / pitch) + 1
        ends = [(-9e3, first[0] + i * pitch, 9e3, first[0] + i * pitch) for i in range(-count, count)]
        ends += [(first[1] + i * pitch, -9e3, first[1] + i * pitch, 9e3) for i in range(-count, count)]
        sheet.darken(sheet.lines(ends, thick), contrast)

    layout.under.append(draw)


def dotted(layout: Layout) -> None:
    """Set a grid of dots on the paper."""
    lines_of_five(layout)
    random = layout.random
    pitch, radius = random.uniform(0.4, 1.0) * layout.h, max(0.6 * FINE, random.uniform(0.02, 0.05) * layout.h)
    contrast = random.uniform(0.15, 0.6)

    def draw(sheet: Sheet) -> None:
        y, x = np.mgrid[0 : sheet.shape[0], 0 : sheet.shape[1]].astype(np.float32)
        away = np.hypot((y + 0.5 * pitch) % pitch - pitch / 2, (x + 0.3 * pitch) % pitch - pitch / 2)
        sheet.darken(np.clip(radius - away + 0.5, 0, 1), contrast)

    layout.under.append(draw)


def framed(layout: Layout) -> None:
    """Draw a frame around everything."""
    lines_of_five(layout)
    layout.margin = (0.9, 1.8)
    inset, width = layout.random.uniform(0.25, 0.8, 4) * layout.h, layout.stroke()
    contrast = layout.random.uniform(0.3, 1.0)

    def draw(sheet: Sheet) -> None:
        left, top, right, bottom = -inset[0], -inset[1], layout.width + inset[2], layout.height + inset[3]
        sheet.darken(sheet.lines(sides((left, top, right, bottom)), width), contrast)

    layout.under.append(draw)


def sides(box: Box) -> list[tuple[float, float, float, float]]:
    """Return the four sides of a box as lines."""
    left, top, right, bottom = box
    return [
        (left, top, right, top),
        (left, bottom, right, bottom),
        (left, top, left, bottom),
        (right, top, right, bottom),
    ]


def in_shadow(layout: Layout, width: float) -> None:
    """Let a shadow fall over a part of the page; its edge is so much of the page wide."""
    lines_of_five(layout)

    def light(picture: Light, random: Random) -> Light:
        y, x = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]].astype(np.float32)
        angle, place = random.uniform(0, 2 * np.pi), random.uniform(-0.2, 0.2)
        across = np.cos(angle) * (x / picture.shape[1] - 0.5) + np.sin(angle) * (y / picture.shape[0] - 0.5)
        shade = np.clip((across - place) / (width + 1e-3) + 0.5, 0, 1) * random.uniform(0.3, 0.6)
        return np.asarray(picture * (1 - shade[..., None]), np.float32)

    layout.light = light


def on_a_desk(layout: Layout) -> None:
    """Lay the sheet on a dark desk with a grain of its own; the sheet's edges are in the picture."""
    lines_of_five(layout)
    layout.margin = (1.2, 3.0)
    random = layout.random
    desk, seed = (
        random.uniform(0.03, 0.45) * np.array([1.0, random.uniform(0.7, 1), random.uniform(0.5, 1)]),
        random.integers(1 << 30),
    )
    reach = random.uniform(0.4, 1.0, 4) * layout.h

    def draw(sheet: Sheet) -> None:
        noise = np.random.default_rng(int(seed)).normal(0, 1, (sheet.shape[0] // 16 + 2, sheet.shape[1] // 4 + 2))
        grain = cv2.resize(noise.astype(np.float32), sheet.shape[::-1], interpolation=cv2.INTER_CUBIC)
        left, top = sheet.at(-reach[0], -reach[1])
        right, bottom = sheet.at(layout.width + reach[2], layout.height + reach[3])
        paper = np.zeros(sheet.shape, np.float32)
        paper[round(top) : round(bottom), round(left) : round(right)] = 1
        wood = np.clip(desk * (1 + 0.12 * grain[..., None]), 0, 1)
        sheet.light = np.asarray(np.where(paper[..., None] > 0, sheet.light, wood), np.float32)

    layout.under.append(draw)


# Boxes, tables, rings


def boxed(layout: Layout, kind: Literal["separate", "comb", "divided"], grey: bool) -> None:
    """Put each digit of a line into a box: separate ones, a comb (open above, or marks alone), or a frame that is divided.

    Lines are a pixel to an eighth of the height wide, of contrast 0.15 to 1; a digit may lie over an edge by half a pen.
    """
    random, h = layout.random, layout.h
    width, contrast = layout.stroke(), random.uniform(0.15, 1.0)
    gap = width + random.uniform(0.1, 0.5) * h if kind == "separate" else 0.0
    cell = (random.uniform(1.15, 1.8) * h + width, random.uniform(1.2, 1.8) * h + width)
    rows = spaced(layout, 5, cell, gap, overhang=(layout.hand.pen - width) / 2)
    colour = COLOURS[0] if grey else COLOURS[1 + int(random.integers(3))]
    tooth = 1.0 if random.random() < 0.3 else random.uniform(0.15, 0.5)
    shade = random.uniform(0.05, 0.15) if random.random() < 0.25 else 0.0

    def draw(sheet: Sheet) -> None:
        for cells in rows:
            whole = (cells[0][0], cells[0][1], cells[-1][2], cells[-1][3])
            if shade and kind != "comb":
                sheet.darken(sheet.filled(cells), shade, colour)
            if kind == "separate":
                ends = [side for box in cells for side in sides(box)]
            else:
                top = whole[3] - tooth * (whole[3] - whole[1]) if kind == "comb" else whole[1]
                walls = [box[0] for box in cells] + [whole[2]]
                ends = [(x, top, x, whole[3]) for x in walls] + [(whole[0], whole[3], whole[2], whole[3])]
                ends += [(whole[0], whole[1], whole[2], whole[1])] if kind == "divided" else []
            sheet.darken(sheet.lines(ends, width), contrast, colour)

    layout.under.append(draw)


def underlined(layout: Layout) -> None:
    """Give each digit of a line a short line of its own to stand on, or the whole line one or two."""
    random, h = layout.random, layout.h
    width, contrast = layout.stroke(), random.uniform(0.15, 1.0)
    rows = spaced(layout, 5, (random.uniform(1.05, 1.5) * h, 1.25 * h), random.uniform(0.15, 0.4) * h, 0.0)
    whole, twice, colour = random.random() < 0.5, random.random() < 0.5, layout.colour()

    def draw(sheet: Sheet) -> None:
        for cells in rows:
            foot = cells[0][3] + width
            spans = [(cells[0][0], cells[-1][2])] if whole else [(box[0], box[2]) for box in cells]
            feet = [foot, foot + 2.5 * width] if whole and twice else [foot]
            sheet.darken(sheet.lines([(a, y, b, y) for a, b in spans for y in feet], width), contrast, colour)

    layout.under.append(draw)
    layout.margin = (0.6, 1.4)


def in_columns(
    layout: Layout, rows: tuple[int, int], columns: tuple[int, int], gap: tuple[float, float]
) -> list[list[Box]]:
    """Lay out numbers of one to four digits in rows and columns, set left, right or in the middle; return the cells."""
    random, h = layout.random, layout.h
    down, across = int(random.integers(*rows)), int(random.integers(*columns))
    texts = [[layout.number(int(random.integers(1, 5))) for _ in range(across)] for _ in range(down)]
    made = [[written(layout.hand, text, random) for text in line] for line in texts]
    pad, high = random.uniform(*gap) * h / 2, random.uniform(1.5, 2.1) * h
    widths = [max(line[j].width for line in made) + 2 * pad for j in range(across)]
    starts = np.concatenate([[0], np.cumsum(widths)])
    side, cells = random.choice([0.0, 0.5, 1.0]), []
    for i, line in enumerate(made):
        foot = i * high + (high + h) / 2 + random.uniform(-0.08, 0.08) * h
        for j, row in enumerate(line):
            layout.put(row, starts[j] + pad + side * (widths[j] - 2 * pad - row.width), foot, layout.line(row.text))
        cells.append([(starts[j], i * high, starts[j + 1], (i + 1) * high) for j in range(across)])
    layout.grow(starts[-1], down * high)
    return cells


def table(layout: Layout) -> None:
    """Draw a table with strong lines: a grid, its rows alone, or its frame alone. Numbers are counted, not lines."""
    random = layout.random
    cells = in_columns(layout, (1, 5), (1, 5), (0.8, 2.0))
    width, contrast = layout.stroke(), random.uniform(0.3, 1.0)
    kind = random.choice(["grid", "rows", "frame"], p=[0.7, 0.15, 0.15])

    def draw(sheet: Sheet) -> None:
        right, bottom = layout.width, layout.height
        across = [row[0][1] for row in cells] + [bottom] if kind != "frame" else [0, bottom]
        down = [box[0] for box in cells[0]] + [right] if kind == "grid" else [0, right]
        ends = [(0.0, y, right, y) for y in across] + [(x, 0.0, x, bottom) for x in down]
        sheet.darken(sheet.lines(ends, width), contrast)

    layout.under.append(draw)


def ringed(layout: Layout) -> None:
    """Draw a ring by hand around each digit, or one around the number."""
    random, h = layout.random, layout.h
    each = random.random() < 0.5
    side = random.uniform(1.7, 2.2) * h
    width, contrast = layout.stroke(0.03, 0.12), random.uniform(0.15, 1.0)
    rows = spaced(layout, 5, (side if each else 1.1 * h, side), random.uniform(0, 0.2) * h, 0.0)
    colour = layout.colour()
    if each:  # digits in the middle of their rings
        layout.signs = [
            (g, middle(box)[0] - g.width / 2, middle(box)[1] + g.height / 2, line)
            for (g, _, _, line), box in zip(layout.signs, [box for cells in rows for box in cells], strict=True)
        ]
    layout.margin = (0.8, 1.8)

    def draw(sheet: Sheet) -> None:
        for cells in rows:
            if each:
                rings = [(*middle(box), 0.95 * side, 0.95 * side) for box in cells]
            else:
                left, top, right, bottom = cells[0][0], cells[0][1], cells[-1][2], cells[-1][3]
                rings = [((left + right) / 2, (top + bottom) / 2, 1.22 * (right - left), 1.1 * (bottom - top))]
            for ring in rings:
                sheet.darken(sheet.ellipse(*ring, width), contrast, colour)

    layout.under.append(draw)


def middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def on_discs(layout: Layout) -> None:
    """Lay a disc under each digit: light ones on a dark ground, or grey and coloured ones on paper."""
    random, h = layout.random, layout.h
    side = random.uniform(1.7, 2.3) * h
    dark = random.random() < 0.5
    ground, shade = random.uniform(0.5, 0.9), random.uniform(0.1, 0.4)
    rows = spaced(layout, 5, (side, side), random.uniform(0.05, 0.3) * h, -0.3 * h)

    def draw(sheet: Sheet) -> None:
        discs = np.zeros(sheet.shape, np.float32)
        for box in (box for cells in rows for box in cells):
            discs = np.maximum(discs, sheet.ellipse(*middle(box), 0.98 * side, 0.98 * side, 0))
        sheet.darken(1 - discs if dark else discs, ground if dark else shade)

    layout.under.append(draw)


def circled(layout: Layout) -> None:
    """Write one number of one to three digits, large on its page, in a ring or a box or over two lines."""
    random, h = layout.random, layout.h
    row = written(layout.hand, layout.number(int(random.integers(1, 4))), random)
    layout.put(row, 0, h, layout.line(row.text))
    width, contrast, pad = layout.stroke(0.03, 0.12), random.uniform(0.3, 1.0), random.uniform(0.25, 0.6) * h
    kind = random.choice(["ring", "box", "lines"])
    layout.margin = (1.3, 2.2)

    def draw(sheet: Sheet) -> None:
        if kind == "ring":
            mask = sheet.ellipse(row.width / 2, h / 2, 1.3 * row.width + 2 * pad, 1.3 * h + 2 * pad, width)
        elif kind == "box":
            mask = sheet.lines(sides((-pad, -pad, row.width + pad, h + pad)), width)
        else:
            feet = [h + pad / 2 + width, h + pad / 2 + 3.5 * width]
            mask = sheet.lines([(-pad / 2, y, row.width + pad / 2, y) for y in feet], width)
        sheet.darken(mask, contrast)

    layout.under.append(draw)


# Texts with separators


def date(layout: Layout) -> str:
    day, month, year = (int(layout.random.integers(*span)) for span in ((1, 29), (1, 13), (1900, 2040)))
    sign = str(layout.random.choice([".", "/", "-"]))
    short = layout.random.random() < 0.3
    padded = layout.random.random() < 0.5
    parts = (
        f"{day:02}" if padded else str(day),
        f"{month:02}" if padded else str(month),
        f"{year % 100:02}" if short else str(year),
    )
    return sign.join(parts)


def decimal(layout: Layout) -> str:
    whole, sign = int(10 ** layout.random.uniform(0, 4)), str(layout.random.choice([".", ","]))
    return f"{whole}{sign}{layout.number(int(layout.random.integers(1, 3)))}"


def thousands(layout: Layout) -> str:
    return f"{int(10 ** layout.random.uniform(3, 7)):,}"


def clock_time(layout: Layout) -> str:
    return f"{int(layout.random.integers(0, 24))}:{int(layout.random.integers(0, 60)):02}"


def hyphened(layout: Layout) -> str:
    return "-".join(layout.number(int(n)) for n in layout.random.integers(2, 5, int(layout.random.integers(2, 4))))


def several(layout: Layout) -> str:
    return " ".join(layout.number(int(n)) for n in layout.random.integers(1, 5, int(layout.random.integers(2, 5))))


# Whole pictures


def turned(layout: Layout) -> None:
    """Turn the page by 90, 180 or 270 degrees. At least two of 3, 4, 5 and 7 in each line tell which way is up."""

    def text(layout: Layout) -> str:
        while True:
            number = layout.number(5)
            if sum(d in "3457" for d in number) >= 2:
                return number

    lines_of_five(layout, least=2, text=text)
    layout.quarter = int(layout.random.integers(1, 4))


def mixed(layout: Layout) -> None:
    """Write digits of 0.35 to 1 times the height beside each other; the blur fits the smallest ones."""
    lines_of_five(layout, least_scale=0.35)
    layout.conditions = replace(layout.conditions, blur=0.35 * layout.conditions.blur)


def skewed(layout: Layout) -> None:
    lines_of_five(layout, least=2)
    layout.conditions = replace(
        layout.conditions, tilt=float(layout.random.uniform(6, 12) * layout.random.choice([-1, 1]))
    )


def binarised(picture: Picture, page: Layout, random: Random) -> Picture:
    """Make a picture black and white, at a threshold between paper and pen."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    paper = float(np.median(grey))
    threshold = paper * (1 - page.conditions.contrast * random.uniform(0.2, 0.45))
    return np.asarray(np.where(grey > threshold, 255, 0), np.uint8)


def faxed(picture: Picture, page: Layout, random: Random) -> Picture:
    """Make a picture black and white with half as many rows, as standard fax has them, and repeat each."""
    height, width = picture.shape[:2]
    half = cv2.resize(picture, (width, height // 2), interpolation=cv2.INTER_AREA)
    return np.repeat(binarised(np.asarray(half, np.uint8), page, random), 2, axis=0)


@dataclass(frozen=True)
class Kind:
    """How pages of a kind are laid out, what is counted, and what is done to the picture; a part of the ranges."""

    lay_out: Callable[[Layout], Any]
    unit: Unit = "line"
    spaces: bool = False  # whether spaces between numbers are a part of what is right
    after: Callable[[Picture, Layout, Random], Picture] | None = None
    least_height: float = 10
    least_contrast: float = 0.15


KINDS: dict[str, Kind] = {
    "plain": Kind(lines_of_five),
    "ruled": Kind(lambda page: ruled(page, 0.38, 0.025)),
    "ruled, thick and dark": Kind(lambda page: ruled(page, 0.47, 0.05)),
    "squares half as high as the digits": Kind(lambda page: squared(page, 0.27, 0.5)),
    "squares as high as the digits": Kind(lambda page: squared(page, 0.27, 1.0)),
    "dark squares": Kind(lambda page: squared(page, 0.42, 0.5), least_contrast=0.3),
    "dotted": Kind(dotted),
    "framed": Kind(framed),
    "the edge of a shadow": Kind(lambda page: in_shadow(page, 0.0)),
    "a soft shadow": Kind(lambda page: in_shadow(page, 0.2)),
    "on a dark desk": Kind(on_a_desk),
    **{
        f"{name}, {colour}": Kind(lambda page, kind=kind, colour=colour: boxed(page, kind, colour == "grey"))
        for name, kind in (("separate boxes", "separate"), ("comb", "comb"), ("divided frame", "divided"))
        for colour in ("grey", "coloured")
    },
    "underlined": Kind(underlined),
    "table": Kind(table, unit="numbers"),
    "columns": Kind(lambda page: in_columns(page, (2, 6), (2, 5), (1.6, 3.0)), unit="numbers"),
    "several numbers in a line": Kind(lambda page: lines_of_five(page, text=several), spaces=True),
    "rings": Kind(ringed),
    "discs": Kind(on_discs),
    "circled": Kind(circled),
    "touching, one pair in a line": Kind(lambda page: lines_of_five(page, touching="one pair")),
    "touching, all in a line": Kind(lambda page: lines_of_five(page, touching="all")),
    "mixed heights": Kind(mixed, least_height=29),  # each digit 0.35 to 1 of the height
    "dates": Kind(lambda page: lines_of_five(page, text=date)),
    "decimals": Kind(lambda page: lines_of_five(page, text=decimal)),
    "thousands": Kind(lambda page: lines_of_five(page, text=thousands)),
    "times": Kind(lambda page: lines_of_five(page, text=clock_time)),
    "hyphens": Kind(lambda page: lines_of_five(page, text=hyphened)),
    "turned": Kind(turned),
    "skewed": Kind(skewed),  # 6 to 12 degrees
    "light on dark": Kind(lines_of_five, after=lambda picture, page, random: np.asarray(255 - picture, np.uint8)),
    "binarised": Kind(lines_of_five, after=binarised, least_height=14),
    "fax": Kind(lines_of_five, after=faxed, least_height=24),
}


def page(kind: str, index: int, fixed: bool = False) -> Page:
    """Return the page of a kind with a number, always the same."""
    about = KINDS[kind]
    seed = hashlib.sha256(f"{kind}/{index}{'/fixed' * fixed}".encode()).digest()
    random = np.random.default_rng(int.from_bytes(seed[:8], "big"))
    drawn = conditions(random, fixed)
    while drawn.height < about.least_height or drawn.contrast < about.least_contrast:
        drawn = conditions(random, fixed)
    layout = Layout(random, drawn, Hand(random, drawn.height, drawn.pen))
    about.lay_out(layout)
    sheet = Sheet(layout)
    for draw in layout.under:
        draw(sheet)
    sheet.write()
    picture, matrix = sheet.photographed()
    if about.after:
        picture = about.after(picture, layout, random)
    boxes = [_box(sheet, glyph, left, foot, matrix) for glyph, left, foot, _ in layout.signs]
    if layout.quarter:
        boxes = [_quarter(box, picture.shape, layout.quarter) for box in boxes]
        picture = np.ascontiguousarray(np.rot90(picture, layout.quarter))
    digits = [[] for _ in layout.lines]
    for (glyph, _, _, line), box in zip(layout.signs, boxes, strict=True):
        if glyph.sign.isdigit():
            digits[line].append((glyph.sign, box))
    return Page(picture, tuple(layout.lines), tuple(tuple(line) for line in digits), layout.conditions)


def _box(sheet: Sheet, glyph: Glyph, left: float, foot: float, matrix: npt.NDArray[np.float64]) -> Box:
    """Return a sign's box in pixels of the picture."""
    x, y = sheet.at(left, foot - glyph.height)
    four = np.array(
        [[x, y, 1], [x + glyph.width, y, 1], [x, y + glyph.height, 1], [x + glyph.width, y + glyph.height, 1]]
    )
    there = four @ matrix.T
    return (*(float(v) for v in there.min(axis=0)), *(float(v) for v in there.max(axis=0)))  # type: ignore[return-value]


def _quarter(box: Box, shape: tuple[int, ...], quarter: int) -> Box:
    """Return a box after quarter turns counter-clockwise of a picture of this shape."""
    left, top, right, bottom = box
    height, width = shape[:2]
    for _ in range(quarter):
        left, top, right, bottom = top, width - right, bottom, width - left
        height, width = width, height
    return left, top, right, bottom


def fingerprint() -> dict[str, str]:
    """Return the SHA-256 of the generator's sources, and of the first two pictures of each kind with their truth."""
    import made_print

    sources, pictures = hashlib.sha256(), hashlib.sha256()
    for name in ("made_ink.py", "made_sheet.py", "made_pages.py", "made_print.py"):
        sources.update((Path(__file__).parent / name).read_bytes())
    for kind in KINDS:
        for index in range(2):
            made = page(kind, index)
            pictures.update(made.picture.tobytes() + json.dumps(made.lines).encode())
    pictures.update(made_print.page(0).tobytes())
    return {"sources": sources.hexdigest(), "pictures": pictures.hexdigest()}
