"""What a recipe's [after] makes of finished runs: other figures, files in 8 bits, ensembles of members fixed beforehand."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

from inkdigits import derived, measuring, network
from inkdigits.datasets.load import Data
from inkdigits.derived import Ensemble, Kind, Quantised
from inkdigits.errors import InputError
from inkdigits.locks import held
from inkdigits.measuring import Measured
from inkdigits.training.recipe import AnyRecipe

_LOCK = ".lock-after"  # in a run folder

Made = Measured | Quantised | Ensemble
Tell = Callable[[Made], None]  # is called with each as soon as it is made


def silent(_made: Made) -> None:
    """Print nothing."""


def check(recipe: AnyRecipe, data: Data) -> None:
    """Raise InputError, before anything is trained, for what cannot be made afterwards."""
    if recipe.after.tta and data.test is None:
        what = "has no test half of its own, on which a run could be measured again"
        raise InputError(data.name, what, "take after.tta out of the recipe")


def a_run(recipe: AnyRecipe, folder: Path, data: Data, tell: Tell = silent) -> None:
    """Make what is missing of what the recipe wants of each run, in folders of its run folder: tta and int8.

    Raises InputError as `measuring.measure` and `derived.quantise` do.
    """
    wants_tta = recipe.after.tta and not (folder / "tta" / "metrics.json").exists()
    wants_int8 = recipe.after.quantise and not (folder / "int8" / "model.onnx").exists()
    if not wants_tta and not wants_int8:
        return
    with held(folder / _LOCK, wait=True):  # several processes may work on a series
        if wants_tta and not (folder / "tta" / "metrics.json").exists():
            data_name = str(network.load(folder).config.get("data"))
            command = shlex.join(["inkdigits", "evaluate", str(folder), "--data", data_name, "--tta"])
            tell(measuring.measure(folder, data, command, folder / "tta", tta=True, why="[after] of a recipe, tta"))
        if wants_int8 and not (folder / "int8" / "model.onnx").exists():
            kind: Kind = "static" if recipe.after.quantise == "static" else "weights"
            tell(derived.quantise(folder, folder / "int8", kind))


def a_series(recipe: AnyRecipe, folders: dict[int, Path], data: Data, out: Path, tell: Tell = silent) -> None:
    """Make what is missing of what the recipe wants of each run of a series, and its ensembles: seeds in their order.

    Where runs are written in 8 bits, those are the members. Seeds that are too few for another ensemble are in none. Raises
    InputError as `a_run` and `derived.ensemble` do.
    """
    for folder in folders.values():
        a_run(recipe, folder, data, tell)
    for members in ensembles(recipe, list(folders)):
        into = out / f"{recipe.name}-{members[0]}-to-{members[-1]}"
        if not (into / "model.onnx").exists():
            models = [folders[seed] / "int8" if recipe.after.quantise else folders[seed] for seed in members]
            tell(derived.ensemble(models, into))


def ensembles(recipe: AnyRecipe, seeds: list[int]) -> Iterator[list[int]]:
    """Yield the seeds of each ensemble that a recipe wants of a series."""
    size = recipe.after.ensemble
    for start in range(0, len(seeds) - size + 1, size) if size else ():
        yield sorted(seeds)[start : start + size]
