"""RapidOCR as a reader beside Inkdigits, in a process and, if need be, a Python environment of its own.

Its dependencies are not ours, so it may live elsewhere: the environment variable INKDIGITS_RAPIDOCR names the Python program
of an environment with `rapidocr` 3.10 and `onnxruntime`; without it, it is looked for in this one. Its answers are kept in
benchmarks/cache, by the picture's pixels, the way of asking and the version.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from other_readers import in_order, pixels, plain

CACHE = Path(__file__).parent / "cache"
Box = tuple[float, float, float, float]


class RapidOCR:
    """RapidOCR in a process of its own, on one thread, its answers cached. Use it in a `with` statement."""

    def __init__(self) -> None:
        program = os.environ.get("INKDIGITS_RAPIDOCR")
        if not program and not importlib.util.find_spec("rapidocr"):
            sys.exit(
                "RapidOCR is not installed: pip install rapidocr==3.10.* here, or name a Python by INKDIGITS_RAPIDOCR."
            )
        worker = [program or sys.executable, str(Path(__file__).parent / "other_readers.py")]
        self._process = subprocess.Popen(worker, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.version = str(self._receive()["version"])
        CACHE.mkdir(exist_ok=True)
        self._file = CACHE / f"rapidocr-{self.version}.jsonl"
        lines = self._file.read_text(encoding="utf-8").splitlines() if self._file.exists() else []
        self._known: dict[str, Any] = {row["key"]: row for row in map(json.loads, lines)}

    def __enter__(self) -> RapidOCR:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()

    def line(self, source: Any) -> list[str]:
        """Return what it reads in a picture as one line, without detection."""
        return plain(self._ask(source, "line")["texts"])

    def lines(self, source: Any) -> list[str]:
        """Return the lines that it finds, top to bottom; where it finds none, what it reads in the picture as one line."""
        answer = self._ask(source, "page")
        return in_order(plain(answer["texts"]), np.array(answer["boxes"])) or self.line(source)

    def words(self, source: Any) -> list[tuple[str, Box]]:
        """Return the words that it finds, cut at spaces, each with its box: its share of its text's characters."""
        answer = self._ask(source, "page")
        found = []
        for text, corners in zip(plain(answer["texts"]), answer["boxes"], strict=True):
            (left, top), (right, bottom) = np.min(corners, axis=0), np.max(corners, axis=0)
            at, width = 0, (right - left) / max(1, len(text))
            for word in text.split(" "):
                if word:
                    found.append((word, (left + at * width, top, left + (at + len(word)) * width, bottom)))
                at += len(word) + 1
        return found

    def _ask(self, source: Any, mode: str) -> dict[str, Any]:
        picture = pixels(source)
        key = hashlib.sha256(repr(picture.shape).encode() + picture.tobytes()).hexdigest() + mode
        if key not in self._known:
            with tempfile.NamedTemporaryFile(suffix=".png") as file:
                Image.fromarray(picture).save(file.name, compress_level=1)
                assert self._process.stdin
                self._process.stdin.write(json.dumps({"picture": file.name, "mode": mode}) + "\n")
                self._process.stdin.flush()
                self._known[key] = {"key": key, **self._receive()}
            with self._file.open("a", encoding="utf-8") as kept:
                kept.write(json.dumps(self._known[key]) + "\n")
        return self._known[key]

    def _receive(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        return json.loads(line) if line else sys.exit("RapidOCR's process has ended.")
