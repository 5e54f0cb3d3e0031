"""Inkdigits reads handwritten digits.

    import inkdigits
    digit = inkdigits.classify("photo.jpg")
    digit.label, digit.confidence

Everything here is imported when it is first used, so that `import inkdigits` itself costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

_HOMES = {
    "classify": "inkdigits.reading.single",
    "classify_many": "inkdigits.reading.single",
    "classify_glyphs": "inkdigits.reading.single",
    "explain": "inkdigits.explaining.explanation",
    "read": "inkdigits.reading.page",
    "read_pages": "inkdigits.reading.page",
    "Digit": "inkdigits.results",
    "Explanation": "inkdigits.explaining.explanation",
    "Line": "inkdigits.results",
    "Page": "inkdigits.results",
    "InputError": "inkdigits.errors",
    "MissingExtraError": "inkdigits.errors",
}

__all__ = [
    "Digit",
    "Explanation",
    "InputError",
    "Line",
    "MissingExtraError",
    "Page",
    "__version__",
    "classify",
    "classify_glyphs",
    "classify_many",
    "explain",
    "read",
    "read_pages",
]

if TYPE_CHECKING:
    from inkdigits.errors import InputError, MissingExtraError
    from inkdigits.explaining.explanation import Explanation, explain
    from inkdigits.reading.page import read, read_pages
    from inkdigits.reading.single import classify, classify_glyphs, classify_many
    from inkdigits.results import Digit, Line, Page


def __getattr__(name: str) -> object:
    """Import a public name from the module that it lives in (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'inkdigits' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
