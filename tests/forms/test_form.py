"""Forms from end to end: filled in, photographed, and read."""

import datetime
from decimal import Decimal

import cv2
import numpy as np
import pytest

from inkdigits import Form, InputError
from inkdigits.forms import sorting
from inkdigits.forms.blank import PX
from tests.forms.filled import filled, photographed

TEMPLATE = """
name = "marks"
title = "Exam marks"
rules = ["total = sum(task)"]

[fields.student]
label = "Student number"
boxes = { left = 30, top = 45, width = 63, height = 10, count = 7 }
required = true

[fields.day]
date = { left = 110, top = 45, width = 70, height = 9, boxes = true, gap = 1, space = 3 }

[fields.task]
range = [0, 10]
table = { left = 40, top = 70, width = 40, height = 44, rows = "1..4", columns = ["points"] }

[fields.total]
range = [0, 40]
number = { left = 120, top = 75, width = 30, height = 12 }

[fields.fee]
amount = { left = 120, top = 100, width = 54, height = 9, boxes = 6 }

[fields.absent]
mark = { left = 120, top = 125, width = 6, height = 6, angle = 10 }

[fields.late]
mark = { left = 150, top = 125, width = 6, height = 6 }
"""
WRITTEN = {
    "student": "0471938",
    "day": "24122025",
    "task[1]": "7",
    "task[2]": "10",
    "task[3]": "3",
    "task[4]": "8",
    "total": "28",
    "fee": "  1250",
    "absent": True,
}
MEANT = {
    "student": "0471938",
    "day": datetime.date(2025, 12, 24),
    "task[1]": 7,
    "task[2]": 10,
    "task[3]": 3,
    "task[4]": 8,
    "total": 28,
    "fee": Decimal("12.50"),
    "absent": True,
    "late": False,
}


@pytest.fixture(scope="module")
def form(tmp_path_factory):
    path = tmp_path_factory.mktemp("forms") / "marks.toml"
    path.write_text(TEMPLATE)
    return Form.load(path)


@pytest.fixture(scope="module")
def page(form):
    return filled(form, WRITTEN, seed=3)


def best(sheet):
    return {cell.key: cell.best for cell in sheet}


def test_a_flat_sheet_is_read(form, page):
    sheet = form.read(page)
    assert best(sheet) == MEANT
    assert sheet["task"][2].value == 10
    assert sheet["student"].status == "answered"
    assert sheet["student"].value == "0471938"  # the zero stays
    assert sheet["late"].value is False
    assert min(sheet["total"].crop.shape) > 50
    assert sheet.pages[0].way == "marks"
    said = sheet.to_dict()
    assert [cell["key"] for cell in said["cells"]] == list(MEANT)


@pytest.mark.parametrize("how", [{}, {"turns": 2}, {"turns": 1}, {"curl": 1.5}])
def test_a_photo_is_read_and_every_field_is_where_it_was(form, page, how):
    seen, matrix = photographed(page, seed=5, **how)
    sheet = form.read(seen)
    assert best(sheet) == MEANT
    if not how:
        for cell, slot in zip(sheet, form.slots, strict=True):
            place = cv2.perspectiveTransform((slot.corners() * PX)[None], matrix.astype(float))[0]
            off = np.linalg.norm(place - np.array(cell.polygon), axis=1) / PX / 0.85
            assert off.max() < 0.3, cell.key  # millimetres


def without_marks(page, corners):
    page = page.copy()
    for corner in corners:
        across, down = (slice(60, 160) if not far else slice(-160, -60) for far in ((corner in (1, 2)), corner > 1))
        page[down, across] = 255
    return page


@pytest.mark.parametrize(("corners", "way"), [((0,), "marks"), ((0, 1, 2, 3), "features")])
def test_three_marks_suffice_and_without_any_lines_and_text_do(form, page, corners, way):
    sheet = form.read(photographed(without_marks(page, corners), seed=6)[0])
    assert sheet.pages[0].way == way
    assert best(sheet) == MEANT


def test_a_broken_rule_is_for_review_and_its_values_are_no_answers(form):
    sheet = form.read(filled(form, WRITTEN | {"total": "39"}, seed=3))
    assert sheet["total"].status == "review"
    assert sheet["total"].value is None
    assert sheet["total"].best == 39
    assert "total = sum(task)" in sheet["total"].reason


def test_an_empty_sheet_is_empty_and_what_is_required_is_for_review(form):
    sheet = form.read(form.blanks[0].grey)
    assert sheet["student"].status == "review"
    assert sheet["student"].reason == "empty, and it is required"
    assert {cell.status for cell in sheet if cell.key not in ("student", "absent", "late")} == {"empty"}


def test_what_is_no_sheet_of_the_form_is_told(form, tmp_path):
    desk = np.random.default_rng(0).integers(60, 120, (900, 700)).astype(np.uint8)
    with pytest.raises(InputError, match=r"does not fit form marks: best residual \d+\.\d mm"):
        form.read(desk)
    (sheet,) = form.read_many([desk])
    assert sheet.error is not None
    assert len(sheet) == 0


OTHER = """
name = "other"
title = "Harvest"
[fields.yield]
table = { left = 35, top = 60, width = 130, height = 150, rows = "1..10", columns = ["a", "b", "c"] }
[fields.plot]
boxes = { left = 35, top = 230, width = 48, height = 12, count = 4 }
"""


def test_the_sheet_of_another_form_is_not_read_as_one_of_this(form, tmp_path):
    """It has marks in the same places: only its print tells."""
    (tmp_path / "other.toml").write_text(OTHER)
    other = Form.load(tmp_path / "other.toml")
    (sheet,) = form.read_many([filled(other, {"plot": "4711", "yield[1].a": "12"}, seed=1)])
    assert not [cell.key for cell in sheet if cell.status == "answered"]
    assert sheet.error is not None


def test_a_stack_of_two_forms_is_sorted(form, page, tmp_path):
    (tmp_path / "other.toml").write_text(OTHER)
    other = Form.load(tmp_path / "other.toml")
    stack = [page, filled(other, {"plot": "4711"}, seed=1)]
    read = [sheet for one in stack for sheet in sorting.sheets([form, other], one)]
    assert [sheet.form for sheet in read] == ["marks", "other"]
    assert read[1]["plot"].best == "4711"


@pytest.mark.parametrize("list_text", [None, "", "number\nabc\n"])
def test_a_list_that_is_missing_or_holds_no_numbers_is_told(tmp_path, list_text):
    path = tmp_path / "marks.toml"
    path.write_text(TEMPLATE.replace("required = true", 'list = { file = "class.csv", column = "number" }'))
    if list_text is not None:
        (tmp_path / "class.csv").write_text(list_text)
    with pytest.raises(InputError, match=r"fields\.student\.list\.file"):
        Form.load(path)


def test_a_list_decides_between_readings(tmp_path, page):
    path = tmp_path / "marks.toml"
    path.write_text(TEMPLATE.replace("required = true", 'list = { file = "class.csv" }'))
    (tmp_path / "class.csv").write_text("number;name\n0471938;A\n1234567;B\n")
    assert Form.load(path).read(page)["student"].value == "0471938"
    (tmp_path / "class.csv").write_text("number\n7654321\n1234567\n")
    assert Form.load(path).read(page)["student"].status == "review"
