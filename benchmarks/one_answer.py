"""One picture, one answer: a picture enlarged, inverted, in another container or on another scale must be answered alike.

Pictures are of digits: half of them MNIST's validation writers as they are, half drawn by `digit_forms.py` with pens, light and
grain. Each is read in thirteen variants; ten lose nothing, three do. Trust `always`.

Usage: python benchmarks/one_answer.py [--n PICTURES] [--model NAME] [--show]
  --n     pictures (1000)
  --show  tells which pictures are answered otherwise
writes benchmarks/results/one_answer.json, where 1,000 or more are read by default
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

import digit_forms
import inkdigits
import scoring
from inkdigits.datasets import mnist
from inkdigits.training import split
from machine import write_results

PICTURES = 1000
Picture = npt.NDArray[np.uint8]


def saved(picture: Picture, kind: str, **how: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, kind, **how)
    return file.getvalue()


def enlarged(picture: Picture, factor: int) -> Picture:
    return np.repeat(np.repeat(picture, factor, axis=0), factor, axis=1)


def resized(picture: Picture, factor: float) -> Picture:
    return np.asarray(cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC), np.uint8)


LOSSLESS: dict[str, Callable[[Picture], Any]] = {
    "PNG": lambda p: saved(p, "PNG"),
    "BMP": lambda p: saved(p, "BMP"),
    "TIFF, LZW": lambda p: saved(p, "TIFF", compression="tiff_lzw"),
    "WebP, lossless": lambda p: saved(np.repeat(p[..., None], 3, axis=2), "WEBP", lossless=True),
    "colour": lambda p: np.repeat(p[..., None], 3, axis=2),
    "inverted": lambda p: 255 - p,
    "0 to 1": lambda p: p.astype(np.float64) / 255,
    "0 to 16": lambda p: p.astype(np.float64) / 255 * 16,
    "twice as large, each pixel four": lambda p: enlarged(p, 2),
    "twice as wide, as its density says": lambda p: saved(np.repeat(p, 2, axis=1), "PNG", dpi=(200, 100)),
}
LOSSY: dict[str, Callable[[Picture], Any]] = {
    "JPEG, quality 90": lambda p: saved(p, "JPEG", quality=90),
    "1.5 times as large, cubic": lambda p: resized(p, 1.5),
    "three times as large, cubic": lambda p: resized(p, 3),
}


def pictures(count: int) -> list[Picture]:
    digits = split.by_writer(mnist.train(), 0.1)[1]
    rows = np.random.default_rng(11).choice(len(digits), count // 2, replace=False)
    forms = list(digit_forms.FORMS)
    drawn = [digit_forms.picture(forms[i % len(forms)], 100_000 + i) for i in range(count - count // 2)]
    return [*(digits.images[row] for row in rows), *drawn]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--n", type=int, default=PICTURES)
    parser.add_argument("--model", default="default")
    parser.add_argument("--show", action="store_true")
    arguments = parser.parse_args()
    given = pictures(arguments.n)

    def answers(sources: list[Any]) -> tuple[list[int | None], npt.NDArray[np.float64]]:
        read = inkdigits.classify_many(sources, model=arguments.model, trust="always")
        return [d.best for d in read], np.array([d.confidence for d in read])

    first, sure = answers(list(given))
    figures: dict[str, Any] = {}
    pooled: dict[str, list[bool]] = {"lossless": [], "lossy": []}
    for group, variants in (("lossless", LOSSLESS), ("lossy", LOSSY)):
        for name, change in variants.items():
            said, confidence = answers([change(p) for p in given])
            same = [a == b for a, b in zip(first, said, strict=True)]
            pooled[group] += same
            off = float(np.median(np.abs(confidence - sure)))
            figures[name] = {"group": group, **scoring.share(sum(same), len(same)), "confidence_off": off}
            print(f"{name:32} {scoring.told(figures[name])}   confidence off by {off:.4f} in the median", flush=True)
            if arguments.show:
                print("   ", [i for i, ok in enumerate(same) if not ok])
    groups = {group: scoring.share(sum(same), len(same)) for group, same in pooled.items()}
    for group, row in groups.items():
        print(f"{group:32} {scoring.told(row)}")
    if arguments.n >= PICTURES and arguments.model == "default":
        write_results("one_answer", {"pictures": len(given), "variants": figures, "groups": groups})


if __name__ == "__main__":
    main()
