"""What a number may be: a length, a pattern, a range, a list, a check digit."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from inkdigits.errors import InputError, nearest
from inkdigits.recognising import pattern
from inkdigits.recognising.automata import Automaton, Length, Luhn, Mod11, Mod97, Range, Values

_KINDS = ("length:", "range:", "values:", "luhn", "mod11", "mod97")
_CHECKS: dict[str, Callable[[], Automaton[Any]]] = {"luhn": Luhn, "mod11": Mod11, "mod97": Mod97}
_REMEDY = r"give length:5, range:0-100, values:12,15,20, luhn, mod11, mod97 or a regular expression such as \d{5}"


@dataclass(frozen=True, eq=False)
class Expectation:
    """A condition on a line's digits and separators, without spaces."""

    description: str
    automaton: Automaton[Any]

    def accepts(self, text: str) -> bool:
        """Tell whether a text satisfies."""
        return self.automaton.satisfied_by(text)


def parse(expect: str | Sequence[str] | None) -> list[Expectation]:
    """Return what one or several descriptions expect; all must hold. None is none. Raises InputError for nonsense.

    length:N        so many digits
    range:A-B       a whole number from A to B
    values:X,Y,…    one of these, separators included
    luhn            the check digit of payment cards (ISO/IEC 7812)
    mod11           weights 2, 3, … from the right before the check digit, as in ISBN-10 without X
    mod97           the remainder by 97 is 1 (ISO 7064 MOD 97-10, as in IBAN)
    anything else   a regular expression that the whole line must match; it cannot begin with a letter
    """
    texts = [] if expect is None else [expect] if isinstance(expect, str) else expect
    if not isinstance(texts, Sequence) or not all(isinstance(text, str) for text in texts):
        raise InputError(f"expect={expect!r}", "is neither a text nor a list of texts", _REMEDY)
    return [_parse(text) for text in texts]


def _parse(text: str) -> Expectation:
    name, colon, value = text.partition(":")
    if text in _CHECKS:
        return Expectation(text, _CHECKS[text]())
    if colon and name == "length" and re.fullmatch("[0-9]{1,9}", value):
        return Expectation(text, Length(int(value)))
    if colon and name == "values" and value:
        return Expectation(text, Values(v.strip() for v in value.split(",")))
    bounds = re.fullmatch("([0-9]{1,1000})-([0-9]{1,1000})", value)
    if colon and name == "range" and bounds and int(bounds[1]) <= int(bounds[2]):
        return Expectation(text, Range(int(bounds[1]), int(bounds[2])))
    if colon and name in ("length", "values", "range"):
        raise InputError(f"expect {text!r}", f"has no proper {name}", _REMEDY)
    # No line begins with a letter: this is a slip of the pen, and as an expression it would fit nothing without a word.
    if not text or re.fullmatch("[A-Za-z][A-Za-z0-9]*(:.*)?", text):
        near = nearest(name.lower() + (colon if f"{name.lower()}:" in _KINDS else ""), _KINDS).removesuffix(":")
        hint = f"did you mean {near}? " if text else ""
        raise InputError(f"expect {text!r}", "is none of the kinds there are", hint + _REMEDY)
    try:
        return Expectation(text, pattern.automaton(re.compile(text)))
    except (re.error, ValueError, OverflowError, RecursionError) as error:
        raise InputError(f"expect {text!r}", f"is no regular expression ({error})", _REMEDY) from None
