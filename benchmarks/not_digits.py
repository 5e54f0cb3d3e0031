"""What is not a digit: how well it is told from digits (AUROC), and how much of it is answered at each level of trust.

Families that never trained: fashion (clothes), noise, texture, discs; letters by other writers than any trained on, those that look
like digits apart; letters A to J and signs in print fonts that training leaves out. The digits beside them are MNIST's validation
writers. Fashion and handwritten letters are found through INKDIGITS_DEV_DATA, and left out with a word where it is not set.

Usage: [INKDIGITS_DEV_DATA=…] python benchmarks/not_digits.py [--half tune|report|all --purpose ISSUE] [--model NAME]
writes benchmarks/results/not_digits.json (reporting half) or not_digits_tune.json
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

import inkdigits
import scoring
from inkdigits import network
from inkdigits.datasets import mnist
from inkdigits.synthetic import outlines
from inkdigits.synthetic.held_out import allowed
from inkdigits.training import split
from machine import dev_data
from scoring import in_half

# Letters that no reader can tell from a digit when they stand alone, as the data set's own description names them and the like.
Values = npt.NDArray[np.float64]
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


def printed(text: str, count: int) -> list[Any]:
    """Signs in print fonts that training leaves out, in crops that they fill, more or less."""
    random, faces = np.random.default_rng(7), allowed(outlines.fonts("print"), "validation")
    pictures = []
    for i in range(count):
        face, sign = faces[int(random.integers(len(faces)))], text[i % len(text)]
        if sign in face.glyphs:
            ink = outlines.drawn(face, sign, float(random.uniform(20, 60)))
            pictures.append(255 - np.pad(ink, int(random.integers(1, 16))))
    return pictures


def discs(count: int) -> list[Any]:
    """Discs, rings and bars of light on dark, and of dark on light."""
    random = np.random.default_rng(8)
    pictures = []
    for i in range(count):
        canvas, middle = np.zeros((64, 64), np.uint8), tuple(int(v) for v in random.integers(26, 38, 2))
        axes = tuple(int(v) for v in random.integers(10, 25, 2))
        if i % 2:
            cv2.ellipse(canvas, middle, axes, 0, 0, 360, 255, -1, cv2.LINE_AA)
        else:
            corner = (middle[0] - axes[0], middle[1] - axes[1])
            cv2.rectangle(canvas, corner, (middle[0] + axes[0], middle[1] + axes[1]), 255, -1)
        pictures.append(canvas if random.random() < 0.5 else 255 - canvas)
    return pictures


def families(half: str) -> dict[str, list[Any]]:
    found = {
        "noise": noise(1000),
        "texture": texture(1000),
        "discs": discs(300),
        "print, A to J": printed("ABCDEFGHJ", 500),
        "signs": printed("$€£%&#@?!+=*<>{}[]~^", 500),
    }
    where = dev_data()
    if not where:
        print("INKDIGITS_DEV_DATA is not set: fashion and handwritten letters are left out.")
        return found
    with np.load(where / "fashion.npz") as stored:
        found["fashion"] = [x for i, x in enumerate(stored["x"]) if in_half(f"fashion{i}", half)]
    with np.load(where / "letters.npz") as stored:
        letters = [
            (chr(code), x)
            for i, (code, x) in enumerate(zip(stored["y"], stored["x"], strict=True))
            if in_half(f"letters{i}", half)
        ]
    found["letters"] = [x for letter, x in letters if letter not in LOOK_ALIKES]
    found["look-alikes"] = [x for letter, x in letters if letter in LOOK_ALIKES]
    return found


def judge(pictures: list[Any], model: str) -> tuple[Values, dict[str, float]]:
    """Return how digit-like each picture is (the confidence; 0 for blank ones), and the shares answered, by level of trust."""
    digits = inkdigits.classify_many(pictures, model=model, trust="always")
    confidence, thresholds = np.array([d.confidence for d in digits]), network.load(model).thresholds
    return confidence, {level: float((confidence >= thresholds[level]).mean()) for level in ("strict", "normal")}


def main() -> None:
    parser = scoring.options(__doc__)
    parser.add_argument("--model", default="default")
    arguments = scoring.parsed(parser, "fashion", "letters")
    net = network.load(arguments.model)
    _, validation = split.by_writer(mnist.train(), 0.1)
    digits, covered = judge(list(validation.images), arguments.model)
    print(f"{'digits':14} answered: strict {covered['strict']:.1%}, normal {covered['normal']:.1%}")
    figures: dict[str, Any] = {}
    for name, pictures in families(arguments.half).items():
        strange, answered = judge(pictures, arguments.model)
        truth = np.concatenate([np.ones(len(digits)), np.zeros(len(strange))])
        auroc = float(roc_auc_score(truth, np.concatenate([digits, strange])))
        figures[name] = {"pictures": len(pictures), "auroc": auroc, "answered": answered}
        told = ", ".join(f"{level} {share:.1%}" for level, share in answered.items())
        print(f"{name:14} {len(pictures)} pictures, AUROC {auroc:.4f}, answered: {told}")
    document = {"model": net.name, "half": arguments.half, "digits_answered": covered, "families": figures}
    scoring.keep("not_digits", document, arguments)


if __name__ == "__main__":
    main()
