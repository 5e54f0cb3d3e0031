import csv
import io
import json
import zipfile

import pytest

from inkdigits import InputError
from inkdigits.forms import tables
from inkdigits.forms.folder import Folder, failure, problems


def cell(key, value, status="answered", **more):
    known = {"key": key, "field": key, "row": None, "column": None, "page": 1, "status": status, "value": value}
    known |= {"best": value, "text": str(value), "confidence": 0.99, "reason": None, "rivals": [], "residual_mm": 0.1}
    return known | more


def sheet(source, *cells, copy=None):
    return {
        "source": source,
        "form": "marks",
        "copy": copy,
        "entry": None,
        "pages": [{"number": 1}],
        "cells": list(cells),
    }


SHEETS = [
    sheet("a.jpg", cell("id", "0471938"), cell("total", 28), copy=1),
    sheet(
        "=cmd|x.jpg", cell("id", "0000001"), cell("total", None, "review", text="39", best=39, reason="unsure"), copy=3
    ),
    {"source": "b.jpg", "form": "marks", "error": "does not fit; give another"},
]


def test_a_wide_table_has_a_row_a_sheet_and_only_answers(tmp_path):
    tables.write(SHEETS, tmp_path / "t.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "t.csv").read_text(encoding="utf-8-sig"))))
    assert rows[0] == ["source", "page", "form", "copy", "entry", "id", "total", "review", "error"]
    assert rows[1][5:8] == ["0471938", "28", ""]
    assert rows[2][5:8] == ["0000001", "", "total"]  # 39 was no answer
    assert rows[3][8] == "does not fit; give another"
    assert not any(value.startswith(("=", "+", "@")) for row in rows for value in row)


def test_a_long_table_has_a_row_a_cell():
    header, rows = tables.long(SHEETS)
    assert len(rows) == 4
    assert dict(zip(header, rows[3], strict=True))["status"] == "review"


def test_a_workbook_holds_texts_as_texts(tmp_path):
    tables.write([sheet("=1+1", cell("id", "007"), cell("n", 7))], tmp_path / "t.xlsx")
    with zipfile.ZipFile(tmp_path / "t.xlsx") as book:
        strings = book.read("xl/sharedStrings.xml").decode()
        page = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<t>007</t>" in strings
    assert "=1+1" in strings
    assert "<f>" not in page
    assert "<v>7</v>" in page


def test_other_endings_are_refused(tmp_path):
    with pytest.raises(InputError, match="is no table's name"):
        tables.write(SHEETS, tmp_path / "t.xls")
    assert not list(tmp_path.iterdir())


def test_a_value_that_may_stand_once_is_for_review_where_it_stands_twice():
    first, second = (sheet(name, cell("id", "12", once="class.csv:"), cell("n", 12)) for name in "ab")
    third = sheet("c", cell("id", "13", once="class.csv:"))
    made = tables.settled([first, second, third])
    assert [one["cells"][0]["status"] for one in made] == ["review", "review", "answered"]
    assert made[0]["cells"][0]["value"] is None
    assert made[0]["cells"][1]["status"] == "answered"
    assert first["cells"][0]["status"] == "answered"  # what was given is as it was


def test_the_summary_says_what_to_expect():
    assert (
        tables.summary(SHEETS) == "Of 4 filled fields on 2 sheets 3 answered; about 0.0 wrong among them; 1 to review."
    )


def test_copies_that_are_missing_or_there_twice_are_told():
    said = problems([*SHEETS, sheet("c.jpg", copy=3)])
    assert said == ["copy 3 of marks is there 2 times: =cmd|x.jpg, c.jpg", "of copies 1 to 3 of marks 1 are missing: 2"]


class Job:
    def __init__(self, run, templates):
        self.templates, self._run = templates, run

    def description(self):
        return self._run


def line(source, number=1, of=1):
    return json.dumps({"source": source, "form": "m", "cells": [], "sheet": number, "sheets": of})


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "m.toml"
    path.write_text('name = "m"\n[fields.a]\nmark = { left = 40, top = 40, width = 6, height = 6 }')
    return str(path)


def test_a_torn_record_loses_the_last_source_and_no_other(tmp_path, template):
    folder, job = Folder(tmp_path / "out"), Job("run", (template,))
    with folder.open_for(job):
        folder.add([line("a", 1, 2), line("a", 2, 2)])
        folder.add([line("b")])
    with folder.record.open("a") as file:
        file.write(line("c", 1, 2) + "\n" + line("c", 2, 2)[:20])  # what a kill leaves
    with folder.open_for(job):
        assert folder.missing(["a", "b", "c", "./a"]) == ["c"]
        folder.add([failure("c", InputError("c", "is broken", "mend it"))])
    assert [one["source"] for one in folder.sheets()] == ["a", "a", "b", "c"]


def test_a_folder_of_other_templates_or_files_is_refused(tmp_path, template):
    folder = Folder(tmp_path / "out")
    with folder.open_for(Job("one", (template,))):
        pass
    with pytest.raises(InputError, match="other templates"), folder.open_for(Job("two", (template,))):
        pass
    other = tmp_path / "mine"
    other.mkdir()
    (other / "letter.txt").write_text("dear")
    with pytest.raises(InputError, match="holds other files"), Folder(other).open_for(Job("one", (template,))):
        pass
