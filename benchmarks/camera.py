"""Claim: the page's camera tab reads at least ten pictures a second, server and browser on the same two cores.

Chromium without a window takes a film for its camera: a sheet with 407 on it, 640×480, that trembles in a hand, at twenty frames a second.
What is counted are the server's answers to frames, after it has been warmed up. The page asks for fifteen a second at most.

Usage: python benchmarks/camera.py [BROWSER]    writes benchmarks/results/camera.json; BROWSER: chromium if not given
"""

from __future__ import annotations

import itertools
import statistics
import tempfile
from pathlib import Path

import numpy as np

import browsing
from inkdigits.synthetic import strokes
from machine import write_results

FILMED = "407"
WARM_UP, SECONDS = 3, 20
# The moments at which answers to frames have come; what the tab itself shows is the rate over its last twenty.
ANSWERS = (
    "performance.getEntriesByType('resource').filter(e => e.name.includes('/read')).map(e => e.responseEnd / 1000)"
)


def film(path: Path) -> None:
    """Write a film, raw video in YUV 4:2:0, of a number on paper."""
    random = np.random.default_rng(0)
    grey = np.full(2 * 320 * 240, 128, np.uint8).tobytes()
    with path.open("wb") as file:
        file.write(b"YUV4MPEG2 W640 H480 F20:1 Ip C420jpeg\n")
        for _ in range(20):
            frame = 232 + random.normal(0, 3, (480, 640))
            left, top = np.array([120, 170]) + random.integers(-3, 4, 2)
            for digit in FILMED:
                ink = strokes.draw(strokes.digit(int(digit)), 96, 9.0)
                frame[top : top + ink.shape[0], left : left + ink.shape[1]] -= ink * (190 / 255)
                left += ink.shape[1] + 24
            file.write(b"FRAME\n" + np.clip(frame, 0, 255).astype(np.uint8).tobytes() + grey)


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        clip = Path(place) / "sheet.y4m"
        film(clip)
        camera = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
        with browsing.opened(*camera, f"--use-file-for-fake-video-capture={clip}") as (browser, address):
            page = browser.new_context(permissions=["camera"]).new_page()
            page.goto(f"{address}#camera")
            page.evaluate("performance.setResourceTimingBufferSize(10_000)")
            page.click("#camera-start")
            page.locator(f'#camera-text:text-is("{FILMED}")').wait_for()
            page.wait_for_timeout(1000 * WARM_UP)
            begun = page.evaluate("performance.now() / 1000")
            page.wait_for_timeout(1000 * SECONDS)
            ended, moments = page.evaluate("performance.now() / 1000"), page.evaluate(ANSWERS)
            text, version = page.inner_text("#camera-text"), browser.version
    counted = sorted(moment for moment in moments if begun <= moment <= ended)
    gaps = [1000 * (after - before) for before, after in itertools.pairwise(counted)]
    figures = {
        "browser": f"Chromium {version}",
        "filmed": FILMED,
        "read": text,
        "seconds": round(ended - begun, 1),
        "pictures": len(counted),
        "pictures_a_second": round(len(counted) / (ended - begun), 2),
        "ms_between_answers": {"median": round(statistics.median(gaps), 1), "max": round(max(gaps), 1)},
    }
    print(figures)
    write_results("camera", figures)


if __name__ == "__main__":
    main()
