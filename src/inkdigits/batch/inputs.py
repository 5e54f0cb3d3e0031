"""What a person names → the files that are meant: a folder stands for the pictures in it and below it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator

from inkdigits.errors import InputError
from inkdigits.image import decode

PICTURES = decode.ENDINGS
DOCUMENTS = PICTURES | {".pdf"}


def find(sources: Iterable[str], endings: frozenset[str], on_error: Callable[[InputError], None]) -> Iterator[str]:
    """Yield the files that are meant, in the order named; those of a folder by name, its own before its subfolders'.

    Of a folder's files, those with one of the `endings` are taken; what is hidden (its name begins with a dot) is not,
    and neither are pipes and devices. Links are followed, each folder once, so that a link to a folder above does no
    harm. A folder that cannot be listed or holds nothing is told to `on_error`. What is no folder is yielded as it is,
    - included.
    """
    for source in sources:
        if source == "-" or not os.path.isdir(source):  # noqa: PTH112 (a Path would change "./x" into "x")
            yield source
            continue
        empty = True
        for path in _walk(source, endings, on_error):
            empty = False
            yield path
        if empty:
            on_error(InputError(source, "holds no pictures", "give another folder"))


def _walk(folder: str, endings: frozenset[str], on_error: Callable[[InputError], None]) -> Iterator[str]:
    def unlisted(error: OSError) -> None:
        on_error(InputError(error.filename, f"cannot be listed ({error.strerror})", "check its permissions"))

    seen = {_identity(folder)}
    for place, folders, files in os.walk(folder, followlinks=True, onerror=unlisted):
        below = sorted(name for name in folders if not name.startswith("."))
        folders.clear()  # os.walk goes on with what is put back
        for name in below:
            identity = _identity(os.path.join(place, name))  # noqa: PTH118
            if identity not in seen:
                seen.add(identity)
                folders.append(name)
        for name in sorted(files):
            path = os.path.join(place, name)  # noqa: PTH118
            if not name.startswith(".") and os.path.splitext(name)[1].lower() in endings and not _is_special(path):  # noqa: PTH122
                yield path


def _identity(folder: str) -> tuple[int, int] | str:
    """Return what tells a folder from every other, whatever it is called."""
    try:
        status = os.stat(folder)  # noqa: PTH116
    except OSError:  # it has just vanished, which listing it will tell
        return folder
    return status.st_dev, status.st_ino


def _is_special(path: str) -> bool:
    """Tell whether this is a pipe, a socket or a device: opening it could wait for ever. (A link to nothing is not.)"""
    return os.path.exists(path) and not os.path.isfile(path)  # noqa: PTH110, PTH113
