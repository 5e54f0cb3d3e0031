"""Files that are whole or not there: everything is written aside and renamed. And text in the encoding that it is in."""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from inkdigits.errors import InputError


def check_own_folder(folder: Path, made: str) -> None:
    """Raise InputError for a folder of a user's files, `made` not among them: what is written might replace them."""
    if folder.is_dir() and any(folder.iterdir()) and not (folder / made).exists():
        raise InputError(folder, "holds other files already", "give --out a folder that is new or empty")


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """Give a path to write to that becomes `path` when the block ends well, and vanishes when it does not."""
    make_folder(path.parent)
    # Always the same name: what a killed process leaves behind is overwritten by the next.
    aside = path.with_name(f".part-{path.name}")
    try:
        yield aside
        with aside.open("rb+") as file:
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        if error.filename in (None, str(aside), aside):  # a full disk names nothing, and the other name is ours
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise
    finally:
        aside.unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, unless it is there. Raises InputError for the name of a file."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise InputError(folder, "is no folder", "give a place in one") from None


def write_text(path: Path, text: str) -> None:
    """Write text to a file, whole or not at all."""
    with written_aside(path) as aside:
        aside.write_text(text, encoding="utf-8")


def encoding_of(beginning: bytes) -> str:
    """Return the encoding of a text by the byte order mark that it may begin with: UTF-16, as Windows has it, or UTF-8."""
    is_utf16 = beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return "utf-16" if is_utf16 else "utf-8-sig"


def read_text(path: Path) -> str:
    """Return the text of a file without its byte order mark. Raises OSError, or ValueError for what is no text."""
    data = path.read_bytes()
    return data.decode(encoding_of(data))
