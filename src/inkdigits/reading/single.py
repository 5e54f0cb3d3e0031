"""One picture, one digit: `classify`, `classify_many`, and the fast path `classify_glyphs`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from inkdigits import network
from inkdigits.errors import InputError
from inkdigits.image import decode, ink, normalise, segment
from inkdigits.image.load import Picture, Source, load, name_of
from inkdigits.reading import again, decide
from inkdigits.reading.decide import Trust
from inkdigits.results import Digit

# Pictures per run of the network in classify_many: large enough to be fast, small enough for answers to come as they go.
BATCH = 256
# Values of pictures that go the way to the glyph together: small pictures are a sixth faster when a step's code, once in
# the processor's cache, serves them all; large ones would gain nothing and fill the memory.
_TOGETHER = 1 << 20


@dataclass(frozen=True, eq=False)
class Prepared:
    """A picture on its way to the network: its glyph, uint8 (28, 28), the digit's box, and a view for a second look.

    All three are None if it is blank. `beside` is the glyph of what may be another digit beside it.
    """

    source: str
    glyph: npt.NDArray[np.uint8] | None
    box: tuple[int, int, int, int] | None
    view: again.View | None
    beside: npt.NDArray[np.uint8] | None = None


def classify(source: Source, *, model: str | os.PathLike[str] = network.DEFAULT, trust: Trust = "normal") -> Digit:
    """Read the one digit in a picture.

    `source` is a path, bytes, a binary file object, a PIL image, or an array (H, W), (H, W, 3) or (H, W, 4), uint8 or
    float; of any polarity, at least 8 pixels high or wide and at most 64 megapixels. `model` is a shipped model's name
    or the path of a model.onnx or a run folder. `trust` sets how sure the reader must be to answer. A doubtful digit is
    looked at again with its picture cleaned (`reading.again`); glyph and box are those of the form that was surest.
    Raises InputError if the source holds no picture or the model cannot be used.
    """
    return classify_many([source], model=model, trust=trust)[0]


def classify_many(
    sources: Iterable[Source], *, model: str | os.PathLike[str] = network.DEFAULT, trust: Trust = "normal"
) -> list[Digit]:
    """Read the digit in each of many pictures, in batches. Raises InputError at the first source that holds none."""
    decide.check_trust(trust)
    if isinstance(sources, str | bytes | os.PathLike) or hasattr(sources, "read") or not isinstance(sources, Iterable):
        raise InputError(name_of(sources), "is one picture", "give classify_many a list, or use classify")
    net = network.load(model)
    digits: list[Digit] = []
    waiting: list[Prepared] = []
    pictures: list[Picture] = []
    pixels = 0
    for source in sources:
        pictures.append(load(source, decode.DIGIT_SIZE))
        pixels += pictures[-1].pixels.size
        if pixels >= _TOGETHER or len(waiting) + len(pictures) == BATCH:
            waiting += find(pictures)
            pictures, pixels = [], 0
        if len(waiting) == BATCH:
            digits += answer(waiting, net, trust)
            waiting = []
    return digits + answer(waiting + find(pictures), net, trust)


def classify_glyphs(
    glyphs: npt.NDArray[np.uint8], *, model: str | os.PathLike[str] = network.DEFAULT
) -> npt.NDArray[np.float32]:
    """Return the calibrated probabilities of digits already in MNIST's form: uint8 (N, 28, 28) → float32 (N, 10).

    No picture work is done: white ink on black, 20-pixel box, centre of mass in the middle. Raises InputError for any
    other shape or type.
    """
    if not (isinstance(glyphs, np.ndarray) and glyphs.dtype == np.uint8 and glyphs.shape[1:] == (28, 28)):
        what = f"{glyphs.dtype} {glyphs.shape}" if isinstance(glyphs, np.ndarray) else type(glyphs).__name__
        raise InputError("glyphs", f"are {what}", "give uint8 (N, 28, 28); for other pictures use classify_many")
    net = network.load(model)
    return decide.believe(net.probabilities(glyphs), net.temperature).digits


def prepare(source: Source, watch: ink.Watch = ink.unwatched) -> Prepared:
    """Return a picture's glyph: the whole way from file to 28×28. `watch` is shown each step. Raises InputError."""
    return find([load(source, decode.DIGIT_SIZE)], watch)[0]


def find(pictures: list[Picture], watch: ink.Watch = ink.unwatched) -> list[Prepared]:
    """Return the glyphs of pictures that are loaded: each step for all of them, then the next."""
    for picture in pictures:
        watch("picture", picture.pixels)
    inks = [ink.extract(picture.pixels, watch) for picture in pictures]
    parts = [None if found is None else segment.main_digit(found.strength) for found in inks]
    glyphs = [None if part is None else _glyph(part, watch) for part in parts]
    return [_prepared(*found) for found in zip(pictures, inks, parts, glyphs, strict=True)]


def _glyph(part: segment.Segment, watch: ink.Watch) -> npt.NDArray[np.uint8]:
    watch("the digit", part.strength)
    glyph = normalise.glyph(part.strength, watch)
    watch("centred", glyph)
    return glyph


def _prepared(
    picture: Picture, found: ink.Ink | None, part: segment.Segment | None, glyph: npt.NDArray[np.uint8] | None
) -> Prepared:
    if found is None or part is None:
        return Prepared(picture.name, None, None, None)
    box = picture.in_full(part.box)
    beside = None if part.beside is None else normalise.glyph(part.beside)
    return Prepared(picture.name, glyph, box, again.view(picture, part.box, found.dark), beside)


def answer(prepared: list[Prepared], net: network.Network, trust: Trust) -> list[Digit]:
    """Run the network once over prepared pictures, once more over the doubtful ones cleaned, and decide each."""
    found = [p.glyph for p in prepared if p.glyph is not None]
    if not found:
        return [decide.blank(p.source) for p in prepared]
    glyphs = np.stack(found)
    beliefs = decide.believe(net.probabilities(glyphs), net.temperature)
    looks = again.look([p.view for p in prepared if p.view is not None], glyphs, beliefs, net)
    rows = iter(range(len(glyphs)))
    threshold = net.thresholds[trust]
    digits = []
    for p in prepared:
        if p.glyph is None or p.box is None:
            digits.append(decide.blank(p.source))
            continue
        row = next(rows)
        second = looks.get(row)
        if second is None:
            digit = decide.decide(beliefs, row, p.glyph, p.box, p.source, threshold)
        else:
            glyph = p.glyph if second.glyph is None else second.glyph
            box = p.box if second.box is None else second.box
            digit = decide.decide(second.beliefs, 0, glyph, box, p.source, threshold)
        digits.append(digit)
    return digits if trust == "always" else _without_several(digits, prepared, net)


def _without_several(digits: list[Digit], prepared: list[Prepared], net: network.Network) -> list[Digit]:
    """Return digits, with those abstained from that have another sure digit beside them: which of the two is meant?"""
    rows = [row for row, p in enumerate(prepared) if p.beside is not None and digits[row].label is not None]
    if not rows:
        return digits
    glyphs = np.stack([glyph for row in rows if (glyph := prepared[row].beside) is not None])
    confidence = decide.believe(net.probabilities(glyphs), net.temperature).confidence
    several = {row for row, sure in zip(rows, confidence >= net.thresholds["strict"], strict=True) if sure}
    return [
        replace(digit, label=None, reason="several digits") if row in several else digit
        for row, digit in enumerate(digits)
    ]
