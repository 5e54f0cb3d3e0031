"""What a number may be: a length, a pattern, a range, a list, a check digit; and the best reading that satisfies it.

The readings of a line are tried in the order of their probability, so the first that satisfies is the best.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkdigits.errors import InputError, nearest

# Readings of a line that are tried before it counts as not satisfying what is expected.
MOST_TRIED = 20_000
# One line in so many is not what it is expected to be: another number, or one that was written down wrong. What is less
# likely than that to have been written is not read into it, whatever is expected.
_UNEXPECTED = 1e-3
_KINDS = ("length:", "range:", "values:", "luhn", "mod11", "mod97")
_REMEDY = r"give length:5, range:0-100, values:12,15,20, luhn, mod11, mod97 or a regular expression such as \d{5}"


@dataclass(frozen=True)
class Expectation:
    """A condition on a line: `accepts(text)` is asked about its digits and separators, without spaces."""

    description: str
    accepts: Callable[[str], bool]


def parse(expect: str | Sequence[str]) -> list[Expectation]:
    """Return what one or several descriptions expect; all must hold. Raises InputError for one that means nothing.

    length:N        so many digits
    range:A-B       a whole number from A to B
    values:X,Y,…    one of these, separators included
    luhn            the check digit of payment cards (ISO/IEC 7812)
    mod11           weights 2, 3, … from the right before the check digit, as in ISBN-10 without X
    mod97           the remainder by 97 is 1 (ISO 7064 MOD 97-10, as in IBAN)
    anything else   a regular expression that the whole line must match; it cannot begin with a letter
    """
    texts = [expect] if isinstance(expect, str) else expect
    if not isinstance(texts, Sequence) or not all(isinstance(text, str) for text in texts):
        raise InputError(f"expect={expect!r}", "is neither a text nor a list of texts", _REMEDY)
    return [_parse(text) for text in texts]


def _parse(text: str) -> Expectation:
    name, colon, value = text.partition(":")
    checks = {"luhn": luhn, "mod11": mod11, "mod97": mod97}
    if text in checks:
        check = checks[text]
        return Expectation(text, lambda line: len(_digits(line)) > 1 and check(_digits(line)))
    if colon and name == "length" and re.fullmatch("[0-9]{1,9}", value):
        return Expectation(text, lambda line: len(_digits(line)) == int(value))
    if colon and name == "values" and value:
        allowed = {v.strip() for v in value.split(",")}
        return Expectation(text, allowed.__contains__)
    bounds = re.fullmatch("([0-9]{1,1000})-([0-9]{1,1000})", value)
    if colon and name == "range" and bounds and int(bounds[1]) <= int(bounds[2]):
        low, high = int(bounds[1]), int(bounds[2])
        return Expectation(text, lambda line: line.isdigit() and low <= int(line) <= high)
    if colon and name in ("length", "values", "range"):
        raise InputError(f"expect {text!r}", f"has no proper {name}", _REMEDY)
    # No line begins with a letter: this is a slip of the pen, and as an expression it would fit nothing without a word.
    if not text or re.fullmatch("[A-Za-z][A-Za-z0-9]*(:.*)?", text):
        near = nearest(name.lower() + (colon if f"{name.lower()}:" in _KINDS else ""), _KINDS).removesuffix(":")
        hint = f"did you mean {near}? " if text else ""
        raise InputError(f"expect {text!r}", "is none of the kinds there are", hint + _REMEDY)
    try:
        pattern = re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise InputError(f"expect {text!r}", f"is no regular expression ({error})", _REMEDY) from None
    return Expectation(text, lambda line: pattern.fullmatch(line) is not None)


def _digits(line: str) -> str:
    return "".join(c for c in line if c.isdigit())


def luhn(digits: str) -> bool:
    """Tell whether the last digit is the Luhn check digit of the others."""
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def mod11(digits: str) -> bool:
    """Tell whether the digits, weighted 1, 2, 3, … from the right, sum to a multiple of 11."""
    return sum(int(d) * (i + 1) for i, d in enumerate(reversed(digits))) % 11 == 0


def mod97(digits: str) -> bool:
    """Tell whether the number leaves 1 when divided by 97."""
    return int(digits) % 97 == 1


@dataclass(frozen=True)
class Reading:
    """A line's digits as they satisfy what was expected; how probable all of them are, and how probable each one is."""

    digits: tuple[int, ...]
    confidence: float
    each: tuple[float, ...]


def best(
    probabilities: npt.NDArray[np.float32], write: Callable[[Sequence[int]], str], expected: list[Expectation]
) -> Reading | None:
    """Return the most probable reading that satisfies all expectations, or None if none of the likely ones does.

    `probabilities` is float32 (K, 10), a row per digit of the line, which sums to 1, or to less where it may be no digit;
    `write` gives the line's text for K digits. What is expected is believed, but for one line in a thousand, of which
    nothing is expected. So the confidence is near 1 where nothing else fits, 0.5 where two readings fit equally well or
    where what fits is a thousand times less likely than what does not; what is even less likely counts as not satisfying.
    """
    found: tuple[int, ...] | None = None
    first = total = 0.0
    satisfying = np.zeros(probabilities.shape, np.float64)  # the probability of the readings with that digit there
    places = np.arange(len(probabilities))
    for digits, probability in _by_probability(probabilities):
        if found is not None and probability < 1e-4 * first:
            break
        if all(e.accepts(write(digits)) for e in expected):
            if found is None:
                found, first = digits, probability
            total += probability
            satisfying[places, digits] += probability
    if found is None or total < _UNEXPECTED * (1 - total):
        return None
    whole = total + _UNEXPECTED * (1 - total)
    fits = satisfying[places, found]
    each = (fits + _UNEXPECTED * np.maximum(probabilities[places, found] - fits, 0)) / whole
    return Reading(found, first / whole, tuple(float(v) for v in np.minimum(each, 1.0)))


def _by_probability(probabilities: npt.NDArray[np.float32]) -> Iterator[tuple[tuple[int, ...], float]]:
    """Yield readings and their probabilities, the most probable first, at most MOST_TRIED.

    A best-first search: from each reading, one digit at a time (from the last one changed on) is replaced by its next best.
    """
    order = np.argsort(-probabilities, axis=1, kind="stable")
    costs = -np.log(np.maximum(np.take_along_axis(probabilities, order, axis=1).astype(np.float64), 1e-12))
    start = (0,) * len(probabilities)
    heap: list[tuple[float, tuple[int, ...], int]] = [(float(costs[:, 0].sum()), start, 0)]
    for _ in range(MOST_TRIED):
        if not heap:
            return
        cost, ranks, last = heapq.heappop(heap)
        yield tuple(int(order[i, rank]) for i, rank in enumerate(ranks)), float(np.exp(-cost))
        for i in range(last, len(ranks)):
            if ranks[i] < 9:
                step = float(costs[i, ranks[i] + 1] - costs[i, ranks[i]])
                heapq.heappush(heap, (cost + step, (*ranks[:i], ranks[i] + 1, *ranks[i + 1 :]), i))
