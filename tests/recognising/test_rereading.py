"""Rows of a page once more: digits that become others, go, or are put in with a place of their own."""

import numpy as np
import pytest

from inkdigits.locating import numbers
from inkdigits.locating.locate import Located, Pass
from inkdigits.recognising import number, posterior, rereading
from inkdigits.recognising.combining import Combining
from inkdigits.recognising.ctc import BLANK, CLASSES, SIGNS
from tests.locating.made import empty_maps, found
from tests.locating.made import number as written

FITTED = Combining(1.0, -4.0)


@pytest.fixture
def outputs(monkeypatch):
    """Let the network say what it is told to: texts with the picture's x of each sign, one list for each strip."""
    told: list[list[tuple[str, float]]] = []

    def read(located, asked, angle):
        said = []
        for part in asked:
            if not part:
                said.append(None)
                continue
            one = located.passes[0]
            scale, corner = np.array(one.scale * 2), np.array(one.corner * 2)
            boxes = np.asarray(located.found.boxes[part] * scale + corner, np.float32)
            frame = number.strips.around(boxes, angle)
            logs = np.full((frame.columns, CLASSES), 0.001)
            logs[:, BLANK] = 0.98
            for sign, x in told.pop(0):
                point = np.array([[x, 40.0]]) * np.array(one.scale) + np.array(one.corner)
                column = int(frame.to_strip(point)[0, 0] // number.strips.STRIDE)
                logs[column] = 0.001
                logs[column, SIGNS.index(sign)] = 0.98
            said.append(
                number.StripOutput(np.log(logs / logs.sum(axis=1, keepdims=True)).astype(np.float32), frame, one, 0)
            )
        return said

    monkeypatch.setattr(number, "read", read)
    return told


def reread(marks, told, outputs, present=None, **changed):
    given = found(marks)
    for name, value in changed.items():
        getattr(given, name)[:] = value
    grey = np.full((96, 400), 230, np.uint8)
    one = Pass(grey, empty_maps(96, 400), (1.25, 1.25), (16.0, 16.0))
    located = Located(one.grey, given, [one], np.zeros(len(given), np.intp))
    seen = np.flatnonzero(given.kinds < 2)
    digits = given.classes[seen] * 0.9 + 0.01
    present = np.full(len(seen), 0.95, np.float32) if present is None else np.array(present, np.float32)
    judged = posterior.Judged(digits.astype(np.float32), present, (present * 0.9).astype(np.float32))
    chosen = np.zeros(len(given), bool)
    chosen[seen[present >= posterior.PRESENT]] = True
    rows = numbers.rows(given, chosen)
    outputs += told
    return rereading.reread(located, rows, seen, judged, number.read_rows(located, rows), FITTED)


def text(made):
    return text_of_rows(made, {mark: str(share.argmax()) for mark, share in made.shares.items()})


def text_of_rows(made, known):
    known = {**{mark: str(share.argmax()) for mark, share in made.shares.items()}, **known}
    return ["".join(t.text or known[t.mark] for t in row.tokens) for row in made.rows]


def test_what_both_say_stays(outputs):
    made = reread(written("407", 100, 40), [[("4", 100), ("0", 126), ("7", 152)]], outputs)
    assert text(made) == ["407"] and made.first == len(made.located.found) == 3
    assert set(made.of_digit) == {0, 1, 2} and made.of_row[0][0][2] == 1
    assert all(features[0] > 2 and features[1] > 4 for features in made.of_digit.values())


def test_a_missed_digit_is_put_in_with_a_box_between_its_neighbours(outputs):
    marks = [*written("4", 100, 40), *written("7", 152, 40)]
    marks[0].next = (152, 40)
    made = reread(marks, [[("4", 100), ("1", 126), ("7", 152)]], outputs)
    assert text(made) == ["417"]
    (added,) = range(made.first, len(made.located.found))
    left, top, right, bottom = made.located.found.boxes[added]
    assert (left + right) / 2 == pytest.approx(126, abs=3) and (top + bottom) / 2 == pytest.approx(40, abs=2)
    assert 25 < bottom - top < 35 and made.located.of_pass[added] == 0
    assert made.rows[0].numbers == [[0, added, 1]]


def test_a_missed_separator_is_put_in_low_and_a_false_digit_goes(outputs):
    made = reread(written("17", 100, 40), [[("1", 100), (".", 113), ("7", 126)]], outputs)
    assert text(made) == ["1.7"] and made.located.found.boxes[made.first][1] > 45
    made = reread(written("917", 100, 40), [[("9", 100), ("7", 152)]], outputs, present=[0.95, 0.4, 0.95])
    assert text(made) == ["97"] and made.rows[0].numbers == [[0, 2]]


def test_a_neighbours_digit_is_not_read_twice(outputs):
    """What the strip shows at its end may be the first digit of another number: here of one in print."""
    marks = [*written("40", 100, 40), *written("7", 150, 40)]
    kinds = np.array([0, 0, 1])
    made = reread(marks, [[("4", 100), ("0", 126), ("7", 150)]], outputs, kinds=kinds)
    assert text_of_rows(made, {2: "7"}) == ["40 7"] and len(made.located.found) == 3


def test_numbers_that_stand_close_stay_apart_unless_something_is_put_in_between(outputs):
    marks = [*written("40", 100, 40), *written("7", 170, 40)]
    assert text(reread(marks, [[("4", 100), ("0", 126), ("7", 170)]], outputs)) == ["40 7"]
    made = reread(marks, [[("4", 100), ("0", 126), ("1", 148), ("7", 170)]], outputs)
    assert text(made) == ["4017"] and made.rows[0].numbers == [[0, 1, made.first, 2]] and len(made.of_row[0]) == 1


def test_a_digit_that_was_left_out_comes_back_with_its_own_mark(outputs):
    made = reread(written("417", 100, 40), [[("4", 100), ("1", 126), ("7", 152)]], outputs, present=[0.95, 0.1, 0.95])
    assert text(made) == ["417"] and made.rows[0].numbers == [[0, 1, 2]] and len(made.located.found) == 3


def test_printed_numbers_are_not_asked_about(outputs):
    made = reread(written("40", 100, 40), [], outputs, kinds=1)
    assert made.rows[0].numbers == [[0, 1]] and not made.of_digit and not made.of_row[0][0].any()


def test_a_page_is_read_as_before_where_the_network_is_not_there(tmp_path):
    with number.using(tmp_path / "model.onnx"):
        assert not number.is_there() and posterior.with_numbers() is None
        assert posterior.threshold("normal") == posterior.answering().thresholds["normal"]
