"""Handwriting: numbers, separators, words and signs, as one hand with one pen writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from inkdigits.synthetic.pages import signs
from inkdigits.synthetic.pages.canvas import Canvas, Points
from inkdigits.synthetic.pages.paths import bar, hook, parts, right_end, smooth
from inkdigits.synthetic.pages.sources import Sources
from inkdigits.synthetic.pages.truth import SEPARATORS, Box, Mark, Truth

_HEAVIEST = 1.25  # by how much a pressed pen is wider
_SHORT, _LOW = "acemnorsuvwxz", "gpqyj"  # letters without ascender, and those that reach below the line


@dataclass(frozen=True, eq=False)
class Hand:
    """How a person writes. Lengths are shares of the height of a digit.

    `writer` is one of MNIST's, or None for strokes of our own, of which `forms[label]` is the form that this hand uses.
    `pen` is its width, `gap` the space between digits (negative: they overlap), `rough` how much sizes and places vary,
    `slant` the shear, `stretch` the width, `sizes[label]` the height of each digit, `drift` how far the base line falls.
    A `neat` hand writes its digits nearly alike, as few others do: it is not to be taken for print. With `same`, the
    number of a variant, every digit of a label is that one and the pen's width never changes, as in drawings by a program.
    `barred` is the share of its 7s with a bar, `hooked` of those that begin with a stroke down, `joined` of its digits
    that the pen runs on from to the next one, `cursive` of its letters. `letters` is the row of `Sources.letters_of`
    that this hand's letters come from.
    """

    writer: int | None
    forms: tuple[int, ...]
    pen: float
    gap: float
    rough: float
    slant: float
    stretch: float
    sizes: tuple[float, ...]
    drift: float
    neat: bool
    same: int | None
    barred: float
    hooked: float
    joined: float
    cursive: float
    letters: int


def hand(sources: Sources, random: np.random.Generator, pen: float | None = None) -> Hand:
    """Return a random hand."""
    own = random.random() < 0.45
    touching = random.random() < 0.32
    pen = pen or float(np.exp(random.uniform(np.log(0.045), np.log(0.17))))
    neat = own and random.random() < 0.5
    same = int(random.integers(1000)) if neat and random.random() < 0.5 else None
    steady = 0.2 if neat else 1.0
    return Hand(
        None if own else int(random.choice(sources.writers)),
        tuple(int(random.integers(len(sources.own_of[d]))) for d in range(10)),
        pen,
        float(random.uniform(-pen, 0.06) if touching else abs(random.normal(0.14, 0.10)) + 0.02),
        steady * float(abs(random.normal(0, 0.07))),
        steady * float(random.normal(0, 0.16)),
        float(np.exp(random.normal(0, 0.16))),
        (1.0,) * 10 if neat else _sizes(random),
        steady * float(random.normal(0, 0.03)),
        neat,
        same,
        float(random.uniform(0.3, 1.0) if random.random() < 0.35 else 0.0),
        float(random.uniform(0.3, 1.0) if random.random() < 0.25 else 0.0),
        float(random.uniform(0.2, 0.9) if random.random() < 0.1 else 0.0),
        float(random.uniform(0.5, 1.0) if random.random() < 0.2 else 0.0),
        int(random.integers(len(sources.letters_of))),
    )


def _sizes(random: np.random.Generator) -> tuple[float, ...]:
    """Return the heights of a hand's digits: about 1, that of 0 often less, that of 1 often more."""
    sizes = np.exp(random.normal(0, 0.07, 10))
    if random.random() < 0.15:
        sizes[0] *= random.uniform(0.3, 0.75)
    if random.random() < 0.35:
        sizes[1] *= random.uniform(1.1, 1.6)
    return tuple(float(size) for size in sizes)


