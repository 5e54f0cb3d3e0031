"""The queue of a review: what is in it, in which order, and that two people get different fields."""

import itertools

import pytest
from scipy.stats import binomtest

from inkdigits.errors import InputError
from inkdigits.forms.folder import Folder
from inkdigits.forms.reviewing import LEASE_SECONDS, Review, estimate

COUNT = itertools.count()


def decide(review, item, action="value", value=None, by="Kim", **more):
    return review.decide(f"decision-{next(COUNT)}", item.id, action, value, by, **more)


def test_what_is_doubtful_is_there_by_field_and_reading(folder):
    review = Review(Folder(folder))
    items = review.lease("a", "doubtful", 100, 1)
    assert {item.cell["status"] for item in items} == {"review"}
    keys = [item.cell["key"] for item in items]
    order = ["student", "task[1]", "task[2]", "total"]
    assert keys == sorted(keys, key=order.index) and "total" in keys
    assert [item.sheet["source"][-8:] for item in review.lease("a", "sheets", 100, 1)] == ["desk.png"]


def test_two_people_get_different_fields_until_a_lease_ends(folder):
    clock = [0.0]
    review = Review(Folder(folder), lambda: clock[0])
    mine = {item.id for item in review.lease("a", "sample", 3, 100)}
    theirs = {item.id for item in review.lease("b", "sample", 100, 100)}
    assert len(mine) == 3 and theirs and not mine & theirs
    assert {item.id for item in review.lease("a", "sample", 100, 100)} == mine
    clock[0] = LEASE_SECONDS + 1
    assert {item.id for item in review.lease("c", "sample", 100, 100)} == mine | theirs


def test_a_decision_stays_and_undo_brings_the_field_back(folder):
    review = Review(Folder(folder))
    item = next(item for item in review.lease("a", "doubtful", 100, 1) if item.cell["key"] == "total")
    one = decide(review, item, value="12")
    again = Review(Folder(folder))
    assert item.id not in {other.id for other in again.lease("b", "doubtful", 100, 1)}
    assert again.item(item.id).cell["value"] == 12 and again.item(item.id).cell["decided_by"] == "Kim"
    again.undo("undone-it", one.id, "Kim")
    assert item.id in {other.id for other in again.lease("b", "doubtful", 100, 1)}


def test_a_value_is_refused_that_the_field_cannot_hold(folder):
    review = Review(Folder(folder))
    item = next(item for item in review.lease("a", "doubtful", 100, 1) if item.cell["key"] == "total")
    with pytest.raises(InputError, match="total: 'abc' is no number of this field"):
        decide(review, item, value="abc")
    with pytest.raises(InputError, match="cannot be settled by 'skip'"):
        decide(review, item, "skip")
    decide(review, item, value="99")  # out of its range, but a person says that it stands there
    with pytest.raises(InputError, match="not in this batch"):
        review.decide("decision-x", "0" * 20, "value", "1", "Kim")


def test_the_sample_gives_an_estimate_of_what_is_wrong(folder):
    review = Review(Folder(folder))
    items = review.lease("a", "sample", 4, 4)
    for item in items[:3]:
        decide(review, item, value=item.cell["text"], is_sampled=True)
    decide(review, items[3], "empty", is_sampled=True)
    told = review.state(4)
    assert told["sample"] == 0 and (told["estimate"]["looked"], told["estimate"]["wrong"]) == (4, 1)
    assert len(Review(Folder(folder)).lease("a", "sample", 100, 6)) == 2  # the same sample, gone on with


@pytest.mark.parametrize(("wrong", "looked"), [(0, 50), (1, 50), (3, 400), (40, 40)])
def test_the_interval_is_wilsons(wrong, looked):
    theirs = binomtest(wrong, looked).proportion_ci(method="wilson")
    ours = estimate(looked, wrong, 1000)
    assert ours.low == pytest.approx(theirs.low, abs=1e-6) and ours.high == pytest.approx(theirs.high, abs=1e-6)


def test_a_sheet_that_does_not_fit_is_settled(folder):
    review = Review(Folder(folder))
    (item,) = review.lease("a", "sheets", 9, 1)
    decide(review, item, "not this form")
    assert review.lease("a", "sheets", 9, 1) == []
    assert [sheet.get("settled") for sheet in review.sheets()].count("not this form") == 1
