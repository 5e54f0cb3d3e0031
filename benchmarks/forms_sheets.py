"""Forms from end to end on made-up sheets: the gates of docs/forms.md.

Sheets of the four worked examples, written by MNIST's validation writers, printed and "photographed" (`made_forms`).
  aligned      sheets whose form was recognised (all four templates are given), and on which the page fits
  places       how far a field's corners are from where they are, in millimetres: with marks (marks, envelope), from lines
               alone (cheque, weather)
  final        fields wrong in the finished table, per 1,000: what is for review is settled by a simulated reviewer who errs in
               0.5 % of them, and what is answered is as it was read. Boxes to be ticked are fields, too.
  foreign      sheets of another form, blank sheets, and photos of a desk: put into the table as if read. Each sheet is read
               by the templates of the other examples.
  siblings     pairs of forms of which 70 % of the print is the same: sheets that fit their own form, and the other
  seconds      the sheet with 30 fields: a scan at 200 dots an inch, one thread (`--time`, on a quiet machine)

Usage: python benchmarks/forms_sheets.py [--sheets 400] [--foreign 200] [--siblings 100] [--time] [--show] [--anew]
writes benchmarks/results/forms_sheets.json if all are read.

What was read is kept, a line a sheet, in benchmarks/cache/forms_sheets-HASH.jsonl: a run that was stopped goes on from there.
The hash is that of the package's code and models, of the sheets and of this script, so that no file mixes two readers.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import numpy as np

import inkdigits
import made_forms
from inkdigits import Form
from inkdigits.evaluation.metrics import wilson
from inkdigits.forms import aligning, loading, raster, sorting
from inkdigits.forms.examples import filling, made, seeing, values
from inkdigits.forms.sheet import Sheet
from inkdigits.forms.template import Field, Table, Template
from machine import write_results

_REVIEWER_ERRS = 0.005
_WITH_MARKS = ("marks", "envelope")
WHOLE, FOREIGN, SIBLINGS = 400, 200, 100


@lru_cache(maxsize=1)
def forms() -> dict[str, Form]:
    """Return the forms of the examples."""
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        for name in values.NAMES:
            for _ in made.write(name, Path(folder) / name, 0):
                pass
        return {name: Form.load(Path(folder) / name / f"{name}.toml") for name in values.NAMES}


def of_sheet(number: int) -> dict[str, Any]:
    """Return what became of a made-up sheet: its form, its places, and each field's status, truth and answer."""
    every = forms()
    name = values.NAMES[number % len(values.NAMES)]
    form = every[name]
    filled = made_forms.sheet(name, form.template, number // len(values.NAMES))
    started = time.process_time()
    (sheet,) = sorting.sheets(list(every.values()), filled.seen.picture)
    said: dict[str, Any] = {"number": number, "example": name, "camera": filled.camera}
    said["seconds"] = time.process_time() - started
    if sheet.error is not None or sheet.form != name:
        return said | {"aligned": False, "error": str(sheet.error), "form": sheet.form}
    cells = []
    for cell, slot, allowed in zip(sheet, form.slots, form._allowed, strict=True):
        text = filled.texts.get(slot.key, "")
        if allowed is None:
            truth: Any = text is True
        elif text == "":
            truth = None if allowed.empty is None else 0
        else:
            truth = allowed.value(str(text).replace(" ", ""))
        off = np.linalg.norm(filled.seen.place(slot.corners()) - np.array(cell.polygon), axis=1).max()
        px = np.sqrt(abs(np.linalg.det(filled.seen.place.homography[:2, :2])))
        cells.append(
            {
                "key": slot.key,
                "status": cell.status,
                "reason": cell.reason,
                "right": cell.value == truth if cell.status != "review" else None,
                "best_right": cell.best == truth,
                "off_mm": round(float(off / px), 4),
                "said": f"{cell.text} for {text}",
                "confidence": round(cell.confidence, 5),
            }
        )
    page = sheet.pages[0]
    return said | {"aligned": True, "way": page.way, "residual": page.residual, "share": page.share, "cells": cells}


def of_foreign(number: int) -> dict[str, Any]:
    """Return what became of a sheet that is none of the forms given: which kind, and how many fields were answered."""
    every = forms()
    kind = ("other form", "other form", "empty", "desk")[number % 4]
    if kind == "other form":
        name = values.NAMES[number // 4 % len(values.NAMES)]
        picture = made_forms.sheet(name, every[name].template, 10_000 + number).seen.picture
        given = [form for other, form in every.items() if other != name]
    else:
        picture = made_forms.empty(number // 4) if kind == "empty" else made_forms.desk(number // 4)
        given = list(every.values())
    sheets = list(sorting.sheets(given, picture))
    return {"kind": kind, "number": number, "answered": sum(map(_answered, sheets)), "read": _read(sheets)}


def of_siblings(number: int) -> dict[str, Any]:
    """Return whether a sheet of a form fits that form, and one that is much the same."""
    cv2.setNumThreads(1)
    own, other = made_forms.siblings(number)
    filled = made_forms.filled_sibling(own, number)
    sheet = aligning.Sheet(filled.seen.picture)
    found = [aligning.align(sheet, [aligning.Candidate(raster.blank(one, 0), 0, False)]) for one in (own, other)]
    fits = {name: one.fits for name, one in zip(("own", "other"), found, strict=True)}
    gaps = {f"{name}_gaps": round(one.gaps, 3) for name, one in zip(("own", "other"), found, strict=True)}
    return {"number": number, "camera": filled.camera, **fits, **gaps}


def _answered(sheet: Sheet) -> int:
    return sum(cell.status == "answered" for cell in sheet)


def _read(sheets: list[Sheet]) -> str | None:
    return next((sheet.form for sheet in sheets if sheet.error is None), None)


def summed(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the figures of made-up sheets."""
    read = [row for row in rows if row["aligned"]]
    cells = [(row, cell) for row in read for cell in row["cells"]]
    review = sum(cell["status"] == "review" for _, cell in cells)
    # The reviewer errs in so many of those that come to review; the expectation is taken, not one draw.
    wrong = sum(cell["right"] is False for _, cell in cells)
    final = wrong + _REVIEWER_ERRS * review
    figures: dict[str, Any] = {
        "sheets": len(rows),
        "aligned": {"count": len(read), "of": len(rows), "interval": list(wilson(len(read), len(rows)))},
        "fields": len(cells),
        "wrong": wrong,
        "wrong_interval": list(wilson(wrong, max(len(cells), 1))),
        "review": review,
        "review_share": review / max(len(cells), 1),
        "final_wrong_per_1000": 1000 * final / max(len(cells), 1),
        "best_right": sum(cell["best_right"] for _, cell in cells),
        "cpu_seconds_a_sheet": median([row["seconds"] for row in rows]) if rows else None,
    }
    for title, marked in (("places_with_marks_mm", True), ("places_from_lines_mm", False)):
        off = [cell["off_mm"] for row, cell in cells if (row["example"] in _WITH_MARKS) == marked]
        if off:
            figures[title] = {
                "median": float(np.median(off)),
                "99th": float(np.quantile(off, 0.99)),
                "fields": len(off),
            }
    return figures


def timed() -> dict[str, Any]:
    """Return the seconds for a scanned sheet with 30 fields at 200 dpi, one thread: the median of nine, after a first one."""
    columns = Table(left=40, top=40, width=120, height=220, rows="1..10", columns=["a", "b", "c"])
    template = Template(name="thirty", title="Thirty fields", fields={"t": Field(table=columns, bounds=[0, 999])})
    with tempfile.TemporaryDirectory() as folder:
        loading.write(template, Path(folder) / "thirty.toml")
        form = Form.load(Path(folder) / "thirty.toml")
    random = np.random.default_rng(made_forms.SEED)
    texts = {slot.key: str(int(random.integers(10, 1000))) for slot in form.slots}
    page = filling.fill(
        made.printed(template, 1, 200), 200 / 25.4, form.slots, texts, made_forms.WriterHand(random), 0.8, 0
    )
    seconds = []
    for _ in range(10):
        started = time.process_time()
        sheet = form.read(page)
        seconds.append(time.process_time() - started)
    right = sum(cell.best == int(texts[cell.key]) for cell in sheet)
    return {"median": median(seconds[1:]), "first": seconds[0], "fields": len(texts), "right": right}


class Kept:
    """What became of each sheet, as lines of a file that only grows."""

    def __init__(self, folder: Path, is_anew: bool = False) -> None:
        """Open the file of this code's results; `is_anew` forgets what is in it."""
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"forms_sheets-{code()}.jsonl"
        if is_anew:
            self.path.unlink(missing_ok=True)
        self.rows: dict[tuple[str, int], dict[str, Any]] = {}
        data = self.path.read_bytes() if self.path.exists() else b""
        whole = data[: data.rfind(b"\n") + 1]  # a kill may leave a part of a line
        if len(whole) < len(data):
            os.truncate(self.path, len(whole))
        for line in whole.splitlines():
            row = json.loads(line)
            self.rows[row["of"], row["row"]["number"]] = row["row"]

    def results(
        self, of: Callable[[int], dict[str, Any]], numbers: range, pool: ProcessPoolExecutor
    ) -> Iterator[dict[str, Any]]:
        """Yield what `of` gives for each number, in order: what is not kept is computed first, and kept as it comes."""
        name = of.__name__
        missing = [number for number in numbers if (name, number) not in self.rows]
        print(f"{name}: {len(numbers) - len(missing)} of {len(numbers)} are kept", flush=True)
        with self.path.open("a", encoding="utf-8") as file:
            for done in as_completed([pool.submit(of, number) for number in missing]):
                row = done.result()
                file.write(json.dumps({"of": name, "row": row}) + "\n")
                file.flush()
                self.rows[name, row["number"]] = row
        for number in numbers:
            yield self.rows[name, number]


def code() -> str:
    """Return the hash of all that a result depends on: the package, its models, and the benchmark's own modules."""
    digest = hashlib.sha256(json.dumps(made_forms.fingerprint()).encode())
    package = Path(inkdigits.__file__).parent
    files = [path for path in package.rglob("*") if path.suffix in {".py", ".toml", ".onnx", ".json"}]
    for path in [*sorted(files), Path(__file__)]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sheets", type=int, default=WHOLE)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--foreign", type=int, default=FOREIGN)
    parser.add_argument("--siblings", type=int, default=SIBLINGS)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--time", action="store_true", help="time a sheet of 30 fields; on a quiet machine")
    parser.add_argument("--show", action="store_true", help="print every sheet and field that is wrong")
    parser.add_argument("--keep", type=Path, help="write each sheet's result to this file, a line each")
    parser.add_argument("--anew", action="store_true", help="forget what was read before")
    asked = parser.parse_args()
    kept = Kept(Path(__file__).parent / "cache", asked.anew)
    rows, foreign, pairs = [], [], []
    # Spawned: a fork of a process in which OpenCV has started threads may hang.
    with ProcessPoolExecutor(asked.jobs, get_context("spawn")) as pool:
        for row in kept.results(of_sheet, range(asked.first, asked.first + asked.sheets), pool):
            rows.append(row)
            if asked.show:
                _show(row)
        for row in kept.results(of_foreign, range(asked.foreign), pool):
            foreign.append(row)
            if asked.show and row["read"]:
                print("FOREIGN", row, flush=True)
        for row in kept.results(of_siblings, range(asked.siblings), pool):
            pairs.append(row)
            if asked.show and (row["other"] or not row["own"]):
                print("SIBLING", row, flush=True)
    if asked.time:
        figures_of_time = timed()
        print(json.dumps(figures_of_time))
    if asked.keep:
        asked.keep.write_text("".join(json.dumps(row) + "\n" for row in [*rows, *foreign]), encoding="utf-8")
    figures = {"all": summed(rows)}
    for name in values.NAMES:
        figures[name] = summed([row for row in rows if row["example"] == name])
    for camera in seeing.CAMERAS:
        figures[camera] = summed([row for row in rows if row["camera"] == camera])
    if asked.time:
        figures["seconds"] = figures_of_time
    figures["foreign"] = {
        "sheets": len(foreign),
        "put_into_the_table": sum(row["answered"] > 0 for row in foreign),
        "taken_for_a_sheet": sum(row["read"] is not None for row in foreign),
    }
    figures["siblings"] = {
        "pairs": len(pairs),
        "own_fits": sum(row["own"] for row in pairs),
        "other_fits": sum(row["other"] for row in pairs),
        "own_gaps_most": max((row["own_gaps"] for row in pairs if row["own"]), default=None),
        "other_gaps_least": min((row["other_gaps"] for row in pairs), default=None),
    }
    print(json.dumps(figures, indent=1))
    is_whole = asked.sheets >= WHOLE and asked.foreign >= FOREIGN and asked.siblings >= SIBLINGS
    if is_whole and not asked.first:
        write_results("forms_sheets", {**figures, "material": made_forms.fingerprint()})


def _show(row: dict[str, Any]) -> None:
    head = f"{row['number']} {row['example']} {row['camera']} {row['seconds']:.1f} s"
    if not row["aligned"]:
        print(head, "NOT ALIGNED", row["form"], row["error"], flush=True)
        return
    wrong = [cell for cell in row["cells"] if cell["right"] is False]
    review = [cell for cell in row["cells"] if cell["status"] == "review"]
    off = max(cell["off_mm"] for cell in row["cells"])
    print(head, row["way"], f"{row['residual']:.2f} {row['share']:.2f} off {off:.2f}, {len(review)} review", flush=True)
    for cell in wrong:
        print("   WRONG", cell, flush=True)
    for cell in review[:6]:
        print("   review", cell["key"], cell["said"], cell["reason"], flush=True)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
