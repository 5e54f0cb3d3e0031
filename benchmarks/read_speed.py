"""How fast pictures are read, on one thread, decoding included; and the memory that a large photo takes.

`classify_many` on crops of 64×64 pixels; `read` on a photo of 1 and of 12 megapixels (JPEG) with five lines of digits, made by the
project's own strokes and paper. Each figure is a median; the process is pinned to one core.

Usage: python benchmarks/read_speed.py    writes benchmarks/results/read_speed.json
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

import inkdigits
from inkdigits.synthetic import strokes
from inkdigits.synthetic.paper import Scene, photograph
from machine import write_results


def median(function: Callable[[], Any], repeat: int) -> float:
    times = []
    function()
    for _ in range(repeat):
        started = time.perf_counter()
        function()
        times.append(time.perf_counter() - started)
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


def peak_kb() -> int:
    """The most memory that this process has had. `ru_maxrss` will not do: it begins at what the parent had at the fork."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0])


def main() -> None:
    if sys.argv[1:] == ["--memory"]:
        data = sys.stdin.buffer.read()
        inkdigits.read(data)
        print(peak_kb())
        return
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {0})
    cv2.setNumThreads(1)
    pictures = crops(512)
    small, large = photo(1), photo(12)
    memory = subprocess.run([sys.executable, __file__, "--memory"], input=large, capture_output=True, check=True)
    figures = {
        "classify_many_ms_a_digit": 1e3 * median(lambda: inkdigits.classify_many(pictures), 9) / len(pictures),
        "read_1_megapixel_ms": 1e3 * median(lambda: inkdigits.read(small), 9),
        "read_12_megapixels_ms": 1e3 * median(lambda: inkdigits.read(large), 5),
        "peak_memory_12_megapixels_mb": int(memory.stdout) * 1024 / 1e6,
    }
    write_results("read_speed", figures)
    for name, value in figures.items():
        print(f"{name:32} {value:.2f}")


if __name__ == "__main__":
    main()
