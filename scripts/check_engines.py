"""Runs each example of docs/many-machines.md on pictures made for it, and compares its table with what `BatchReader` gives here.

Needs, in an environment of its own: pip install ".[scale]" daft "pyspark[sql]" "dask[dataframe,distributed]", and Java for Spark.
`make test-engines` makes that environment. Writes benchmarks/results/engines_scale.json: versions, and what was compared.

Usage: python scripts/check_engines.py [NAME …]    without names all, and the result is written
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pyarrow import dataset

import inkdigits
from inkdigits.distributed import reader
from inkdigits.synthetic import strokes

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "many-machines.md"
PACKAGES = {"Ray Data": "ray", "Daft": "daft", "Spark": "pyspark", "Dask": "dask", "Shards": "inkdigits"}
COUNT = 40


def examples() -> dict[str, tuple[str, str]]:
    """Return the language and text of each engine's example, by the heading above it."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.findall(r"^#+ ([\w ]+)[^\n]*\n(?:(?!^#).)*?```(python|sh)\n(.*?)```", text, re.M | re.S)
    return {name: (language, code) for name, language, code in found}


def make(folder: Path) -> None:
    """Write pictures of one digit each, and one that is none."""
    folder.mkdir()
    for n in range(COUNT - 1):
        data = io.BytesIO()
        Image.fromarray(255 - strokes.draw(strokes.digit(n % 10), 60, 8, 30)).save(data, "PNG")
        (folder / f"{n:03}.png").write_bytes(data.getvalue())
    (folder / "bad.png").write_bytes(b"no picture")


def rows(place: Path) -> dict[str, Any]:
    """Return text, error and lines of each file in a table or in a record."""
    if (place / "results.jsonl").exists():
        said = [json.loads(line) for line in (place / "results.jsonl").read_text(encoding="utf-8").splitlines()]
        return {Path(row["source"]).name: (row.get("text"), row.get("error")) for row in said}
    table = dataset.dataset(place / "results", format="parquet", partitioning=None).to_table()
    names = [Path(row).name for row in table["path"].to_pylist()]
    if len(set(names)) != len(names):
        raise SystemExit("a picture is there twice")
    return dict(zip(names, zip(table["text"].to_pylist(), table["error"].to_pylist(), strict=True), strict=True))


def check(name: str, language: str, code: str, expected: dict[str, Any]) -> dict[str, Any]:
    """Run an example in a folder with the pictures. Raises SystemExit where its table is another one."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        make(place / "scans")
        script = place / ("example.py" if language == "python" else "example.sh")
        script.write_text(code, encoding="utf-8")
        command = [sys.executable, script.name] if language == "python" else ["sh", "-e", script.name]
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        # The engines' own processes report to their makers otherwise.
        quiet = {"RAY_USAGE_STATS_ENABLED": "0", "DAFT_ANALYTICS_ENABLED": "0", "SCARF_NO_ANALYTICS": "true"}
        environment = {**os.environ, **quiet, "PATH": path, "PYSPARK_PYTHON": sys.executable}
        done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{name}: {done.stderr[-3000:]}")
        found = rows(place)
    if found != expected:
        raise SystemExit(f"{name}: other results: {dict(set(found.items()) ^ set(expected.items()))}")
    return {"package": PACKAGES[name], "version": version(PACKAGES[name]), "pictures": len(found), "equal": True}


def main() -> None:
    every = examples()
    if missing := PACKAGES.keys() - every.keys():
        raise SystemExit(f"docs/many-machines.md has no example for {', '.join(missing)}")
    asked = sys.argv[1:] or list(PACKAGES)
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder) / "scans")
        paths = sorted(map(str, (Path(folder) / "scans").iterdir()))
        made = inkdigits.BatchReader("read")({"path": np.array(paths)})
        texts = zip(made["text"].tolist(), made["error"].tolist(), strict=True)
        expected = dict(zip((Path(path).name for path in paths), texts, strict=True))
    reader.stop()
    results = {}
    for name in asked:
        results[name] = check(name, *every[name], expected)
        print(f"{name}: {results[name]['version']}, {results[name]['pictures']} pictures as here", flush=True)
    if not sys.argv[1:]:
        sys.path.insert(0, str(ROOT / "benchmarks"))
        from machine import write_results

        write_results("engines_scale", {"command": "make test-engines", "engines": results})


if __name__ == "__main__":
    main()
