"""What was read, drawn on the sheet: each field's outline, and its answer beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from inkdigits.drawing import DIM, DOUBT, SURE, font

if TYPE_CHECKING:
    from inkdigits.forms.cell import Cell
    from inkdigits.forms.sheet import Sheet

_LEAST_TEXT = 11  # pixels


def drawn(sheet: Sheet, page: int) -> Image.Image:
    """Return a page's picture, RGB, with what was read: green answers, amber what is for review, grey what is empty."""
    pixels, size = sheet.pictures[page]
    image = Image.fromarray(pixels).convert("RGB")
    scale = np.array(image.size) / np.array(size)
    pen = ImageDraw.Draw(image)
    for cell in sheet.cells.values():
        if cell.page == page:
            _draw(pen, cell, np.array(cell.polygon) * scale, max(1, image.height // 700))
    return image


def _draw(pen: ImageDraw.ImageDraw, cell: Cell, corners: np.ndarray, width: int) -> None:
    colour = {"answered": SURE, "review": DOUBT, "empty": DIM}[cell.status]
    pen.polygon([(float(x), float(y)) for x, y in corners], outline=colour, width=width)
    if cell.status == "empty":
        return
    written = str(cell.value) if cell.status == "answered" else f"{cell.text or '-'}?"
    height = float(np.linalg.norm(corners[3] - corners[0]))
    size = max(_LEAST_TEXT, min(0.45 * height, 28.0))
    x, y = float(corners[:, 0].min()), float(corners[:, 1].min())
    box = pen.textbbox((x, y), written, font(size), anchor="lb")
    pen.rectangle(box, fill=(255, 255, 255))
    pen.text((x, y), written, colour, font(size), anchor="lb")
