"""Pages of digits on many kinds of paper and in many lights: how many lines `read` has wholly right.

Five lines of five digits by MNIST's validation writers, 40 pixels high, a dark pen, a little grain; only the paper changes. Rules
for squared paper were chosen with such pages, so the table tells where reading pages is weak, not how people's pages are.

Usage: python benchmarks/papers.py [--pages N] [--model NAME]
writes benchmarks/results/papers.json, unless another model or number of pages is asked for
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

import inkdigits
from inkdigits import network
from inkdigits.datasets import mnist
from inkdigits.datasets.dataset import Dataset
from inkdigits.training import split
from machine import write_results

Ink = npt.NDArray[np.uint8]
Light = npt.NDArray[np.float64]  # (H, W): how light the paper is, 0 to 255
HEIGHT, PITCH, MARGIN, PAGES = 40, 76, 40, 20


def written(data: Dataset, random: np.random.Generator) -> tuple[Ink, list[str]]:
    """Return the ink of five lines of five digits, and what they say."""
    rows, said = [], []
    for _ in range(5):
        chosen = random.integers(len(data), size=5)
        line = np.hstack([np.pad(data.images[i], ((0, 0), (0, 4))) for i in chosen])
        rows.append(cv2.resize(line, None, fx=HEIGHT / 20, fy=HEIGHT / 20, interpolation=cv2.INTER_CUBIC))
        said.append("".join(str(data.labels[i]) for i in chosen))
    ink = np.zeros((5 * PITCH + 2 * MARGIN, rows[0].shape[1] + 2 * MARGIN), np.uint8)
    for number, row in enumerate(rows):
        top = MARGIN + number * PITCH - HEIGHT // 5
        ink[top : top + row.shape[0], MARGIN : MARGIN + row.shape[1]] = row
    return ink, said


def ruled(paper: Light, lines: float, width: int, first: int = MARGIN + HEIGHT + 2, pitch: int = PITCH) -> Light:
    """Rule the paper; as it comes, under each line of digits."""
    for thick in range(width):
        paper[first + thick :: pitch] = lines
    return paper


def squared(paper: Light, lines: float, square: int) -> Light:
    paper[::square] = paper[:, ::square] = lines
    return paper


def framed(paper: Light) -> Light:
    paper[2:4] = paper[-4:-2] = paper[:, 2:4] = paper[:, -4:-2] = 60
    return paper


def in_shadow(paper: Light, width: float) -> Light:
    """Halve the light on the right; the shadow's edge is `width` of the page wide."""
    across = np.arange(paper.shape[1]) / paper.shape[1]
    light = np.interp(across, [0.5 - width / 2 - 1e-3, 0.5 + width / 2 + 1e-3], [1.0, 0.5])
    return np.asarray(paper * light, np.float64)


PAPERS: dict[str, Callable[[Light], Light]] = {
    "plain": lambda paper: paper,
    "ruled": lambda paper: ruled(paper, 140, 1),
    "ruled, thick and dark": lambda paper: ruled(paper, 120, 2),
    "squares half as high as the digits": lambda paper: squared(paper, 165, HEIGHT // 2),
    "squares as high as the digits": lambda paper: squared(paper, 165, HEIGHT),
    "dark squares": lambda paper: squared(paper, 130, HEIGHT // 2),
    "framed": framed,
    "the edge of a shadow": lambda paper: in_shadow(paper, 0.0),
    "a soft shadow": lambda paper: in_shadow(paper, 0.2),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default=network.DEFAULT)
    parser.add_argument("--pages", type=int, default=PAGES)
    arguments = parser.parse_args()
    data = split.by_writer(mnist.train(), 0.1)[1]
    rows = {}
    for name, change in PAPERS.items():
        random = np.random.default_rng(0)  # the same digits on every paper
        right = 0
        for _ in range(arguments.pages):
            ink, said = written(data, random)
            light = change(np.full(ink.shape, 225.0)) * (1 - 0.75 * ink / 255)
            picture = np.clip(np.rint(light + random.normal(0, 3, light.shape)), 0, 255).astype(np.uint8)
            lines = [line.text for line in inkdigits.read(picture, model=arguments.model, trust="always").lines]
            # Where a line is missing or too many, those that are somewhere count.
            right += (
                sum(a == b for a, b in zip(lines, said, strict=True)) if len(lines) == 5 else len({*lines} & {*said})
            )
        rows[name] = right / (5 * arguments.pages)
        print(f"{name:36} {rows[name]:6.1%} of lines wholly right", flush=True)
    if arguments.pages == PAGES and arguments.model == network.DEFAULT:
        write_results("papers", {"pages": PAGES, "lines": 5 * PAGES, "model": arguments.model, "papers": rows})


if __name__ == "__main__":
    main()
