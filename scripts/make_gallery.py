"""Make the gallery of what still fails, from pictures that anyone can make again: docs/images/failures.png.

Four rows: MNIST's validation digits; digits by the project's own hands and papers, with seeds that never trained; MNIST-C's
corruptions of validation digits, the hardest ones; and letters of fonts that are answered as digits under strict trust. Each row shows the
most confident mistakes, under the picture what the network saw of it. Other people's handwriting is measured (docs/results.md)
but not shown: it is not ours to publish.

Usage: python scripts/make_gallery.py
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

import inkdigits
from inkdigits.datasets import mnist
from inkdigits.evaluation import plots
from inkdigits.evaluation.corruptions import corrupt
from inkdigits.results import Digit
from inkdigits.synthetic import fonts, hands, scenes
from inkdigits.training import split

ROOT = Path(__file__).parent.parent
COLUMNS = 12
SEED = 20_000_000  # far from every seed of the pool
HARDEST = ("zigzag", "canny_edges", "glass_blur", "dotted_line", "impulse_noise", "stripe")

Picture = npt.NDArray[np.uint8]


class Mistake(NamedTuple):
    """A picture that was answered wrong, what it shows, and the answer."""

    picture: Picture
    truth: str
    digit: Digit


def mistakes(pictures: list[Picture], truths: list[str], most: int = COLUMNS) -> list[Mistake]:
    """Return the wrong answers, the most confident first."""
    digits = inkdigits.classify_many(pictures, trust="always")
    wrong = [
        Mistake(p, t, d)
        for p, t, d in zip(pictures, truths, digits, strict=True)
        if d.confidence > 0 and str(d.best) != t
    ]
    return sorted(wrong, key=lambda m: -m.digit.confidence)[:most]


def of_validation() -> list[Mistake]:
    digits = split.by_writer(mnist.train(), 0.1)[1]
    return mistakes(list(digits.images), [str(label) for label in digits.labels])


def of_own_hands() -> list[Mistake]:
    pictures, truths = [], []
    for i in range(3000):
        random = np.random.default_rng(SEED + i)
        pictures.append(scenes.picture(hands.written(i % 10, random), random)[0])
        truths.append(str(i % 10))
    return mistakes(pictures, truths)


def of_corruptions() -> list[Mistake]:
    digits = split.by_writer(mnist.train(), 0.1)[1]
    some = digits.subset(np.arange(0, len(digits), 6))
    found: list[Mistake] = []
    for name in HARDEST:
        images = corrupt(some.images, name, seed=1)
        found += mistakes(list(images), [str(label) for label in some.labels], COLUMNS // len(HARDEST))
    return found


def of_letters() -> list[Mistake]:
    letters = fonts.others()
    pictures, truths = [], []
    for i in np.random.default_rng(SEED).permutation(len(letters.codes))[:3000]:
        random = np.random.default_rng(SEED + int(i))
        pictures.append(scenes.picture(letters.pictures[i], random)[0])
        truths.append(chr(int(letters.codes[i])))
    return mistakes(pictures, truths)


ROWS = {
    "MNIST's validation digits": of_validation,
    "digits by our own hands, as photographs and scans": of_own_hands,
    "MNIST-C's hardest corruptions of validation digits": of_corruptions,
    "letters and signs of fonts": of_letters,
}


def main() -> None:
    rows = [(title, make()) for title, make in ROWS.items()]
    figure = Figure(figsize=(13, 3.1 * len(rows)))
    grid = figure.subplots(2 * len(rows), COLUMNS)
    for axes in grid.ravel():
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_visible(False)
    figure.subplots_adjust(left=0.01, right=0.99, top=0.965, bottom=0.03, wspace=0.1, hspace=0.22)
    for r, (title, found) in enumerate(rows):
        # Above the row's room, not above its first picture: others are taller.
        room = grid[2 * r, 0].get_position(original=True)
        figure.text(room.x0, room.y1 + 0.003, title, fontsize=11, color=plots.INK, va="bottom")
        for column, mistake in enumerate(found):
            above, below = grid[2 * r, column], grid[2 * r + 1, column]
            above.imshow(mistake.picture, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
            below.imshow(mistake.digit.glyph, cmap="gray", interpolation="nearest")
            below.set_xlabel(
                f"{mistake.truth} → {mistake.digit.best}  {mistake.digit.confidence:.0%}", fontsize=9, color=plots.INK
            )
    plots.save(figure, ROOT / "docs" / "images" / "failures.png")


if __name__ == "__main__":
    main()
