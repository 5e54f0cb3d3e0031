"""What stands on a page: numbers in lines, boxes, combs, tables and rings; words, print, marks and scribbles around them.

Each scene is a function that draws on a layout. `SCENES` names them, with how often each is drawn.
"""

from __future__ import annotations

from collections.abc import Callable

from inkdigits.synthetic.pages.layout import Layout
from inkdigits.synthetic.pages.scenes.apart import print_page, rings, scatter
from inkdigits.synthetic.pages.scenes.forms import boxes, table
from inkdigits.synthetic.pages.scenes.lines import close_up, formulas, lines, words
from inkdigits.synthetic.pages.scenes.singles import single

Scene = Callable[[Layout], None]
SCENES: dict[str, tuple[Scene, float]] = {
    "lines": (lines, 0.18),
    "formulas": (formulas, 0.07),
    "close-up": (close_up, 0.15),
    "boxes": (boxes, 0.21),
    "table": (table, 0.13),
    "print": (print_page, 0.08),
    "scatter": (scatter, 0.11),
    "rings": (rings, 0.05),
    "words": (words, 0.08),
    "single": (single, 0.0),  # drawn where it is asked for: the picture of one digit is no page
}
