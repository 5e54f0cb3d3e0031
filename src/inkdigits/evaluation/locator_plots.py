"""The pictures of a locator's run: curves, pages with what was found and missed on them, ink maps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter
from PIL import Image, ImageDraw

from inkdigits.drawing import AGAINST, DIM, FOR, PAPER, SURE, Colour, font
from inkdigits.evaluation import plots
from inkdigits.locating.agreement import Agreement
from inkdigits.locating.maps import INK_LAYERS, Maps, sigmoid
from inkdigits.locating.peaks import Found
from inkdigits.synthetic.pages.truth import Box, SyntheticPage

QUALITY = 85  # of JPEGs
_ENLARGED = 2
_COLUMNS = 4
_GAP = 6  # pixels between the pages of a sheet
_LAYERS: tuple[Colour, ...] = (FOR, AGAINST, SURE)  # handwriting, print, ruling


@dataclass(frozen=True, eq=False)
class Seen:
    """A page as it was read: its maps, the marks found, and which of its handwritten digits were found."""

    page: SyntheticPage
    maps: Maps
    found: Found
    digits: Agreement

    @property
    def errors(self) -> int:
        """How many digits were missed or said wrongly."""
        return int((~self.digits.found).sum() + (~self.digits.right).sum())


def save_curves(history: Sequence[dict[str, float]], path: Path) -> None:
    """Draw losses and figures by epoch, side by side."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    epochs = [row["epoch"] for row in history]
    left, right = figure.subplots(1, 2)
    known = {"epoch", "precision", "recall", "f1", "learning_rate", "seconds"}
    losses = [name for name in history[0] if name not in known]
    for axes, title, names in (
        (left, "Loss on training pages, and its parts", losses),
        (right, "Handwritten digits on validation pages", ["precision", "recall", "f1"]),
    ):
        plots.style(axes, title)
        for name in names:
            bold = name in ("loss", "f1")
            axes.plot(
                epochs, [row[name] for row in history], label=name, marker="o", markersize=3 if bold else 2,
                color=plots.INK if bold else None, linewidth=2 if bold else 1,
            )  # fmt: skip
        axes.set_xlabel("epoch", color=plots.INK)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.legend(frameon=False, fontsize=8, labelcolor=plots.INK, ncols=2 if axes is left else 1)
    left.set_yscale("log")
    right.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    plots.save(figure, path)


def sheet(pages: Sequence[tuple[str, Seen]]) -> Image.Image:
    """Return pages side by side, each under the name of its scene.

    Digits found are framed in green, digits missed in blue with what they are, what is no such digit in orange with what
    was read, and what does not count in grey.
    """
    return _tiled([_drawn(name, seen) for name, seen in pages], _COLUMNS)


def ink_maps(pages: Sequence[Seen]) -> Image.Image:
    """Return rows of a page, its ink map and the truth: handwriting blue, print orange, ruling green."""
    tiles = []
    for seen in pages:
        known = (seen.page.ink, seen.page.print, seen.page.ruling)
        truth = np.stack(known).astype(np.float32) / np.float32(255)
        parts = (Image.fromarray(seen.page.grey).convert("RGB"), _coloured(sigmoid(seen.maps.ink)), _coloured(truth))
        tiles += [part.resize(parts[0].size, Image.Resampling.NEAREST) for part in parts]
    return _tiled(tiles, len(INK_LAYERS))


def _coloured(layers: npt.NDArray[np.float32]) -> Image.Image:
    """Return layers (3, H, W), each from 0 to 1, in their colours on white."""
    light = np.full((*layers.shape[1:], 3), 255, np.float32)
    for layer, colour in zip(layers, _LAYERS, strict=True):
        light -= layer[..., None] * (255 - np.array(colour, np.float32))
    return Image.fromarray(np.clip(light, 0, 255).astype(np.uint8))


def _drawn(name: str, seen: Seen) -> Image.Image:
    grey = Image.fromarray(seen.page.grey).convert("RGB")
    picture = grey.resize((grey.width * _ENLARGED, grey.height * _ENLARGED), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(picture)
    for box in seen.page.truth.ignored:
        _frame(draw, box, DIM, "")
    for row, right in zip(seen.digits.said, seen.digits.right, strict=True):
        left, top, rest, bottom = (float(v) for v in seen.found.boxes[row])
        said = "" if right else str(int(seen.found.classes[row].argmax()))
        _frame(draw, (left, top, rest, bottom), SURE if right else AGAINST, said)
    for mark, found in zip(seen.digits.there, seen.digits.found, strict=True):
        if not found:
            _frame(draw, mark.box, FOR, mark.sign)
    draw.rectangle((0, 0, 9 * len(name) + 8, 20), fill=PAPER)
    draw.text((4, 2), name, fill=DIM, font=font(14))
    return picture


def _frame(draw: ImageDraw.ImageDraw, box: Box, colour: Colour, text: str) -> None:
    left, top, right, bottom = (v * _ENLARGED for v in box)
    draw.rectangle((left, top, max(left, right), max(top, bottom)), outline=colour, width=2 if text else 1)
    if text:
        draw.text((right + 2, top - 4), text, fill=colour, font=font(18), stroke_width=2, stroke_fill=PAPER)


def _tiled(tiles: list[Image.Image], columns: int) -> Image.Image:
    """Return pictures of one size in rows."""
    width, height = (side + _GAP for side in tiles[0].size)
    rows = -(-len(tiles) // columns)
    whole = Image.new("RGB", (width * min(columns, len(tiles)) + _GAP, height * rows + _GAP), PAPER)
    for i, picture in enumerate(tiles):
        whole.paste(picture, (_GAP + i % columns * width, _GAP + i // columns * height))
    return whole
