"""Make the reference vectors in tests/vectors/: what Python gives, for the tests of Python and of JavaScript to replay.

engine-NAME.json    glyphs → every layer's values for some, probabilities and answers for all, by the network NAME with
                    weights rounded to float16
glyphs.json         digits as curves, and their ink as Python draws it → their glyphs

The recorded drawings, strokes.json, are not of this script but of make_strokes.py.

Arrays are base64, little-endian; those of pictures are compressed with zlib first. Usage: python scripts/make_vectors.py
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from inkdigits import network
from inkdigits.datasets import mnist
from inkdigits.files import write_text
from inkdigits.image import normalise
from inkdigits.network import browser
from inkdigits.network.registry import locate
from inkdigits.recognising import decide
from inkdigits.synthetic import not_digits, strokes
from make_web_models import MODELS

OUT = Path(__file__).parent.parent / "tests" / "vectors"
LAYERS_OF = 3  # glyphs of which every layer is kept
STRIDE = 61  # and of a layer every 61st value: no layer's side divides by it, so that all rows and columns come up
# Digits as somebody draws them: what is written, height in pixels, width of the pen, seed of the hand.
DIGITS = [
    *((digit, 180 - 10 * digit, 6.0 + 2 * digit, digit) for digit in range(10)),  # all pens
    *((digit, 200, 4.0, 20 + digit) for digit in range(10)),  # a fine pen: strokes are widened
    *((digit, 18 + digit, 2.0, 40 + digit) for digit in range(10)),  # tiny
]


def text(array: npt.NDArray[Any], compressed: bool = False) -> str:
    data = np.ascontiguousarray(array).tobytes()
    return base64.b64encode(zlib.compress(data, 9) if compressed else data).decode()


def glyphs() -> npt.NDArray[np.uint8]:
    """Return 60 training digits of MNIST, 20 drawn ones, 18 that are none, and the extremes: nothing, and nothing but ink."""
    random = np.random.default_rng(4)
    real = mnist.train().images[random.choice(60_000, 60, replace=False)]
    drawn = [
        strokes.draw(strokes.vary(strokes.digit(i % 10, i), random), 20, random.uniform(1.5, 4)) for i in range(20)
    ]
    odd = [draw(random) for draw in (not_digits.scribble, not_digits.sign, not_digits.blob) for _ in range(6)]
    plain = [np.zeros((28, 28), np.uint8), np.full((28, 28), 255, np.uint8)]
    return np.concatenate([real, [normalise.glyph(ink) for ink in [*drawn, *odd]], plain])


def engine(name: str) -> dict[str, Any]:
    net = network.load(name)
    seen = glyphs()
    session = onnxruntime.InferenceSession(browser.rounded(name, outputs=True))
    names = [output.name for output in session.get_outputs()]
    values = dict(zip(names, session.run(None, {"glyphs": seen}), strict=True))
    # In the order of the network; the page's engine scales glyphs by itself.
    layers = [*(n for n in names if n not in ("input/cast", "scale/div", "probabilities")), "probabilities"]
    beliefs = decide.believe(values["probabilities"], net.temperature)
    answers = {
        level: [
            [digit.label, digit.best, digit.confidence, digit.reason]
            for digit in (decide.decide(beliefs, i, seen[i], (0, 0, 1, 1), "", threshold) for i in range(len(seen)))
        ]
        for level, threshold in net.thresholds.items()
    }
    return {
        "model": name,
        "source": hashlib.sha256(locate(name).read_bytes()).hexdigest(),
        "glyphs": text(seen, compressed=True),
        "probabilities": text(values["probabilities"].astype("<f4")),
        "calibrated": text(beliefs.digits.astype("<f4")),
        "answers": answers,
        "stride": STRIDE,
        "layers": [
            {
                "name": layer,
                "shape": list(values[layer].shape[1:]),
                "values": [text(values[layer][i].ravel()[::STRIDE].astype("<f4")) for i in range(LAYERS_OF)],
            }
            for layer in layers
        ],
    }


def digit(label: int, height: int, pen: float, seed: int) -> dict[str, Any]:
    """Return a digit's curves in pixels, x and y in turn, its ink cut to its box, and its glyph."""
    random = np.random.default_rng([8, seed])
    curves = [np.round(curve * height, 1) for curve in strokes.vary(strokes.digit(label, seed), random, 0.7)]
    drawn = strokes.draw([curve / height for curve in curves], height, pen)
    (top, bottom), (left, right) = (np.flatnonzero(drawn.any(axis=axis))[[0, -1]] for axis in (1, 0))
    ink = drawn[top : bottom + 1, left : right + 1]
    return {
        "label": label,
        "pen": pen,
        "curves": [curve.ravel().tolist() for curve in curves],
        "shape": list(ink.shape),
        "ink": text(ink, compressed=True),
        "glyph": text(normalise.glyph(ink), compressed=True),
    }


def main() -> None:
    for old in OUT.glob("engine-*.json"):
        old.unlink()
    for name in MODELS:
        write_text(OUT / f"engine-{name}.json", json.dumps(engine(name)) + "\n")
    write_text(OUT / "glyphs.json", json.dumps([digit(*one) for one in DIGITS]) + "\n")
    for path in sorted(OUT.glob("*.json")):
        print(f"{path.name}  {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
