"""What a number may be, as automata: they follow its signs one by one, and end where nothing that comes can satisfy them.

Each has a finite number of states for texts of a bounded length. `Walk` follows several, for many readings of a line.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Hashable, Iterable, Sequence
from math import prod
from threading import Lock
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

SIGNS = "0123456789.,-/:"  # what may stand in a line
PLACE = {sign: i for i, sign in enumerate(SIGNS)}
DEAD = -1  # the state from which nothing can satisfy
_UNKNOWN = -2
MANY = 10**9  # about as many states as there are readings
_MOST_FOLLOWED = 20_000  # states of a line, if all can be reached
_MOST_STATES = 100_000  # that a walk remembers

State = TypeVar("State", bound=Hashable)
Numbers = npt.NDArray[np.intp]


class Automaton(ABC, Generic[State]):
    """A condition on a text, one sign after the other.

    `start` is the state of the empty text; `step` returns that after one more sign, None where no text that begins so can
    satisfy; `accepts` tells whether a text that ends in a state satisfies. `size` is about how many states there are for a
    line.
    """

    start: State
    size = 10
    exhausted = False  # has done all that it may do for one line: what it says of this one need not hold for others

    @abstractmethod
    def step(self, state: State, sign: str) -> State | None:
        """Return the state after one more sign, or None."""

    @abstractmethod
    def accepts(self, state: State) -> bool:
        """Tell whether the text that led to a state satisfies."""

    def begin(self) -> bool:
        """Get ready for another line; tell whether the states of earlier ones mean nothing any more."""
        return False

    def satisfied_by(self, text: str) -> bool:
        """Tell whether a whole text satisfies."""
        state: State | None = self.start
        for sign in text:
            state = None if state is None or sign not in PLACE else self.step(state, sign)
        return state is not None and self.accepts(state)


class Length(Automaton[int]):
    """So many digits; separators do not count."""

    start = 0

    def __init__(self, count: int) -> None:
        self._count = count

    def step(self, state: int, sign: str) -> int | None:
        """Count digits; one too many ends it."""
        if not sign.isdigit():
            return state
        return state + 1 if state < self._count else None

    def accepts(self, state: int) -> bool:
        """Tell whether there are enough."""
        return state == self._count


class Range(Automaton[tuple[int, int, int]]):
    """A whole number from `low` to `high`; zeros before it are allowed, separators are not.

    A state is the number of digits after the leading zeros (−1 before any digit), and how they compare with as many first
    digits of both bounds: −1, 0 or 1.
    """

    start = (-1, 0, 0)

    def __init__(self, low: int, high: int) -> None:
        self._low, self._high = ("" if bound == 0 else str(bound) for bound in (low, high))

    def step(self, state: tuple[int, int, int], sign: str) -> tuple[int, int, int] | None:
        """Compare one more digit with both bounds."""
        if not sign.isdigit():
            return None
        count = max(state[0], 0)
        if count == 0 and sign == "0":
            return 0, 0, 0
        low, high = (
            before or _compared(sign, bound[count : count + 1])
            for before, bound in zip(state[1:], (self._low, self._high), strict=True)
        )
        too_large = count + 1 > len(self._high) or (count + 1 == len(self._high) and high > 0)
        return None if too_large else (count + 1, low, high)

    def accepts(self, state: tuple[int, int, int]) -> bool:
        """Tell whether the number is within both bounds, which end in their last digits."""
        count, low, high = state
        return (
            count >= 0
            and (count > len(self._low) or (count == len(self._low) and low >= 0))
            and (count < len(self._high) or (count == len(self._high) and high <= 0))
        )


def _compared(sign: str, other: str) -> int:
    return (sign > other) - (sign < other)


class Values(Automaton[str]):
    """One of these texts. A state is what has been read: the start of one of them."""

    start = ""

    def __init__(self, values: Iterable[str]) -> None:
        self._values = set(values)
        self.size = 1 + sum(map(len, self._values))
        self._ordered = sorted(self._values)

    def step(self, state: str, sign: str) -> str | None:
        """Look whether a value begins so."""
        text = state + sign
        place = bisect_left(self._ordered, text)
        return text if place < len(self._ordered) and self._ordered[place].startswith(text) else None

    def accepts(self, state: str) -> bool:
        """Tell whether it is a value."""
        return state in self._values


class _CheckDigit(Automaton[tuple[int, ...]]):
    """A check digit; separators do not count. A state is how many digits there were, at most 2, and sums or remainders."""

    size = 100

    def step(self, state: tuple[int, ...], sign: str) -> tuple[int, ...] | None:
        """Add a digit on the right."""
        return (min(state[0] + 1, 2), *self._added(state, int(sign))) if sign.isdigit() else state

    def accepts(self, state: tuple[int, ...]) -> bool:
        """Tell whether there are two digits at least, and the last one is right."""
        return state[0] == 2 and self._right(state)

    @abstractmethod
    def _added(self, state: tuple[int, ...], digit: int) -> tuple[int, ...]:
        """Return the sums after one more digit."""

    def _right(self, state: tuple[int, ...]) -> bool:
        return state[1] == 0


class Luhn(_CheckDigit):
    """Every other digit from the right but one is doubled; the digits of all sum to a multiple of ten (ISO/IEC 7812).

    Where the last digit stands is known at the end only, so both sums are kept: the second is that with the last digit
    doubled. One more digit makes each the other's.
    """

    start = (0, 0, 0)

    def _added(self, state: tuple[int, ...], digit: int) -> tuple[int, ...]:
        doubled = 2 * digit - 9 if digit > 4 else 2 * digit
        return (state[2] + digit) % 10, (state[1] + doubled) % 10


class Mod11(_CheckDigit):
    """The digits, weighted 1, 2, 3, … from the right, sum to a multiple of 11.

    One more digit on the right, of weight 1, adds 1 to the weights of all others: their sum without weights is kept, too.
    """

    start = (0, 0, 0)

    def _added(self, state: tuple[int, ...], digit: int) -> tuple[int, ...]:
        plain = (state[2] + digit) % 11
        return (state[1] + plain) % 11, plain


class Mod97(_CheckDigit):
    """The number leaves 1 when divided by 97 (ISO 7064 MOD 97-10)."""

    start = (0, 0)

    def _added(self, state: tuple[int, ...], digit: int) -> tuple[int, ...]:
        return ((10 * state[1] + digit) % 97,)

    def _right(self, state: tuple[int, ...]) -> bool:
        return state[1] == 1


class Walk:
    """Several automata at once, for many readings at once: states are numbered as they are first reached, from 0.

    A separator counts when a digit follows: what stands after the last digit is no part of the number. So a state is made
    of those after the last digit (None before one), by which a text that ends here is judged, and those after all signs.
    """

    def __init__(self, automata: Sequence[Automaton[Any]]) -> None:
        self._automata = automata
        self.narrow = prod(a.size for a in automata) > _MOST_FOLLOWED  # follow only the most probable readings
        self.lock = Lock()  # a reader may be used by several threads
        self._reset()

    def _reset(self) -> None:
        self._states: list[tuple[Any, Any]] = []
        self._numbers: dict[tuple[Any, Any], int] = {}
        self._next = np.full((64, len(SIGNS)), _UNKNOWN, np.int32)
        self._satisfied = np.zeros(64, bool)
        self._number(None, tuple(a.start for a in self._automata))

    def begin(self) -> None:
        """Get ready for another line."""
        forgotten = [automaton.begin() for automaton in self._automata]
        if any(forgotten) or len(self._states) > _MOST_STATES:
            self._reset()

    def satisfied(self, states: Numbers) -> npt.NDArray[np.bool_]:
        """Tell in which states all is satisfied, and there is a digit."""
        return self._satisfied[states]

    def follow(self, states: Numbers, signs: Numbers) -> Numbers:
        """Return the states after some signs, each (N,); DEAD where nothing can satisfy any more."""
        found = self._next[states, signs]
        for i in np.flatnonzero(found == _UNKNOWN):
            state, sign = int(states[i]), int(signs[i])
            found[i] = number = self._step(state, sign)
            if not any(automaton.exhausted for automaton in self._automata):
                self._next[state, sign] = number
        return np.asarray(found, np.intp)

    def _step(self, state: int, place: int) -> int:
        held, ahead = self._states[state]
        sign = SIGNS[place]
        moved = None if ahead is None else self._moved(ahead, sign)
        if sign.isdigit():
            return DEAD if moved is None else self._number(moved, moved)
        return DEAD if moved is None and not self._satisfied[state] else self._number(held, moved)

    def _moved(self, states: tuple[Any, ...], sign: str) -> tuple[Any, ...] | None:
        moved = []
        for automaton, state in zip(self._automata, states, strict=True):
            after = automaton.step(state, sign)
            if after is None:
                return None
            moved.append(after)
        return tuple(moved)

    def _number(self, held: tuple[Any, ...] | None, ahead: tuple[Any, ...] | None) -> int:
        state = held, ahead
        number = self._numbers.get(state)
        if number is None:
            number = self._numbers[state] = len(self._states)
            self._states.append(state)
            if number == len(self._next):
                self._next = np.concatenate([self._next, np.full_like(self._next, _UNKNOWN)])
                self._satisfied = np.concatenate([self._satisfied, np.zeros_like(self._satisfied)])
            self._satisfied[number] = held is not None and all(
                a.accepts(s) for a, s in zip(self._automata, held, strict=True)
            )
        return number
