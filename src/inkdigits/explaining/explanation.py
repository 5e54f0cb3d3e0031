"""`explain`: what in a picture spoke for and against the answer, as numbers, words and a drawing."""

from __future__ import annotations

import json
import math
import os
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from inkdigits import network
from inkdigits.errors import InputError
from inkdigits.explaining.neighbours import Neighbour, nearest
from inkdigits.explaining.occlusion import Kind, Occlusions, evidence, log_odds, occlude
from inkdigits.image import decode
from inkdigits.image.load import Source, load
from inkdigits.options import Options, Trust
from inkdigits.reading import single
from inkdigits.results import Digit

if TYPE_CHECKING:
    from PIL import Image

_NOT_DIGIT = 10  # the column of "not a digit"
_SQUARE = 4  # findings are squares of one size, so that they can be compared: a fifth of a digit's height
_NOTEWORTHY = math.log(3)  # a square that changes the odds by less than threefold is not worth a word


@dataclass(frozen=True)
class Finding:
    """A place in the glyph that mattered: what happens to the answer without what is there.

    kind      "ink": a stroke, which was taken away; "gap": an empty place, on which ink was put
    box       (left, top, right, bottom) in the glyph's 28×28 pixels, right and bottom exclusive
    place     in words, within the digit: "top left", "middle", "bottom", …
    effect    nats by which the log-odds of the answer against the rival fall: above 0 it spoke for the answer
    becomes   what it would be read as: 0-9, or None for "not a digit"
    """

    kind: Kind
    box: tuple[int, int, int, int]
    place: str
    effect: float
    becomes: int | None


@dataclass(frozen=True, eq=False, repr=False)
class Explanation:
    """Why a digit was read as it was.

    digit       the answer, as `classify` gives it; explained is `digit.best`, also where it abstained
    not_digit   float 0-1: the probability that it is not a digit; 0 from networks that know only digits
    rival       what the answer is held against: a digit 0-9, or None for "not a digit"
    log_odds    log(p[best] / p[rival]) in nats, calibrated; above 0, as long as the rival is not the more probable one
    evidence    float32 (28, 28), nats for a full pixel of ink: on ink, above 0 spoke for the answer; on empty paper, above
                0 says that its emptiness did
    findings    the places that mattered most: the ink and the gap that spoke most for the answer, and what spoke most
                against it; those that hardly mattered are left out
    neighbours  the most similar of MNIST's training digits, nearest first
    upright     uint8 (H, W) or (H, W, 3): the picture as it was read, for `draw`
    size        (width, height) of the upright picture, in whose pixels `digit.box` is
    """

    digit: Digit
    not_digit: float
    rival: int | None
    log_odds: float
    evidence: npt.NDArray[np.float32]
    findings: tuple[Finding, ...]
    neighbours: tuple[Neighbour, ...]
    upright: npt.NDArray[np.uint8]
    size: tuple[int, int]

    @property
    def source(self) -> str:
        """The picture's name."""
        return self.digit.source

    def sentences(self) -> list[str]:
        """Return what was found, in words: the answer, its odds, a sentence a finding, and the training digits."""
        digit, best = self.digit, self.digit.best
        lines = [f"Read as {digit}." if digit.label is not None else f"No answer: {digit.reason}. Nearest: {best}."]
        lines.append(f"The odds of {best} against {_name(self.rival)}: {odds(self.log_odds)}.")
        lines += [self.sentence(finding) for finding in self.findings]
        if not self.findings:
            lines.append("No single place decided: none of them changes the odds threefold.")
        return [*lines, self._of_neighbours()]

    def _of_neighbours(self) -> str:
        labels = Counter(neighbour.label for neighbour in self.neighbours).most_common()
        count = len(self.neighbours)
        if len(labels) == 1:
            return f"The {count} most similar training digits are all {labels[0][0]}."
        parts = [f"{number} {'is' if number == 1 else 'are'} {label}" for label, number in labels]
        return f"Of the {count} most similar training digits, {', '.join(parts)}."

    def sentence(self, finding: Finding) -> str:
        """Return what a finding says, in words."""
        what, without = ("ink", "Without it") if finding.kind == "ink" else ("gap", "With ink there")
        where = "in the middle" if finding.place == "middle" else f"at the {finding.place}"
        before, after = odds(self.log_odds), odds(self.log_odds - finding.effect)
        if finding.effect > 0:
            side = "for"
            then = (
                f"the odds would be {after}"
                if after != before
                else f"the odds would be {_ratio(finding.effect)} times lower"
            )
        else:
            side, then = "against", f"the odds would be {_ratio(-finding.effect)} times as high"
        is_not_digit = self.not_digit > self.digit.probabilities[self.digit.best] * (1 - self.not_digit)
        if finding.becomes != (None if is_not_digit else self.digit.best):
            then += f", and the answer {_name(finding.becomes)}"
        return f"The {what} {where} spoke most {side} {self.digit.best}. {without}, {then}."

    def to_dict(self) -> dict[str, Any]:
        """Return everything but pictures as plain Python values."""
        return {
            **self.digit.to_dict(),
            "not_digit": round(self.not_digit, 6),
            "rival": self.rival,
            "log_odds": round(self.log_odds, 4),
            "findings": [
                {
                    "kind": f.kind,
                    "box": list(f.box),
                    "place": f.place,
                    "effect": round(f.effect, 4),
                    "becomes": f.becomes,
                }
                for f in self.findings
            ],
            "neighbours": [
                {"label": n.label, "index": n.index, "distance": round(n.distance, 4)} for n in self.neighbours
            ],
            "evidence": [[round(float(value), 4) for value in row] for row in self.evidence],
        }

    def to_json(self) -> str:
        """Return `to_dict()` as one line of JSON, in ASCII: any stream takes it."""
        return json.dumps(self.to_dict())

    def draw(self) -> Image.Image:
        """Return all of it as one picture, RGB, 1080 pixels wide and about 740 high."""
        from inkdigits.explaining.panel import draw

        return draw(self)

    def __str__(self) -> str:
        return "\n".join(self.sentences())

    def __repr__(self) -> str:
        return f"Explanation({self.digit!r}, rival={self.rival}, log_odds={self.log_odds:.2f})"


