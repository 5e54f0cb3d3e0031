"""What a person names → the files that are meant: a folder stands for the pictures in it and below it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator

from inkdigits import folders
from inkdigits.errors import InputError
from inkdigits.image import decode

PICTURES = decode.ENDINGS
DOCUMENTS = PICTURES | {".pdf"}


def find(
    sources: Iterable[str],
    endings: frozenset[str],
    on_error: Callable[[InputError], None],
    on_warning: Callable[[str], None],
) -> Iterator[str]:
    """Yield the files that are meant, in the order named; those of a folder as `folders.walk` has them.

    Of a folder's files, those with one of the `endings` are taken; that others are passed over is told to `on_warning`, in
    one line a folder named. A folder that cannot be listed or holds nothing is told to `on_error`. What is no folder is
    yielded as it is, - included.
    """
    for source in sources:
        if source == "-" or not os.path.isdir(source):  # noqa: PTH112 (a Path would change "./x" into "x")
            yield source
            continue
        empty, others = True, []
        for path in folders.walk(source, on_error):
            if folders.has_ending(path, endings):
                empty = False
                yield path
            else:
                others.append(path)
        told = folders.passed_over(source, others)
        if told:
            on_warning(told)
        if empty:
            on_error(InputError(source, "holds no pictures", "give another folder"))
