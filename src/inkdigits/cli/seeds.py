"""`inkdigits train RECIPE --seeds N`: a series of runs, and what they show together."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inkdigits.cli import made
from inkdigits.cli.left_out import LeftOut
from inkdigits.cli.watch import stopped, watching
from inkdigits.errors import InUseError

if TYPE_CHECKING:
    from collections.abc import Callable

    from inkdigits.datasets.load import Data
    from inkdigits.training.recipe import AnyRecipe, Recipe


def here(recipe: AnyRecipe, seeds: range, data_name: str, data: Data, out: Path, command: Callable[[int], str]) -> None:
    """Run or go on with each of the seeds, one after the other, and show the series. Exits with 1 unless all are done."""
    from inkdigits import run, series

    series.read(out)  # a damaged file is told now and not after hours
    if not set(seeds) <= set(run.finished(recipe, data_name, out)):
        series.check(recipe, data_name, data, out)
    missing = []
    for number, seed in enumerate(seeds, 1):
        if seed in run.finished(recipe, data_name, out):
            continue
        click.echo(f"Seed {seed}, {number} of {len(seeds)}:", err=True)
        try:
            with watching(recipe) as watcher:
                series.train_seed(recipe, seed, data_name, data, out, command(seed), watcher, made.show)
        except InUseError as error:
            missing.append(seed)
            click.echo(f"inkdigits: {error}; left out", err=True)
            continue
        except KeyboardInterrupt:
            stopped()
        series.record(recipe, data_name, out)
    _end(recipe, data_name, data, out, missing)


def on_cluster(
    recipe: Recipe, seeds: range, data_name: str, data: Data, out: Path, command: Callable[[int], str], address: str
) -> None:
    """Run or go on with the seeds on many machines, and show the series. Exits with 1 unless all are done."""
    from inkdigits import cluster, run, series
    from inkdigits.distributed import connection

    series.read(out)
    done = run.finished(recipe, data_name, out)
    missing = [seed for seed in seeds if seed not in done]
    if not missing:
        _end(recipe, data_name, data, out, missing)
        return
    series.check(recipe, data_name, data, out)
    told: set[str] = set()
    data_warnings = LeftOut()
    try:
        with connection.connected(address, "training on many machines", "ray"):
            for outcome in cluster.train_seeds(recipe, missing.copy(), data_name, out, command):
                for text in outcome.warnings:
                    data_warnings.warn(text)
                for line in (*outcome.left_out, *([outcome.error] if outcome.error else [])):
                    if line not in told:
                        click.echo(f"inkdigits: {line}; left out", err=True)
                    told.add(line)
                if outcome.error is None:
                    missing.remove(outcome.seed)
                    click.echo(f"Seed {outcome.seed} is done; {len(missing)} to go.", err=True)
                    series.record(recipe, data_name, out)
    except KeyboardInterrupt:
        stopped()
    _end(recipe, data_name, data, out, missing)
    if told:
        sys.exit(1)


def _end(recipe: AnyRecipe, data_name: str, data: Data, out: Path, missing: list[int]) -> None:
    from inkdigits import after, run, series

    show(series.record(recipe, data_name, out))
    compared = "; two of its runs are compared by: inkdigits compare RUN RUN" if recipe.task == "classify" else ""
    click.echo(f"Written to {out / series.FILE}{compared}")
    if missing:
        click.echo(f"Not finished: seed {', '.join(map(str, missing))}.", err=True)
        sys.exit(1)
    after.a_series(recipe, run.finished(recipe, data_name, out), data, out, made.show)


def show(document: dict[str, Any]) -> None:
    """Print a series as a table, and its mean."""
    if "mean_f1" in document:
        _show_locators(document)
        return
    on_strips = any("strips" in row for row in document["seeds"].values())  # of a network of numbers: validation strips
    click.echo(f"seed   {'accuracy' if on_strips else 'test accuracy':>13}   wrong   validation   training")
    for seed, row in document["seeds"].items():
        held_out = row["validation_accuracy"]
        validation = "" if held_out is None else f"{held_out:.2%}"
        click.echo(
            f"{seed:>4}   {row['accuracy']:>13.2%}   {row['wrong']:>5}   {validation:>10}   "
            f"{row['training_seconds']:>6.0f} s"
        )
    _show_mean(document, "mean_accuracy")


def _show_locators(document: dict[str, Any]) -> None:
    click.echo("seed        F1   precision   recall   training")
    for seed, row in document["seeds"].items():
        click.echo(
            f"{seed:>4}   {row['f1']:>7.2%}   {row['precision']:>9.2%}  {row['recall']:>7.2%}   "
            f"{row['training_seconds']:>6.0f} s"
        )
    _show_mean(document, "mean_f1")


def _show_mean(document: dict[str, Any], name: str) -> None:
    mean = f"Mean {document[name]:.3%}"
    if document["mean_95_interval"]:
        low, high = document["mean_95_interval"]
        mean += f" (95 % interval {low:.3%} to {high:.3%}), standard deviation {document['standard_deviation']:.3%}"
    click.echo(f"{mean}, {document['runs']} {'run' if document['runs'] == 1 else 'runs'} of {document['recipe']}.")
