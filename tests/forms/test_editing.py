"""A template while it is edited: what is wrong with it, what is saved, and what is kept of a file written by hand."""

import numpy as np
import pytest
from PIL import Image

from inkdigits.errors import InputError
from inkdigits.forms import editing, loading
from inkdigits.forms.editing import ChangedError, Editing
from inkdigits.forms.form import Form
from inkdigits.forms.template import Page, Template

BY_HAND = """# of the spring term
name = "marks"
rules = ["total = sum(task)"]
[[pages]]
size = [200, 100]
marks = false
[fields.task]
range = [0, 0.0005] # not more
decimals = 4
table = { left = 10, top = 20, width = 40, height = 20, rows = "1..2", columns = ["points"] }
[fields.total]
number = { left = 80, top = 20.125, width = 30, height = 12 }
"""


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "marks.toml"
    file.write_text(BY_HAND)
    return file


def with_field(state, name, **changes):
    """The values of a state, with some of a field's replaced."""
    template = state["template"]
    return {**template, "fields": {**template["fields"], name: {**template["fields"][name], **changes}}}


def number(**changes):
    return {"left": 80, "top": 20, "width": 30, "height": 12, **changes}


def test_what_is_saved_is_what_a_form_is_loaded_of_and_the_file_by_hand_is_kept(path):
    own = Editing(path)
    state = own.state()
    assert state["keepsOld"] and own.problem(state["template"]) is None
    version = own.save(with_field(state, "total", number=number(left=90)), state["version"])
    form = Form.load(path)
    assert form.template.fields["total"].area.left == 90
    assert form.template.fields["task"].bounds == [0, 0.0005]  # to the last decimal
    assert own.old.read_text() == BY_HAND
    again = own.state()
    assert again["version"] == version != state["version"] and not again["keepsOld"]
    own.save(with_field(again, "total", required=True), version)
    assert own.old.read_text() == BY_HAND  # the next save replaces no comments
    assert sorted(one.name for one in path.parent.iterdir()) == ["marks.toml", "marks.toml.old"]


@pytest.mark.parametrize(
    ("field", "changes", "place", "words"),
    [
        ("total", {"number": number(left=20)}, "fields.total.number", "overlaps fields.task.table"),
        ("total", {"number": number(left=180)}, "fields.total.number", "the page is 200 × 100 mm"),
        ("total", {"number": number(width="wide")}, "fields.total.number.width", "must be a number"),
        ("total", {"pattern": "("}, "fields.total.pattern", "no regular expression"),
        ("total", {"list": {"file": "class.csv"}}, "fields.total.list.file", "does not exist"),
        ("total", {"list": {"file": "/etc/passwd"}}, "fields.total.list.file", "not in the template's folder"),
        ("total", {"list": {"file": "../other.csv"}}, "fields.total.list.file", "not in the template's folder"),
        ("total", {"lenth": 3}, "fields.total.lenth", "did you mean length?"),
        ("task", {"mark": number()}, "fields.task", "is of 2 kinds"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_not_saved(path, field, changes, place, words):
    own = Editing(path)
    state = own.state()
    values = with_field(state, field, **changes)
    problem = own.problem(values)
    assert problem is not None and problem.place == place and words in problem.text and "\n" not in problem.text
    with pytest.raises(InputError, match=r"fields\."):
        own.save(values, state["version"])
    assert path.read_text() == BY_HAND and not own.old.exists()


def test_a_rule_about_a_field_that_is_gone_is_told(path):
    template = Editing(path).state()["template"]
    fields = {"task": template["fields"]["task"]}
    problem = Editing(path).problem({**template, "fields": fields})
    assert problem is not None and problem.place == "rules[0]"


def test_a_list_elsewhere_that_the_file_names_stays(path, tmp_path):
    other = tmp_path.parent / f"{tmp_path.name}-class.csv"
    other.write_text("number\n123\n")
    path.write_text(BY_HAND + f'list = {{ file = "{other.as_posix()}" }}\n')
    own = Editing(path)
    assert own.problem(own.state()["template"]) is None


def test_who_saves_on_an_old_version_is_told_and_loses_nothing_of_others(path):
    one, other = Editing(path), Editing(path)
    state = one.state()
    one.save(with_field(state, "total", label="One"), state["version"])
    saved = path.read_text()
    with pytest.raises(ChangedError, match="was changed by another program"):
        other.save(with_field(state, "total", label="Other"), state["version"])
    assert path.read_text() == saved
    path.unlink()
    with pytest.raises(InputError, match="does not exist"):
        other.save(state["template"], state["version"])


def test_a_form_without_fields_begins_without_a_file(tmp_path):
    path = tmp_path / "marks.toml"
    Image.fromarray(np.full((400, 800), 250, np.uint8)).save(tmp_path / "marks-1.png")
    own = Editing(path, Template(name="marks", pages=[Page(size=[200, 100], blank="marks-1.png")], fields={}))
    state = own.state()
    assert state["version"] == "" and own.picture(0).shape[1] > own.picture(0).shape[0]
    assert "fields: is missing" in own.problem(state["template"]).text
    own.save({**state["template"], "fields": {"total": {"number": number()}}}, "")
    assert list(loading.read(path).fields) == ["total"]
    with pytest.raises(ChangedError):
        own.save({**state["template"], "fields": {"total": {"number": number()}}}, "")


def test_cells_are_told_of_the_fields_that_will_do(path):
    state = Editing(path).state()
    cells = editing.cells(with_field(state, "total", number=number(width=-1)))
    assert cells == {"task": [(0, 0, 40, 10), (0, 10, 40, 10)]}
    assert editing.cells({"fields": "none"}) == {} == editing.cells({})


def test_fields_that_overlap_are_let_in_and_told(path):
    path.write_text(BY_HAND.replace("left = 80", "left = 20"))
    own = Editing(path)
    problem = own.problem(own.state()["template"])
    assert problem is not None and "overlaps" in problem.text
    path.write_text(BY_HAND.replace("left = 80", "lefft = 20"))
    with pytest.raises(InputError, match="did you mean left"):
        Editing(path)


def test_only_pages_of_the_form_are_drawn(path):
    with pytest.raises(InputError, match="no page of the form"):
        Editing(path).picture(1)
    assert Editing(path).picture(0).ndim == 2
