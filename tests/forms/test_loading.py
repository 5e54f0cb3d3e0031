import tomllib

import jsonschema
import pytest

from inkdigits.errors import InputError
from inkdigits.forms import loading, places
from inkdigits.forms.template import Boxes, Field, Page, Template

BOXES = "boxes = { left = 10, top = 40, width = 70, height = 9, count = 7 }"


def parse(field, rest=""):
    return loading.parse(tomllib.loads(f'name = "marks"\n{rest}\n[fields.student]\n{field}'), "marks.toml")


def test_what_is_written_comes_back():
    page = Page(size=[100.0, 80.0], blank="marks-1.png")
    boxes = Boxes(left=10, top=40, width=70, height=9, count=8, angle=-4.25, groups=[2, 2, 4], space=3)
    fields = {"born": Field(label='say "when" \\ ä', length=8, boxes=boxes)}
    made = Template(name="marks", pages=[page], fields=fields, rules=["born > 1"])
    assert loading.parse(tomllib.loads(loading.to_toml(made)), "x") == made


@pytest.mark.parametrize(
    ("field", "place", "words"),
    [
        (BOXES.replace("width", "widht"), "fields.student.boxes.widht", "did you mean width?"),
        (BOXES.replace("count = 7", "count = 0"), "fields.student.boxes.count", "at least 1"),
        (BOXES.replace("count = 7", 'count = "7"'), "fields.student.boxes.count", "whole number"),
        (f'{BOXES}\ntrust = "strickt"', "fields.student.trust", "did you mean strict?"),
        (f"{BOXES}\nrange = [1, 2, 3]", "fields.student.range", "at most 2"),
        (f"{BOXES}\nrange = [5, 2]", "fields.student.range", "lower bound first"),
        (f'{BOXES}\npattern = "("', "fields.student.pattern", "no regular expression"),
        (f"{BOXES}\nlength = 8", "fields.student.length", "7 boxes"),
        ("lenth = 3", "fields.student.lenth", "did you mean length?"),
        ("length = 3", "fields.student", "is of no kind"),
        (f"{BOXES}\nmark = {{ left = 1, top = 40, width = 5, height = 5 }}", "fields.student", "is of 2 kinds"),
        (BOXES.replace("left = 10", "left = 190"), "fields.student.boxes", "the page is 210 × 297 mm"),
        (BOXES.replace("width = 70", "width = 7"), "fields.student.boxes", "leaves 1.0 × 9.0 mm"),
        (BOXES.replace("top = 40", "top = 8"), "fields.student.boxes", "ArUco marks"),
        (f"page = 2\n{BOXES}", "fields.student.page", "there is one page"),
        (
            "table = { left = 9, top = 40, width = 50, height = 50, rows = 3, columns = [] }",
            "fields.student.table.rows",
            "a text in quotes or a list",
        ),
        (
            'table = { left = 9, top = 40, width = 50, height = 50, rows = "9..1", columns = ["a"] }',
            "fields.student.table.rows",
            "0 rows",
        ),
        (
            'table = { left = 9, top = 40, width = 50, height = 50, rows = "1..2", columns = ["a"], row_edges = [0, 9] }',
            "fields.student.table.row_edges",
            "give 3",
        ),
        (
            f"{BOXES}\n[fields.other]\nnumber = {{ left = 70, top = 42, width = 30, height = 8 }}",
            "fields.other.number",
            "overlaps fields.student.boxes by 70 mm²",
        ),
    ],
)
def test_errors_name_the_place_and_what_would_do(field, place, words):
    with pytest.raises(InputError) as error:
        parse(field)
    assert str(error.value).startswith(f"marks.toml: {place}: ")
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_the_schema_takes_what_is_taken_and_refuses_what_is_refused():
    schema = loading.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    good = tomllib.loads(f'name = "marks"\n[fields.student]\n{BOXES}')
    jsonschema.validate(good, schema)
    for bad in (BOXES.replace("width", "widht"), "length = 3", f"{BOXES}\nnumber = {{ left = 1 }}"):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(tomllib.loads(f'name = "marks"\n[fields.student]\n{bad}'), schema)


@pytest.mark.parametrize("text", [b"\xff\xfe", b"name = ", b"name = 'a'", b"fields = 3\nname = 'a'", b"[" * 5000])
def test_a_file_that_is_no_template_is_one_line(tmp_path, text):
    path = tmp_path / "x.toml"
    path.write_bytes(text)
    with pytest.raises(InputError) as error:
        loading.read(path)
    assert "\n" not in str(error.value)


def test_a_turned_comb_has_its_boxes_where_the_page_has_them():
    area = Boxes(left=50, top=100, width=60, height=10, count=6, angle=90 / 9)
    (slot,) = places.slots_of("id", Field(boxes=area))
    assert len(slot.boxes) == 6
    middle = slot.corners().mean(axis=0)
    assert middle == pytest.approx([80, 105])  # turned about its middle
    first = slot.corners(slot.boxes[0]).mean(axis=0)
    assert first[1] < 105  # clockwise: the left end is higher


def test_groups_of_boxes_stand_apart():
    boxes = places.row_of_boxes((0, 0, 46, 8), [2, 2, 4], 1.0, 4.0)
    lefts = [box[0] for box in boxes]
    width = boxes[0][2]
    assert lefts[1] - lefts[0] == pytest.approx(width + 1)
    assert lefts[2] - lefts[1] == pytest.approx(width + 5)
    assert boxes[-1][0] + width == pytest.approx(46)
