"""The pictures of a run: samples, curves, the confusion matrix, the worst errors. Each function returns a figure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from inkdigits.errors import require
from inkdigits.files import written_aside

require("drawing plots", "train", "seaborn", "matplotlib")

import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator, PercentFormatter

INK, PAPER, GRID = "#1d2733", "#ffffff", "#dfe4ea"
TRAINING, VALIDATION, WRONG = "#8a97a8", "#0b6bcb", "#c62f3b"


def save(figure: Figure, path: Path) -> None:
    """Write a figure as PNG, whole or not at all."""
    with written_aside(path) as aside:
        figure.savefig(aside, dpi=150, facecolor=PAPER, format="png")


def samples(images: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8], title: str, columns: int = 12) -> Figure:
    """Return a row of glyphs for each digit, with the digit in front of it."""
    figure = Figure(figsize=(columns * 0.58 + 0.6, 10 * 0.58 + 0.5))
    figure.suptitle(title, fontsize=12, color=INK, x=0.02, ha="left")
    sheet = np.full((10 * 30, columns * 30), 255, np.uint8)
    for digit in range(10):
        for column, row in enumerate(np.flatnonzero(labels == digit)[:columns]):
            sheet[digit * 30 + 1 : digit * 30 + 29, column * 30 + 1 : column * 30 + 29] = 255 - images[row]
    axes = figure.add_axes((0.06, 0.01, 0.93, 0.92))
    axes.imshow(sheet, cmap="gray", vmin=0, vmax=255, interpolation="antialiased")
    axes.set_yticks([digit * 30 + 15 for digit in range(10)], [str(digit) for digit in range(10)])
    axes.set_xticks([])
    axes.tick_params(length=0, colors=INK, labelsize=11)
    axes.spines[:].set_visible(False)
    return figure


_FEW_EPOCHS = 4


def curves(history: Sequence[dict[str, float]]) -> Figure:
    """Return loss and accuracy by epoch, on training and (if any were held out) validation digits, side by side."""
    figure = Figure(figsize=(9, 3.4), layout="constrained")
    epochs = [row["epoch"] for row in history]
    left, right = figure.subplots(1, 2)
    for axes, key, title in ((left, "loss", "Loss"), (right, "accuracy", "Accuracy")):
        style(axes, title)
        training, validation = ([row.get(name) for row in history] for name in (key, f"val_{key}"))
        axes.plot(epochs, training, color=TRAINING, marker="o", markersize=3.5, label="training")
        if None not in validation:
            axes.plot(epochs, validation, color=VALIDATION, marker="o", markersize=3.5, label="validation")
        axes.set_xlabel("epoch", color=INK)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        if len(history) < _FEW_EPOCHS:
            axes.set_xticks(epochs)
            axes.set_xlim(epochs[0] - 0.5, epochs[-1] + 0.5)
    left.set_yscale("log")
    left.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    left.yaxis.set_major_formatter("{x:g}")
    left.yaxis.set_minor_locator(NullLocator())
    left.legend(frameon=False, fontsize=9, labelcolor=INK)
    # The first epoch of many lies so low that the rest would be a flat line at the top.
    lowest = min(row.get("val_accuracy", row["accuracy"]) for row in history)
    if len(history) < _FEW_EPOCHS:
        lowest = min(lowest, *(row["accuracy"] for row in history))
    right.set_ylim(bottom=max(0.0, lowest - 0.02), top=1.0)
    right.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=1))
    return figure


def confusion_matrix(confusion: npt.NDArray[np.int64]) -> Figure:
    """Return the confusion matrix as a heat map; colour shows the mistakes, since the diagonal would drown them."""
    figure = Figure(figsize=(6.2, 5.4), layout="constrained")
    axes = figure.subplots()
    mistakes = confusion - np.diag(np.diag(confusion))
    text = np.where((confusion > 0) | np.eye(10, dtype=bool), confusion.astype(str), "")
    sns.heatmap(
        mistakes, annot=text, fmt="", cmap="Reds", cbar_kws={"label": "mistakes", "shrink": 0.8}, square=True,
        linewidths=1, linecolor="#f1f3f5", vmin=0, vmax=max(5, int(mistakes.max())), ax=axes, annot_kws={"fontsize": 9},
    )  # fmt: skip
    for i in range(10):
        axes.add_patch(_square(i))
    for label in axes.texts:
        column, row = (int(v) for v in label.get_position())
        if column == row:
            label.set(color=INK, fontweight="bold")
    axes.set_xlabel("read as", color=INK)
    axes.set_ylabel("was a", color=INK)
    axes.tick_params(colors=INK, rotation=0)
    return figure


def _square(i: int) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((i, i), 1, 1, facecolor="#e3f1e6", edgecolor="#f1f3f5", zorder=1)


def errors(
    images: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.uint8],
    probabilities: npt.NDArray[np.float32],
    rows: npt.NDArray[np.intp],
) -> Figure:
    """Return a gallery of wrong answers, in the order of `rows`: the glyph, its label, the answer and its confidence."""
    said = probabilities[rows].argmax(axis=1)
    titles = [f"{labels[r]} read as {s}\n{probabilities[r, s]:.0%}" for r, s in zip(rows, said, strict=True)]
    return gallery(images[rows], titles)


_PITCH = 30  # pixels of a glyph's that one place of a gallery is wide,
_DOWN = 40  # and high, with its title of two lines
_PER_INCH = 30  # so that `save` gives each of them five by five pixels


def gallery(glyphs: npt.NDArray[np.uint8], titles: Sequence[str], columns: int = 10) -> Figure:
    """Return glyphs, uint8 (N, 28, 28), each under its title of two lines.

    All are one picture in one set of axes: axes of its own for each of forty glyphs take two seconds.
    """
    lines = max(1, -(-len(glyphs) // columns))
    sheet = np.full((lines * _DOWN, columns * _PITCH), 255, np.uint8)
    figure = Figure(figsize=(sheet.shape[1] / _PER_INCH, sheet.shape[0] / _PER_INCH))
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    for i, (glyph, title) in enumerate(zip(glyphs, titles, strict=False)):
        left, bottom = i % columns * _PITCH, (i // columns + 1) * _DOWN
        sheet[bottom - 28 : bottom, left + 1 : left + 29] = 255 - glyph
        axes.text(left + 15, bottom - 29, title, ha="center", va="bottom", fontsize=8, color=WRONG)
    if not len(glyphs):
        axes.text(1, _DOWN / 2, "no errors", color=INK)
    axes.imshow(
        sheet, cmap="gray", vmin=0, vmax=255, interpolation="nearest", extent=(0, sheet.shape[1], sheet.shape[0], 0)
    )
    return figure


def style(axes: Any, title: str) -> None:
    """Give axes the look of all curves here."""
    axes.set_title(title, loc="left", fontsize=11, color=INK)
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(GRID)
    axes.tick_params(colors=INK, length=0, labelsize=9)
