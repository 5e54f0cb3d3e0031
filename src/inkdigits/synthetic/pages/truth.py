"""What is known of a synthetic page: its digits and separators, where they are, and which number they belong to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

SEPARATORS = ".,-/:"
Box = tuple[float, float, float, float]  # left, top, right, bottom in pixels


@dataclass(frozen=True)
class Mark:
    """A digit or a separator. `number` tells which number it belongs to, `place` its position there, from 0."""

    sign: str
    box: Box
    number: int
    place: int
    kind: Literal["handwritten", "printed"] = "handwritten"

    @property
    def centre(self) -> tuple[float, float]:
        """The middle of the box, (x, y)."""
        left, top, right, bottom = self.box
        return (left + right) / 2, (top + bottom) / 2


@dataclass(eq=False)
class Truth:
    """The marks of a page, and boxes of what may be taken for a digit or not: nothing is learned or measured there."""

    marks: list[Mark] = field(default_factory=list)
    ignored: list[Box] = field(default_factory=list)
    numbers: int = 0

    def new_number(self) -> int:
        """Return a number's name."""
        self.numbers += 1
        return self.numbers - 1


@dataclass(frozen=True, eq=False)
class SyntheticPage:
    """A page and its truth.

    `grey` uint8 (H, W); `ink`, `print`, `ruling` uint8 (H, W), how much of each pixel each layer covers, 0 to 255.
    """

    grey: npt.NDArray[np.uint8]
    truth: Truth
    ink: npt.NDArray[np.uint8]
    print: npt.NDArray[np.uint8]
    ruling: npt.NDArray[np.uint8]
    quarters: int = 0