class Writer:
    """A hand that writes on a canvas and notes what it writes in the truth."""

    def __init__(
        self, canvas: Canvas, truth: Truth, sources: Sources, hand: Hand, random: np.random.Generator, heavy: int = 255
    ) -> None:
        self.canvas, self.truth, self.sources, self.hand, self.random = canvas, truth, sources, hand, random
        self.heavy = heavy

    def digit_paths(self, label: int, height: float) -> list[Points]:
        """Return the paths of a digit of this hand, its upper left corner at (0, 0), leaning as the hand leans."""
        source, random, hand = self.sources, self.random, self.hand
        if hand.writer is None or random.random() < 0.08:
            form = (
                hand.forms[label]
                if hand.neat or random.random() < 0.85
                else int(random.integers(len(source.own_of[label])))
            )
            rows = source.own_of[label][form]
            likely = rows[: len(rows) // 4] if hand.neat else rows
            paths = source.own[
                int(likely[random.integers(len(likely)) if hand.same is None else hand.same % len(likely)])
            ]
        else:
            rows = source.rows_of[hand.writer][label]
            paths = source.mnist[int(rows[random.integers(len(rows))])]
        height *= hand.sizes[label] * (random.uniform(0.85, 1.15) if hand.sizes[label] < 0.75 else 1.0)
        if label == 7:
            bars = bar(paths, random) if random.random() < hand.barred else []
            hooks = hook(paths, random) if random.random() < hand.hooked else []
            paths = [*paths, *bars, *hooks]
        unlike = 0.0 if hand.same is not None else 0.2 if hand.neat else 1.0
        shear = hand.slant + unlike * random.normal(0, 0.05)
        wide = hand.stretch * np.exp(unlike * random.normal(0, 0.06))
        times = 0 if height < 20 else 1 if height < 44 else 2
        matrix = np.array([[height * wide, 0], [-height * shear, height]], np.float32)  # rows: what x and y become
        moved = [smooth(path, times) @ matrix for path in paths]
        corner = np.concatenate(moved).min(axis=0)
        return [path - corner for path in moved]

    def draw(self, paths: list[Points], height: float) -> Box:
        """Draw paths with this hand's pen on the ink layer; return the box in the picture."""
        pen = max(0.7, self.hand.pen * height)
        if (
            self.hand.same is None and self.random.random() < 0.2 and sum(map(len, paths)) > 8
        ):  # the pressure changes on the way
            pieces = [piece for path in paths for piece in parts(path, int(self.random.integers(2, 5)))]
            boxes = [
                self.canvas.stroke(self.canvas.ink, [piece], pen * self.random.uniform(0.7, _HEAVIEST), self.heavy)
                for piece in pieces
            ]
            low, high = np.min(boxes, axis=0), np.max(boxes, axis=0)
            return float(low[0]), float(low[1]), float(high[2]), float(high[3])
        return self.canvas.stroke(self.canvas.ink, paths, pen, self.heavy)

    def number(
        self,
        text: str,
        x: float,
        y: float,
        height: float,
        cells: list[float] | None = None,
        gap: float | None = None,
        printed: Mapping[int, Box] | None = None,
        rises: list[float] | None = None,
    ) -> float:
        """Write digits and separators from x on, on the base line y; return where it ends.

        With `cells`, the centre of each sign in its box: signs stand there and not one after the other. `gap` is
        the space between digits, in heights, where it is not this hand's own. `printed` tells where separators of the text
        stand in print already, `rises` how far above the base line each sign stands.
        """
        random, hand = self.random, self.hand
        gap = hand.gap if gap is None else gap
        unlike = 0.3 if hand.neat else 1.0
        name, place, start = self.truth.new_number(), 0, x
        last: Points | None = None  # where the pen left the digit before
        end = x  # of the ink of the digit before
        for i, sign in enumerate(text):
            size = height * float(np.exp(random.normal(0, hand.rough)))
            base = y + hand.drift * (x - start) + random.normal(0, 0.35 * hand.rough) * height
            base -= rises[i] if rises else 0.0
            if sign.isdigit():
                paths = self.digit_paths(int(sign), size)
                width = max(float(path[:, 0].max()) for path in paths)
                tall = max(float(path[:, 1].max()) for path in paths)
                if sign == "0" and tall < 0.8 * size and random.random() < 0.3:
                    base -= random.uniform(0, 1) * (size - tall)  # a small 0 may hang
                elif sign in "4579" and random.random() < 0.1:
                    base += random.uniform(0, 0.3) * size  # a long tail
                left = cells[i] - width / 2 if cells else x
                placed = [path + np.array([left, base - tall], np.float32) for path in paths]
                box = self.draw(placed, height)
                if hand.joined and not cells:
                    if last is not None and random.random() < hand.joined:
                        self._join(last, placed, height)
                    last = right_end(placed)
                self.truth.marks.append(Mark(sign, box, name, place))
                end = left + width
                x = end + (gap + unlike * random.normal(0, 0.05 + 0.5 * hand.rough)) * height
            elif printed and i in printed:
                self.truth.marks.append(Mark(sign, printed[i], name, place, "printed"))
            elif sign == " ":
                x += random.uniform(0.25, 0.6) * height
                continue
            else:
                last = None
                # However close the digits are, what parts them stands between them, to be seen.
                apart = _HEAVIEST * hand.pen + random.uniform(0.0, 0.12)
                left = cells[i] if cells else max(x + max(0.0, gap) * 0.5 * height, end + apart * height)
                width, box = self.sign(sign, left, base, height)
                if sign in SEPARATORS:
                    self.truth.marks.append(Mark(sign, box, name, place))
                after = gap + random.normal(0.04, 0.06)
                if random.random() < 0.12:  # some leave room behind it
                    after += random.uniform(0.1, 0.5)
                x = left + width + max(_HEAVIEST * hand.pen + 0.02, after) * height
            place += 1
        return x

    def _join(self, last: Points, paths: list[Points], height: float) -> None:
        """Draw the way of a pen that is not lifted: from the end of one sign to that of the next that is nearest to it."""
        ends = [end for path in paths for end in (path[0], path[-1])]
        end = min(ends, key=lambda end: float(np.hypot(*(end - last))))
        sag = np.array([0, self.random.normal(0, 0.12) * height])
        self.draw([smooth(np.asarray([last, (last + end) / 2 + sag, end], np.float32), 2)], height)

    def sign(self, sign: str, x: float, y: float, height: float) -> tuple[float, Box]:
        """Write a separator, an operator or a single letter; return its width and its box in the picture."""
        drawn = signs.shape(sign, self.hand.pen, self.random)
        if drawn is None:
            return 0.6 * height, self.word(sign, x, y, height)
        shape, width = drawn
        paths = [np.asarray(points * height + np.array([x, y]), np.float32) for points in shape]
        return width * height, self.draw(paths, height)

    def word(self, text: str, x: float, y: float, height: float) -> Box:
        """Write letters from x on, on the base line y, a capital `height` high; return their box in the picture."""
        random, hand, source = self.random, self.hand, self.sources
        boxes = []
        last: Points | None = None  # where the pen left the letter before
        for letter in text:
            if letter == " ":
                x, last = x + 0.5 * height, None
                continue
            rows = source.letters_of[hand.letters].get(letter)
            if rows is None:
                continue
            row = int(rows[random.integers(len(rows))])
            size = height * (0.62 if letter in _SHORT else 0.95 if letter in _LOW else 1.0)
            size *= float(np.exp(random.normal(0, 0.05 + hand.rough)))
            base = y + (0.35 * height if letter in _LOW else 0.0) + random.normal(0, 0.2 * hand.rough) * height
            matrix = np.array(
                [[size * hand.stretch, 0], [-size * (hand.slant + random.normal(0, 0.03)), size]], np.float32
            )
            times = 0 if size < 20 else 1
            paths = [smooth(path, times) @ matrix for path in source.letters[row]]
            every = np.concatenate(paths)
            low, high = every.min(axis=0), every.max(axis=0)
            placed: list[Points] = [p + np.array([x - low[0], base - high[1]], np.float32) for p in paths]
            boxes.append(self.draw(placed, height))
            if hand.cursive:
                if last is not None and random.random() < hand.cursive:
                    self._join(last, placed, height)
                last = right_end(placed)
            x += float(high[0] - low[0]) + (random.uniform(-0.05, 0.15) + max(0.0, 0.3 * hand.gap)) * height
        if not boxes:
            return 0.0, 0.0, 0.0, 0.0
        low, high = np.min(boxes, axis=0), np.max(boxes, axis=0)
        return float(low[0]), float(low[1]), float(high[2]), float(high[3])

    def curve(self, points: Points, height: float, pen: float = 1.0) -> None:
        """Draw a free line with `pen` times this hand's pen: scribbles, circles, ticks, what is struck out."""
        self.canvas.stroke(
            self.canvas.ink,
            [smooth(np.asarray(points, np.float32), 2)],
            max(0.7, self.hand.pen * height * pen),
            self.heavy,
        )
