"""What people draw around numbers: marks that are no digits, rings, underlines, and lines through what is cancelled."""

from __future__ import annotations

import cv2
import numpy as np

from inkdigits.synthetic.pages.canvas import Points
from inkdigits.synthetic.pages.layout import Layout
from inkdigits.synthetic.pages.writing import Writer

MARKS = 10  # ways of `mark`


def mark(layout: Layout, way: int, x: float, y: float, size: float) -> None:
    """Draw a mark that is no digit around (x, y).

    `way` from 0 to 9: a cross, a tick, a dash, a diagonal, a scribble, an arrow, a star, a spiral, a question mark, a
    plus sign.
    """
    random, writer = layout.random, layout.writer
    s = 0.5 * size * random.uniform(0.6, 1.2)

    def by_hand(*points: tuple[float, float]) -> Points:
        return np.asarray(np.array(points) * s + random.normal(0, 0.08 * s, (len(points), 2)) + np.array([x, y]))

    if way == 0:
        writer.curve(by_hand((-1, -1), (1, 1)), size)
        writer.curve(by_hand((-1, 1), (1, -1)), size)
    elif way == 1:
        begin = (-random.uniform(0.3, 1.0), random.uniform(-0.5, 0.5))
        writer.curve(by_hand(begin, (-0.2, 0.8), (random.uniform(0.2, 1.3), -random.uniform(0.8, 1.7))), size)
    elif way == 2:
        writer.curve(by_hand((-1, 0), (1, 0)), size)
    elif way == 3:
        writer.curve(by_hand((-1, 1), (1, -1)), size)
    elif way == 4:
        writer.curve(np.array([x, y]) + random.uniform(-1.2, 1.2, (int(random.integers(5, 14)), 2)) * s, size)
    elif way == 5:
        writer.curve(by_hand((-1.2, 0), (1.2, 0)), size)
        writer.curve(by_hand((0.5, -0.6), (1.2, 0), (0.5, 0.6)), size)
    elif way == 6:
        for angle in np.linspace(0, np.pi, int(random.integers(3, 6)), endpoint=False):
            c, d = np.cos(angle), np.sin(angle)
            writer.curve(by_hand((-c, -d), (c, d)), size)
    elif way == 8:
        bow = (-0.5, -0.6), (-0.1, -1.1), (0.45, -0.75), (0.3, -0.25), (0.0, 0.05), (0.0, random.uniform(0.2, 0.6))
        writer.curve(by_hand(*bow[int(random.integers(2)) :]), size)
        writer.curve(by_hand((0, 0.9), (0.02, 0.95)), size)
    elif way == 9:
        writer.curve(by_hand((-1, 0), (1, 0)), size)
        writer.curve(by_hand((0, -1), (0, 1)), size)
    else:
        t = np.linspace(0, random.uniform(2, 6) * 2 * np.pi, 40)
        loop = np.stack([0.12 * t * s + s * 0.5 * np.cos(t), s * 0.7 * np.sin(t)], axis=1)
        writer.curve(loop + np.array([x - 0.5 * size, y]), size)


def marks(layout: Layout, count: int) -> None:
    """Put ticks, crosses, scribbles and rings wherever nothing stands."""
    for _ in range(count):
        size = layout.height * float(np.exp(layout.random.normal(0, 0.4)))
        place = layout.free(1.5 * size, 1.5 * size)
        if place is not None:
            mark(layout, int(layout.random.integers(MARKS)), place[0] + 0.75 * size, place[1] + 0.75 * size, size)


def around(layout: Layout, writer: Writer, x: float, y: float, end: float, size: float) -> None:
    """Underline, ring or frame what stands from x to `end` on the base line y, by the same pen or by print."""
    random = layout.random
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
        layout.ruler.ring(
            middle, y - 0.5 * size, half + random.uniform(0.3, 0.6) * size, random.uniform(0.8, 1.1) * size
        )
    elif way == 3:
        layout.ruler.box((x - 0.3 * size, y - 1.3 * size, end + 0.2 * size, y + 0.25 * size))
    else:
        for level in (y + 0.15 * size, y + 0.28 * size):
            layout.ruler.line(x - 0.1 * size, level, end + 0.1 * size, level)


def cancel(layout: Layout) -> None:
    """Strike out one of the numbers, by one to three lines or a scribble: it is no number any more.

    Under one or two lines its digits are ignored; under more, three in ten of them; under a scribble all of them.
    """
    random, truth = layout.random, layout.truth
    names = sorted({m.number for m in truth.marks if m.kind == "handwritten"})
    if not names:
        return
    name = names[int(random.integers(len(names)))]
    struck = [m for m in truth.marks if m.number == name]
    boxes = np.array([m.box for m in struck])
    left, top = boxes[:, :2].min(axis=0)
    right, bottom = boxes[:, 2:].max(axis=0)
    count = int(random.integers(1, 5))
    thick = max(1.0, layout.writer.hand.pen * layout.height)
    if count == 4:  # scribbled over
        turns = int(np.clip((right - left) / (random.uniform(0.08, 0.2) * (bottom - top)), 10, 160))
        level = np.where(np.arange(turns) % 2, top, bottom) + random.normal(0, 0.08 * (bottom - top), turns)
        wave = np.stack([np.linspace(left, right, turns), level], axis=1)
        paths = [wave]
    else:
        paths = [
            np.array([[left - 3, y1], [right + 3, y2]])
            for y1, y2 in random.uniform(top + 0.25 * (bottom - top), bottom - 0.25 * (bottom - top), (count, 2))
        ]
    back = cv2.invertAffineTransform(layout.canvas.matrix)
    for path in paths:
        on_page = np.asarray(path @ back[:, :2].T + back[:, 2], np.float32)
        layout.canvas.stroke(layout.canvas.ink, [on_page], thick, layout.writer.heavy)
    truth.marks[:] = [m for m in truth.marks if m.number != name]
    if count < 3:
        truth.ignored += [m.box for m in struck]
    elif count == 3:
        truth.ignored += [m.box for m in struck if random.random() < 0.3]
