"""Make the reference vectors in tests/vectors/: what Python gives, for the tests of Python and of JavaScript to replay.

engine-NAME.json    glyphs → every layer's values for some, probabilities and answers for all, by the network NAME with
                    weights rounded to float16
drawings.json       ink of drawn numbers → its pieces' boxes and glyphs, and the text that `inkdigits.read` reads there

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

import inkdigits
from inkdigits import network
from inkdigits.datasets import mnist
from inkdigits.files import write_text
from inkdigits.image import components, normalise, rules
from inkdigits.network import browser
from inkdigits.network.registry import locate
from inkdigits.recognising import decide
from inkdigits.synthetic import strangers, strokes
from make_web_models import MODELS

OUT = Path(__file__).parent.parent / "tests" / "vectors"
LAYERS_OF = 3  # glyphs of which every layer is kept
STRIDE = 61  # and of a layer every 61st value: no layer's side divides by it, so that all rows and columns come up
# Digits on a canvas: what is written, height in pixels, width of the pen, gap between digits, seed of the hand.
NUMBERS = [
    *((str(digit), 180 - 10 * digit, 6.0 + 2 * digit, 0, digit) for digit in range(10)),  # one digit, all pens
    *((str(digit), 200, 4.0, 0, 20 + digit) for digit in range(10)),  # a fine pen: strokes are widened
    *((str(digit), 18 + digit, 2.0, 0, 40 + digit) for digit in range(10)),  # tiny
    ("2026", 120, 9.0, 30, 60), ("407", 150, 12.0, 25, 61), ("31415926", 60, 5.0, 14, 62), ("90210", 90, 10.0, 22, 63),
    ("55", 140, 10.0, 40, 64), ("1111", 110, 8.0, 30, 65), ("6.5", 120, 10.0, 20, 66), ("12-34", 100, 8.0, 22, 67),
    ("48", 120, 10.0, -14, 68), ("93", 110, 9.0, -13, 71), ("12:45", 110, 9.0, 24, 72), ("3/8", 120, 9.0, 20, 73),
    ("42+36", 110, 9.0, 24, 74), ("25x83", 120, 10.0, 24, 75), ("6=5", 110, 9.0, 24, 76),
]  # fmt: skip


def text(array: npt.NDArray[Any], compressed: bool = False) -> str:
    data = np.ascontiguousarray(array).tobytes()
    return base64.b64encode(zlib.compress(data, 9) if compressed else data).decode()


def glyphs() -> npt.NDArray[np.uint8]:
    """Return 60 training digits of MNIST, 20 drawn ones, 18 strangers, and the extremes: nothing, and nothing but ink."""
    random = np.random.default_rng(4)
    real = mnist.train().images[random.choice(60_000, 60, replace=False)]
    drawn = [
        strokes.draw(strokes.vary(strokes.digit(i % 10, i), random), 20, random.uniform(1.5, 4)) for i in range(20)
    ]
    odd = [draw(random) for draw in (strangers.scribble, strangers.sign, strangers.blob) for _ in range(6)]
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


# Signs as strokes in shares of the digits' height, across and down from the digits' head.
SIGNS = {
    ".": [[(0.0, 0.96), (0.02, 0.96)]],
    "-": [[(0.0, 0.5), (0.35, 0.52)]],
    ":": [[(0.0, 0.3), (0.02, 0.3)], [(0.0, 0.8), (0.02, 0.8)]],
    "/": [[(0.0, 1.15), (0.65, -0.15)]],
    "+": [[(0.0, 0.5), (0.5, 0.52)], [(0.25, 0.25), (0.24, 0.8)]],
    "x": [[(0.0, 0.3), (0.5, 0.85)], [(0.0, 0.85), (0.48, 0.3)]],
    "=": [[(0.0, 0.4), (0.4, 0.4)], [(0.0, 0.65), (0.4, 0.67)]],
}


def line(written: str, height: int, pen: float, gap: int, seed: int) -> npt.NDArray[np.uint8]:
    """Return the ink of a line of digits and signs on a canvas, each clear of the next; uint8 (H, W)."""
    random = np.random.default_rng([8, seed])
    margin = round(0.15 * height) + 8
    parts = []
    for i, sign in enumerate(written):
        if sign in SIGNS:
            ink = strokes.draw([np.array(stroke) for stroke in SIGNS[sign]], height, pen)
        else:
            ink = strokes.draw(strokes.vary(strokes.digit(int(sign), seed + i), random, 0.7), height, pen)
        parts.append(ink)
    high = max(len(ink) for sign, ink in zip(written, parts, strict=True) if sign not in SIGNS)
    canvas = np.zeros((high + 2 * margin, sum(ink.shape[1] + gap for ink in parts) - gap + 2 * margin), np.uint8)
    x = margin
    for sign, ink in zip(written, parts, strict=True):
        downs = [down for stroke in SIGNS.get(sign, ()) for _, down in stroke]
        y = margin + round((min(downs) + max(downs)) / 2 * high if downs else 0.5 * high) - len(ink) // 2
        place = canvas[y : y + len(ink), x : x + ink.shape[1]]
        np.maximum(place, ink, out=place)
        x += ink.shape[1] + gap
    return canvas


def drawing(written: str, height: int, pen: float, gap: int, seed: int) -> dict[str, Any]:
    canvas = line(written, height, pen, gap, seed)
    found = rules.connected(canvas)
    if rules.without(canvas, found) is not canvas or rules.rests(found.boxes, canvas).any():
        raise SystemExit(
            f"{written}: something in it looks printed, which the page does not look for; draw it otherwise"
        )
    pieces = sorted(components.find(canvas).pieces, key=lambda piece: piece.box[0] + piece.box[2])
    return {
        "written": written,
        "read": inkdigits.read(255 - canvas, model=MODELS[0]).text,
        "shape": list(canvas.shape),
        "ink": text(canvas, compressed=True),
        "boxes": [list(piece.box) for piece in pieces],
        "glyphs": text(np.stack([normalise.glyph(piece.strength) for piece in pieces]), compressed=True),
    }


def main() -> None:
    for old in OUT.glob("engine-*.json"):
        old.unlink()
    for name in MODELS:
        write_text(OUT / f"engine-{name}.json", json.dumps(engine(name)) + "\n")
    drawings = {"model": MODELS[0], "drawings": [drawing(*number) for number in NUMBERS]}
    write_text(OUT / "drawings.json", json.dumps(drawings) + "\n")
    for path in sorted(OUT.glob("*.json")):
        print(f"{path.name}  {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
