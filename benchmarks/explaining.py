"""Whether explanations are true: does the answer hang on the pixels that the map says, and are the nearest digits alike.

On MNIST's validation writers, who trained neither model. Faithfulness: a fifth of a digit's ink is erased, chosen by the map or
by chance, and 12 empty pixels are filled likewise; told is by how much the log-odds of the answer fall. Neighbours: how
often the nearest training digit by another writer has the digit's own label, beside plain distance of pixels at half size.

Usage: python benchmarks/explaining.py    writes benchmarks/results/explaining.json
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from typing import Any

import numpy as np
from PIL import Image

from inkdigits import network
from inkdigits.datasets import mnist
from inkdigits.datasets.dataset import Dataset
from inkdigits.explaining import neighbours, occlusion
from inkdigits.network import Network
from inkdigits.recognising.decide import calibrate
from inkdigits.training import split
from machine import write_results

DIGITS, BY_CHANCE, OF_NEIGHBOURS = 200, 20, 1000


def drops(net: Network, glyph: np.ndarray, random: np.random.Generator) -> dict[str, float]:
    """By how many nats the log-odds fall, for each way of choosing pixels."""
    occlusions = occlusion.occlude(glyph, net)
    rival, answer = (int(i) for i in np.argsort(occlusions.before[:10])[-2:])
    evidence = occlusion.evidence(occlusions, answer, rival).ravel()
    ink, gaps = np.flatnonzero(glyph >= 64), np.flatnonzero(glyph == 0)
    by_ink, by_gap = ink[np.argsort(-evidence[ink])], gaps[np.argsort(-evidence[gaps])]
    some = len(ink) // 5
    changes = [(by_ink[:some], 0), (by_ink[-some:], 0), (by_gap[:12], 255), (by_gap[-12:], 255)]
    changes += [(random.choice(ink, some, replace=False), 0) for _ in range(BY_CHANCE)]
    changes += [(random.choice(gaps, 12, replace=False), 255) for _ in range(BY_CHANCE)]
    glyphs = np.repeat(glyph.reshape(1, 784), len(changes), axis=0)
    for changed, (pixels, value) in zip(glyphs, changes, strict=True):
        changed[pixels] = value
    after = calibrate(net.probabilities(glyphs.reshape(-1, 28, 28)), net.temperature)
    fell = occlusion.log_odds(occlusions.before, answer, rival) - occlusion.log_odds(after, answer, rival)
    return {
        "ink_for": float(fell[0]),
        "ink_against": float(fell[1]),
        "ink_chance": float(fell[4 : 4 + BY_CHANCE].mean()),
        "gaps_for": float(fell[2]),
        "gaps_against": float(fell[3]),
        "gaps_chance": float(fell[4 + BY_CHANCE :].mean()),
    }


def faithfulness(name: str, glyphs: np.ndarray) -> dict[str, float]:
    net, random = network.load(name), np.random.default_rng(0)
    rows = [drops(net, glyph, random) for glyph in glyphs]
    figures = {key: float(np.mean([row[key] for row in rows])) for key in rows[0]}
    for kind in ("ink", "gaps"):
        figures[f"{kind}_better_than_chance"] = float(np.mean([r[f"{kind}_for"] > r[f"{kind}_chance"] for r in rows]))
    return figures


def agreement(held_out: Dataset) -> dict[str, float]:
    """How often the nearest digit by another writer has the same label: by shape, and by pixels alone."""
    train = mnist.train()
    halves, squares = neighbours.training_halves()
    same = np.zeros(2)
    assert held_out.writers is not None and train.writers is not None
    for glyph, label, writer in zip(held_out.images, held_out.labels, held_out.writers, strict=True):
        near = neighbours.nearest(glyph, 100)
        by_shape = next(n.label for n in near if train.writers[n.index] != writer)
        rough = squares - 2 * (halves @ neighbours.halve(glyph[None])[0])
        rough[train.writers == writer] = np.inf
        same += np.array([by_shape, train.labels[np.argmin(rough)]]) == label
    return {"by_shape": same[0] / len(held_out), "by_pixels": same[1] / len(held_out)}


def command_seconds() -> float:
    """The processor's time for one `inkdigits explain`, from start to drawing: median of five."""
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        picture = f"{folder}/seven.png"
        Image.fromarray(mnist.train().images[38]).save(picture)
        for _ in range(5):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            command = [sys.executable, "-m", "inkdigits", "explain", picture, "--out", f"{folder}/out.png"]
            subprocess.run(command, check=True, capture_output=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return float(np.median(seconds))


def main() -> None:
    _, held_out = split.by_writer(mnist.train(), 0.1)
    rows = np.random.default_rng(0).permutation(len(held_out))
    figures: dict[str, Any] = {
        "digits": DIGITS,
        "of_neighbours": OF_NEIGHBOURS,
        "faithfulness": {n: faithfulness(n, held_out.images[rows[:DIGITS]]) for n in ("default", "classic")},
        "same_label": agreement(held_out.subset(rows[:OF_NEIGHBOURS])),
        "command_cpu_s": command_seconds(),
    }
    write_results("explaining", figures)
    print(figures)


if __name__ == "__main__":
    main()
