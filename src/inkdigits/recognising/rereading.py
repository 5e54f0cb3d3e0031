"""The numbers of a page once more: what the network of whole numbers says of each, combined with its marks.

A digit may become another one, or go; one that was missed is put in where the strip has it; separators likewise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from inkdigits.locating.locate import Located
from inkdigits.locating.maps import FIRST_SEPARATOR, HANDWRITTEN, SEPARATORS
from inkdigits.locating.numbers import Row, Token
from inkdigits.locating.peaks import Found, overlap
from inkdigits.recognising import combining, cuts, number, posterior
from inkdigits.recognising.combining import Combining, Decision
from inkdigits.recognising.lattice import Node
from inkdigits.recognising.number import StripOutput
from inkdigits.recognising.posterior import Judged
from inkdigits.recognising.strips import DIGIT, HEIGHT, STRIDE

Features = npt.NDArray[np.float32]

_LEAST = 0.02  # probability of being a digit from which a mark that was left out may be taken in
_ANOTHER = 0.4  # share of the smaller box from which a digit put in is one that is read already
_LOW = 0.4  # of a digit's height: how far below the middle of the digits points and commas are
_SIZES = {"1": (0.3, 1.0), ".": (0.15, 0.15), ",": (0.15, 0.3), "-": (0.4, 0.15), "/": (0.5, 1.2), ":": (0.15, 0.6)}
_SIZE = (0.55, 1.0)  # width and height, in heights of a digit, of every other sign that is put in


@dataclass(frozen=True, eq=False)
class Reread:
    """Rows as they are read now, and how surely.

    located  the marks of the page, with those that were put in behind all others, from row `first` on
    rows     lines, as numbers.rows gives them
    shares   float64 (10,) by mark: of a digit that stands in a row, how probably it is each of the ten
    of_digit float32 (3,) by mark: what posterior.number_features says of it
    of_row   for each row, float32 (3,) for each of its numbers
    """

    located: Located
    first: int
    rows: list[Row]
    shares: dict[int, npt.NDArray[np.float64]]
    of_digit: dict[int, Features]
    of_row: list[list[Features]]


def reread(
    located: Located,
    rows: list[Row],
    seen: npt.NDArray[np.intp],
    judged: Judged,
    outputs: number.StripOutputs,
    fitted: Combining | None = None,
) -> Reread:
    """Return rows as the locator's marks and the network of numbers read them together.

    `seen` are the marks that have been `judged`. Numbers of which the network says nothing stay as they are. How the two
    are combined is as the network's config says, or as `fitted`.
    """
    fitted = fitted or combining.known()
    page = _Page(located, seen, judged)
    made = _Made(located, page)
    every: list[Row] = []
    of_row: list[list[Features]] = []
    for row, groups in zip(rows, outputs, strict=True):
        own = iter(_by_number(row))
        parts: list[list[Token]] = []
        features: list[Features] = []
        for group in groups:
            given = [next(own) for _ in range(group.count)]
            decision = page.decide(given, group.said, fitted)
            if decision is None or group.said is None:
                parts += given
                features += [posterior.NO_NUMBER] * group.count
                continue
            new = made.numbers(given, decision, group.said)
            known = posterior.number_features(decision.made.by_strip, decision.made.share, all(decision.made.agree))
            parts += new
            features += [known] * len(new)
        tokens = [token for part in parts for token in (Token(" "), *part)][1:]
        every.append(Row(tokens, [_marks(part) for part in parts]))
        of_row.append(features)
    return Reread(made.located(), len(located.found), every, made.shares, made.of_digit, of_row)


def _by_number(row: Row) -> list[list[Token]]:
    """Return the tokens of each of a row's numbers."""
    parts: list[list[Token]] = [[]]
    for token in row.tokens:
        if token.text == " ":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _marks(tokens: list[Token]) -> list[int]:
    return [token.mark for token in tokens if token.mark is not None]


@dataclass(frozen=True, eq=False)
class _Decided:
    """The marks of numbers from left to right, and what was decided of them."""

    nodes: list[Node]
    made: Decision


@dataclass(eq=False)
class _Page:
    """What is known of a page before it is read once more: its marks, and what is believed of those that may be digits."""

    located: Located
    seen: npt.NDArray[np.intp]
    judged: Judged

    def __post_init__(self) -> None:
        self.read = self.judged.present >= posterior.PRESENT
        self.shares = posterior.shares(self.judged)
        self.place = {int(row): i for i, row in enumerate(self.seen)}

    def decide(self, given: list[list[Token]], said: StripOutput | None, fitted: Combining) -> _Decided | None:
        """Return what is decided of numbers that are on one strip, None if nothing is."""
        if said is None:
            return None
        nodes, places = self.nodes([token for part in given for token in part], said, fitted)
        decision = combining.decide(nodes, places, said.logs, fitted)
        return None if decision is None else _Decided(nodes, decision)

    def nodes(
        self, tokens: list[Token], said: StripOutput, fitted: Combining
    ) -> tuple[list[Node], npt.NDArray[np.float64]]:
        """Return the marks of a number, and those in it that were left out, from left to right, with their columns."""
        found = self.located.found
        own = [token.mark if token.mark is not None else token.sign for token in tokens]
        marks = [mark for mark in own if mark is not None]
        digits = _marks(tokens)
        near = posterior.near(found, digits, found.centres)
        spare = near[self.seen] & ~self.read & (self.judged.present >= _LEAST)
        marks += [int(row) for row in self.seen[spare]]
        signs = near & (found.kinds >= FIRST_SEPARATOR)
        signs[marks] = False
        marks += [int(row) for row in np.flatnonzero(signs)[:4]]
        scale, corner = np.array(said.one.scale), np.array(said.one.corner)
        points = said.frame.to_strip(found.centres[marks].astype(np.float64) * scale + corner)
        order = np.argsort(points[:, 0], kind="stable")
        return [self._node(marks[i], fitted) for i in order], points[order, 0] / STRIDE - 0.5

    def _node(self, mark: int, fitted: Combining) -> Node:
        if self.located.found.kinds[mark] >= FIRST_SEPARATOR:
            return cuts.separator(self.located, mark, fitted)
        i = self.place[mark]
        odds = float(self.judged.present[i]) / max(1 - float(self.judged.present[i]), 1e-6)
        # From PRESENT on a mark is read, so that one that is as probable as that is in or out as likely as not.
        odds *= (1 - posterior.PRESENT) / posterior.PRESENT
        present = odds / (1 + odds)
        return Node(mark, "0123456789", present * self.shares[i], 1 - present)

    def is_taken(self, box: npt.NDArray[np.float32], own: list[int]) -> bool:
        """Tell whether a digit that is read, and is none of a number's `own`, stands in a place already."""
        rows = np.setdiff1d(self.seen[self.read], own)
        return bool((overlap(box[None], self.located.found.boxes[rows])[1] > _ANOTHER).any())


