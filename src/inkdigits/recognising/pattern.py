"""Regular expressions as automata, so that no expression takes longer than another: no backtracking.

A state is an expression, too: the one that the rest of the text must match, its derivative by what has been read
(Brzozowski, "Derivatives of Regular Expressions", 1964). Lookahead is an intersection or a complement there. What a
derivative cannot say (back-references, lookbehind, word boundaries, atomic groups) is matched by the package `regex`, which
tells whether a text may be the beginning of a match, and can be stopped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from inkdigits.recognising.automata import MANY, PLACE, SIGNS, Automaton

# As the lexer of `re` names them; Python has no public way to an expression's parts.
_ENDLESS = 2**31  # repetitions from which a count is none
_ANY = (1 << len(SIGNS)) - 1
_MOST_TERMS = 20_000  # of an expression's derivatives; one that needs more is not followed any further
_WIDEST = 400  # alternatives in one derivative
_SECONDS = 0.002  # of processor time for matching one text by `regex`
_MOST_SLOW = 2  # texts of a line that took longer; after that no text of it matches


class Unsupported(Exception):  # noqa: N818 – it is no error
    """An expression has a part that derivatives cannot say."""


def automaton(pattern: re.Pattern[str]) -> Automaton[Any]:
    """Return the automaton that accepts what an expression matches as a whole."""
    try:
        return Derivatives(pattern)
    except (Unsupported, RecursionError):
        return Prefixes(pattern)


class Derivatives(Automaton[int]):
    """An expression and its derivatives: terms, each a tuple of its kind and the numbers of its parts.

    ("set", mask)          one of the signs whose bits are set; mask 0: no text at all
    ("empty",)             the empty text
    ("cat", a, b)          a, then b; a is no "cat"
    ("repeat", a, m, n)    a, m to n times; None for any number
    ("or", parts), ("and", parts), ("not", a)
    """

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._pattern = pattern
        self._forget()

    def _forget(self) -> None:
        self.exhausted = False
        self._terms: list[tuple[Any, ...]] = []
        self._nullable: list[bool] = []
        self._numbers: dict[tuple[Any, ...], int] = {}
        self._derived: dict[tuple[int, int], int] = {}
        self._none, self._empty = self._term("set", 0), self._term("empty")
        self._all = self._term("not", self._none)
        from re import _parser  # type: ignore[attr-defined]

        self.start = self._sequence(_parser.parse(self._pattern.pattern, self._pattern.flags), self._empty, True)
        masks = [term[1] for term in self._terms if term[0] == "set"]
        alike = {place: tuple(mask >> place & 1 for mask in masks) for place in range(len(SIGNS))}
        # Of signs that every part of the expression treats alike, one stands for all.
        self._same = [min(p for p in alike if alike[p] == alike[place]) for place in alike]
        for place in set(self._same):
            self._derivative(self.start, place)

    def begin(self) -> bool:
        """Forget derivatives where they have become many."""
        many = len(self._terms) > _MOST_TERMS // 2
        if many:
            self._forget()
        return many

    def step(self, state: int, sign: str) -> int | None:
        """Return the derivative by a sign; None where nothing matches any more, or it is too much to follow."""
        self.exhausted = len(self._terms) > _MOST_TERMS
        if self.exhausted:
            return None
        after = self._derivative(state, self._same[PLACE[sign]])
        return None if after == self._none else after

    def accepts(self, state: int) -> bool:
        """Tell whether the rest may be empty."""
        return self._nullable[state]

    def _derivative(self, number: int, place: int) -> int:
        known = self._derived.get((number, place))
        if known is None:
            known = self._derived[number, place] = self._made(number, place)
        return known

    def _made(self, number: int, place: int) -> int:
        kind, *parts = self._terms[number]
        if kind == "set":
            return self._empty if parts[0] >> place & 1 else self._none
        if kind == "cat":
            ways = []
            while True:
                first, rest = self._terms[number][1:] if self._terms[number][0] == "cat" else (number, self._empty)
                ways.append(self._cat(self._derivative(first, place), rest))
                if not self._nullable[first] or rest == self._empty:
                    return self._either(ways)
                number = rest
        if kind == "repeat":
            part, least, most = parts
            rest = self._repeat(part, max(least - 1, 0), None if most is None else most - 1)
            return self._cat(self._derivative(part, place), rest)
        if kind == "or":
            return self._either(self._derivative(part, place) for part in parts[0])
        if kind == "and":
            return self._both([self._derivative(part, place) for part in parts[0]])
        if kind == "not":
            return self._not(self._derivative(parts[0], place))
        return self._none

    def _term(self, *term: Any) -> int:
        number = self._numbers.get(term)
        if number is None:
            number = self._numbers[term] = len(self._terms)
            self._terms.append(term)
            self._nullable.append(self._is_nullable(*term))
        return number

    def _is_nullable(self, kind: str, *parts: Any) -> bool:
        match kind:
            case "cat":
                return all(self._nullable[part] for part in parts)
            case "repeat":
                return bool(parts[1] == 0) or self._nullable[parts[0]]
            case "or":
                return any(self._nullable[part] for part in parts[0])
            case "and":
                return all(self._nullable[part] for part in parts[0])
            case "not":
                return not self._nullable[parts[0]]
            case _:
                return kind == "empty"

    def _cat(self, first: int, rest: int) -> int:
        if self._none in (first, rest):
            return self._none
        heads = []
        while self._terms[first][0] == "cat":
            heads.append(self._terms[first][1])
            first = self._terms[first][2]
        for head in (first, *reversed(heads)):
            if head != self._empty:
                rest = head if rest == self._empty else self._term("cat", head, rest)
        return rest

    def _either(self, ways: Iterable[int]) -> int:
        parts: set[int] = set()
        mask = 0
        for way in ways:
            kind, *inner = self._terms[way]
            if kind == "set":
                mask |= inner[0]
            elif kind == "or":
                parts |= inner[0]
            else:
                parts.add(way)
        if mask:
            parts.add(self._term("set", mask))
        if self._all in parts:
            return self._all
        if len(parts) > _WIDEST:
            return self._none
        return self._term("or", frozenset(parts)) if len(parts) > 1 else next(iter(parts), self._none)

    def _both(self, ways: Sequence[int]) -> int:
        parts = set(ways) - {self._all}
        if self._none in parts:
            return self._none
        if self._empty in parts:
            return self._empty if all(self._nullable[part] for part in parts) else self._none
        return self._term("and", frozenset(parts)) if len(parts) > 1 else next(iter(parts), self._all)

    def _not(self, part: int) -> int:
        return int(self._terms[part][1]) if self._terms[part][0] == "not" else self._term("not", part)

    def _repeat(self, part: int, least: int, most: int | None) -> int:
        if most == 0 or part == self._empty:
            return self._empty
        if part == self._none:
            return self._none if least else self._empty
        if (least, most) == (1, 1):
            return part
        return self._term("repeat", part, least, most)

    def _sequence(self, items: Sequence[tuple[Any, Any]], rest: int, first: bool, loop: bool = False) -> int:
        """Return the term of items that `rest` follows; `first`: nothing is read before them; `loop`: `rest` is not all."""
        before = [str(op) in ("AT", "ASSERT", "ASSERT_NOT") for op, _ in items]
        for i in range(len(items) - 1, -1, -1):
            rest = self._item(str(items[i][0]), items[i][1], rest, first and all(before[:i]), loop)
        return rest

    def _item(self, op: str, value: Any, rest: int, first: bool, loop: bool) -> int:
        if (mask := _mask(op, value)) is not None:
            return self._cat(self._term("set", mask), rest)
        if op == "BRANCH":
            return self._either([self._sequence(way, rest, first, loop) for way in value[1]])
        if op == "SUBPATTERN":
            return self._sequence(value[3], rest, first, loop)
        if op in ("MAX_REPEAT", "MIN_REPEAT"):
            least, most, part = value
            if most <= 1:
                once = self._sequence(part, rest, first, loop)
                return self._either([once, rest]) if least < most else once if most else rest
            body = self._sequence(part, self._empty, False, True)
            return self._cat(self._repeat(body, least, None if most >= _ENDLESS else most), rest)
        if loop:
            raise Unsupported(op)
        if op == "ASSERT" and value[0] > 0:
            return self._both([self._sequence(value[1], self._all, first), rest])
        if op == "ASSERT_NOT" and value[0] > 0:
            return self._both([self._not(self._sequence(value[1], self._all, first)), rest])
        if op == "AT" and str(value) in ("AT_END", "AT_END_STRING"):
            return self._both([self._empty, rest])
        if op == "AT" and str(value) in ("AT_BEGINNING", "AT_BEGINNING_STRING") and first:
            return rest
        raise Unsupported(op)


def _mask(op: str, value: Any) -> int | None:
    """Return which of SIGNS one sign of an expression may be, as bits; None for what is not one sign."""
    if op == "LITERAL":
        return 1 << PLACE[chr(value)] if chr(value) in PLACE else 0
    if op == "NOT_LITERAL":
        return _ANY & ~(_mask("LITERAL", value) or 0)
    if op == "ANY":
        return _ANY
    if op == "FAILURE":
        return 0
    if op != "IN":
        return None
    mask, negated = 0, False
    for kind, what in value:
        if str(kind) == "NEGATE":
            negated = True
        elif str(kind) == "RANGE":
            mask |= sum(1 << i for i, sign in enumerate(SIGNS) if what[0] <= ord(sign) <= what[1])
        elif str(kind) == "CATEGORY":
            mask |= _of_category(str(what))
        else:
            mask |= _mask(str(kind), what) or 0
    return _ANY & ~mask if negated else mask


def _of_category(name: str) -> int:
    shown = {"DIGIT": r"\d", "NOT_DIGIT": r"\D", "WORD": r"\w", "NOT_WORD": r"\W", "SPACE": r"\s", "NOT_SPACE": r"\S"}
    kind = re.compile(shown[name.removeprefix("CATEGORY_")])
    return sum(1 << i for i, sign in enumerate(SIGNS) if kind.match(sign))


class Prefixes(Automaton[str]):
    """An expression that `regex` matches: a state is what has been read, if it may be the beginning of a match."""

    start = ""
    size = MANY

    def __init__(self, pattern: re.Pattern[str]) -> None:
        import regex

        self._pattern = regex.compile(pattern.pattern)
        self._slow = 0

    def begin(self) -> bool:
        """Be patient again."""
        self._slow, self.exhausted = 0, False
        return False

    def step(self, state: str, sign: str) -> str | None:
        """Look whether a match may begin so."""
        return state + sign if self._matches(state + sign, True) else None

    def accepts(self, state: str) -> bool:
        """Match the whole text."""
        return self._matches(state, False)

    def _matches(self, text: str, partial: bool) -> bool:
        if self.exhausted:
            return False
        try:
            return self._pattern.fullmatch(text, partial=partial, timeout=_SECONDS) is not None
        except TimeoutError:
            self._slow += 1
            self.exhausted = self._slow >= _MOST_SLOW
            return False
