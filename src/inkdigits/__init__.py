"""Inkdigits reads handwritten digits.

    import inkdigits
    digit = inkdigits.classify("photo.jpg")
    digit.label, digit.confidence

Everything here is imported when it is first used, so that `import inkdigits` itself costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.2.0"

_HOMES = {
    "classify": "inkdigits.reader",
    "classify_many": "inkdigits.reader",
    "classify_glyphs": "inkdigits.reader",
    "explain": "inkdigits.explaining.explanation",
    "read": "inkdigits.reader",
    "read_many": "inkdigits.reader",
    "read_pages": "inkdigits.reader",
    "BatchReader": "inkdigits.distributed.reader",
    "Digit": "inkdigits.results",
    "Explanation": "inkdigits.explaining.explanation",
    "Form": "inkdigits.forms.form",
    "Line": "inkdigits.results",
    "Options": "inkdigits.options",
    "Page": "inkdigits.results",
    "Reader": "inkdigits.reader",
    "Sheet": "inkdigits.forms.sheet",
    "InputError": "inkdigits.errors",
    "MissingExtraError": "inkdigits.errors",
}

__all__ = [
    "BatchReader",
    "Digit",
    "Explanation",
    "Form",
    "InputError",
    "Line",
    "MissingExtraError",
    "Options",
    "Page",
    "Reader",
    "Sheet",
    "__version__",
    "classify",
    "classify_glyphs",
    "classify_many",
    "explain",
    "read",
    "read_many",
    "read_pages",
]

if TYPE_CHECKING:
    from inkdigits.distributed.reader import BatchReader
    from inkdigits.errors import InputError, MissingExtraError
    from inkdigits.explaining.explanation import Explanation, explain
    from inkdigits.forms.form import Form
    from inkdigits.forms.sheet import Sheet
    from inkdigits.options import Options
    from inkdigits.reader import Reader, classify, classify_glyphs, classify_many, read, read_many, read_pages
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
