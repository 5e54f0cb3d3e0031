"""Where drawings go: into a .png, and never over a picture that was given."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import click


def is_one_of(drawing: Path, pictures: Iterable[str]) -> bool:
    """Tell whether a drawing would be written over one of the pictures."""
    return drawing.exists() and any(os.path.exists(p) and drawing.samefile(p) for p in pictures)  # noqa: PTH110


def lies_in(drawing: Path, folder: Path) -> bool:
    """Tell whether a drawing would be written into a folder, or anywhere below it."""
    return folder.resolve() in drawing.resolve().parents


def check(option: str, drawing: Path | None, pictures: Iterable[str]) -> None:
    """Raise UsageError, naming the option, for a drawing that is no .png or one of the pictures."""
    if drawing is None:
        return
    if drawing.suffix.lower() != ".png":
        raise click.UsageError(f"{option} writes a .png: give it a name that ends so")
    if is_one_of(drawing, pictures):
        raise click.UsageError(f"{option} is the picture itself: give another name for the drawing")
