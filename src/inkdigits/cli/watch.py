"""What a training shows: a progress bar on a terminal, and a line an epoch everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inkdigits.run import Watcher
    from inkdigits.training.recipe import Recipe


@contextmanager
def watching(recipe: Recipe) -> Iterator[Watcher]:
    """Give the watcher of one run."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from inkdigits.run import Watcher

    console = Console(stderr=True, highlight=False)
    epochs = recipe.training.epochs
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
            progress.update(task, visible=stage.startswith("training"))

        yield Watcher(on_step, on_epoch, on_stage)
