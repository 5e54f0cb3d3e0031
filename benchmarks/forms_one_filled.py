"""Forms of which no blank exists: a template from one filled sheet on purpose, judged on the others of the same form.

The sets are those of forms/sheets that occur more than once and have `form.fields`: two of the tuning half (saveetha and
check-test, 8 fields each), one of the reporting half (sap-form, 4). The first sheet serves as the blank, as
`form new --filled` makes it: its handwriting is painted over. Its fields, which have no boxes, are written into the template
by hand: free space at the labels' places on that sheet, longer by half their height on the left and one and a half times their length
on the right: lines are longer than what stands on them. A template says of each what somebody who knows the form would say: a date, an amount, a number
of so many digits. Judged are fields right with trust `always`, by their digits.
RapidOCR reads the same crops, if it is there (`--rivals`).

Usage: INKDIGITS_DEV_DATA=… python benchmarks/forms_one_filled.py [--half tune] [--purpose forms] [--rivals] [--show]
writes benchmarks/results/forms_one_filled.json, or forms_one_filled_tune.json
"""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

import scoring
from inkdigits import Form
from inkdigits.forms import loading, making, sorting
from inkdigits.forms.blank import of_grey
from inkdigits.forms.template import Amount, Date, Field, Number, Page, Template
from inkdigits.image import colour
from inkdigits.image.load import load
from machine import needed_dev_data
from rivals import RapidOCR

_SET = "forms/sheets"
_DOTS = 8.0  # pixels of a picture that are called a millimetre, if it is 2,000 pixels wide
_BEFORE = 0.5  # of a label's height, to the left
_BEHIND = 1.5  # of its width, to the right: lines are longer than what stands on them


def template(label: dict[str, Any], where: Path, folder: Path) -> Form:
    """Return the form of one filled sheet; its files are written to a folder."""
    grey = colour.grey(load(where / label["file"]).pixels)
    height, width = grey.shape
    px = _DOTS * width / 2000
    extent = (width / px, height / px)
    one = of_grey(making.without_handwriting(grey), extent, label["file"])
    Image.fromarray(one.grey).save(folder / "blank.png")
    scale = width / label["size"][0] / px
    fields = {}
    for i, field in enumerate(label["form"]["fields"]):
        left, top, right, bottom = (value * scale for value in field["box"])
        around = _BEFORE * (bottom - top)
        right = min(right + _BEHIND * (right - left), extent[0] - 0.5)
        place = {
            "left": max(left - around, 0.0),
            "top": top,
            "width": right - max(left - around, 0.0),
            "height": bottom - top,
        }
        fields[f"field{i + 1}"] = _field(field, label["template"], place)
    page = Page(size=[round(v, 2) for v in extent], blank="blank.png", marks=False, filled=True)
    loading.write(Template(name="filled", trust="always", pages=[page], fields=fields), folder / "filled.toml")
    return Form.load(folder / "filled.toml")


def _field(field: dict[str, Any], form: str, place: dict[str, float]) -> Field:
    """Return a field as somebody writes it into a template who knows the form: what kind it is, not what stands in it."""
    if "date" in field["name"]:
        american = form == "check-test"
        return Field(date=Date(**place, format="MM/DD/YYYY" if american else "DD/MM/YYYY"))
    if "amount" in field["name"]:
        return Field(amount=Amount(**place))
    return Field(number=Number(**place), length=len(scoring.digits_of(field["value"])))


def main() -> None:
    asked = scoring.parsed(scoring.options(__doc__, "rivals", "show"), _SET)
    data = needed_dev_data()
    where = data / "forms" / "sheets"
    names = scoring.files_of_half(data, _SET, asked.half)
    labels = json.loads((where / "labels.json").read_text(encoding="utf-8"))
    sets: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for label in labels:
        if label["file"] in names and label["template"] and (label["form"] or {}).get("fields"):
            sets[label["template"]].append(label)
    rival = RapidOCR() if asked.rivals else None
    cv2.setNumThreads(1)
    figures: dict[str, Any] = {}
    for name, own in sets.items():
        if len(own) > 1:
            figures[name] = _of_form(own, where, rival, asked.show)
            print(name, json.dumps({k: v for k, v in figures[name].items() if k != "sheets"}), flush=True)
    if not figures:
        print("No form occurs twice in this half.")
    scoring.keep("forms_one_filled", figures, asked)


def _of_form(labels: list[dict[str, Any]], where: Path, rival: RapidOCR | None, show: bool) -> dict[str, Any]:
    right = fields = aligned = theirs = 0
    with tempfile.TemporaryDirectory() as folder:
        form = template(labels[0], where, Path(folder))
        for label in labels[1:]:
            path = where / label["file"]
            (sheet,) = sorting.sheets([form], path)
            aligned += sheet.error is None
            if show and sheet.error is not None:
                print("  ", sheet.error)
            picture = np.asarray(Image.open(path).convert("RGB"))
            for i, field in enumerate(label["form"]["fields"]):
                truth = scoring.digits_of(field["value"])
                said = "" if sheet.error is not None else sheet[f"field{i + 1}"].text
                fields += 1
                right += scoring.digits_of(said) == truth
                if rival is not None:
                    text = (
                        ""
                        if sheet.error is not None
                        else " ".join(rival.lines(_crop(picture, sheet[f"field{i + 1}"].polygon)))
                    )
                    theirs += scoring.digits_of(text) == truth
                if show:
                    print("  ", label["file"], field["name"], field["value"], "read", said, flush=True)
    made: dict[str, Any] = {"sheets": len(labels) - 1, "aligned": aligned, "fields": scoring.share(right, fields)}
    return made if rival is None else made | {"rapidocr": scoring.share(theirs, fields)}


def _crop(picture: npt.NDArray[np.uint8], corners: Any) -> npt.NDArray[np.uint8]:
    """Return the part of a picture within four corners, level."""
    four = np.array(corners, np.float32)
    width, height = (round(float(np.linalg.norm(four[i] - four[0]))) for i in (1, 3))
    matrix = cv2.getPerspectiveTransform(four, np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32))
    return np.asarray(cv2.warpPerspective(picture, matrix, (max(width, 8), max(height, 8))), np.uint8)


if __name__ == "__main__":
    main()