@dataclass(eq=False)
class _Made:
    """What is made of the numbers: marks that were put in, and what is known of each digit."""

    before: Located
    page: _Page

    def __post_init__(self) -> None:
        self.added: list[Found] = []
        self.begun = 0  # how many had been put in before the number that is made at present
        self.of_pass: list[int] = []
        self.shares: dict[int, npt.NDArray[np.float64]] = {}
        self.of_digit: dict[int, Features] = {}

    def numbers(self, given: list[list[Token]], decided: _Decided, said: StripOutput) -> list[list[Token]]:
        """Return the tokens of numbers as it was decided: they stay apart unless something was put in between them."""
        self.begun = len(self.added)
        nodes, decision = decided.nodes, decided.made
        own = [node.mark for node in nodes]
        of_number = {mark: k for k, part in enumerate(given) for mark in _marks(part)}
        parts: list[list[Token]] = [[]]
        before: int | None = None
        for i, (sign, node) in enumerate(zip(decision.chosen.text, decision.chosen.nodes, strict=True)):
            certain = float(decision.certain[i])
            if node is None:
                mark = self._put_in(sign, int(decision.columns[i]), certain, said, own)
                if mark is None:
                    continue
            else:
                mark = nodes[node].mark
            after = of_number.get(mark)
            if None not in (before, after) and before != after and _marks(parts[-1]):
                parts.append([])
            before = after
            if not sign.isdigit():
                parts[-1].append(Token(sign, sign=mark))
                continue
            parts[-1].append(Token("", mark))
            each = decision.of_nodes[node][:10] if node is not None else None
            share = decision.share if each is None else float(each[int(sign)])
            self.of_digit[mark] = posterior.number_features(certain, share, decision.agree[0])
            by_strip = np.exp(said.logs[decision.columns[i], :10].astype(np.float64))
            self.shares[mark] = _mixed(each if each is not None else by_strip, by_strip, int(sign))
        while parts[-1] and parts[-1][-1].mark is None:  # what stands before a digit that is read elsewhere
            parts[-1].pop()
        return [part for part in parts if part] or given

    def _put_in(self, sign: str, column: int, certain: float, said: StripOutput, own: list[int]) -> int | None:
        """Make a mark for a sign that has none; None for a digit that is read already, but not among a number's `own`."""
        wide, tall = _SIZES.get(sign, _SIZE)
        low = _LOW * DIGIT if sign in ".," else 0.0
        x, y = said.in_picture(np.array([column]), HEIGHT / 2 + low)[0]
        half = np.array([wide, tall]) * said.digit_height / 2
        box = np.array([x - half[0], y - half[1], x + half[0], y + half[1]], np.float32)
        before = [found.boxes for found in self.added[: self.begun] if found.kinds[0] < FIRST_SEPARATOR]
        twice = (overlap(box[None], np.concatenate([np.zeros((0, 4), np.float32), *before]))[1] > _ANOTHER).any()
        if sign.isdigit() and (twice or self.page.is_taken(box, own)):
            return None
        kind = HANDWRITTEN if sign.isdigit() else FIRST_SEPARATOR + SEPARATORS.index(sign)
        classes = np.exp(said.logs[column, :10])[None]
        self.added.append(
            Found(
                np.array([kind], np.int64),
                np.array([np.clip(certain, 0.05, 0.95)], np.float32),
                np.asarray(classes / max(float(classes.sum()), 1e-9), np.float32),
                box[None],
                np.array([0.5], np.float32),
                np.array([[x, y]], np.float32),
            )
        )
        self.of_pass.append(said.of_pass)
        return len(self.before.found) + len(self.added) - 1

    def located(self) -> Located:
        """Return the page's marks with those that were put in behind them."""
        if not self.added:
            return self.before
        parts = [self.before.found, *self.added]
        whole = Found(*(np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])))
        of_pass = np.concatenate([self.before.of_pass, np.array(self.of_pass, np.intp)])
        return replace(self.before, found=whole, of_pass=of_pass)


def _mixed(each: npt.NDArray[np.float64], by_strip: npt.NDArray[np.float64], decided: int) -> npt.NDArray[np.float64]:
    """Return how probably a digit is each of the ten: as the candidates say, with what was decided as the best.

    No digit is impossible because no candidate has it: a hundredth is left to what the strip says in its column.
    """
    mixed = 0.99 * each / max(float(each.sum()), 1e-9) + 0.01 * by_strip / max(float(by_strip.sum()), 1e-9)
    mixed[decided] = max(float(mixed[decided]), float(mixed.max()) + 1e-6)
    return np.asarray(mixed / mixed.sum())
