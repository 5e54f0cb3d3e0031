"""How fast and how heavy the page is, in a real browser: bytes, time to the first answer, from ink to answer.

The page is served by `inkdigits serve` on this machine, opened with an empty cache, and written on with the mouse: the ten digits
one by one, then 407. From ink to answer is what the page itself measures: from taking the ink off the paper until the
answer, the bars and the glyphs stand there. "First answer" is from opening the page until an example, pressed at
once, is read.

Usage: python benchmarks/page.py [BROWSER]    writes benchmarks/results/page.json; BROWSER: chromium if not given
"""

from __future__ import annotations

import statistics
import time

from playwright.sync_api import Browser, Page

import browsing
from inkdigits.synthetic import strokes
from machine import write_results

OPENINGS = 7
OBSERVE = "new PerformanceObserver(list => (window.looks ??= []).push(...list.getEntries())).observe({type: 'measure'})"

# The page's policy allows no evaluated text, which wait_for_function is, and a locator looks too seldom to time by.
ANSWERED = """new Promise(done => {
    const look = () => document.getElementById("answer").textContent === "7" ? done() : requestAnimationFrame(look);
    look();
})"""


def write(page: Page, label: int, left: float, height: float) -> None:
    """Write a digit with the mouse; `left` and `height` are shares of the paper's height."""
    box = page.locator("#pad").bounding_box()
    assert box is not None
    for curve in strokes.digit(label):
        for i, (x, y) in enumerate(curve):
            across, down = left + x * height, (1 - height) / 2 + y * height
            page.mouse.move(box["x"] + box["height"] * across, box["y"] + box["height"] * down)
            if i == 0:
                page.mouse.down()
        page.mouse.up()


def first_answer(browser: Browser, address: str) -> tuple[float, dict[str, int]]:
    """Seconds from opening to the answer to an example, and the bytes of every file that came over the wire."""
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    start = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.get_by_role("button", name="Example: a 7").click()
    page.evaluate(ANSWERED)
    seconds = time.perf_counter() - start
    files = page.evaluate("performance.getEntries().filter(e => e.transferSize).map(e => [e.name, e.transferSize])")
    context.close()
    return seconds, {name.removeprefix(address) or "/": size for name, size in files}


def ink_to_answer(browser: Browser, address: str) -> list[float]:
    """Milliseconds of every look at what is being drawn."""
    page = browser.new_page(viewport={"width": 1180, "height": 700})
    page.goto(address)
    page.wait_for_selector("html[data-ready=draw]", state="attached")
    page.evaluate(OBSERVE)
    for label in range(10):
        write(page, label, 0.7, 0.6)
        page.click("#clear")
    for place, label in enumerate([4, 0, 7]):
        write(page, label, 0.2 + 0.6 * place, 0.5)
    page.wait_for_timeout(500)
    return [float(ms) for ms in page.evaluate("looks.map(look => look.duration)")]


def main() -> None:
    with browsing.opened() as (browser, address):
        first_answer(browser, address)  # not counted: the machine reads its own files for the first time
        openings = [first_answer(browser, address) for _ in range(OPENINGS)]
        looks = sorted(ink_to_answer(browser, address))
        version = browser.version
    figures = {
        "browser": f"Chromium {version}",
        "first_answer_seconds": [round(seconds, 3) for seconds, _ in openings],
        "first_answer_seconds_median": round(statistics.median(seconds for seconds, _ in openings), 3),
        "bytes": sum(openings[-1][1].values()),
        "bytes_by_file": openings[-1][1],
        "looks": len(looks),
        "ink_to_answer_ms": {
            "median": round(statistics.median(looks), 1),
            "p95": round(looks[int(0.95 * len(looks))], 1),
            "max": round(looks[-1], 1),
        },
    }
    print({name: value for name, value in figures.items() if name != "bytes_by_file"})
    write_results("page", figures)


if __name__ == "__main__":
    main()
