"""What is not a digit: how well it is told from digits (AUROC), and how much of it gets an answer under strict trust.

Families that never trained: fashion (clothes), noise, texture; and letters by other writers than any trained on, without those
that look like digits. The digits beside them are MNIST's validation writers. Noise and texture are made here; fashion and
letters are found through INKDIGITS_DEV_DATA, and left out with a word where it is not set.

Usage: [INKDIGITS_DEV_DATA=…] python benchmarks/not_digits.py [--half tune|report|all --purpose ISSUE] [--model NAME]
writes benchmarks/results/not_digits.json (reporting half) or not_digits_tune.json
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

import scoring
from inkdigits import network
from inkdigits.datasets import mnist
from inkdigits.errors import InputError
from inkdigits.reading.single import answer, prepare
from inkdigits.training import split
from machine import dev_data
from scoring import in_half

# Letters that no reader can tell from a digit when they stand alone, as the data set's own description names them and the like.
LOOK_ALIKES = set("OoDQIilj|SsZzqgyb")


def noise(count: int) -> list[Any]:
    random = np.random.default_rng(5)
    return [random.integers(0, 256, (40, 40), dtype=np.uint8) for _ in range(count)]


def texture(count: int) -> list[Any]:
    """Woven and dotted patterns, unlike the stripes and noise of `synthetic.not_digits`."""
    random = np.random.default_rng(6)
    pictures = []
    for _ in range(count):
        y, x = np.mgrid[0:64, 0:64]
        period, phase = random.uniform(5, 16), random.uniform(0, 6, 2)
        weave = np.cos(2 * np.pi * x / period + phase[0]) * np.cos(
            2 * np.pi * y / (period * random.uniform(0.6, 1.7)) + phase[1]
        )
        bent = np.cos(np.hypot(x - random.uniform(0, 64), y - random.uniform(0, 64)) / random.uniform(1, 4))
        field = weave + random.uniform(0, 1) * bent + random.normal(0, 0.2, weave.shape)
        pictures.append(np.clip(127 + 90 * field, 0, 255).astype(np.uint8))
    return pictures


def families(half: str) -> dict[str, list[Any]]:
    found = {"noise": noise(1000), "texture": texture(1000)}
    where = dev_data()
    if not where:
        print("INKDIGITS_DEV_DATA is not set: fashion and letters are left out.")
        return found
    with np.load(where / "fashion.npz") as stored:
        found["fashion"] = [x for i, x in enumerate(stored["x"]) if in_half(f"fashion{i}", half)]
    with np.load(where / "letters.npz") as stored:
        rows = [
            i for i, code in enumerate(stored["y"]) if chr(code) not in LOOK_ALIKES and in_half(f"letters{i}", half)
        ]
        found["letters"] = [stored["x"][i] for i in rows]
    return found


def judge(pictures: list[Any], net: network.Network) -> tuple[np.ndarray, float]:
    """Return how digit-like each picture is (the confidence; 0 for blank ones), and the share answered under strict trust."""
    prepared = []
    for picture in pictures:
        try:
            prepared.append(prepare(picture))
        except InputError:
            continue
    digits = answer(prepared, net, "strict")
    return np.array([d.confidence for d in digits]), float(np.mean([d.label is not None for d in digits]))


def main() -> None:
    parser = scoring.options(__doc__)
    parser.add_argument("--model", default="default")
    arguments = scoring.parsed(parser, "fashion", "letters")
    net = network.load(arguments.model)
    _, validation = split.by_writer(mnist.train(), 0.1)
    digits, covered = judge(list(validation.images), net)
    print(f"digits     {covered:.1%} answered under strict trust")
    figures: dict[str, Any] = {}
    for name, pictures in families(arguments.half).items():
        strange, answered = judge(pictures, net)
        truth = np.concatenate([np.ones(len(digits)), np.zeros(len(strange))])
        auroc = float(roc_auc_score(truth, np.concatenate([digits, strange])))
        figures[name] = {"pictures": len(pictures), "auroc": auroc, "answered_strict": answered}
        print(f"{name:10} {len(pictures)} pictures, AUROC {auroc:.4f}, answered under strict trust {answered:.1%}")
    document = {"model": net.name, "half": arguments.half, "digits_answered_strict": covered, "families": figures}
    scoring.keep("not_digits", document, arguments)


if __name__ == "__main__":
    main()
