"""Make the sample pictures in src/inkdigits/samples: ten digits as ten people might send them.

Usage: python scripts/make_samples.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from inkdigits.synthetic import strokes
from inkdigits.synthetic.paper import Scene, photograph

OUT = Path(__file__).parent.parent / "src" / "inkdigits" / "samples"

# digit: name, shape, height of the digit, width of the pen, (width, height) of the picture, (left, top), scene
PICTURES: dict[int, tuple[str, int, int, float, tuple[int, int], tuple[int, int], Scene]] = {
    0: ("0-blue-pen", 0, 210, 11, (480, 400), (160, 90), Scene(light=0.35)),
    1: ("1-in-shadow", 0, 220, 10, (480, 400), (210, 80), Scene(pen=(30, 30, 34), shadow=0.45)),
    2: ("2-chalk-on-board", 0, 240, 17, (520, 420), (180, 85),
        Scene(paper=(38, 66, 54), pen=(232, 234, 226), grain=0.03, blur=1.2)),
    3: ("3-faint-pencil", 0, 230, 6, (460, 400), (150, 80), Scene(pen=(150, 150, 152), grain=0.012, light=0.2)),
    4: ("4-thick-marker", 0, 230, 34, (460, 420), (140, 90), Scene(pen=(20, 20, 22), tilt=0.06)),
    5: ("5-small-in-a-large-page", 0, 64, 4, (800, 600), (520, 330), Scene(pen=(36, 40, 60), light=0.4)),
    6: ("6-red-pen", 0, 220, 10, (440, 400), (140, 80), Scene(pen=(190, 36, 40), light=0.3)),
    7: ("7-crossed", 1, 220, 10, (460, 400), (140, 80), Scene(pen=(24, 40, 110), turn=4)),
    8: ("8-low-resolution", 0, 18, 2.0, (44, 36), (14, 8), Scene(pen=(40, 40, 44), blur=0.5, grain=0.01)),
    9: ("9-dim-light", 0, 220, 12, (460, 400), (150, 80), Scene(paper=(96, 92, 84), pen=(22, 24, 34), light=0.5)),
}  # fmt: skip


def main() -> None:
    OUT.mkdir(exist_ok=True)
    for old in OUT.glob("*.jpg"):
        old.unlink()
    for label, (name, shape, height, pen, size, place, scene) in PICTURES.items():
        random = np.random.default_rng([7, label])
        curves = strokes.vary(strokes.digit(label, shape), random, 0.6)
        ink = strokes.draw(curves, height, pen)
        picture = photograph(ink, size, place, scene, random)
        Image.fromarray(picture).save(OUT / f"{name}.jpg", quality=86, optimize=True)
        print(f"{name}.jpg  {size[0]} × {size[1]}")


if __name__ == "__main__":
    main()
