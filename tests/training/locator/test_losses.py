"""The losses ask for what the targets say, and for nothing where nothing is learned."""

import numpy as np
import pytest

from inkdigits.locating.maps import HANDWRITTEN, HEADS
from inkdigits.training.locator import losses
from inkdigits.training.locator.batches import stacked
from inkdigits.training.locator.targets import NOTHING

SURE = 20.0


def perfect(wanted):
    """The outputs that say exactly what the targets of a batch do."""
    hot = lambda labels, count: SURE * (labels[..., None] == np.arange(count))  # noqa: E731
    links = wanted.links.astype(np.float32)
    links[..., 0] = SURE * (2 * links[..., 0] - 1)
    parts = [
        np.where(wanted.centres == 255, SURE, -SURE),
        hot(wanted.classes, 10),
        wanted.boxes,
        links,
        hot(wanted.turns, 4),
    ]
    marks = np.concatenate(parts, axis=-1).astype(np.float32)
    return marks, np.where(wanted.ink > 127, SURE, -SURE).astype(np.float32)


def told(marks, ink, wanted):
    return {name: float(value) for name, value in losses.losses(marks, ink, wanted).items()}


@pytest.fixture
def wanted(page):
    return stacked([page, page]).wanted


def test_perfect_outputs_cost_nothing(wanted):
    parts = told(*perfect(wanted), wanted)
    assert set(parts) == set(losses.WEIGHTS)
    assert all(0 <= value < 1e-3 for value in parts.values()), parts
    assert float(losses.total(parts)) == pytest.approx(sum(losses.WEIGHTS[n] * v for n, v in parts.items()))


@pytest.mark.parametrize("head, part", list(enumerate(["centres", "classes", "boxes", "links", "turns"])))
def test_each_head_answers_for_its_own_channels(wanted, head, part):
    marks, ink = perfect(wanted)
    first = sum(HEADS[:head])
    marks[..., first : first + HEADS[head]] *= -1
    parts = told(marks, ink, wanted)
    assert parts[part] > 0.1 and all(value < 1e-3 for name, value in parts.items() if name != part), parts


def test_the_ink_map(wanted):
    marks, ink = perfect(wanted)
    parts = told(marks, -ink, wanted)
    assert parts["ink"] > 10 and parts["centres"] < 1e-3


def test_a_false_centre_costs_where_cells_are_open_and_nothing_where_they_are_closed(wanted):
    costs = {}
    for name, cell in {"open": (2, 2), "closed": (12, 20)}.items():
        marks, ink = perfect(wanted)
        marks[:, cell[0], cell[1], HANDWRITTEN] = SURE
        assert wanted.open[0][cell] == (name == "open") and wanted.centres[0][cell].max() == 0
        costs[name] = told(marks, ink, wanted)["centres"]
    assert costs["closed"] < 1e-3 and costs["open"] > 1


def test_a_false_centre_beside_a_digit_costs_less_than_one_far_away(wanted):
    costs = []
    for cell in ((7, 4), (2, 2)):
        marks, ink = perfect(wanted)
        marks[:, cell[0], cell[1], HANDWRITTEN] = 2.0
        costs.append(told(marks, ink, wanted)["centres"])
    assert costs[0] < 0.5 * costs[1]


def test_a_page_without_anything_has_finite_losses(wanted):
    empty = wanted._replace(
        centres=0 * wanted.centres, near=0 * wanted.near, ink=0 * wanted.ink,
        classes=np.full_like(wanted.classes, NOTHING), turns=np.full_like(wanted.turns, NOTHING),
    )  # fmt: skip
    marks, ink = perfect(empty)
    assert all(0 <= value < 1e-3 for value in told(marks, ink, empty).values())
