"""The teachers of a recipe that are not there yet: they are trained first, so that one call trains any recipe."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from inkdigits import run, series
from inkdigits.datasets.load import Data
from inkdigits.errors import InputError
from inkdigits.training import distil
from inkdigits.training import recipe as recipes
from inkdigits.training.recipe import AnyRecipe

Watching = Callable[[AnyRecipe], AbstractContextManager[run.Watcher]]  # who watches the training of a recipe


def train_missing(
    recipe: AnyRecipe, data_name: str, data: Data, watching: Watching, tell: Callable[[str], None] = lambda _line: None
) -> None:
    """Train, or go on with, the teachers that a recipe names as runs/RECIPE-SEED and that are not finished.

    `tell` is called with a line before each. Raises InputError for a teacher that is not there and that no recipe in the
    package makes, and as series.train_alone does.
    """
    for teacher in recipe.distil.teachers:
        try:
            distil.folder_of(teacher, run.whole_name(data_name))
        except InputError:
            named = re.fullmatch("(.+)-([0-9]{1,9})", Path(teacher).name)
            if named is None or named[1] not in recipes.names():
                raise
            own, seed, out = recipes.load(named[1]), int(named[2]), Path(teacher).parent
            if own.task != recipe.task:
                raise
            train_missing(own, data_name, data, watching, tell)
            command = shlex.join(["inkdigits", "train", own.name, "--seed", str(seed), "--data", data_name])
            tell(f"{teacher}, which teaches {recipe.name}, comes first: {command}")
            with watching(own) as watcher:
                series.train_alone(own, seed, data_name, data, out, command, watcher)
