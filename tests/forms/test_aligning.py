"""Which form a sheet is of: forms that are much alike are told apart, and faxes lose their pale print."""

import copy

import cv2
import numpy as np
import pytest

from inkdigits.forms import aligning, places, raster
from inkdigits.forms.aligning import Candidate
from inkdigits.forms.examples import filling, seeing
from inkdigits.forms.template import Boxes, Field, Number, Page, Table, Template


def template(changed=()):
    """A form of twelve fields, some of them others than usual."""
    fields = {}
    words = [
        "Plot",
        "Weight",
        "Height",
        "Depth",
        "Count",
        "Series",
        "Sample",
        "Room",
        "Score",
        "Level",
        "Price",
        "Route",
    ]
    for i, word in enumerate(words):
        left, top = 20.0 + 92 * (i % 2), 38.0 + 40 * (i // 2)
        if i in changed:
            fields[f"f{i}"] = Field(
                label=f"{word} of old", number=Number(left=left + 8, top=top + 6, width=50, height=14)
            )
        elif i % 3 == 0:
            area = Table(left=left, top=top, width=60, height=18, rows="1..3", columns=["a", "b"])
            fields[f"f{i}"] = Field(label=word, table=area)
        else:
            fields[f"f{i}"] = Field(label=f"{word} code", boxes=Boxes(left=left, top=top, width=56, height=9, count=7))
    return Template(name="plots", title="Plots of the year", pages=[Page(marks=False)], fields=fields)


@pytest.fixture(scope="module")
def own():
    return Candidate(raster.blank(template(), 0), 0, False)


@pytest.fixture(scope="module")
def page(own):
    """The form with every field filled in."""
    slots = places.slots(template())
    texts = {slot.key: "4071938"[: len(slot.boxes) or 3] for slot in slots}
    hand = filling.StrokeHand(np.random.default_rng(5))
    return filling.fill(own.blank.grey, own.blank.grey.shape[1] / 210, slots, texts, hand, 0.8, 1)


def test_a_sheet_of_a_form_that_is_much_the_same_is_told(own, page):
    sibling = Candidate(raster.blank(template(changed=(1, 4, 9)), 0), 0, False)
    seen = aligning.Sheet(seeing.see(page, (210.0, 297.0), "phone", np.random.default_rng(2)).picture)
    assert aligning.align(seen, [own]).fits
    found = aligning.align(seen, [sibling])
    assert not found.fits
    assert found.fit.share > aligning.LEAST_SHARE  # most of its print is there: that alone would not tell
    assert "little of it in" in str(found)
    both = aligning.align(seen, [sibling, own])
    assert (both.which, both.fits) == (1, True)


def test_a_code_speaks_for_a_sheet_that_lacks_some_print(own, page):
    sibling = Candidate(raster.blank(template(changed=(1, 4, 9)), 0), 0, False)
    found = aligning.align(aligning.Sheet(page), [sibling], coded=True)
    assert found.fits


@pytest.mark.parametrize("scale", [1.0, 0.89, 0.6])
def test_a_fax_without_pale_boxes_is_aligned_by_its_labels(own, page, scale):
    """Large faxes are reduced when they are loaded: thin strokes become grey."""
    bold = np.where(page < 110, 0, 255).astype(np.uint8)  # boxes are paper, labels and pen are black
    bold = cv2.resize(bold, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    found = aligning.align(aligning.Sheet(bold), [own])
    assert found.fits
    assert found.faded
    corners = np.array([[20.0, 40.0], [180.0, 40.0], [180.0, 250.0]])
    px = scale * own.blank.grey.shape[1] / 210
    assert np.linalg.norm(found.fit.warp(corners) - corners * px, axis=1).max() / px < 0.6


def test_a_scan_with_pale_print_is_not_black_and_white(page):
    assert not aligning.Sheet(page).is_black_and_white
    _, data = cv2.imencode(".jpg", np.where(page < 110, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 75])
    assert aligning.Sheet(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)).is_black_and_white


def test_pale_boxes_that_are_elsewhere_are_no_fax(own, page):
    """Labels alone would fit; the boxes say that it is another form."""
    other = copy.deepcopy(template())
    for field in other.fields.values():
        if isinstance(field.boxes, Boxes):
            field.boxes.height, field.boxes.width = 16.0, 35.0
    found = aligning.align(aligning.Sheet(page), [Candidate(raster.blank(other, 0), 0, False)])
    assert not found.fits


@pytest.mark.parametrize("light", [255, 90])
def test_paper_without_print_fits_nothing(own, light):
    grey = np.full((1200, 850), light, np.uint8)
    cv2.circle(grey, (400, 500), 60, 30, 6)
    assert not aligning.align(aligning.Sheet(grey), [own]).fits
