"""One picture, one digit: from pictures to glyphs, and from glyphs to answers, in batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from inkdigits import network
from inkdigits.errors import InputError, unexpected
from inkdigits.image import decode, ink, normalise, segment
from inkdigits.image.load import Picture, Source, load
from inkdigits.options import Trust
from inkdigits.reading import candidates, second_pass
from inkdigits.recognising import decide
from inkdigits.recognising.decide import Beliefs
from inkdigits.results import Digit

# Pictures per run of the network in classify_many: large enough to be fast, small enough for answers to come as they go.
BATCH = 256
# Values of pictures that go the way to the glyph together: small pictures are a sixth faster when a step's code, once in
# the processor's cache, serves them all; large ones would gain nothing and fill the memory.
_TOGETHER = 1 << 20


@dataclass(frozen=True, eq=False)
class Prepared:
    """A picture on its way to the network: its glyph, uint8 (28, 28), the digit's box, and views for a second look.

    All three are None if it is blank, or if it could not be prepared because of a `failure`. `beside` is the glyph of what
    may be another digit beside it, `warnings` the picture's.
    """

    source: str
    glyph: npt.NDArray[np.uint8] | None
    box: tuple[int, int, int, int] | None
    views: candidates.Views | None
    beside: npt.NDArray[np.uint8] | None = None
    failure: InputError | None = None
    warnings: tuple[str, ...] = ()


def classify(pictures: Iterable[Picture], net: network.Network, trust: Trust) -> Iterator[Digit]:
    """Yield the digit of each picture, in their order: small ones go through each step together, 256 through the network.

    A doubtful digit is read again, its picture cleaned (`reading.second_pass`); glyph and box are those of the form that
    was surest. A picture that makes a step fail has a Digit with the error.
    """
    waiting: list[Prepared] = []
    together: list[Picture] = []
    pixels = 0
    for picture in pictures:
        together.append(picture)
        pixels += picture.pixels.size
        if pixels >= _TOGETHER or len(waiting) + len(together) == BATCH:
            waiting += _found(together)
            together, pixels = [], 0
        if len(waiting) == BATCH:
            yield from answer(waiting, net, trust)
            waiting = []
    yield from answer(waiting + _found(together), net, trust)


def _found(pictures: list[Picture]) -> list[Prepared]:
    """Return the glyphs of pictures. One that fails is told apart from the others."""
    try:
        return find(pictures)
    except Exception as error:
        if len(pictures) > 1:
            return [prepared for picture in pictures for prepared in _found([picture])]
        (picture,) = pictures
        return [Prepared(picture.name, None, None, None, failure=unexpected(picture.name, error))]


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
        return Prepared(picture.name, None, None, None, warnings=picture.warnings)
    box = picture.in_full(part.box)
    beside = None if part.beside is None else normalise.glyph(part.beside)
    views = candidates.views(picture, part.box, found.dark)
    return Prepared(picture.name, glyph, box, views, beside, warnings=picture.warnings)


def answer(prepared: list[Prepared], net: network.Network, trust: Trust) -> list[Digit]:
    """Run the network once over prepared pictures, once more over the doubtful ones' candidates, and decide each."""
    beliefs, looks = look(prepared, net)
    return decided(prepared, beliefs, looks, net, trust)


def look(prepared: list[Prepared], net: network.Network) -> tuple[Beliefs, dict[int, second_pass.Look]]:
    """Return what is believed of those prepared pictures that have a glyph, and the second looks at doubtful rows."""
    found = [p.glyph for p in prepared if p.glyph is not None]
    if not found:
        return Beliefs(np.zeros((0, 10), np.float32), np.zeros(0, np.float32), np.zeros(0, np.float32)), {}
    glyphs = np.stack(found)
    beliefs = decide.believe(net.probabilities(glyphs), net.temperature)
    return beliefs, second_pass.look([p.views for p in prepared if p.views is not None], glyphs, beliefs, net)


def decided(
    prepared: list[Prepared], beliefs: Beliefs, looks: dict[int, second_pass.Look], net: network.Network, trust: Trust
) -> list[Digit]:
    """Return the answers to prepared pictures, of which `look` has told what is believed."""
    rows = iter(range(len(beliefs.confidence)))
    threshold = net.thresholds[trust]
    digits = []
    for p in prepared:
        if p.glyph is None or p.box is None:
            digits.append(_none(p))
            continue
        row = next(rows)
        second = looks.get(row)
        if second is None:
            digit = decide.decide(beliefs, row, p.glyph, p.box, p.source, threshold)
        else:
            glyph, box = p.glyph, p.box
            if second.candidate is not None:
                glyph, box = second.candidate.glyph, second.candidate.box
            digit = decide.decide(second.beliefs(net.doubtful), 0, glyph, box, p.source, threshold)
        digits.append(replace(digit, warnings=p.warnings) if p.warnings else digit)
    return digits if trust == "always" else _without_several(digits, prepared, net)


def _none(prepared: Prepared) -> Digit:
    failure = prepared.failure
    if failure is not None:
        return decide.unreadable(failure, prepared.source)
    return replace(decide.blank(prepared.source), warnings=prepared.warnings)


def _without_several(digits: list[Digit], prepared: list[Prepared], net: network.Network) -> list[Digit]:
    """Return digits, with those abstained from that have another sure digit beside them: which of the two is meant?"""
    rows = [row for row, p in enumerate(prepared) if p.beside is not None and digits[row].label is not None]
    if not rows:
        return digits
    glyphs = np.stack([glyph for row in rows if (glyph := prepared[row].beside) is not None])
    confidence = decide.believe(net.probabilities(glyphs), net.temperature).confidence
    several = {row for row, sure in zip(rows, confidence >= second_pass.SURE, strict=True) if sure}
    return [
        replace(digit, label=None, reason="several digits") if row in several else digit
        for row, digit in enumerate(digits)
    ]
