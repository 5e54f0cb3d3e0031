import cv2
import numpy as np
import pytest

from inkdigits.forms import raster, refining
from inkdigits.forms.blank import PX
from inkdigits.forms.refining import Warp
from inkdigits.forms.template import Boxes, Field, Page, Table, Template

TEMPLATE = Template(
    name="x",
    title="A form with a title",
    pages=[Page(size=[120.0, 100.0], marks=False)],
    fields={
        "id": Field(label="Number of the plot", boxes=Boxes(left=20, top=25, width=56, height=9, count=7)),
        "yield": Field(table=Table(left=20, top=45, width=60, height=40, rows="1..4", columns=["a", "b", "c"])),
    },
)
STEPS = ((2.5, 3), (1.5, 6), (1.0, 10))


@pytest.fixture(scope="module")
def blank():
    return raster.blank(TEMPLATE, 0)


def worst(fit, truth):
    points = np.array([[x, y] for x in (20.0, 50.0, 76.0) for y in (25.0, 45.0, 80.0)])
    return np.linalg.norm(fit.warp(points) - truth(points), axis=1).max() / PX


@pytest.mark.parametrize("off", [(1.2, -0.8), (-1.9, 1.7)])
def test_a_page_that_was_moved_and_turned_is_found_to_a_twentieth_of_a_millimetre(blank, off):
    turn = cv2.getRotationMatrix2D((60 * PX, 50 * PX), 0.5, 1.01)
    turn[:, 2] += np.array(off) * PX
    seen = cv2.warpAffine(blank.grey, turn, blank.grey.shape[::-1], borderValue=255)
    seen = np.clip(seen + np.random.default_rng(0).normal(0, 8, seen.shape), 0, 255).astype(np.uint8)
    # OpenCV's whole numbers are the pixels' middles; ours are their edges.
    fit = refining.fit(blank, seen, Warp(np.diag([PX, PX, 1.0])), blank.edges, STEPS)
    assert worst(fit, lambda points: (points * PX - 0.5) @ turn[:, :2].T + turn[:, 2] + 0.5) < 0.05
    assert fit.residual < 0.05
    assert fit.share > 0.95


def test_handwriting_and_a_missing_part_do_not_move_the_rest(blank):
    seen = blank.grey.copy()
    seen[:, 640:] = 255  # a third is hidden
    for k in range(12):
        cv2.line(seen, (180 + 30 * k, 190), (200 + 30 * k, 290), 20, 6)
    fit = refining.fit(blank, seen, Warp(np.diag([PX, PX, 1.0])), blank.edges, STEPS)
    assert worst(fit, lambda points: points * PX) < 0.1


def test_another_form_does_not_fit(blank):
    fields = {"sum": Field(boxes=Boxes(left=40, top=60, width=40, height=12, count=4))}
    page = [Page(size=[120.0, 100.0], marks=False)]
    other = raster.blank(Template(name="y", title="Another", pages=page, fields=fields), 0)
    fit = refining.fit(blank, other.grey, Warp(np.diag([PX, PX, 1.0])), blank.edges, STEPS)
    assert fit.share < 0.4
    assert fit.residual > 1
