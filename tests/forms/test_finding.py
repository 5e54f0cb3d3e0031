import numpy as np
import pytest

from inkdigits.forms import finding, places, raster
from inkdigits.forms.blank import Blank
from inkdigits.forms.template import Amount, Boxes, Date, Field, Mark, Number, Page, Table, Template

FIELDS = {
    "id": Field(boxes=Boxes(left=30, top=40, width=63, height=10, count=7)),
    "tilted": Field(boxes=Boxes(left=110, top=40, width=60, height=9, count=8, angle=-5)),
    "apart": Field(boxes=Boxes(left=30, top=65, width=60, height=9, count=6, gap=2)),
    "born": Field(date=Date(left=110, top=65, width=70, height=9, boxes=True, gap=1, space=4)),
    "table": Field(table=Table(left=40, top=90, width=90, height=60, rows="1..6", columns=["a", "b", "c"])),
    "free": Field(number=Number(left=140, top=90, width=40, height=12)),
    "tick": Field(mark=Mark(left=140, top=120, width=5, height=5)),
    "sum": Field(amount=Amount(left=40, top=180, width=70, height=9, boxes=6, decimals=2, space=3)),
}


@pytest.fixture(scope="module")
def found():
    page = raster.blank(Template(name="x", title="A title that is no field", pages=[Page()], fields=FIELDS), 0)
    return list(finding.fields(page).values())


def nearest(found, wanted):
    middle = places.outline(wanted).mean(axis=0)
    return min(found, key=lambda field: np.linalg.norm(places.outline(field.area).mean(axis=0) - middle))


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_is_found_where_it_was_printed(found, name):
    wanted = FIELDS[name].area
    field = nearest(found, wanted)
    assert places.outline(field.area) == pytest.approx(places.outline(wanted), abs=0.4)
    boxes = places.boxes_in(wanted)
    if boxes:
        own = places.boxes_in(field.area)
        assert len(own) == len(boxes)
        assert np.array(own) == pytest.approx(np.array(boxes), abs=0.6)


def test_kinds_are_told_apart_and_nothing_else_is_a_field(found):
    assert [field.kind for field in found] == [
        "boxes", "boxes", "boxes", "boxes", "number", "table", "mark", "boxes"
    ] or sorted(field.kind for field in found) == ["boxes"] * 5 + ["mark", "number", "table"]  # fmt: skip
    (table,) = [field.area for field in found if field.kind == "table"]
    assert (len(places.row_names(table)), len(table.columns)) == (6, 3)


def test_heads_and_labels_in_a_table_are_no_cells():
    template = Template(name="x", pages=[Page()], fields={"table": FIELDS["table"]})
    page = raster.blank(template, 0)
    slot = places.slots(template)
    labelled = page.grey.copy()
    for one in slot:
        if one.row == "1" or one.column == "a":  # a word in each cell of the first row and the first column
            x, y = one.corners().mean(axis=0)
            labelled[int(y * 7.87) - 8 : int(y * 7.87) + 8, int(x * 7.87) - 30 : int(x * 7.87) + 30] = 0
    (field,) = finding.fields(Blank(labelled, page.extent)).values()
    assert (len(places.row_names(field.area)), len(field.area.columns)) == (5, 2)


def test_a_page_of_text_has_no_fields():
    grey = raster.blank(
        Template(name="x", title="words " * 8, pages=[Page()], fields={"a": FIELDS["tick"]}), 0
    ).grey.copy()
    grey[int(118 * 7.87) : int(127 * 7.87), int(138 * 7.87) : int(147 * 7.87)] = 255  # without the one box
    assert not finding.fields(Blank(grey, (210.0, 297.0)))
