"""What two networks say of a mark becomes a probability that rises and falls with what each of them says."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from inkdigits.errors import InputError
from inkdigits.locating import network
from inkdigits.recognising import posterior
from tests.locating.made import found, number

MARKS = found(number("33", 50, 40))
ROWS = np.array([0, 1])


def said(label, sure=0.95, columns=11, not_digit=0.001):
    """What a digit network says of a glyph, (2, columns): one digit, and perhaps that it is none."""
    rest = (1 - sure - not_digit) if columns == 11 else 1 - sure
    row = np.full(columns, rest / 9, np.float32)
    row[label] = sure
    if columns == 11:
        row[10] = not_digit
    return np.stack([row, row])


def judged(raw, **changed):
    marks = found([*number("33", 50, 40)])
    for name, value in changed.items():
        getattr(marks, name)[:] = value
    return posterior.judge(marks, ROWS, raw)


@pytest.mark.parametrize("columns", [10, 11])
def test_networks_that_agree_are_believed_more_than_networks_that_do_not(columns):
    classes = said(3, 0.9, 10)
    agree, disagree = (judged(said(label, 0.9, columns), classes=classes) for label in (3, 5))
    assert agree.digits.argmax(axis=1).tolist() == [3, 3]
    assert (1 - disagree.right > 1.5 * (1 - agree.right)).all()
    assert (agree.digits.max(axis=1) > disagree.digits.max(axis=1)).all()


@pytest.mark.parametrize("columns", [10, 11])
def test_a_surer_digit_network_is_believed_more(columns):
    classes = said(3, 0.8, 10)
    faint, sure = (judged(said(3, p, columns), classes=classes) for p in (0.4, 0.98))
    assert (sure.right > faint.right).all() and (sure.digits[:, 3] > faint.digits[:, 3]).all()


def test_a_higher_peak_is_believed_more():
    low, high = (judged(said(3), scores=score) for score in (0.15, 0.95))
    assert (high.present > low.present).all() and (high.right > low.right).all()


def test_what_the_digit_network_takes_for_no_digit_is_believed_less():
    digit, other = judged(said(3, 0.9)), judged(said(3, 0.1, not_digit=0.85))
    assert (other.present < digit.present).all() and (other.right < digit.right).all()


def test_what_one_network_is_sure_of_decides_where_the_other_one_doubts():
    doubting = said(8, 0.3, 10) * 0.5 + said(3, 0.3, 10) * 0.5
    assert judged(said(8, 0.98), classes=doubting).digits.argmax(axis=1).tolist() == [8, 8]
    assert judged(np.hstack([doubting, [[0], [0]]]), classes=said(8, 0.98, 10)).digits.argmax(axis=1).tolist() == [8, 8]


def probabilities(columns):
    cells = arrays.arrays(np.float32, (2, columns), elements=st.floats(0, 1, width=32))
    return cells.map(lambda a: np.where(a.sum(axis=1, keepdims=True) > 0, a, 1)).map(
        lambda a: (a / a.sum(axis=1, keepdims=True)).astype(np.float32)
    )


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([10, 11]).flatmap(probabilities), probabilities(10), st.floats(0, 1, width=32))
def test_whatever_the_networks_say_these_are_probabilities(raw, classes, score):
    """Sure of nothing, sure of everything, or of opposite things."""
    given_ = judged(raw, classes=classes, scores=score)
    assert given_.digits.shape == (2, 10) and given_.present.shape == given_.right.shape == (2,)
    assert given_.digits.sum(axis=1) == pytest.approx(1, abs=1e-5) and (given_.digits >= 0).all()
    for values in (given_.present, given_.right):
        assert np.isfinite(values).all() and (values >= 0).all() and (values <= 1).all()
    assert (given_.right <= given_.present).all()


@pytest.mark.parametrize("columns", [10, 11])
def test_of_no_marks_nothing_is_believed(columns):
    nothing = posterior.judge(MARKS, ROWS[:0], np.zeros((0, columns), np.float32))
    assert nothing.digits.shape == (0, 10) and nothing.present.shape == nothing.right.shape == (0,)


def test_features_are_finite_and_as_many_as_there_are_weights():
    known = posterior.answering()
    for columns in (10, 11):
        raw = said(3, 1.0, columns, not_digit=0.0)
        values = posterior.features(MARKS, ROWS, raw, posterior.combined(MARKS.classes, raw, known.powers))
        assert values.shape == (2, 9) and np.isfinite(values).all()
    for weights in (known.present, known.right, known.present_of_ten, known.right_of_ten):
        assert len(weights) == 9


def test_links_between_digits_count_among_the_features():
    """The first points at the second; a mark that is as high as the others is not odd."""
    raw = said(3)
    values = posterior.features(MARKS, ROWS, raw, said(3, 0.95, 10))
    first, second = values[:, -3:]
    assert first[0] == 0 and first[1] > 0.5 and second[0] > 0.5 and second[1] == 0
    assert first[2] == second[2] == pytest.approx(0, abs=1e-6)
    boxes = MARKS.boxes.copy()
    boxes[1, 1] = boxes[1, 3] - 10
    odd = found(number("33", 50, 40))
    odd.boxes[:] = boxes
    assert posterior.features(odd, ROWS, raw, said(3, 0.95, 10))[:, -1].max() > 0.5


def test_the_likeliest_mark_that_was_left_out_of_a_number():
    """Between its digits or right beside them; not on another line, and not one that stands in the line."""
    marks = found([*number("475", 100, 40), *number("1", 112, 40), *number("2", 113, 140), *number("3", 400, 40)])
    rows = np.arange(6)
    for present, wanted in (([0.9, 0.9, 0.9, 0.14, 0.15, 0.19], 0.14), ([0.9, 0.9, 0.9, 0.9, 0.1, 0.1], 1e-4)):
        got = posterior.strongest_left_out(marks, [0, 1, 2], rows, np.array(present, np.float32))
        assert got == pytest.approx(wanted)


def test_the_others_of_a_page_and_of_a_number_are_each_digits_context():
    odds = np.array([4.0, 2.0, -1.0, 6.0], np.float32)
    page, number_ = posterior.context(odds, np.array([7, 7, 7, -2])).T
    assert page == pytest.approx((odds.sum() - odds) / 5)  # three others, and two at even odds
    assert number_[:3] == pytest.approx((5.0 - odds[:3]) / 3)
    assert number_[3] == 0  # alone in its number
    assert posterior.context(odds[:0], np.zeros(0, np.intp)).shape == (0, 2)


def test_a_digit_among_doubtful_ones_is_doubtful_itself():
    """As the shipped weights say, everything else equal; what was not asked about stays as it was."""
    marks = found([*number("475", 100, 40), *number("1", 400, 40)])
    rows, raw = np.arange(4), said(3, 0.9)[[0, 0, 0, 0]]
    judged = posterior.judge(marks, rows, raw)
    said_ = [np.array([[0.0, 0.0, 1.0]] + 2 * [[odds, odds, 1.0]] + [[0.0, 0.0, 0.0]], np.float32) for odds in (-3, 6)]
    doubtful, clear = (
        posterior.judge_again(marks, rows, raw, judged, added, np.array([0, 0, 0, -1])).right for added in said_
    )
    assert doubtful[0] < clear[0]
    assert doubtful[3] == clear[3] == judged.right[3]


def test_thresholds_of_the_shipped_config_rise_with_trust():
    levels = posterior.answering().thresholds
    assert 1 >= levels["strict"] >= levels["normal"] > levels["always"] == 0


@pytest.mark.parametrize("damage", [
    lambda known: known.pop("thresholds"),
    lambda known: known["thresholds"].pop("strict"),
    lambda known: known.update(thresholds=[1, 2, 3]),
    lambda known: known["present"].pop(),
    lambda known: known.update(line=None),
    lambda known: known.update(right=["a"] * 9),
    lambda known: known.update(powers=[0.3, float("nan")]),
    lambda known: known.clear(),
])  # fmt: skip
def test_a_damaged_config_is_told_in_one_line(damage, tmp_path, monkeypatch):
    config = json.loads(network.MODEL.with_name("config.json").read_text(encoding="utf-8"))
    damage(config["answering"])
    monkeypatch.setattr(network, "MODEL", tmp_path / "model.onnx")
    for text in (json.dumps(config), "{", "[]", "null"):
        (tmp_path / "config.json").write_text(text)
        with pytest.raises(InputError, match='has a malformed "answering" part; install inkdigits again') as told:
            posterior.answering.__wrapped__()
        assert "\n" not in str(told.value)


def test_a_config_that_is_missing_is_told_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(network, "MODEL", tmp_path / "model.onnx")
    with pytest.raises(InputError, match="install inkdigits again"):
        posterior.answering.__wrapped__()
