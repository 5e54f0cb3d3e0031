"""What a training shows: a progress bar on a terminal, and a line an epoch everywhere."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from inkdigits.run import Watcher
    from inkdigits.training.recipe import AnyRecipe


@contextmanager
def watching(recipe: AnyRecipe) -> Iterator[Watcher]:
    """Give the watcher of one run."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from inkdigits.run import Watcher

    console = Console(stderr=True, highlight=False)
    epochs = recipe.training.epochs
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("training", total=None)

        interrupt = _Interrupt()

        def on_step(done: int, total: int, figures: dict[str, float]) -> None:
            interrupt.check()
            words = f"loss {figures['loss']:.3f}"
            words += f"  accuracy {figures['accuracy']:.1%}" if "accuracy" in figures else ""
            progress.update(task, completed=done, total=total, description=words)

        def on_epoch(row: dict[str, float]) -> None:
            named = {"accuracy": "accuracy", "val_accuracy": "validation", "precision": "precision", "recall": "recall"}
            figures = [f"{name} {row[key]:.2%}" for key, name in {**named, "f1": "F1"}.items() if key in row]
            line = "  ".join([f"epoch {row['epoch']:>2.0f}/{epochs}", f"loss {row['loss']:.4f}", *figures])
            console.print(f"{line}  {row['seconds']:.1f} s")

        def on_stage(stage: str) -> None:
            console.print(f"[dim]{stage} …[/dim]")
            interrupt.waits = stage.startswith("training")
            progress.update(task, visible=interrupt.waits)

        with interrupt.heard():
            yield Watcher(on_step, on_epoch, on_stage)


def stopped(again: str = "") -> NoReturn:
    """End the command after Ctrl-C, with how to go on: by the same command, and `again`."""
    click.echo(f"\nStopped; every whole epoch is kept. Type the same command {again}to go on.", err=True)
    sys.exit(1)


class _Interrupt:
    """Ctrl-C, which waits for the end of a step while a network is training, unless it is pressed twice.

    In the middle of a step TensorFlow may make an error of its own of it.
    """

    def __init__(self) -> None:
        self.waits, self._pressed = False, False

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Listen to Ctrl-C in this way: in the main thread, the only one that hears it."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.signal(signal.SIGINT, self._press)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def check(self) -> None:
        """Raise KeyboardInterrupt if it was pressed."""
        if self._pressed:
            raise KeyboardInterrupt

    def _press(self, _signal: int, _frame: object) -> None:
        if self._pressed or not self.waits:
            raise KeyboardInterrupt
        self._pressed = True
