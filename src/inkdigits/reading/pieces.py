"""Pieces of ink → what each of them is: one look at all of a page, and a closer one at what is doubtful."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkdigits import network
from inkdigits.image import normalise
from inkdigits.image.components import Piece, joined
from inkdigits.reading import cuts, separators
from inkdigits.recognising import decide
from inkdigits.recognising.decide import Beliefs

# A piece that is less likely than this to be one digit is looked at in other ways, too.
_SURE = 0.8
# A fragment beside a digit, or the next piece, is taken to belong to it where both together are at least as likely a digit.
_JOINED = 0.7
# So many pieces of a page are looked at again: a page of text has thousands that are no digits.
_MOST = 100


@dataclass(frozen=True, eq=False)
class Seen:
    """A part of the page as the network saw it: its piece, its glyph, and its row of the beliefs."""

    piece: Piece
    glyph: npt.NDArray[np.uint8]
    beliefs: Beliefs
    row: int

    @property
    def confidence(self) -> float:
        """The probability that it is a digit, and the most probable one."""
        return float(self.beliefs.confidence[self.row])

    @property
    def best(self) -> int:
        """The most probable digit."""
        return int(np.argmax(self.beliefs.digits[self.row]))

    @property
    def stranger(self) -> bool:
        """Whether it is rather no digit."""
        return float(self.beliefs.stranger[self.row]) > self.confidence


@dataclass(frozen=True, eq=False)
class Question:
    """A tall piece of a line, the fragments beside it that might be part of it, and the next piece, if it is close."""

    piece: Piece
    fragments: list[Piece]
    following: Piece | None


def look(questions: list[Question], net: network.Network) -> list[Seen]:
    """Return what each piece is, taken for itself, or with the fragments beside it: one call of the network."""
    pieces = [q.piece for q in questions]
    with_fragments = [joined([q.piece, *q.fragments]) if q.fragments else None for q in questions]
    seen = _see([*pieces, *(piece for piece in with_fragments if piece is not None)], net)
    more = iter(seen[len(pieces) :])
    answers = seen[: len(pieces)]
    for i, piece in enumerate(with_fragments):
        if piece is not None:
            together = next(more)
            if together.confidence >= max(_JOINED, 0.9 * answers[i].confidence):
                answers[i] = together
    return answers


def look_closer(questions: list[Question], seen: list[Seen], net: network.Network) -> list[list[Seen]]:
    """Return what each piece is: itself, the parts it falls into, left to right, or nothing if the last took it in.

    What is doubtful is cut, set upright, or joined to the next piece where that is more likely: one more call of the
    network.
    """
    answers = [[one] for one in seen]
    doubtful = _doubtful(seen)
    if not doubtful:
        return answers
    parts = {i: cuts.candidates(answers[i][0].piece) for i in doubtful}
    pairs = [i for i, q in enumerate(questions) if q.following is not None and (i in parts or i + 1 in parts)]
    unions = [joined([answers[i][0].piece, answers[i + 1][0].piece]) for i in pairs]
    closer = _see([*(part.piece for i in doubtful for part in parts[i]), *unions], net)
    start, scores = 0, [float(np.log(max(one.confidence, 1e-6))) for one in seen]
    for i in doubtful:
        own = closer[start : start + len(parts[i])]
        start += len(parts[i])
        path, scores[i] = cuts.best(parts[i], np.array([one.confidence for one in own], np.float32))
        chosen = [own[row] for row in path]
        if not _is_sign(answers[i][0], chosen):
            answers[i] = chosen
    for i, together in zip(pairs, closer[start:], strict=True):
        # What is joined already is not joined again.
        if not answers[i] or not answers[i + 1] or together.confidence < _JOINED:
            continue
        if np.log(together.confidence) > scores[i] + scores[i + 1]:
            answers[i], answers[i + 1] = [together], []
    return answers


def _is_sign(whole: Seen, parts: list[Seen]) -> bool:
    """Tell whether a piece that is no digit is one sign, even if a stroke of it would be a 1, rather than those parts."""
    if not whole.stranger or whole.piece.width > 1.3 * whole.piece.height:
        return False
    return any(one.stranger or _too_narrow(one) for one in parts) or separators.is_cross(whole.piece)


def _too_narrow(one: Seen) -> bool:
    """Tell whether a part is narrower than people write that digit: half of an x looks like a 7, but for that."""
    return one.best != 1 and one.piece.width < 0.42 * one.piece.height


def _doubtful(seen: list[Seen]) -> list[int]:
    """Return which pieces are worth a closer look: of those that are not sure the likeliest digits, at most _MOST."""
    rows = [i for i, one in enumerate(seen) if one.confidence < _SURE]
    return sorted(sorted(rows, key=lambda i: -seen[i].confidence)[:_MOST])


def _see(pieces: list[Piece], net: network.Network) -> list[Seen]:
    if not pieces:
        return []
    glyphs = np.stack([normalise.glyph(piece.strength) for piece in pieces])
    beliefs = decide.believe(net.probabilities(glyphs), net.temperature)
    return [Seen(piece, glyphs[i], beliefs, i) for i, piece in enumerate(pieces)]
