"""How fast pictures are read, on one thread, decoding included; and the memory that a large photo takes.

`classify_many` on crops of 64×64 pixels; `read` on a photo of 1 and of 12 megapixels (JPEG) with five lines of digits, made by the
project's own strokes and paper; and `read` on a full page of print (300 words, PNG) against an empty sheet of the same size, the
median over ten fonts. Each figure is a median of processor time, which other programs hardly change; the process is pinned to one
core. Memory is that of a process of its own that reads the photo of 12 megapixels.

Usage: python benchmarks/read_speed.py [--quick]    writes benchmarks/results/read_speed.json, unless --quick (two repeats, two fonts)
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from PIL import Image

import inkdigits
import made_print
from inkdigits.synthetic import strokes
from inkdigits.synthetic.paper import Scene, photograph
from machine import peak_memory_mb, write_results


def median(function: Callable[[], Any], repeat: int) -> float:
    times = []
    function()
    for _ in range(repeat):
        started = time.process_time()
        function()
        times.append(time.process_time() - started)
    return float(np.median(times))


def crops(count: int) -> list[np.ndarray]:
    random = np.random.default_rng(1)
    pictures = []
    for i in range(count):
        ink = strokes.draw(strokes.vary(strokes.digit(i % 10, i), random), 44, 5)
        scene = Scene(light=0.2, tilt=0.0, grain=0.02)
        pictures.append(photograph(ink[:58, :58], (64, 64), (8, 6), scene, random)[..., 0].copy())
    return pictures


def photo(megapixels: float) -> bytes:
    """A JPEG of five lines of eight digits."""
    random = np.random.default_rng(2)
    width, height = round((megapixels * 4 / 3 * 1e6) ** 0.5), round((megapixels * 3 / 4 * 1e6) ** 0.5)
    sheet = np.zeros((height, width), np.uint8)
    size = height // 12
    for line in range(5):
        for column in range(8):
            ink = strokes.draw(strokes.vary(strokes.digit((line * 8 + column) % 10), random), size, size / 9)
            top, left = height // 10 + line * height // 6, width // 12 + column * width // 10
            part = sheet[top : top + ink.shape[0], left : left + ink.shape[1]]
            np.maximum(part, ink[: part.shape[0], : part.shape[1]], out=part)
    picture = photograph(sheet, (width, height), (0, 0), Scene(light=0.3, tilt=0.01, grain=0.01), random)
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def png(picture: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    return buffer.getvalue()


def print_against_empty(count: int, repeat: int) -> dict[str, float]:
    """Return the median times of pages of print and of empty sheets, and of their ratios."""
    pairs = []
    for index in range(count):
        printed, empty = png(made_print.page(index)), png(made_print.empty(index))
        pairs.append([median(lambda data=data: inkdigits.read(data), repeat) for data in (printed, empty)])
    times = np.array(pairs)
    return {
        "read_print_ms": 1e3 * float(np.median(times[:, 0])),
        "read_empty_page_ms": 1e3 * float(np.median(times[:, 1])),
        "print_times_empty": float(np.median(times[:, 0] / times[:, 1])),
    }


def main() -> None:
    quick = sys.argv[1:] == ["--quick"]
    if sys.argv[1:] == ["--memory"]:
        data = sys.stdin.buffer.read()
        inkdigits.read(data)
        print(peak_memory_mb())
        return
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {0})
    cv2.setNumThreads(1)
    pictures = crops(512)
    small, large = photo(1), photo(12)
    memory = subprocess.run([sys.executable, __file__, "--memory"], input=large, capture_output=True, check=True)
    figures = {
        "classify_many_ms_a_digit": 1e3
        * median(lambda: inkdigits.classify_many(pictures), 2 if quick else 9)
        / len(pictures),
        "read_1_megapixel_ms": 1e3 * median(lambda: inkdigits.read(small), 2 if quick else 9),
        "read_12_megapixels_ms": 1e3 * median(lambda: inkdigits.read(large), 2 if quick else 5),
        "peak_memory_12_megapixels_mb": float(memory.stdout),
        **print_against_empty(*((2, 1) if quick else (10, 3))),
    }
    if not quick:
        write_results("read_speed", figures)
    for name, value in figures.items():
        print(f"{name:32} {value:.2f}")


if __name__ == "__main__":
    main()
