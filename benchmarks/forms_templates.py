"""Scanned exam sheets read by templates: the gate on forms/submitty (BSD-3-Clause, by the Submitty project).

`form new` makes five templates of the five pages of blank.pdf; each of the 18 sheets of sheets.pdf is read by all five, and must
find its own. Nothing is said of the fields but that they are boxes.
  aligned    sheets whose form was recognised, and on which the page and the field fit
  right      sheets whose number is right with trust `always`
  answered   digits answered at trust `strict`, of 162: each by its own probability (`Cell.signs`)
  wrong      digits answered so that are wrong

Usage: INKDIGITS_DEV_DATA=… python benchmarks/forms_templates.py [--limit N] [--show]
writes benchmarks/results/forms_templates.json
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import cv2

from inkdigits import Form
from inkdigits.evaluation.metrics import wilson
from inkdigits.forms import making, sorting
from inkdigits.image.load import load_pages
from inkdigits.recognising import posterior
from machine import needed_dev_data, write_results


def templates(blank: Path, folder: Path) -> list[Path]:
    """Write a template for each page of a document; return their files."""
    files = []
    for number in range(1, len(list(load_pages(blank))) + 1):
        name = f"layout{number}"
        making.make(str(blank), name, name, page=number).write(folder / f"{name}.toml")
        files.append(folder / f"{name}.toml")
    return files


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--limit", type=int, default=None)
    parser.add_argument("--show", action="store_true")
    asked = parser.parse_args()
    data = needed_dev_data() / "forms" / "submitty"
    labels = json.loads((data / "labels.json").read_text(encoding="utf-8"))[: asked.limit]
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        forms = [Form.load(file) for file in templates(data / "blank.pdf", Path(folder))]
        counts = {"sheets": 0, "aligned": 0, "right": 0, "digits": 0, "answered": 0, "wrong": 0}
        seconds, residuals, rows = [], [], []
        for picture, label in zip(load_pages(data / "sheets.pdf"), labels, strict=False):
            started = time.process_time()
            (sheet,) = sorting.sheets(forms, picture.pixels)
            seconds.append(time.process_time() - started)
            counts["sheets"] += 1
            counts["digits"] += len(label["number"])
            row: dict[str, Any] = {"page": label["page"], "form": sheet.form, "text": "", "answered": 0, "wrong": 0}
            rows.append(row)
            if sheet.error is None and sheet.form == f"layout{label['blank_page']}":
                (cell,) = sheet
                fits = cell.residual <= 0.5
                counts["aligned"] += fits
                residuals.append(cell.residual)
                sure = [p >= posterior.threshold("strict") for p in cell.signs]
                row["text"] = cell.text
                row["answered"] = sum(sure)
                row["wrong"] = sum(s and a != b for s, a, b in zip(sure, cell.text, label["number"], strict=False))
                counts["right"] += cell.text == label["number"]
                counts["answered"] += row["answered"]
                counts["wrong"] += row["wrong"]
            if asked.show:
                print(row, sheet.error or "", flush=True)
    found = {
        **counts,
        "right_interval": wilson(counts["right"], counts["sheets"]),
        "residual_mm": {"median": median(residuals), "largest": max(residuals)} if residuals else None,
        "cpu_seconds_a_sheet": median(seconds),
        "of_sheets": rows,
    }
    print(json.dumps({key: value for key, value in found.items() if key != "of_sheets"}, indent=2))
    if asked.limit is None:
        write_results("forms_templates", found)


if __name__ == "__main__":
    main()
