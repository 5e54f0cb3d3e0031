"""A line of digits, and what it is expected to be → the reading that satisfies it, and how sure each digit of it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice, product

import numpy as np

from inkdigits.recognising.expect import Expectation, best
from inkdigits.results import Line

# What a mark may be instead, where only that is as expected, and how many ways of writing a line are tried.
_OTHER = {".": ",", ",": "."}
_MOST_SPELLINGS = 8


def narrowed(line: Line, expected: list[Expectation], threshold: float) -> Line:
    """Return the line as the best reading that satisfies what is expected, or as it is if none of the likely ones does.

    Each digit's confidence becomes what it is given what is expected; it is answered where that is not below `threshold`.
    """
    # As probable as it is that there is a digit at all, and this one.
    beliefs = np.stack(
        [d.probabilities * (d.confidence / max(float(d.probabilities.max()), 1e-30)) for d in line.digits]
    )
    for signs in _spellings(line):
        write = partial(_written, ["" if sign == " " else sign for sign in signs])
        if (reading := best(beliefs, write, expected)) is not None:
            break
    else:
        return replace(line, expected=False)
    digits = tuple(
        replace(
            digit,
            label=value if confidence >= threshold else None,
            best=value,
            confidence=confidence,
            reason=None if confidence >= threshold else "unsure",
        )
        for digit, value, confidence in zip(line.digits, reading.digits, reading.each, strict=True)
    )
    text = _written(signs, ("?" if digit.label is None else digit.label for digit in digits))
    return replace(line, text=text, digits=digits, confidence=reading.confidence, expected=True)


def _spellings(line: Line) -> Iterator[list[str | None]]:
    """Yield a line's signs, None where a digit stands: as they were read, then with points for commas or the other way.

    In a small picture both are two pixels.
    """
    signs = [None if c.isdigit() or c == "?" else c for c in line.text]
    choices = [(c, _OTHER[c]) if c in _OTHER else (c,) for c in signs]
    yield from (list(chosen) for chosen in islice(product(*choices), _MOST_SPELLINGS))


def _written(signs: list[str | None], digits: Iterable[int | str]) -> str:
    following = iter(digits)
    return "".join(str(next(following)) if sign is None else sign for sign in signs)
