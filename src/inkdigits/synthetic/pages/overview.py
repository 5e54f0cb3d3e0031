"""Synthetic pages beside each other, one row a scene, and their truth drawn on them: for people to look at."""

from __future__ import annotations

from itertools import groupby, pairwise
from operator import attrgetter

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from inkdigits import drawing
from inkdigits.synthetic.pages import page
from inkdigits.synthetic.pages.scenes import SCENES
from inkdigits.synthetic.pages.sources import Sources
from inkdigits.synthetic.pages.truth import Box, Mark, SyntheticPage

_HANDWRITTEN, _PRINTED, _SEPARATOR = (0, 150, 60), (30, 90, 220), (220, 30, 30)
_LINK, _IGNORED = (230, 140, 0), (190, 0, 190)
_ENLARGED = 2  # with its truth, so that the boxes of small digits do not hide them
_HATCH = 8  # pixels from one line to the next
_GAP, _HEADING = 4, 22  # pixels between pages, and above a row


def rows(sources: Sources, seed: int, count: int) -> dict[str, list[SyntheticPage]]:
    """Return `count` pages of each scene. Equal arguments give equal pages."""
    return {
        scene: [page.draw(sources, np.random.default_rng([seed, row, i]), scene=scene) for i in range(count)]
        for row, scene in enumerate(SCENES)
    }


def sheet(pages: dict[str, list[SyntheticPage]], truth: bool = False) -> Image.Image:
    """Return pages of one size beside each other, one row a scene, as RGB; with `truth` enlarged, what is known on them."""
    tiles = {scene: [with_truth(p) if truth else Image.fromarray(p.grey) for p in row] for scene, row in pages.items()}
    first = next(iter(tiles.values()))[0]
    across, down = first.width + _GAP, first.height + _GAP + _HEADING
    whole = Image.new("RGB", (max(map(len, tiles.values())) * across + _GAP, len(tiles) * down), drawing.PAPER)
    pen = ImageDraw.Draw(whole)
    for row, (scene, images) in enumerate(tiles.items()):
        pen.text((_GAP, row * down + 4), scene, drawing.INK, drawing.font(14))
        for column, image in enumerate(images):
            whole.paste(image, (_GAP + column * across, row * down + _HEADING))
    return whole


def with_truth(shown: SyntheticPage) -> Image.Image:
    """Return an upright page at twice its size, as RGB, with its truth.

    Boxes of handwritten digits are green, of printed ones blue, of separators red; a line joins each digit to the next one
    of its number; what is ignored is hatched.
    """
    large = np.repeat(np.repeat(shown.grey, _ENLARGED, axis=0), _ENLARGED, axis=1)
    pixels = np.repeat(large[..., None], 3, axis=2)
    for box in shown.truth.ignored:
        _hatch(pixels, box)
    image = Image.fromarray(pixels)
    pen = ImageDraw.Draw(image)
    for mark in shown.truth.marks:
        left, top, right, bottom = (round(_ENLARGED * v) for v in mark.box)
        pen.rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), outline=_colour(mark))
    in_order = sorted(shown.truth.marks, key=attrgetter("number", "place"))
    for _, number in groupby((m for m in in_order if m.sign.isdigit()), key=attrgetter("number")):
        for one, following in pairwise(number):
            pen.line([_ENLARGED * v for v in (*one.centre, *following.centre)], _LINK, 2)
    return image


def _colour(mark: Mark) -> drawing.Colour:
    if not mark.sign.isdigit():
        return _SEPARATOR
    return _HANDWRITTEN if mark.kind == "handwritten" else _PRINTED


def _hatch(pixels: npt.NDArray[np.uint8], box: Box) -> None:
    """Draw slanted lines over a box, in place, through what is there."""
    left, top, right, bottom = (round(_ENLARGED * v) for v in box)
    part = pixels[top:bottom, left:right]
    down, across = np.indices(part.shape[:2])
    part[(down + across) % _HATCH == 0] = _IGNORED
