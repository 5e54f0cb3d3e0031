"""What a recipe's [after] makes of finished runs: other figures, files in 8 bits, ensembles of members fixed beforehand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from inkdigits.cli.ensemble import ensemble
from inkdigits.cli.evaluate import evaluate
from inkdigits.cli.quantise import quantise
from inkdigits.errors import InputError

if TYPE_CHECKING:
    from inkdigits.datasets.load import Data
    from inkdigits.training.recipe import AnyRecipe


def check(recipe: AnyRecipe, data: Data) -> None:
    """Raise InputError, before anything is trained, for what cannot be made afterwards."""
    if recipe.after.tta and data.test is None:
        what = "has no test half of its own, on which a run could be measured again"
        raise InputError(data.name, what, "take after.tta out of the recipe")


def a_run(recipe: AnyRecipe, folder: Path, data_name: str) -> None:
    """Make what is missing of what the recipe wants of each run, in folders of its run folder: tta and int8."""
    context = click.get_current_context()
    if recipe.after.tta and not (folder / "tta" / "metrics.json").exists():
        click.echo("By test-time augmentation:")
        context.invoke(evaluate, model=str(folder), data_name=data_name, out=folder / "tta", tta=True, as_json=False)
    if recipe.after.quantise and not (folder / "int8" / "model.onnx").exists():
        context.invoke(quantise, model=str(folder), kind=recipe.after.quantise, data_name=None, out=folder / "int8")


def a_series(recipe: AnyRecipe, folders: dict[int, Path], data_name: str, out: Path) -> None:
    """Make what is missing of what the recipe wants of each run of a series, and its ensembles: seeds in their order.

    Where runs are written in 8 bits, those are the members. Seeds that are too few for another ensemble are in none.
    """
    for folder in folders.values():
        a_run(recipe, folder, data_name)
    size, seeds = recipe.after.ensemble, sorted(folders)
    for start in range(0, len(seeds) - size + 1, size) if size else ():
        members = seeds[start : start + size]
        into = out / f"{recipe.name}-{members[0]}-to-{members[-1]}"
        if not (into / "model.onnx").exists():
            models = tuple(str(folders[seed] / "int8" if recipe.after.quantise else folders[seed]) for seed in members)
            click.echo(f"Seeds {', '.join(map(str, members))} together:")
            click.get_current_context().invoke(ensemble, models=models, data_name=None, out=into)
