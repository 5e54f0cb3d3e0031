"""`inkdigits form` as one types it."""

import csv
import io
import json

import jsonschema
import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from inkdigits.cli import main
from inkdigits.forms import loading
from inkdigits.image.load import load_pages

TEMPLATE = """
name = "marks"
title = "Exam marks"
[fields.student]
boxes = { left = 30, top = 45, width = 63, height = 10, count = 7 }
[fields.total]
number = { left = 120, top = 75, width = 30, height = 12 }
"""


@pytest.fixture
def template(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "marks.toml"
    path.write_text(TEMPLATE)
    return path


def run(*words, code=0):
    done = CliRunner().invoke(main, ["form", *map(str, words)])
    assert done.exit_code == code, done.output
    return done


def test_a_form_is_printed_read_and_exported(template, tmp_path):
    """Empty sheets, from one command to the next: copies are known by their codes."""
    (tmp_path / "class.csv").write_text("number,name\n0471938,A\n0471939,B\n")
    run("print", template, "--list", "class.csv", "--out", "sheets.pdf", "--first", 7)
    assert len(list(load_pages(tmp_path / "sheets.pdf"))) == 2
    done = run("read", template, "sheets.pdf", "missing.pdf", "--out", "batch", "--jobs", 1, code=1)
    assert "missing.pdf: does not exist" in done.stderr
    record = [json.loads(line) for line in (tmp_path / "batch" / "record.jsonl").read_text().splitlines()]
    assert [(sheet.get("copy"), sheet.get("entry")) for sheet in record] == [
        (7, "0471938"), (8, "0471939"), (None, None)
    ]  # fmt: skip
    again = run("read", template, "sheets.pdf", "--out", "batch", code=1)
    assert "1 are in batch already" in again.stderr
    assert len((tmp_path / "batch" / "record.jsonl").read_text().splitlines()) == 3
    run("export", "batch", "--out", "marks.xlsx")
    assert (tmp_path / "marks.xlsx").read_bytes()[:2] == b"PK"


def test_a_page_of_a_document_that_is_no_sheet_is_told_by_its_number(template):
    run("print", template, "--out", "sheet.pdf")
    (sheet,) = load_pages("sheet.pdf")
    other = Image.fromarray(np.full((1100, 850), 255, np.uint8))
    other.save("scans.pdf", save_all=True, append_images=[Image.fromarray(sheet.pixels)])
    done = run("read", template, "scans.pdf", "--jobs", 1, code=1)
    assert "scans.pdf, page 1: does not fit form marks" in done.stderr
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["page"] for row in rows] == ["1", "2"]
    assert rows[0]["error"].startswith("does not fit") and not rows[1]["error"]


def test_a_template_is_made_of_a_printed_form(template, tmp_path):
    run("print", template, "--out", "blank.pdf")
    done = run("new", "blank.pdf", "--out", "found.toml")
    assert "7 boxes, page 1, 63 × 10 mm at (30, 45)" in done.stdout
    made = loading.read(tmp_path / "found.toml")
    assert sorted(field.kind for field in made.fields.values()) == ["boxes", "number"]
    assert "is there already" in run("new", "blank.pdf", "--out", "found.toml", code=1).output


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("read", "marks.toml"), 2, "name a template"),
        (("read", "a.jpg"), 2, "name a template"),
        (("read", "marks.toml", "a.jpg", "--out", "x.xls"), 2, "--out wants a folder"),
        (("new", "marks.toml", "--out", "y.toml"), 1, "marks.toml"),
        (("print", "marks.toml", "--out", "y.doc"), 2, "ends in .pdf"),
        (("export", ".", "--out", "y.csv"), 1, "is no batch folder"),
    ],
)
def test_wrong_usage_is_told(template, words, code, said):
    assert said in run(*words, code=code).output


def test_the_schema_is_printed():
    jsonschema.Draft202012Validator.check_schema(json.loads(run("schema").stdout))
