"""What reading gives: `Digit`, `Line` and `Page`, frozen, printable, and to JSON and back.

Places are in pixels of the picture that was given, as viewers show it: for a photo with an EXIF orientation, the pixels of
the oriented picture (what `PIL.ImageOps.exif_transpose` returns); for a page of a PDF, its picture at 200 dots an inch.
That holds for pages that lie on their side or askew, too: they are turned to be read, and what was found is turned back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
import numpy.typing as npt

from inkdigits.errors import InputError
from inkdigits.geometry import Box, Polygon, bounding_box, corners, polygon, whole_box

if TYPE_CHECKING:
    from PIL import Image

Reason = Literal["blank", "not a digit", "unsure", "several digits", "unreadable"]
Ink = Literal["handwritten", "printed"]

_OF_BOX: Any = ()  # the corners of the box
# The form of the JSON of a Digit or a Page; it grows when a client that reads it must change.
SCHEMA = 2


def chance(probability: float) -> str:
    """Return a probability for people: "97.3%", and never "100.0%" or "0.0%": no reader is that certain."""
    return ">99.9%" if probability >= 0.9995 else "<0.1%" if probability < 0.0005 else f"{probability:.1%}"


@dataclass(frozen=True, eq=False, repr=False)
class Digit:
    """One digit, or the reason why there is no answer.

    label          int 0-9, or None where the reader abstains
    best           int 0-9: the most probable digit, whatever the confidence; where something is expected of the line, that
                   of its best reading
    confidence     float 0-1: calibrated probability that `best` is right; 0 for a blank picture
    probabilities  float32 (10,), sums to 1; where something was expected and found, given that
    reason         None, or why there is no label: "blank" (no ink), "not a digit", "unsure", "several digits", which `read`
                   is for, or "unreadable", where `error` says more
    glyph          uint8 (28, 28), white on black: what the network saw; empty where there was none, and from JSON
    box            (left, top, right, bottom) in pixels of the given picture, right and bottom exclusive; None if blank
    source         the picture's name
    polygon        four corners (x, y) in pixels of the given picture, clockwise from the digit's own top left; where a page
                   lies askew, closer than `box`, which surrounds it; None if blank
    ink            "handwritten" or "printed"; None if blank
    error          from `classify_many`: why the source could not be read
    warnings       what of the source was not looked at, a line each: other frames or pages, rows that are missing
    """

    label: int | None
    best: int
    confidence: float
    probabilities: npt.NDArray[np.float32]
    reason: Reason | None
    glyph: npt.NDArray[np.uint8]
    box: Box | None
    source: str
    polygon: Polygon | None = None
    ink: Ink | None = "handwritten"
    error: InputError | None = None
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.box is None:
            object.__setattr__(self, "ink", None)
        elif self.polygon is None:
            object.__setattr__(self, "polygon", corners(self.box))

    def top(self, count: int = 3) -> list[tuple[int, float]]:
        """Return `count` digits with their probabilities: `best`, then the most probable of the others in their order."""
        order = sorted(np.argsort(-self.probabilities, kind="stable").tolist(), key=lambda digit: digit != self.best)
        return [(digit, float(self.probabilities[digit])) for digit in order[:count]]

    def placed(self, shape: Polygon, size: tuple[int, int]) -> Digit:
        """Return the digit at another place: `shape` in a picture of that (width, height); the box surrounds it."""
        return replace(self, polygon=shape, box=bounding_box(shape, size))

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the glyph as plain Python values; `error` and `warnings` only where there are some."""
        said = {
            "source": self.source,
            "schema": SCHEMA,
            "label": self.label,
            "best": self.best,
            "confidence": round(self.confidence, 6),
            "reason": self.reason,
            "probabilities": [round(float(p), 6) for p in self.probabilities],
            "ink": self.ink,
            "box": None if self.box is None else list(self.box),
            "polygon": None if self.polygon is None else [list(point) for point in self.polygon],
        }
        return said | _exceptions(self.error, self.warnings)

    @classmethod
    def from_dict(cls, said: Mapping[str, Any], source: str = "") -> Self:
        """Return the digit that `to_dict` has made a dict of, without its glyph. Raises InputError for any other dict."""
        with _reading(said):
            source = said.get("source", source)
            best, shares = int(said["best"]), np.array(said["probabilities"], np.float32).reshape(10)
            box = None if said["box"] is None else whole_box(said["box"])
            place = box, source, None if said["polygon"] is None else polygon(said["polygon"])
            belief = said["label"], best, float(said["confidence"]), shares, said["reason"]
            return cls(*belief, np.zeros((28, 28), np.uint8), *place, said["ink"], *_exceptions_in(said, source))

    def to_json(self) -> str:
        """Return `to_dict()` as one line of JSON, in ASCII: any stream takes it."""
        return json.dumps(self.to_dict())

    def draw(self, scale: int = 8) -> Image.Image:
        """Return the glyph, enlarged, as a picture (mode L)."""
        from PIL import Image

        return Image.fromarray(self.glyph).resize((28 * scale, 28 * scale), Image.Resampling.NEAREST)

    def __str__(self) -> str:
        if self.error is not None or self.reason == "blank":
            return f"? ({self.error.reason if self.error else 'blank'})"
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

    text        digits, ? where one abstained, the separators . , - / : and one space where anything else stands between
    digits      every digit of the line, left to right, those that abstained as "unsure" included
    confidence  float 0-1: probability that these are the digits that stand there, all of them, in order, separators and
                spaces aside; where something was expected and found, given that, as each digit's own confidence is
    box         (left, top, right, bottom) in pixels of the given picture, right and bottom exclusive
    expected    whether the line satisfies what was expected of it; None where nothing was
    polygon     four corners (x, y) in pixels of the given picture, clockwise from the top left of the line as it is read
    """

    text: str
    digits: tuple[Digit, ...]
    confidence: float
    box: Box
    expected: bool | None = None
    polygon: Polygon = _OF_BOX

    def __post_init__(self) -> None:
        if self.polygon is _OF_BOX:
            object.__setattr__(self, "polygon", corners(self.box))

    @property
    def number_text(self) -> str:
        """The digits alone, `?` where one abstained."""
        return "".join(c for c in self.text if c.isdigit() or c == "?")

    def placed(self, shape: Polygon, size: tuple[int, int]) -> Line:
        """Return the line at another place (see `Digit.placed`); its digits stay where they are."""
        return replace(self, polygon=shape, box=bounding_box(shape, size))

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the glyphs as plain Python values."""
        return {
            "text": self.text,
            "confidence": round(self.confidence, 6),
            "expected": self.expected,
            "box": list(self.box),
            "polygon": [list(point) for point in self.polygon],
            "digits": [{k: v for k, v in d.to_dict().items() if k not in ("source", "schema")} for d in self.digits],
        }

    @classmethod
    def from_dict(cls, said: Mapping[str, Any], source: str = "") -> Self:
        """Return the line that `to_dict` has made a dict of; `source` is its page's. Raises InputError as `Digit`'s."""
        with _reading(said):
            digits = tuple(Digit.from_dict(digit, source) for digit in said["digits"])
            place = whole_box(said["box"]), said["expected"], polygon(said["polygon"])
            return cls(said["text"], digits, float(said["confidence"]), *place)

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

    lines     from top to bottom of the page as it is read
    source    the picture's name
    picture   uint8 (H, W) or (H, W, 3): the given picture, perhaps reduced, for `draw`; None from JSON and without one
    size      (width, height) of the given picture, in whose pixels boxes and polygons are; (0, 0) if it could not be read
    rotation  degrees by which it was turned to be upright, counter-clockwise: what was undone
    number    which page of its document it is, from 1
    pages     how many pages its document has
    error     from `read_many`: why the source could not be read; there are no lines then
    warnings  what of the source was not looked at, a line each: other frames, rows that are missing
    """

    lines: tuple[Line, ...]
    source: str
    picture: npt.NDArray[np.uint8] | None
    size: tuple[int, int]
    rotation: float
    number: int = 1
    pages: int = 1
    error: InputError | None = None
    warnings: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The lines' texts, one below the other."""
        return "\n".join(line.text for line in self.lines)

    def to_dict(self) -> dict[str, Any]:
        """Return everything but pictures as plain Python values; `error` and `warnings` only where there are some."""
        said = {
            "source": self.source,
            "schema": SCHEMA,
            "page": self.number,
            "pages": self.pages,
            "rotation": round(self.rotation, 2),
            "size": list(self.size),
            "text": self.text,
            "lines": [line.to_dict() for line in self.lines],
        }
        return said | _exceptions(self.error, self.warnings)

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Self:
        """Return the page that `to_dict` has made a dict of, without pictures. Raises InputError as `Digit`'s."""
        with _reading(said):
            source, (width, height) = said["source"], said["size"]
            lines = tuple(Line.from_dict(line, source) for line in said["lines"])
            place = int(said["page"]), int(said["pages"]), *_exceptions_in(said, source)
            return cls(lines, source, None, (int(width), int(height)), float(said["rotation"]), *place)

    def to_json(self) -> str:
        """Return `to_dict()` as one line of JSON, in ASCII: any stream takes it."""
        return json.dumps(self.to_dict())

    def draw(self) -> Image.Image:
        """Return the given picture, RGB, with polygons and answers on it: green where it is sure, amber where it abstained.

        Raises InputError where the page holds no picture: it was made from JSON, or its source could not be read.
        """
        from inkdigits.drawing import with_answers

        if self.picture is None:
            raise self.error or InputError(self.source, "is a page without its picture", "read the picture again")
        digits = [digit for line in self.lines for digit in line.digits]
        answers = [(d.polygon, d.label is not None, d.best) for d in digits if d.polygon is not None]
        return with_answers(self.picture, self.size, answers)

    def __str__(self) -> str:
        return self.text if self.error is None else f"? ({self.error.reason})"

    def __repr__(self) -> str:
        place = f", page {self.number} of {self.pages}" if self.pages > 1 else ""
        error = "" if self.error is None else f", error={self.error.reason!r}"
        return f"Page({[line.text for line in self.lines]!r}, source={self.source!r}{place}{error})"


@contextmanager
def _reading(said: Mapping[str, Any]) -> Iterator[None]:
    """Raise InputError where what is read is no result's dict, or another version's."""
    try:
        if (schema := said.get("schema", SCHEMA)) != SCHEMA:
            raise ValueError(f"schema {schema!r}, not {SCHEMA}")
        yield
    except InputError:
        raise
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        problem = f"is not one of ours ({type(error).__name__}: {error})"
        raise InputError("a result", problem, "give what to_dict of this version returns") from None


def _exceptions(error: InputError | None, warnings: tuple[str, ...]) -> dict[str, Any]:
    said: dict[str, Any] = {} if error is None else {"error": error.reason}
    return {**said, "warnings": list(warnings)} if warnings else said


def _exceptions_in(said: Mapping[str, Any], source: str) -> tuple[InputError | None, tuple[str, ...]]:
    error = InputError(source, *said["error"].split("; ", 1)) if "error" in said else None
    return error, tuple(str(text) for text in said.get("warnings", ()))
