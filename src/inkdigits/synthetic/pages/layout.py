"""What a scene draws with, and where on the page there is room."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from inkdigits.synthetic.pages.canvas import Canvas
from inkdigits.synthetic.pages.printing import Press
from inkdigits.synthetic.pages.ruling import Ruler
from inkdigits.synthetic.pages.sources import Sources
from inkdigits.synthetic.pages.truth import Box, Truth
from inkdigits.synthetic.pages.writing import Writer, hand


@dataclass(eq=False)
class Layout:
    """What a scene draws with: canvas, truth, sources, randomness; its digits are about `height` pixels high.

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
        """Return a writer with a hand of its own."""
        heavy = 255 if self.random.random() < 0.8 else int(self.random.integers(120, 255))
        return Writer(self.canvas, self.truth, self.sources, hand(self.sources, self.random), self.random, heavy)

    def other_ruler(self) -> Ruler:
        """Return new ruling: hairlines, or lines as thick as a pen's."""
        width = float(np.exp(self.random.uniform(np.log(0.6), np.log(max(1.0, 0.13 * self.height)))))
        return Ruler(self.canvas, self.random, width, int(self.random.integers(110, 256)))

    def free(self, width: float, height: float) -> tuple[float, float] | None:
        """Return the upper left corner of a free place of that size, and take it; None if six tries found none."""
        left, top, right, bottom = self.region
        for _ in range(6):
            x = float(self.random.uniform(left - 0.3 * width, max(left - 0.3 * width + 1, right - 0.7 * width)))
            y = float(self.random.uniform(top - 0.3 * height, max(top - 0.3 * height + 1, bottom - 0.7 * height)))
            if all(
                x > taken[2] or x + width < taken[0] or y > taken[3] or y + height < taken[1] for taken in self.taken
            ):
                self.taken.append((x, y, x + width, y + height))
                return x, y
        return None
