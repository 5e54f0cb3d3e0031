"""The worked examples from end to end: printed, filled in with strokes that no network has learned, photographed, read."""

import csv
import itertools

import numpy as np
import pytest
from click.testing import CliRunner

from inkdigits import Form
from inkdigits.cli import main
from inkdigits.forms import loading, places, sorting
from inkdigits.forms.constraints import Lists, allowed
from inkdigits.forms.examples import filling, made, seeing, values

CAMERAS = dict(zip(values.NAMES, itertools.cycle(seeing.CAMERAS), strict=False))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("examples")
    for name in values.NAMES:
        assert list(made.write(name, where / name, 0)) == []
    return where


@pytest.mark.parametrize("name", values.NAMES)
def test_an_example_is_read_from_its_sheet(name, folder):
    form = Form.load(folder / name / f"{name}.toml")
    filled = made.sheet(name, form.template, 1, CAMERAS[name])
    sheet = form.read(filled.seen.picture)
    wrong, review = [], []
    for cell, slot, may in zip(sheet, form.slots, form._allowed, strict=True):
        text = filled.texts.get(slot.key, "")
        if may is None:
            meant = text is True
        else:
            meant = may.value(text.strip()) if text else (None if may.empty is None else int(may.empty))
        review += [cell] if cell.status == "review" else []
        wrong += [cell] if cell.status != "review" and cell.value != meant else []
        where = filled.seen.place(slot.corners())
        px = np.sqrt(abs(np.linalg.det(filled.seen.place.homography[:2, :2])))
        assert np.linalg.norm(where - np.array(cell.polygon), axis=1).max() / px < 1.0, cell.key
    assert not wrong
    assert len(review) <= max(1, 0.1 * len(list(sheet)))


@pytest.mark.parametrize("name", values.NAMES)
def test_what_is_written_may_be_written(name, folder):
    """Every made-up value is one that the template allows, so that a reader can be right."""
    template = loading.read(folder / name / f"{name}.toml")
    slots = places.slots(template)
    by_key = {s.key: a for s, a in zip(slots, allowed(template, slots, Lists(folder / name)), strict=True)}
    for number in range(40):
        for key, text in values.of_sheet(name, np.random.default_rng(number), number).items():
            if text is not True:
                assert by_key[key].value(text.replace(" ", "")) is not None, (key, text)


def test_the_same_seed_makes_the_same_sheet():
    template = made.template("envelope")
    one, same, other = (made.sheet("envelope", template, 0, "fax", seed=seed) for seed in (3, 3, 4))
    assert np.array_equal(one.seen.picture, same.seen.picture)
    assert one.texts == same.texts
    assert one.texts != other.texts


@pytest.mark.parametrize("camera", seeing.CAMERAS)
def test_the_truth_says_where_the_page_is(camera):
    """A black square on the page lies in the picture where its place says."""
    page = np.full((1000, 700), 255, np.uint8)
    page[300:420, 200:320] = 0
    seen = seeing.see(page, (70.0, 100.0), camera, np.random.default_rng(8))
    inside = seen.place(np.array([[26.0, 36.0], [21.5, 31.5], [30.5, 40.5]]))
    outside = seen.place(np.array([[18.0, 36.0], [34.0, 36.0], [26.0, 28.0], [26.0, 44.0]]))
    at = [seen.picture[int(y), int(x)] for x, y in inside], [seen.picture[int(y), int(x)] for x, y in outside]
    assert max(at[0]) < min(at[1]) - 60


def test_digits_stay_in_their_slots():
    template = made.template("cheque")
    slots = places.slots(template)
    page = np.full((99 * 12, 210 * 12), 255, np.uint8)
    texts = {"account": "0123456789", "stub": "1234.56", "crossed": True}
    random = np.random.default_rng(0)
    inked = filling.fill(page, 12, slots, texts, filling.StrokeHand(random), 0.9, 0) < 128
    allowed_at = np.zeros_like(inked)
    for slot in slots:
        if slot.key in texts:
            low, high = slot.corners().min(axis=0) - 1.5, slot.corners().max(axis=0) + 1.5
            part = inked[int(low[1] * 12) : int(high[1] * 12), int(low[0] * 12) : int(high[0] * 12)]
            assert part.any(), slot.key
            allowed_at[int(low[1] * 12) : int(high[1] * 12), int(low[0] * 12) : int(high[0] * 12)] = True
    assert not (inked & ~allowed_at).any()


def test_the_command_writes_an_example_that_can_be_read(tmp_path):
    runner = CliRunner()
    done = runner.invoke(main, ["form", "example", "envelope", "--out", str(tmp_path / "mail"), "--sheets", "1"])
    assert done.exit_code == 0, done.output
    files = {path.name for path in (tmp_path / "mail").iterdir()}
    assert files == {"envelope.toml", "envelope.pdf", "zip.csv", "sheets", "truth.csv"}
    with (tmp_path / "mail" / "truth.csv").open(newline="", encoding="utf-8") as file:
        truth = {row["key"]: row["written"] for row in csv.DictReader(file)}
    form = Form.load(tmp_path / "mail" / "envelope.toml")
    (sheet,) = sorting.sheets([form], next((tmp_path / "mail" / "sheets").iterdir()))
    assert sheet["zip"].best == truth["zip"]
    again = runner.invoke(main, ["form", "example", "marks", "--out", str(tmp_path / "mail")])
    assert again.exit_code == 1
    assert "holds other files already" in again.output
