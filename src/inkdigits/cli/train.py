"""`inkdigits train [RECIPE]`: from digits to a run folder."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from inkdigits.cli import made
from inkdigits.cli.left_out import LeftOut
from inkdigits.cli.screen import warn
from inkdigits.cli.summary import changed, located, numbers, summary
from inkdigits.cli.watch import stopped, watching
from inkdigits.errors import InputError, InUseError, require

if TYPE_CHECKING:
    from inkdigits.datasets.load import Data
    from inkdigits.run import Finished
    from inkdigits.training.recipe import AnyRecipe, DrawnRecipe

_SEEDS = 2**31
_BY_CHANCE = 0.2  # share of digits right up to which a network has learned next to nothing: a tenth is right by chance


@click.command()
@click.argument("recipe", default="classic")
@click.option(
    "--seed", type=click.IntRange(0, _SEEDS - 1), default=0, show_default=True, help="Start of all randomness."
)
@click.option("--seeds", type=click.IntRange(1, 10_000),
              help="Run this many seeds, from --seed on, or go on with them, and show them together.")  # fmt: skip
@click.option("--ray", "address", metavar="ADDRESS",
              help="With --seeds: spread them over the Ray cluster there; local is this machine.")  # fmt: skip
@click.option("--epochs", type=click.IntRange(1, 10_000), help="Train this long instead of the recipe's epochs.")
@click.option("--data", "data_name", default="mnist", show_default=True,
              help="mnist, a folder (IDX files, or class folders 0 to 9), a .csv or an .npz.")  # fmt: skip
@click.option("--from", "source", help="The model that finetune goes on from: a shipped one's name or a run folder.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("runs"), show_default=True,
              help="Where the run folder is made.")  # fmt: skip
@click.option("--resume", is_flag=True, help="Go on with the newest unfinished run of this recipe, seed and data.")
def train(
    recipe: str,
    seed: int,
    seeds: int | None,
    address: str | None,
    epochs: int | None,
    data_name: str,
    source: str | None,
    out: Path,
    resume: bool,
) -> None:
    """Train a RECIPE (a name from `inkdigits recipes`, or a .toml file), test it once, and write a report.

    A run that is stopped, even by kill -9, loses at most the epoch it was in: start it again with --resume. With --seeds,
    finished seeds are not run again and others go on where they were, without --resume; all that are finished are written
    into OUT/series.json. Teachers that a recipe names and that are not there are trained first.

    The recipe finetune teaches a trained network your own digits, five of a class at least:
    inkdigits train finetune --from default --data my_digits/

    The recipe locator trains the network that finds digits on pages, the recipe numbers the one that reads whole numbers,
    both on synthetic pages alone. They open no test digits.
    """
    if seed + (seeds or 1) > _SEEDS:
        raise click.UsageError(f"seeds are below {_SEEDS}")
    if address is not None and seeds is None:
        raise click.UsageError("--ray spreads a series: say how many --seeds")
    require("training", "train", "tensorflow", "keras", "onnx", "seaborn")
    made.starting()
    from inkdigits import after, network, run, teachers
    from inkdigits.datasets import load
    from inkdigits.training import recipe as recipes

    recipe_ = recipes.load(recipe)
    if epochs is not None:
        recipe_ = recipe_.with_epochs(epochs)
    if isinstance(recipe_, recipes.DrawnRecipe):
        _check_drawn(recipe_, address, data_name, source)
    elif source is not None:
        # By its whole path: the same model from wherever the run is resumed.
        recipe_ = recipe_.going_on_from(source if source in network.shipped() else str(Path(source).resolve()))
    left_out = LeftOut()
    data = load.find(data_name, left_out, left_out.warn)
    after.check(recipe_, data)

    def command(seed: int) -> str:
        parts = [recipe, "--seed", str(seed), *(["--epochs", str(epochs)] if epochs else [])]
        parts += ["--from", source] if source else []
        parts += ["--data", data_name] if data_name != "mnist" else []
        return f"inkdigits train {shlex.join(parts)}"

    try:
        teachers.train_missing(recipe_, data_name, data, watching, lambda line: click.echo(line, err=True))
    except KeyboardInterrupt:
        stopped()
    if seeds is not None:
        from inkdigits.cli import seeds as series

        every = range(seed, seed + seeds)
        if address is None:
            series.here(recipe_, every, data_name, data, out, command)
        else:
            assert isinstance(recipe_, recipes.Recipe)
            series.on_cluster(recipe_, every, data_name, data, out, command, address)
        sys.exit(1 if left_out.errors else 0)
    folder = run.unfinished(recipe_, seed, data_name, out) if resume else None
    if resume and folder is None:
        click.echo(f"Nothing to resume in {out}: starting anew.", err=True)
    finished = _finish(folder or run.start(recipe_, seed, data_name, out, command(seed)), recipe_, data)
    _show(finished)
    after.a_run(recipe_, finished.folder, data, made.show)
    left_out.end()


def _finish(folder: Path, recipe: AnyRecipe, data: Data) -> Finished:
    """Train a run to its end. Nothing is left of one that fails before its first epoch."""
    from inkdigits import run

    try:
        with watching(recipe) as watcher:
            return run.finish(folder, data, watcher)
    except InUseError:
        raise
    except InputError:
        run.discard_if_empty(folder)
        raise
    except KeyboardInterrupt:
        stopped("with --resume ")


def _check_drawn(recipe: DrawnRecipe, address: str | None, data_name: str, source: str | None) -> None:
    """Raise InputError for options that are for networks which classify digits."""
    what = f"trains {'a locator' if recipe.task == 'locate' else 'a network of numbers'}, which "
    if address is not None:
        do = "leave out --ray; each machine can be given seeds of its own with --seed and --seeds"
        raise InputError(f"recipe {recipe.name}", what + "is not spread over machines", do)
    if data_name != "mnist":
        do = "leave out --data; how its pages are drawn is [pages] in the recipe"
        raise InputError(
            f"recipe {recipe.name}", what + "learns from pages drawn with MNIST's training digits alone", do
        )
    if source is not None:
        raise InputError(f"recipe {recipe.name}", what + "goes on from no other network", "leave out --from")


def _show(finished: Finished) -> None:
    """Print what a run has given."""
    from inkdigits.evaluation.metrics import Metrics
    from inkdigits.evaluation.numbers import Metrics as Numbers

    if finished.learned:
        changed(finished.learned.told())
    if isinstance(finished.metrics, Metrics):
        summary(finished.metrics)
        if finished.metrics.accuracy < _BY_CHANCE:
            what = "nothing was learned, it seems: give a smaller training.learning_rate, or train longer"
            warn(what)
    elif isinstance(finished.metrics, Numbers):
        numbers(finished.metrics)
    else:
        located(finished.metrics)
    click.echo(
        f"Training took {finished.seconds['training']:.0f} s, everything {finished.seconds['everything']:.0f} s."
    )
    click.echo(f"Report: {finished.folder / 'report.html'}")
