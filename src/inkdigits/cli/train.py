"""`inkdigits train [RECIPE]`: from digits to a run folder."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from inkdigits.cli.summary import summary
from inkdigits.errors import InputError, require

if TYPE_CHECKING:
    from inkdigits.datasets.load import Data
    from inkdigits.run import Finished
    from inkdigits.training.recipe import Recipe


@click.command()
@click.argument("recipe", default="classic")
@click.option(
    "--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Start of all randomness."
)
@click.option("--epochs", type=click.IntRange(1, 10_000), help="Train this long instead of the recipe's epochs.")
@click.option("--data", "data_name", default="mnist", show_default=True,
              help="mnist, a folder (IDX files, or class folders 0 to 9), a .csv or an .npz.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("runs"), show_default=True,
              help="Where the run folder is made.")  # fmt: skip
@click.option("--resume", is_flag=True, help="Go on with the newest unfinished run of this recipe, seed and data.")
def train(recipe: str, seed: int, epochs: int | None, data_name: str, out: Path, resume: bool) -> None:
    """Train a RECIPE (a name from `inkdigits recipes`, or a .toml file), test it once, and write a report.

    A run that is stopped, even by kill -9, loses at most the epoch it was in: start it again with --resume.
    """
    require("training", "train", "tensorflow", "keras", "onnx", "seaborn")
    click.echo("Starting TensorFlow …", err=True)
    from inkdigits import run
    from inkdigits.datasets import load
    from inkdigits.training import recipe as recipes

    recipe_ = recipes.load(recipe)
    if epochs is not None:
        recipe_ = recipe_.with_epochs(epochs)
    bad: list[InputError] = []
    data = load.find(data_name, on_error=lambda error: _report(error, bad))
    folder = run.unfinished(recipe_, seed, data_name, out) if resume else None
    if resume and folder is None:
        click.echo(f"Nothing to resume in {out}: starting anew.", err=True)
    parts = [recipe, "--seed", str(seed), *(["--epochs", str(epochs)] if epochs else [])]
    parts += ["--data", data_name] if data_name != "mnist" else []
    folder = folder or run.start(recipe_, seed, data_name, out, f"inkdigits train {shlex.join(parts)}")
    try:
        finished = _watch(folder, recipe_, data)
    except InputError:
        run.discard_if_empty(folder)
        raise
    except KeyboardInterrupt:
        click.echo("\nStopped; every whole epoch is kept. Type the same command with --resume to go on.", err=True)
        sys.exit(1)
    summary(finished.metrics)
    click.echo(
        f"Training took {finished.seconds['training']:.0f} s, everything {finished.seconds['everything']:.0f} s."
    )
    click.echo(f"Report: {finished.folder / 'report.html'}")
    if bad:
        sys.exit(1)


def _report(error: InputError, bad: list[InputError]) -> None:
    bad.append(error)
    click.echo(f"inkdigits: {error}; left out", err=True)


def _watch(folder: Path, recipe_: Recipe, data: Data) -> Finished:
    """Finish a run with a progress bar on a terminal, and a line an epoch everywhere."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from inkdigits import run

    console = Console(stderr=True, highlight=False)
    epochs = recipe_.training.epochs
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("training", total=None)

        def on_step(done: int, total: int, figures: dict[str, float]) -> None:
            words = f"loss {figures['loss']:.3f}  accuracy {figures['accuracy']:.1%}"
            progress.update(task, completed=done, total=total, description=words)

        def on_epoch(row: dict[str, float]) -> None:
            validation = f"validation {row['val_accuracy']:.2%}  " if "val_accuracy" in row else ""
            console.print(
                f"epoch {row['epoch']:>2.0f}/{epochs}  loss {row['loss']:.4f}  accuracy {row['accuracy']:.2%}  "
                f"{validation}{row['seconds']:.1f} s"
            )

        def on_stage(stage: str) -> None:
            console.print(f"[dim]{stage} …[/dim]")
            if stage != "training":
                progress.update(task, visible=False)

        return run.finish(folder, data, run.Watcher(on_step, on_epoch, on_stage))
