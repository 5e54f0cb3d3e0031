"""What reading gives: `Digit`, frozen, printable, and ready for JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from PIL import Image

Reason = Literal["blank", "not a digit", "unsure"]


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
    reason         None, or why there is no label: "blank" (no ink), "not a digit", or "unsure"
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
