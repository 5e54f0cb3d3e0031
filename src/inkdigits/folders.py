"""The files in a folder and below it: hidden ones, pipes and devices left out, and each folder seen once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from inkdigits.errors import InputError

# What file managers leave in folders of pictures without being asked.
_LEFT_BY_SYSTEMS = {"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "__macosx"}
_NAMED = 5  # files that a line names; of the others it tells the number


def walk(folder: str, on_error: Callable[[InputError], None]) -> Iterator[str]:
    """Yield the files in a folder by name, its own before those of its subfolders.

    What is hidden (its name begins with a dot), what file managers leave there, pipes and devices are left out. Links are
    followed, each folder once, so that a link to a folder above does no harm. A folder that cannot be listed is told to
    `on_error`.
    """

    def unlisted(error: OSError) -> None:
        on_error(InputError(error.filename, f"cannot be listed ({error.strerror})", "check its permissions"))

    seen = {_identity(folder)}
    for place, folders, files in os.walk(folder, followlinks=True, onerror=unlisted):
        below = sorted(filter(_is_meant, folders))
        folders.clear()  # os.walk goes on with what is put back
        for name in below:
            identity = _identity(os.path.join(place, name))  # noqa: PTH118 (a Path would change "./x" into "x")
            if identity not in seen:
                seen.add(identity)
                folders.append(name)
        for name in sorted(filter(_is_meant, files)):
            path = os.path.join(place, name)  # noqa: PTH118
            if not _is_special(path):
                yield path


def below(folder: Path) -> list[Path]:
    """Return the folders in a folder by name, without the hidden ones. Raises InputError for one that cannot be listed."""
    try:
        with os.scandir(folder) as entries:  # which tells without a look at each of many thousand files
            return sorted(folder / entry.name for entry in entries if entry.is_dir() and _is_meant(entry.name))
    except OSError as error:
        raise InputError(folder, f"cannot be listed ({error.strerror})", "check its permissions") from None


def has_ending(path: str, endings: frozenset[str]) -> bool:
    """Tell whether a file's name ends in one of these: ".png", in small letters."""
    return os.path.splitext(path)[1].lower() in endings  # noqa: PTH122


def passed_over(folder: object, files: Iterable[str]) -> str | None:
    """Return the line that tells which files of a folder are not looked at, or None if all are."""
    names = [os.path.basename(path) for path in files]  # noqa: PTH119
    if not names:
        return None
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    what = "1 file is" if len(names) == 1 else f"{len(names):,} files are"
    return f"{folder}: {what} passed over, not being named as pictures are: {', '.join(names[:_NAMED])}{more}"


def _is_meant(name: str) -> bool:
    return not name.startswith(".") and name.lower() not in _LEFT_BY_SYSTEMS


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
