"""Files that are whole or not there: everything is written aside and renamed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """Give a path to write to that becomes `path` when the block ends well, and vanishes when it does not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Always the same name: what a killed process leaves behind is overwritten by the next.
    aside = path.with_name(f".part-{path.name}")
    try:
        yield aside
        with aside.open("rb+") as file:
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write text to a file, whole or not at all."""
    with written_aside(path) as aside:
        aside.write_text(text, encoding="utf-8")
