"""Digit captchas are no protection: how many of them are read, made by script in the usual ways. Measured, not offered.

Each has five handwritten digits of one of MNIST's validation writers, bent by waves, under lines and dots, in one of three
strengths. A captcha counts as read if all five digits are right (trust `always`).

Usage: python benchmarks/captchas.py [--count 100]
writes benchmarks/results/captchas.json
"""

from __future__ import annotations

import argparse
import json
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

import inkdigits
from inkdigits.evaluation.metrics import wilson
from machine import write_results
from made_forms import WriterHand

_STRENGTHS = {"plain": 0.0, "usual": 1.0, "strong": 2.0}


def captcha(number: int, strength: float) -> tuple[npt.NDArray[np.uint8], str]:
    """Return a captcha, uint8 (H, W), and its digits."""
    random = np.random.default_rng((77, number))
    text = "".join(map(str, random.integers(0, 10, 5).tolist()))
    ink = WriterHand(random).line(text, 48).cover
    page = np.full((96, ink.shape[1] + 60), 235, np.float32)
    page[24 : 24 + ink.shape[0], 30 : 30 + ink.shape[1]][: ink.shape[0]] -= 180 * ink[: page.shape[0] - 24]
    for _ in range(round(3 * strength)):
        ends = [(int(random.integers(page.shape[1])), int(random.integers(96))) for _ in range(2)]
        cv2.line(page, ends[0], ends[1], float(random.uniform(60, 160)), int(random.integers(1, 3)), cv2.LINE_AA)
    for _ in range(round(60 * strength)):
        page[int(random.integers(96)), int(random.integers(page.shape[1]))] = random.uniform(40, 160)
    y, x = np.mgrid[0:96, 0 : page.shape[1]].astype(np.float32)
    bend = np.float32(3 * strength)
    page = cv2.remap(page, x + bend * np.sin(y / 12), y + bend * np.sin(x / 23), cv2.INTER_LINEAR, borderValue=235)
    return np.clip(page, 0, 255).astype(np.uint8), text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=100)
    count = parser.parse_args().count
    cv2.setNumThreads(1)
    reader = inkdigits.Reader(trust="always")
    figures: dict[str, Any] = {}
    for name, strength in _STRENGTHS.items():
        right = 0
        for number in range(count):
            picture, text = captcha(number, strength)
            right += "".join(c for c in reader.read(picture).text if c.isdigit()) == text
        figures[name] = {"read": right, "of": count, "interval": list(wilson(right, count))}
    print(json.dumps(figures, indent=1))
    write_results("captchas", figures)


if __name__ == "__main__":
    main()