def explain(
    source: Source,
    *,
    model: str | os.PathLike[str] = network.DEFAULT,
    trust: Trust = "normal",
    against: int | None = None,
) -> Explanation:
    """Explain how the one digit in a picture was read: what spoke for the answer against its strongest rival.

    `source`, `model` and `trust` are as for `classify`. The rival is the second most probable digit, "not a digit" where
    that is why the reader abstained, or `against`, a digit 0 to 9. Places are found by occlusion (see `occlusion`), the
    nearest training digits by shape (see `neighbours`): always MNIST's, whatever the model was trained on.
    Raises InputError if the source holds no picture or no ink, the model cannot be used, or `against` is no other digit.
    """
    return explained(source, Options.of(model=model, trust=trust), against)


def explained(source: Source, options: Options, against: int | None = None) -> Explanation:
    """Do what `explain` does, by the options of a reader."""
    net = network.load(options.model)
    _check_against(against)
    picture = load(source, decode.DIGIT_SIZE)
    prepared = single.find([picture])[0]
    if prepared.glyph is None:
        raise InputError(picture.name, "is blank: nothing spoke for any digit", "give a picture with a digit in it")
    digit = single.answer([prepared], net, options.trust)[0]
    if digit.reason == "not a digit":
        # It was that which the first look said; a second look may have cleaned it until it looked like a digit.
        digit = replace(digit, glyph=prepared.glyph)
    if against == digit.best:
        raise InputError(picture.name, f"is read as {against} itself", "hold it against another digit, or against none")
    occlusions = occlude(digit.glyph, net)
    rival = _rival(digit) if against is None else int(against)
    column = _NOT_DIGIT if rival is None else rival
    return Explanation(
        digit,
        float(occlusions.before[_NOT_DIGIT]) if len(occlusions.before) > _NOT_DIGIT else 0.0,
        rival,
        float(log_odds(occlusions.before, digit.best, column)),
        evidence(occlusions, digit.best, column),
        _findings(digit.glyph, occlusions, digit.best, column),
        nearest(digit.glyph),
        picture.pixels,
        picture.size,
    )


