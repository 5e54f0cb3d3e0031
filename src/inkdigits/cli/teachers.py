"""The teachers of a recipe that are not there yet: they are trained first, so that one command trains any recipe."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from inkdigits.cli.watch import stopped, watching
from inkdigits.errors import InputError

if TYPE_CHECKING:
    from inkdigits.datasets.load import Data
    from inkdigits.training.recipe import AnyRecipe


def train_missing(recipe: AnyRecipe, data_name: str, data: Data) -> None:
    """Train, or go on with, the teachers that a recipe names as runs/RECIPE-SEED and that are not finished.

    Raises InputError for a teacher that is not there and that no recipe in the package makes.
    """
    from inkdigits import series
    from inkdigits.training import distil
    from inkdigits.training import recipe as recipes

    for teacher in recipe.distil.teachers:
        try:
            distil.folder_of(teacher)
        except InputError:
            named = re.fullmatch("(.+)-([0-9]{1,9})", Path(teacher).name)
            if named is None or named[1] not in recipes.names():
                raise
            own, seed, out = recipes.load(named[1]), int(named[2]), Path(teacher).parent
            if own.task != recipe.task:
                raise
            train_missing(own, data_name, data)
            command = shlex.join(["inkdigits", "train", own.name, "--seed", str(seed), "--data", data_name])
            click.echo(f"{teacher}, which teaches {recipe.name}, comes first: {command}", err=True)
            try:
                with watching(own) as watcher:
                    series.train_seed(own, seed, data_name, data, out, command, watcher)
            except KeyboardInterrupt:
                stopped()
