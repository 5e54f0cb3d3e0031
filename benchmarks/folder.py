"""How fast a folder of pictures is read in one process and in two, and what a kill -9 in the middle costs: nothing.

The pictures are MNIST's training digits laid into scenes by the project's own `synthetic.scenes`, 9 to 90 pixels high. Each is one
file of a temporary folder. Figures are wall time of the whole command, start of all processes included.

Usage: python benchmarks/folder.py [COUNT]    10,000 pictures; writes benchmarks/results/folder.json (with 10,000 only)
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from inkdigits.datasets import mnist
from inkdigits.synthetic import scenes
from machine import write_results

WHOLE = 10_000


def make(folder: Path, count: int) -> None:
    """Write the pictures, a thousand a folder."""
    digits = mnist.train().images
    random = np.random.default_rng(5)
    for i in range(count):
        path = folder / f"{i // 1000:02}" / f"{i:05}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(scenes.picture(digits[i], random)[0]).save(path)


def command(verb: str, folder: Path, out: Path, jobs: int) -> list[str]:
    return [sys.executable, "-m", "inkdigits", verb, str(folder), "--out", str(out), "--jobs", str(jobs), "--resume"]


def check(out: Path, count: int) -> dict[str, int]:
    """Return how many pictures are missing in the file and how many lines are too many; stop if there are any."""
    sources = [json.loads(line)["source"] for line in out.read_text(encoding="utf-8").splitlines()]
    wrong = {"lost": count - len(set(sources)), "doubled": len(sources) - len(set(sources))}
    if any(wrong.values()):
        raise SystemExit(f"{out.name}: {wrong}")
    return wrong


def timed(verb: str, folder: Path, out: Path, jobs: int, count: int) -> dict[str, float]:
    started = time.perf_counter()
    subprocess.run(command(verb, folder, out, jobs), check=True, stderr=subprocess.DEVNULL)
    seconds = time.perf_counter() - started
    check(out, count)
    return {"pictures": count, "seconds": round(seconds, 2), "pictures_a_second": round(count / seconds, 1)}


def killed(folder: Path, out: Path, count: int) -> dict[str, int]:
    """Kill a run when about half is done, go on, and return how much each of the two runs read."""
    process = subprocess.Popen(command("classify", folder, out, 2), stderr=subprocess.DEVNULL)
    while not out.exists() or out.read_bytes().count(b"\n") < count // 2:
        time.sleep(0.01)
    process.kill()
    process.wait()
    before = out.read_bytes()
    subprocess.run(command("classify", folder, out, 2), check=True, stderr=subprocess.DEVNULL)
    wrong = check(out, count)
    kept = before[: before.rfind(b"\n") + 1]
    if not out.read_bytes().startswith(kept):
        raise SystemExit("a line that was there before the kill is there no more")
    first = kept.count(b"\n")
    return {"before_the_kill": first, "after_it": count - first, **wrong}


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else WHOLE
    figures: dict[str, Any] = {"runs": {}}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "pictures"
        make(folder, count)
        few = min(1000, count)
        for verb, where, number in (("classify", folder, count), ("read", folder / "00", few)):
            for jobs in (1, 2):
                row = timed(verb, where, Path(name) / f"{verb}{jobs}.jsonl", jobs, number)
                figures["runs"][f"{verb}, jobs {jobs}"] = row
                print(f"{verb:10} jobs {jobs}  {row['pictures_a_second']:8.1f} a second", flush=True)
        figures["killed_in_the_middle"] = killed(folder, Path(name) / "killed.jsonl", count)
        print(figures["killed_in_the_middle"])
    if count == WHOLE:
        write_results("folder", figures)


if __name__ == "__main__":
    main()