def _check_against(against: object) -> None:
    """Raise InputError unless `against` is a digit or None."""
    is_whole = isinstance(against, int | np.integer) and not isinstance(against, bool)
    if against is not None and not (is_whole and against in range(10)):
        raise InputError(f"against={against!r}", "is not a digit", "give a whole number from 0 to 9")


def odds(nats: float) -> str:
    """Return log-odds for people: "30 to 1", "1 to 2.5", and "over a million to 1" where figures stop meaning anything."""
    return f"{_ratio(nats)} to 1" if nats >= 0 else f"1 to {_ratio(-nats)}"


def _ratio(nats: float) -> str:
    """Return what log-odds above 0 are as a ratio, in as many figures as mean something."""
    ratio = math.exp(min(nats, 50))
    return "over a million" if ratio >= 1e6 else f"{ratio:,.0f}" if ratio >= 9.95 else f"{ratio:.1f}"


def _name(label: int | None) -> str:
    return '"not a digit"' if label is None else str(label)


def _rival(digit: Digit) -> int | None:
    """Return the answer's strongest rival: the second most probable digit, or None where it is likelier to be none."""
    return None if digit.reason == "not a digit" else digit.top(2)[1][0]


def _findings(glyph: npt.NDArray[np.uint8], occlusions: Occlusions, answer: int, rival: int) -> tuple[Finding, ...]:
    """Return the squares of ink and of empty paper that spoke most for the answer, and the one most against it.

    Only those in the digit's own box: "top left" means nothing outside, and strokes end there.
    """
    effects, boxes = occlusions.effects(answer, rival), occlusions.boxes
    rows, columns = np.flatnonzero(glyph.any(axis=1)), np.flatnonzero(glyph.any(axis=0))
    left, top, right, bottom = boxes.T
    comparable = (right - left == _SQUARE) & (bottom - top == _SQUARE)
    comparable &= (left >= columns[0] - 1) & (right <= columns[-1] + 2)
    comparable &= (top >= rows[0] - 1) & (bottom <= rows[-1] + 2)
    if not comparable.any():
        return ()
    chosen = [
        int(np.argmax(np.where(comparable & occlusions.is_ink, effects, -np.inf))),
        int(np.argmax(np.where(comparable & ~occlusions.is_ink, effects, -np.inf))),
        int(np.argmin(np.where(comparable, effects, np.inf))),
    ]
    findings = []
    for row, sign in zip(chosen, (1, 1, -1), strict=True):
        if comparable[row] and sign * effects[row] > _NOTEWORTHY:
            becomes = int(np.argmax(occlusions.after[row]))
            x, y = (boxes[row, 0] + boxes[row, 2] - 1) / 2, (boxes[row, 1] + boxes[row, 3] - 1) / 2
            findings.append(
                Finding(
                    "ink" if occlusions.is_ink[row] else "gap",
                    (int(left[row]), int(top[row]), int(right[row]), int(bottom[row])),
                    _place(float(x), float(y), rows, columns),
                    float(effects[row]),
                    None if becomes == _NOT_DIGIT else becomes,
                )
            )
    return tuple(findings)


def _place(x: float, y: float, rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp]) -> str:
    """Return in words where a point lies among the rows and columns that have ink."""
    down = ("top", "", "bottom")[_third(y, rows)]
    # A narrow digit, a 1, has no left and right worth the name.
    across = ("left", "", "right")[_third(x, columns)] if len(columns) >= 6 else ""
    return f"{down} {across}".strip() or "middle"


def _third(position: float, pixels: npt.NDArray[np.intp]) -> int:
    """Return in which third, 0 to 2, of the span of `pixels` a position lies."""
    share = (position - pixels[0]) / max(pixels[-1] - pixels[0], 1)
    return min(max(int(share * 3), 0), 2)
