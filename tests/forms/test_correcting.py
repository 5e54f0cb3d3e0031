"""Decisions in tables, corrections from workbooks, and digits to learn from."""

import csv
import json

import openpyxl
import pandas
import pytest
from click.testing import CliRunner

from inkdigits import Sheet
from inkdigits.cli import main
from inkdigits.datasets.load import find
from inkdigits.errors import InputError
from inkdigits.forms.folder import Folder
from inkdigits.forms.reviewing import Review


def run(*words, code=0):
    done = CliRunner().invoke(main, ["form", *map(str, words)])
    assert done.exit_code == code, done.output
    return done.output


def rows(folder):
    run("export", folder, "--out", folder / "t.csv", "--long")
    with (folder / "t.csv").open(encoding="utf-8-sig") as file:
        return {(row["source"][-10:], row["key"]): row for row in csv.DictReader(file)}


def change(path, edits):
    """Write values into the page `cells` of a workbook, by sheet and key; return how many were there."""
    book = openpyxl.load_workbook(path)
    page = book["cells"]
    for row in page.iter_rows(min_row=2):
        key = row[0].value[-10:], row[2].value
        if key in edits:
            row[4].value = edits[key]
    book.save(path)


def test_corrections_in_a_workbook_are_read_back_once(folder, tmp_path):
    xlsx = tmp_path / "marks.xlsx"
    run("export", folder, "--out", xlsx)
    assert "0 corrections" in run("correct", xlsx, folder, "--by", "Kim")
    change(xlsx, {("sheet3.png", "total"): 9, ("sheet1.png", "student"): "0471944"})
    assert "2 corrections" in run("correct", xlsx, folder, "--by", "Kim")
    told = rows(folder)
    assert told["sheet3.png", "total"]["value"] == "9"
    student = told["sheet1.png", "student"]
    assert (student["value"], student["read"], student["decided_by"]) == ("0471944", "0471938", "Kim")
    assert told["sheet2.png", "student"]["decided_by"] == "reader"
    assert "0 corrections" in run("correct", xlsx, folder, "--by", "Kim")
    run("export", folder, "--out", tmp_path / "again.xlsx")
    assert "0 corrections" in run("correct", tmp_path / "again.xlsx", folder, "--by", "Kim")


def test_rows_that_do_not_belong_are_told_and_the_others_taken(folder, tmp_path):
    xlsx = tmp_path / "marks.xlsx"
    run("export", folder, "--out", xlsx)
    change(xlsx, {("sheet3.png", "total"): "nine", ("sheet1.png", "total"): 8})
    book = openpyxl.load_workbook(xlsx)
    book["cells"].append(["x.png", None, "grade", None, "7"])
    book.save(xlsx)
    said = run("correct", xlsx, folder, "--by", "Kim", code=1)
    assert "1 correction taken" in said
    assert "total: 'nine' is no number of this field" in said and "grade is no field of this batch" in said


def test_a_decision_made_since_the_export_stands(folder, tmp_path):
    xlsx = tmp_path / "marks.xlsx"
    run("export", folder, "--out", xlsx)
    review = Review(Folder(folder))
    item = next(item for item in review.lease("a", "doubtful", 9, 1) if item.sheet["source"].endswith("sheet3.png"))
    review.decide("decision-1", item.id, "value", "4", "Lee")
    change(xlsx, {("sheet3.png", "task[1]"): 5})
    assert "is 4 by Lee by now; export it again" in run("correct", xlsx, folder, "--by", "Kim", code=1)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04broken", b"a,b\n1,2\n"])
def test_what_is_no_workbook_is_told(folder, tmp_path, data):
    (tmp_path / "x.xlsx").write_bytes(data)
    assert "is no workbook" in run("correct", tmp_path / "x.xlsx", folder, "--by", "Kim", code=1)


def test_decided_digits_are_data_for_finetune(folder, tmp_path):
    review = Review(Folder(folder))
    for i, item in enumerate(review.lease("a", "sample", 100, 100)):
        review.decide(f"decision-{i}", item.id, "value", item.cell["text"], "Kim", True)
    # 3 student numbers or more with a box for each digit, and fields of one digit.
    assert "digits (0: " in run("digits", folder, "--out", tmp_path / "own")
    data = find(str(tmp_path / "own"), on_warning=pytest.fail)
    assert len(data.train().labels) >= 28
    assert "holds other files" in run("digits", folder, "--out", tmp_path / "own", code=1)


def test_a_sheet_comes_back_from_its_dict(folder):
    for line in (folder / "record.jsonl").read_text().splitlines():
        said = json.loads(line)
        sheet = Sheet.from_dict(said)
        assert sheet.to_dict() == {
            key: value for key, value in said.items() if key not in ("sheet", "sheets", "crops")
        } | (
            {"cells": [{k: v for k, v in cell.items() if k != "crop"} for cell in said["cells"]]}
            if "cells" in said
            else {}
        )
        assert isinstance(sheet.to_pandas(), pandas.DataFrame)
    with pytest.raises(InputError, match="is no sheet"):
        Sheet.from_dict({"schema": 1, "form": "marks"})
