"""What reading gives: `Digit`, `Line` and `Page`, frozen, printable, and ready for JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from PIL import Image

Reason = Literal["blank", "not a digit", "unsure", "several digits"]


def chance(probability: float) -> str:
    """Return a probability for people: "97.3%", and never "100.0%" or "0.0%": no reader is that certain."""
    if probability >= 0.9995:
        return ">99.9%"
    if probability < 0.0005:
        return "<0.1%"
    return f"{probability:.1%}"


@dataclass(frozen=True, eq=False, repr=False)
class Digit:
    """One digit, or the reason why there is no answer.

    label          int 0-9, or None where the reader abstains
    best           int 0-9: the most probable digit, whatever the confidence
    confidence     float 0-1: calibrated probability that `best` is right; 0 for a blank picture
    probabilities  float32 (10,), sums to 1
    reason         None, or why there is no label: "blank" (no ink), "not a digit", "unsure", or
                   "several digits", which `read` is for
    glyph          uint8 (28, 28), white on black: what the network saw
    box            (left, top, right, bottom) in pixels of the upright picture, right and bottom exclusive; None if blank
    source         the picture's name
    """

    label: int | None
    best: int
    confidence: float
    probabilities: npt.NDArray[np.float32]
    reason: Reason | None
    glyph: npt.NDArray[np.uint8]
    box: tuple[int, int, int, int] | None
    source: str

    def top(self, count: int = 3) -> list[tuple[int, float]]:
        """Return the `count` most probable digits with their probabilities, the best first."""
        order = np.argsort(-self.probabilities, kind="stable")[:count]
        return [(int(digit), float(self.probabilities[digit])) for digit in order]

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the glyph as plain Python values."""
        return {
            "source": self.source,
            "label": self.label,
            "best": self.best,
            "confidence": round(self.confidence, 6),
            "reason": self.reason,
            "probabilities": [round(float(p), 6) for p in self.probabilities],
            "box": None if self.box is None else list(self.box),
        }

    def to_json(self) -> str:
        """Return `to_dict()` as one line of JSON, in ASCII: any stream takes it."""
        return json.dumps(self.to_dict())

    def draw(self, scale: int = 8) -> Image.Image:
        """Return the glyph, enlarged, as a picture (mode L)."""
        from PIL import Image

        return Image.fromarray(self.glyph).resize((28 * scale, 28 * scale), Image.Resampling.NEAREST)

    def __str__(self) -> str:
        if self.reason == "blank":
            return "? (blank)"
        answer = f"{self.best} ({chance(self.confidence)})"
        return answer if self.label is not None else f"? ({self.reason}; most probably {answer})"

    def __repr__(self) -> str:
        return (
            f"Digit(label={self.label}, best={self.best}, confidence={self.confidence:.4f}, reason={self.reason!r}, "
            f"box={self.box}, source={self.source!r})"
        )


@dataclass(frozen=True, eq=False, repr=False)
class Line:
    """A line of digits.

    text        digits, `?` where one abstained, the separators . , - / : and one space where anything else stands between
    digits      every digit of the line, left to right, those that abstained as "unsure" included
    confidence  float 0-1: calibrated probability that all of them are right, as if they were independent; where something
                was expected and found, the probability of the reading given that, as of each digit's own confidence
    expected    whether the line satisfies what was expected of it; None where nothing was
    box         (left, top, right, bottom) in pixels of the upright picture, right and bottom exclusive
    """

    text: str
    digits: tuple[Digit, ...]
    confidence: float
    box: tuple[int, int, int, int]
    expected: bool | None = None

    @property
    def number_text(self) -> str:
        """The digits alone, `?` where one abstained."""
        return "".join(c for c in self.text if c.isdigit() or c == "?")

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the glyphs as plain Python values."""
        return {
            "text": self.text,
            "confidence": round(self.confidence, 6),
            "expected": self.expected,
            "box": list(self.box),
            "digits": [{k: v for k, v in digit.to_dict().items() if k != "source"} for digit in self.digits],
        }

    def to_json(self) -> str:
        """Return `to_dict()` as one line of JSON, in ASCII: any stream takes it."""
        return json.dumps(self.to_dict())

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Line({self.text!r}, confidence={self.confidence:.4f}, box={self.box})"


@dataclass(frozen=True, eq=False, repr=False)
class Page:
    """The digits of a picture, line by line.

    lines     from top to bottom
    source    the picture's name
    upright   uint8 (H, W) or (H, W, 3): the picture as it was read, for `draw`
    size      (width, height) of the upright picture, in whose pixels boxes are
    rotation  degrees by which it was turned to be upright, counter-clockwise
    number    which page of its document it is, from 1
    pages     how many pages its document has
    """

    lines: tuple[Line, ...]
    source: str
    upright: npt.NDArray[np.uint8]
    size: tuple[int, int]
    rotation: float
    number: int = 1
    pages: int = 1

    @property
    def text(self) -> str:
        """The lines' texts, one below the other."""
        return "\n".join(line.text for line in self.lines)

    def to_dict(self) -> dict[str, Any]:
        """Return everything but pictures as plain Python values."""
        return {
            "source": self.source,
            "page": self.number,
            "pages": self.pages,
            "rotation": round(self.rotation, 2),
            "size": list(self.size),
            "text": self.text,
            "lines": [line.to_dict() for line in self.lines],
        }

    def to_json(self) -> str:
        """Return `to_dict()` as one line of JSON, in ASCII: any stream takes it."""
        return json.dumps(self.to_dict())

    def draw(self) -> Image.Image:
        """Return the picture, RGB, with boxes and answers on it: green where it is sure, amber where it abstained."""
        from PIL import Image, ImageDraw

        from inkdigits.drawing import DOUBT, SURE, font

        image = Image.fromarray(self.upright).convert("RGB")
        across, down = image.width / self.size[0], image.height / self.size[1]
        pen = ImageDraw.Draw(image)
        for digit in (d for line in self.lines for d in line.digits):
            if digit.box is None:
                continue
            left, top, right, bottom = digit.box
            box = (left * across - 2, top * down - 2, right * across + 1, bottom * down + 1)
            colour = SURE if digit.label is not None else DOUBT
            pen.rectangle(box, outline=colour, width=max(1, round(image.height / 400)))
            height = max(12, round(0.35 * (box[3] - box[1])))
            text = str(digit.label) if digit.label is not None else f"{digit.best}?"
            pen.text((box[0], box[1]), text, colour, font(height), anchor="lb")
        return image

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        page = f", page {self.number} of {self.pages}" if self.pages > 1 else ""
        return f"Page({[line.text for line in self.lines]!r}, source={self.source!r}{page})"
