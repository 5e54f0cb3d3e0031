"""Broken and hostile input to forms: one clear line each, and the other sheets are still done."""

import io
import json

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from inkdigits import Form, InputError
from inkdigits.cli import main
from inkdigits.forms import loading, making, raster
from inkdigits.forms.qr import Code, parse
from inkdigits.forms.template import Boxes, Field, Page, Template
from tests.forms.filled import filled

FIELD = "[fields.a]\nboxes = {{ left = {left}, top = {top}, width = {width}, height = 10, count = 3 }}\n"
GOOD = 'name = "small"\n[[pages]]\nsize = [100, 80]\n' + FIELD.format(left=30, top=30, width=30)


@pytest.fixture
def form(tmp_path):
    (tmp_path / "small.toml").write_text(GOOD)
    return Form.load(tmp_path / "small.toml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            GOOD + FIELD.replace(".a]", ".b]").format(left=45, top=32, width=30),
            "fields.b.boxes: overlaps fields.a.boxes",
        ),
        (GOOD.replace("left = 30", "left = 90"), "and the page is 100 × 80 mm"),
        (GOOD.replace("left = 30", "left = -3"), "fields.a.boxes.left: must be"),
        (GOOD.replace("count", "cuont"), "fields.a.boxes.cuont: is no setting; did you mean count?"),
        (GOOD.replace("[[pages]]", '[[pages]]\nblank = "gone.png"'), "gone.png"),
        (GOOD + 'list = { file = "gone.csv" }\n', "gone.csv does not exist"),
        (GOOD + 'list = { file = "/dev/zero" }\n', "/dev/zero"),
        ("name = [", "TOML"),
        (GOOD + "x" * 100, "TOML"),
    ],
)
def test_a_template_that_will_not_do_is_one_line(tmp_path, text, words):
    (tmp_path / "form.toml").write_text(text)
    with pytest.raises(InputError) as error:
        Form.load(tmp_path / "form.toml")
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_a_blank_of_other_proportions_is_told(tmp_path):
    Image.new("L", (400, 800), 255).save(tmp_path / "blank.png")
    (tmp_path / "form.toml").write_text(GOOD.replace("[[pages]]", '[[pages]]\nblank = "blank.png"'))
    with pytest.raises(InputError, match="400 × 800 pixels, and the page is 100 × 80 mm: other proportions"):
        Form.load(tmp_path / "form.toml")


def test_bad_sheets_are_a_line_each_and_the_good_one_is_read(form, tmp_path):
    """In a folder: an empty file, no picture, an empty PDF, one with a password, a sheet of another form, a desk."""
    sheets = tmp_path / "sheets"
    sheets.mkdir()
    Image.fromarray(filled(form, {"a": "407"}, seed=1)).save(sheets / "good.png")
    (sheets / "empty.png").write_bytes(b"")
    (sheets / "text.jpg").write_bytes(b"no picture at all")
    (sheets / "empty.pdf").write_bytes(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF")
    (sheets / "locked.pdf").write_bytes(locked())
    other = Template(
        name="other",
        title="Something else altogether",
        pages=[Page(size=[100.0, 80.0])],
        fields={"b": Field(boxes=Boxes(left=20, top=50, width=60, height=9, count=8))},
    )
    Image.fromarray(raster.blank(other, 0).grey).save(sheets / "other.png")
    desk = np.random.default_rng(0).integers(60, 120, (600, 800)).astype(np.uint8)
    Image.fromarray(desk).save(sheets / "desk.png")
    done = CliRunner().invoke(
        main, ["form", "read", str(tmp_path / "small.toml"), str(sheets), "--json", "--jobs", "1"]
    )
    assert done.exit_code == 1
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    read = {row["source"].rsplit("/", 1)[-1]: row for row in rows}
    assert read["good.png"]["cells"][0]["best"] == "407"
    failed = {name for name, row in read.items() if "error" in row}
    assert failed == {"empty.png", "text.jpg", "empty.pdf", "locked.pdf", "other.png", "desk.png"}
    for name in failed:
        assert done.stderr.count(name) == 1, name
        assert "\n" not in read[name]["error"]
    assert "password" in read["locked.pdf"]["error"]
    assert "does not fit form small" in read["desk.png"]["error"]
    assert "does not fit form small" in read["other.png"]["error"]


def locked():
    """A PDF that opens with a password alone."""
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    data = io.BytesIO()
    canvas = Canvas(data, encrypt=StandardEncryption("secret", canPrint=0))
    canvas.drawString(100, 100, "17")
    canvas.save()
    return data.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "inkdigits:small/0/1",
        "inkdigits:../../etc/1/1",
        "inkdigits:small/1/1/=cmd()",
        "inkdigits:small/1/99999999999",
        "inkdigits:" + "a" * 41 + "/1/1",
        "https://example.org/inkdigits:small/1/1",
        "inkdigits:small/1/1\n",
        "inkdigits:small/\u0661/1",
    ],
)
def test_what_a_hostile_code_says_is_nothing(text):
    assert parse(text) is None


def test_a_code_of_another_form_is_told(form, tmp_path):
    text = Code("payroll", 1, 3).text()
    page = form.blanks[0].grey.copy()
    page[70:230, 480:640] = code(text, 160)
    (sheet,) = form.read_many([page])
    assert "is a sheet of form payroll, page 1" in str(sheet.error)


def code(text, side):
    import segno

    matrix = np.array([list(row) for row in segno.make(text, error="m", micro=False).matrix], bool)
    picture = Image.fromarray(np.where(matrix, 0, 255).astype(np.uint8))
    return np.array(picture.resize((side, side), Image.Resampling.NEAREST))


def test_a_document_of_a_thousand_pages_is_read_page_by_page(form, tmp_path):
    """The first answer is there before the others are opened, and each page is a sheet of its own."""
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(tmp_path / "many.pdf"), pagesize=(100, 80))
    for _ in range(1000):
        canvas.rect(20, 20, 30, 30)
        canvas.showPage()
    canvas.save()
    sheets = form.read_many([tmp_path / "many.pdf"])
    for number in (1, 2):
        sheet = next(sheets)
        assert f"many.pdf, page {number}: does not fit form small" in str(sheet.error)


def test_a_filled_form_is_no_blank(form, tmp_path):
    Image.fromarray(filled(form, {"a": "407"}, seed=1)).save(tmp_path / "filled.png")
    with pytest.raises(InputError, match="it has been filled in; give the empty form, or add --filled"):
        making.make(str(tmp_path / "filled.png"), "x", "x", size=(100.0, 80.0))
    made = making.make(str(tmp_path / "filled.png"), "x", "x", size=(100.0, 80.0), filled=True)
    assert made.template.pages[0].filled
    assert loading.to_toml(made.template).count("filled = true") == 1
