"""The errors that users meet: a bad input, an extra that is not installed, a damaged installation."""

from __future__ import annotations

import difflib
import importlib.util
import platform
import sys
from collections.abc import Iterable
from typing import Any


def one_line(text: object, limit: int = 300) -> str:
    """Return `text` on one line, control characters escaped, at most `limit` characters long."""
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(text))
    return line if len(line) <= limit else line[: limit - 1] + "…"


class InputError(ValueError):
    """An input that cannot be used: which one, what is wrong with it, and what would do.

    `str(error)` is one line, ready to be shown to a person.
    """

    def __init__(self, source: object, problem: str, remedy: str) -> None:
        self.source = one_line(source)
        self.problem = one_line(problem)
        self.remedy = one_line(remedy)
        super().__init__(f"{self.source}: {self.problem}; {self.remedy}")

    @property
    def reason(self) -> str:
        """What is wrong and what would do, for where the source is named beside it."""
        return f"{self.problem}; {self.remedy}"

    def __reduce__(self) -> tuple[type[InputError], tuple[str, str, str]]:
        """Survive the way between processes (the default would call with one argument)."""
        return type(self), (self.source, self.problem, self.remedy)


def unexpected(source: object, error: Exception) -> InputError:
    """Return an error of our own making, met in one of many pictures, as that picture's: the others shall not suffer."""
    return InputError(source, f"cannot be read ({type(error).__name__}: {error})", "please report this picture")


class TooLargeError(InputError):
    """An input beyond a limit: of bytes, of pixels, of pages."""


class InUseError(InputError):
    """A file or folder that another process is working on."""


class MissingExtraError(ImportError):
    """A part of Inkdigits needs packages that this installation does not have."""

    def __init__(self, needs: str, extra: str, do: str = "") -> None:
        self.extra = extra
        do = do or f"needs more packages: pip install '.[{extra}]' in a clone of Inkdigits"
        super().__init__(f"{needs} {do}")


class DamagedInstallationError(RuntimeError):
    """A file that ships with the package does not hold what it was shipped with."""


def require(needs: str, extra: str, *packages: str) -> None:
    """Raise MissingExtraError unless all of these packages are installed. None of them is imported."""
    missing = [package for package in packages if importlib.util.find_spec(package) is None]
    if "tensorflow" in missing and not has_tensorflow(sys.version_info, sys.platform, platform.machine()):
        here = f"Python {sys.version_info[0]}.{sys.version_info[1]} on {platform.system()}, {platform.machine()}"
        do = f"needs TensorFlow, which has no release for {here}, yet; docs/install.md says where it has"
        raise MissingExtraError(needs, extra, do)
    if missing:
        raise MissingExtraError(needs, extra)


def has_tensorflow(version: tuple[Any, ...], system: str, machine: str) -> bool:
    """Tell whether TensorFlow has a release for a version of Python and a machine: as pyproject.toml says."""
    return version < (3, 14) and not (system == "darwin" and machine == "x86_64")


def nearest(word: str, known: Iterable[str]) -> str:
    """Return which of the known words a word that is none of them comes nearest to."""
    return difflib.get_close_matches(word, known, 1, cutoff=0.0)[0]
