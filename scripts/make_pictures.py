"""Make the README's pictures: the samples, what the network sees of each, and its answer; and one answer explained.

Usage: python scripts/make_pictures.py    writes docs/images/samples.png and explained.png
"""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image

import inkdigits
from inkdigits.evaluation import plots

ROOT = Path(__file__).parent.parent


def main() -> None:
    samples()
    explained = inkdigits.explain(ROOT / "src" / "inkdigits" / "samples" / "7-crossed.jpg").draw()
    # The drawing has few colours: a palette makes the file a quarter as large, and nobody sees it.
    explained.quantize(256, dither=Image.Dither.NONE).save(ROOT / "docs" / "images" / "explained.png", optimize=True)


def samples() -> None:
    paths = sorted((ROOT / "src" / "inkdigits" / "samples").glob("*.jpg"))
    figure = Figure(figsize=(13, 3.3))
    grid = figure.subplots(2, len(paths), height_ratios=(1, 1))
    for column, path in enumerate(paths):
        digit = inkdigits.classify(path)
        with Image.open(path) as picture:
            # Small pictures stay small: low resolution is what that sample is about.
            square = Image.new("RGB", (480, 400), "white")
            shown = (
                picture.copy()
                if picture.width < 100
                else picture.resize((480, round(480 * picture.height / picture.width)))
            )
            square.paste(shown, ((480 - shown.width) // 2, (400 - shown.height) // 2))
        grid[0, column].imshow(square)
        grid[1, column].imshow(digit.glyph, cmap="gray", interpolation="nearest")
        grid[1, column].set_xlabel(f"{digit.label}", fontsize=17, fontweight="bold", color=plots.INK, labelpad=2)
        grid[0, column].set_title(path.stem[2:].replace("-", " "), fontsize=7.5, color=plots.INK)
        for axes in grid[:, column]:
            axes.set_xticks([])
            axes.set_yticks([])
            axes.spines[:].set_color(plots.GRID)
    figure.subplots_adjust(left=0.01, right=0.99, top=0.92, bottom=0.12, wspace=0.08, hspace=0.04)
    plots.save(figure, ROOT / "docs" / "images" / "samples.png")


if __name__ == "__main__":
    main()
