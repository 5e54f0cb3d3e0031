"""`inkdigits train RECIPE --seeds N`: a series of runs, and what they show together."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inkdigits.cli.watch import watching
from inkdigits.errors import InUseError

if TYPE_CHECKING:
    from collections.abc import Callable

    from inkdigits.datasets.load import Data
    from inkdigits.training.recipe import Recipe


def train_seeds(
    recipe: Recipe, seeds: range, data_name: str, data: Data, out: Path, command: Callable[[int], str]
) -> None:
    """Run or go on with each of the seeds, and write and show the series. Exits with 1 unless all are finished."""
    from inkdigits import run, series

    series.read(out)  # a damaged file is told now and not after hours
    busy = []
    for number, seed in enumerate(seeds, 1):
        if seed in run.finished(recipe, data_name, out):
            continue
        click.echo(f"Seed {seed}, {number} of {len(seeds)}:", err=True)
        try:
            with watching(recipe) as watcher:
                series.train_seed(recipe, seed, data_name, data, out, command(seed), watcher)
        except InUseError as error:
            busy.append(seed)
            click.echo(f"inkdigits: {error}; left out", err=True)
            continue
        except KeyboardInterrupt:
            click.echo("\nStopped; every whole epoch is kept. Type the same command to go on.", err=True)
            sys.exit(1)
        series.record(recipe, data_name, out)
    document = series.record(recipe, data_name, out)
    show(document)
    click.echo(f"Written to {out / series.FILE}; compare two of its runs with: inkdigits compare RUN RUN")
    if busy:
        click.echo(f"Not finished yet, by other processes: seed {', '.join(map(str, busy))}.", err=True)
        sys.exit(1)


def show(document: dict[str, Any]) -> None:
    """Print a series as a table, and its mean."""
    click.echo("seed   test accuracy   wrong   validation   training")
    for seed, row in document["seeds"].items():
        click.echo(
            f"{seed:>4}   {row['accuracy']:>13.2%}   {row['wrong']:>5}   {row['validation_accuracy']:>10.2%}   "
            f"{row['training_seconds']:>6.0f} s"
        )
    mean = f"Mean {document['mean_accuracy']:.3%}"
    if document["mean_95_interval"]:
        low, high = document["mean_95_interval"]
        mean += f" (95 % interval {low:.3%} to {high:.3%}), standard deviation {document['standard_deviation']:.3%}"
    click.echo(f"{mean}, {document['runs']} {'run' if document['runs'] == 1 else 'runs'} of {document['recipe']}.")
