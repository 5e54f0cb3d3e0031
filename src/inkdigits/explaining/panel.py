"""An explanation as one picture: what was seen, what spoke for and against, the probabilities, and digits like it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from inkdigits.drawing import AGAINST, DIM, FOR, INK, PAPER, Colour, font, tile
from inkdigits.errors import one_line
from inkdigits.results import chance

if TYPE_CHECKING:
    from inkdigits.explaining.explanation import Explanation

_WIDTH, _MARGIN, _TILE, _GAP = 1080, 30, 237, 24
_TILES, _LEGEND, _LOWER, _WORDS = 118, 368, 408, 620  # where each part begins, in pixels from the top
_LINE = 25
_BAR, _SMALL = 124, 72
_WHITE: Colour = (255, 255, 255)
_PLAIN_INK: Colour = (176, 184, 194)
_SILHOUETTE: Colour = (214, 219, 225)
_FULL_COLOUR = 0.05  # nats a pixel: where nothing matters more than this, colours stay pale instead of showing noise


def draw(explanation: Explanation) -> Image.Image:
    """Return the drawing, RGB, 1080 pixels wide."""
    sentences = explanation.sentences()
    panel = Image.new("RGB", (_WIDTH, _WORDS + _LINE * (len(sentences) - 2) + 20), PAPER)
    pen = ImageDraw.Draw(panel)
    _head(pen, explanation, sentences)
    _tiles(panel, pen, explanation)
    _legend(pen, explanation)
    _bars(pen, explanation)
    _neighbours(panel, pen, explanation)
    for number, sentence in enumerate(sentences[2:]):
        top = _WORDS + _LINE * number
        if number < len(explanation.findings):
            _mark(pen, (_MARGIN + 9, top + 9), number, explanation)
        pen.text((_MARGIN + 30, top), sentence, INK, font(16))
    return panel


def _head(pen: ImageDraw.ImageDraw, explanation: Explanation, sentences: list[str]) -> None:
    pen.text((_MARGIN, 18), sentences[0], INK, font(26))
    pen.text((_MARGIN, 54), sentences[1], INK, font(16))
    pen.text((_WIDTH - _MARGIN, 26), one_line(Path(explanation.source).name, 50), DIM, font(15), anchor="ra")


def _tiles(panel: Image.Image, pen: ImageDraw.ImageDraw, explanation: Explanation) -> None:
    """Draw the picture with the digit's box, the glyph with the findings, and what ink and gaps spoke for."""
    glyph = explanation.digit.glyph
    ink = glyph.astype(np.float32) / np.float32(255)
    strength = np.abs(explanation.evidence).max()
    coloured = explanation.evidence / np.float32(max(float(strength), _FULL_COLOUR))
    pictures: dict[str, npt.NDArray[Any]] = {
        "the picture": explanation.upright,
        "what the network saw": glyph,
        "the ink": _coloured(_PLAIN_INK, _WHITE, coloured, ink),
        "the gaps": _coloured(_WHITE, _SILHOUETTE, coloured, 1 - ink),
    }
    for number, (name, picture) in enumerate(pictures.items()):
        left = _MARGIN + number * (_TILE + _GAP)
        pen.text((left, _TILES - 26), name, INK, font(15))
        pen.rectangle((left - 1, _TILES - 1, left + _TILE, _TILES + _TILE), _WHITE, (222, 227, 233))
        shown = tile(picture, _TILE)
        corner = (left + (_TILE - shown.width) // 2, _TILES + (_TILE - shown.height) // 2)
        panel.paste(shown, corner)
        if number == 0:
            _box(pen, explanation, corner, shown.width / explanation.size[0])
        elif number == 1:
            for row, finding in enumerate(explanation.findings):
                scale = _TILE / 28
                edges = [edge * scale for edge in finding.box]
                colour = FOR if finding.effect > 0 else AGAINST
                pen.rectangle(
                    (left + edges[0], _TILES + edges[1], left + edges[2] - 1, _TILES + edges[3] - 1), None, colour, 3
                )
                _mark(pen, (left + edges[0], _TILES + edges[1]), row, explanation)


def _box(pen: ImageDraw.ImageDraw, explanation: Explanation, corner: tuple[int, int], scale: float) -> None:
    assert explanation.digit.box is not None  # what has ink has a box
    left, top, right, bottom = (edge * scale for edge in explanation.digit.box)
    x, y = corner
    pen.rectangle((x + left - 3, y + top - 3, x + right + 2, y + bottom + 2), None, DIM, 2)


def _coloured(
    plain: Colour, other: Colour, strength: npt.NDArray[np.float32], share: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """Return float32 (28, 28, 3): `plain` in the colour for or against as far as `strength`, -1 to 1, says.

    A pixel has it by its `share`, 0 to 1, and the rest of the pixel is `other`.
    """
    towards = np.where(strength[:, :, None] > 0, np.array(FOR), np.array(AGAINST))
    amount = np.abs(strength)[:, :, None]
    mixed = np.array(plain) * (1 - amount) + towards * amount
    return np.asarray(np.array(other) * (1 - share[:, :, None]) + mixed * share[:, :, None], np.float32)


def _legend(pen: ImageDraw.ImageDraw, explanation: Explanation) -> None:
    left = _MARGIN + 2 * (_TILE + _GAP)
    best = explanation.digit.best
    rival = "no digit" if explanation.rival is None else str(explanation.rival)
    for text, colour in ((f"spoke for {best}", FOR), (f"spoke against {best}, for {rival}", AGAINST)):
        pen.rectangle((left, _LEGEND, left + 13, _LEGEND + 13), colour)
        pen.text((left + 20, _LEGEND - 3), text, INK, font(15))
        left += 20 + round(pen.textlength(text, font(15))) + 28


def _bars(pen: ImageDraw.ImageDraw, explanation: Explanation) -> None:
    """Draw what the network believes as eleven bars, the answer's and the rival's in their colours."""
    pen.text((_MARGIN, _LOWER), "how probable each answer is", INK, font(15))
    of_digits = (explanation.digit.probabilities * (1 - explanation.not_digit)).tolist()
    classes: list[tuple[int | None, float]] = [*enumerate(of_digits), (None, explanation.not_digit)]
    for number, (label, probability) in enumerate(classes):
        column, row = divmod(number, 6)
        left, top = _MARGIN + column * (_TILE + _GAP), _LOWER + 32 + 26 * row
        colour = _of_label(label, explanation)
        bar = left + 44
        pen.text((bar - 8, top + 7), "none" if label is None else str(label), colour, font(16), anchor="rm")
        pen.rectangle((bar, top, bar + _BAR, top + 13), (229, 233, 238))
        if round(_BAR * probability):
            pen.rectangle((bar, top, bar + round(_BAR * probability), top + 13), colour)
        pen.text((bar + _BAR + 8, top + 7), chance(probability), colour, font(14), anchor="lm")


def _neighbours(panel: Image.Image, pen: ImageDraw.ImageDraw, explanation: Explanation) -> None:
    left = _MARGIN + 2 * (_TILE + _GAP)
    pen.text((left, _LOWER), "the most similar training digits, and how far they are", INK, font(15))
    top = _LOWER + 34
    for number, neighbour in enumerate(explanation.neighbours):
        x = left + number * (_SMALL + 13)
        panel.paste(tile(neighbour.glyph, _SMALL), (x, top))
        colour = _of_label(neighbour.label, explanation)
        pen.text((x + _SMALL / 2, top + _SMALL + 8), str(neighbour.label), colour, font(24), anchor="ma")
        pen.text((x + _SMALL / 2, top + _SMALL + 40), f"{neighbour.distance:.2f}", DIM, font(13), anchor="ma")


def _of_label(label: int | None, explanation: Explanation) -> Colour:
    return FOR if label == explanation.digit.best else AGAINST if label == explanation.rival else DIM


def _mark(pen: ImageDraw.ImageDraw, centre: tuple[float, float], number: int, explanation: Explanation) -> None:
    """Draw the letter of a finding in a dot of its colour: A, B, C."""
    x, y = centre
    colour = FOR if explanation.findings[number].effect > 0 else AGAINST
    pen.ellipse((x - 10, y - 10, x + 10, y + 10), colour)
    pen.text((x, y + 1), "ABC"[number], _WHITE, font(14), anchor="mm")
