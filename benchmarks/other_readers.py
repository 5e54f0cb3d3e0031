"""The readers that Inkdigits is measured beside: RapidOCR and Tesseract, each given a fair chance at digits.

Both are general: they read letters too. So that they lose nothing by that, what they say is taken in their favour: boxes on
one line are put in order, full-width signs count as plain ones, letters that look like digits may be taken for them, and
tiny pictures are enlarged, turned dark on light and given a margin where that helps.

As a program, this file is RapidOCR in a process of its own, which `rivals.py` asks: it needs no more than that environment has.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageOps

LOOK_ALIKES = str.maketrans("OoDQIilj|SsZzBbqg", "00001111155228699")
_HEIGHT = 96  # what a tiny picture is enlarged to: the recognisers work at 48 rows and lower the rest themselves


@dataclass(frozen=True)
class Settings:
    """How a reader is called. `mode` is Tesseract's --psm; RapidOCR's is "page", "line" (without
    detection: the picture is one line), or "page, else line" (where nothing is detected).
    """

    mode: str
    enlarged: bool
    look_alikes: bool = False

    def __str__(self) -> str:
        return (
            f"{self.mode}{', enlarged with a margin' if self.enlarged else ''}"
            f"{', look-alikes as digits' if self.look_alikes else ''}"
        )


def pixels(source: Any) -> np.ndarray:
    """Return a path's or an array's picture as upright RGB."""
    if isinstance(source, np.ndarray):
        return source if source.ndim == 3 else np.repeat(source[..., None], 3, axis=2)
    with Image.open(source) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))


def enlarged(picture: np.ndarray) -> np.ndarray:
    """Return a picture dark on light, at least 96 rows high, with a margin of its own paper."""
    height, width = picture.shape[:2]
    border = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    if np.median(border) < 110:
        picture, border = 255 - picture, 255 - border
    factor = max(1.0, _HEIGHT / height)
    size = (round(width * factor), round(height * factor))
    large = cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC) if factor > 1 else picture
    margin = max(16, min(large.shape[:2]) // 4)
    paper = [int(v) for v in np.median(border, axis=0)]
    return cv2.copyMakeBorder(large, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=paper)


def said(lines: list[str], settings: Settings) -> list[str]:
    """Return lines as a reader meant them: plain signs, and letters as digits where the settings say so."""
    signs = plain(lines)
    return [line.translate(LOOK_ALIKES) for line in signs] if settings.look_alikes else signs


def plain(lines: list[str]) -> list[str]:
    """Return lines with full-width signs and the many kinds of dashes as plain ones."""
    return [unicodedata.normalize("NFKC", line).translate(str.maketrans("–—−。", "---.")) for line in lines]


class RapidOCR:
    """RapidOCR with the models of its wheel, on one thread."""

    @staticmethod
    def missing() -> str | None:
        """Return what is missing to run it, or None."""
        return (
            None if importlib.util.find_spec("rapidocr") else "RapidOCR is not installed (pip install rapidocr==3.10.*)"
        )

    def __init__(self) -> None:
        import rapidocr

        one = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
        self._engine = rapidocr.RapidOCR(params={"Global.log_level": "critical", **one})

    def lines(self, source: Any, settings: Settings) -> list[str]:
        """Return the lines of a path, of bytes, or of an array (H, W, 3) in RGB."""
        given = source[..., ::-1] if isinstance(source, np.ndarray) else source
        if settings.mode != "line":
            texts, boxes = self.found(given)
            if texts or settings.mode == "page":
                return in_order(texts, boxes)
        return self.one_line(given)

    def found(self, given: Any) -> tuple[list[str], Any]:
        """Return the texts that are detected, and their corners (N, 4, 2)."""
        found = self._engine(given, use_det=True, use_cls=True, use_rec=True)
        return list(found.txts or ()), found.boxes

    def one_line(self, given: Any) -> list[str]:
        """Return what is read in the picture as one line."""
        return list(self._engine(given, use_det=False, use_cls=False, use_rec=True).txts or ())


def in_order(texts: list[str], boxes: Any) -> list[str]:
    """Join texts whose boxes stand beside each other into lines, top to bottom, left to right."""
    if not texts:
        return []
    left, top, bottom = boxes[..., 0].min(axis=1), boxes[..., 1].min(axis=1), boxes[..., 1].max(axis=1)
    middle = (top + bottom) / 2
    rows: list[list[int]] = []
    for i in np.argsort(middle):
        if rows and any(top[j] < middle[i] < bottom[j] for j in rows[-1]):
            rows[-1].append(int(i))
        else:
            rows.append([int(i)])
    return [" ".join(texts[i] for i in sorted(row, key=lambda i: left[i])) for row in rows]


class Tesseract:
    """Tesseract's program with its English data, its answers held to digits and separators, on one thread."""

    @staticmethod
    def missing() -> str | None:
        """Return what is missing to run it, or None."""
        return (
            None if shutil.which("tesseract") else "Tesseract is not installed (Debian: apt-get install tesseract-ocr)"
        )

    @staticmethod
    def version() -> str:
        """Return the installed program's version."""
        done = subprocess.run(["tesseract", "--version"], check=True, capture_output=True, text=True)
        return done.stdout.split()[1]

    def lines_of_many(self, pictures: list[np.ndarray], settings: Settings) -> list[list[str]]:
        """Return the lines of many RGB pictures, read by one run of the program: it takes a tenth of a second to start."""
        with tempfile.TemporaryDirectory() as place:
            names = []
            for i, picture in enumerate(pictures):
                names.append(str(Path(place) / f"{i}.png"))
                Image.fromarray(picture).save(names[-1])
            names_file = Path(place) / "names.txt"
            names_file.write_text("\n".join(names) + "\n", encoding="utf-8")
            command = ["tesseract", str(names_file), "stdout", "--psm", settings.mode, "--dpi", "150"]
            command += ["-c", "tessedit_char_whitelist=0123456789.,-/:"]
            one_thread = {**os.environ, "OMP_THREAD_LIMIT": "1"}
            done = subprocess.run(command, check=True, capture_output=True, text=True, env=one_thread)
        answers = done.stdout.split("\f")[: len(pictures)]
        assert len(answers) == len(pictures), "Tesseract left a picture out"
        return [[line for line in answer.splitlines() if line.strip()] for answer in answers]


def answer_requests() -> None:
    """Answer each line of standard input, {"picture": path, "mode": "line" or "page"}, by a line: texts and their corners."""
    from importlib.metadata import version

    reader = RapidOCR()
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever else is printed is no answer
    print(json.dumps({"version": version("rapidocr")}), file=answers, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        given = pixels(request["picture"])[..., ::-1].copy()
        texts, boxes = reader.found(given) if request["mode"] == "page" else (reader.one_line(given), None)
        corners = [] if boxes is None else np.asarray(boxes, np.float64).tolist()
        print(json.dumps({"texts": texts, "boxes": corners}), file=answers, flush=True)


if __name__ == "__main__":
    answer_requests()
