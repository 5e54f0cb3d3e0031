"""The engine: what finds and reads digits in pictures that are loaded. `inkdigits.Reader` is all that calls it.

Another engine takes this one's place by a class with the same three methods, and one line in `inkdigits.reader`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkdigits import network
from inkdigits.image.load import Picture
from inkdigits.options import Options
from inkdigits.reading import single
from inkdigits.recognising import decide, page, posterior
from inkdigits.recognising.automata import Walk
from inkdigits.recognising.expect import parse
from inkdigits.results import Digit, Line


@dataclass(frozen=True)
class Found:
    """What stands in a picture.

    lines     in reading order, from top to bottom; boxes and polygons of lines and digits in pixels of the given picture,
              which is `Picture.size` large (`Picture.reduction` of them are one pixel of `Picture.pixels`)
    rotation  degrees by which the picture was turned to be read, counter-clockwise
    """

    lines: tuple[Line, ...]
    rotation: float = 0.0


class Engine:
    """Reads pages with the locator and a digit network, and single digits with rules that find them, by one set of options.

    Making one loads the network; raises InputError for a model that is none and an expectation that means nothing.
    """

    def __init__(self, options: Options) -> None:
        self.options = options
        self.net = network.load(options.model)
        threshold = posterior.threshold(options.trust)
        expectations = parse(options.expect)
        expected = Walk([e.automaton for e in expectations]) if expectations else None
        self._way = page.Way(self.net, threshold, expected, options.ink)

    def read(self, picture: Picture) -> Found:
        """Return the lines of digits in a picture."""
        return Found(*page.read(picture, self._way))

    def classify(self, pictures: Iterable[Picture]) -> Iterator[Digit]:
        """Yield the one digit of each picture, in their order. Pictures are drawn as they are needed, several together."""
        return single.classify(pictures, self.net, self.options.trust)

    def probabilities(self, glyphs: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Return the calibrated probabilities of glyphs in MNIST's form: uint8 (N, 28, 28) → float32 (N, 10)."""
        return decide.believe(self.net.probabilities(glyphs), self.net.temperature).digits
