"""Marks become numbers and lines: no digit is lost or read twice, no separator is dropped between two digits."""

import numpy as np
import pytest

from inkdigits.locating import numbers
from tests.locating import made
from tests.locating.made import Mark, number


def rows(marks, order=None, chosen=None):
    found = made.found(marks, order)
    digits = found.kinds < 2
    return numbers.rows(found, digits if chosen is None else digits & chosen), found


def texts(marks, order=None):
    lines, found = rows(marks, order)
    return [made.text(row, found) for row in lines]


def turned(marks, degrees):
    """The same marks where the whole page has been turned clockwise."""
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    made_of = []
    for m in marks:
        x, y = (turn @ (m.x, m.y)).tolist()
        following = tuple((turn @ m.next).tolist()) if m.next else None
        made_of.append(Mark(m.sign, x, y, m.height, m.width, following, m.score, m.goes_on))
    return made_of


def test_digits_that_are_linked_are_a_number_whatever_their_order():
    marks = number("274351", 50, 40)
    for seed in range(5):
        assert texts(marks, np.random.default_rng(seed).permutation(6).tolist()) == ["274351"]


def test_a_number_is_the_rows_of_its_digits():
    (row,), found = rows(number("27", 50, 40) + number("435", 150, 41), [4, 2, 0, 1, 3])
    assert [[int(found.classes[i].argmax()) for i in one] for one in row.numbers] == [[2, 7], [4, 3, 5]]
    assert [token.text for token in row.tokens if token.mark is None] == [" "]


def test_digits_without_links_are_numbers_of_their_own():
    marks = number("274", 50, 40)
    for mark in marks:
        mark.next = None
    assert texts(marks) == ["2 7 4"]


def test_a_link_that_is_improbable_or_leads_nowhere_is_not_followed():
    marks = number("27", 50, 40) + number("43", 140, 40) + number("51", 230, 40)
    marks[0].goes_on = 0.3
    marks[2].next = (166, 80)  # below the 3
    assert texts(marks) == ["2 7 4 3 51"]


def test_a_link_never_leads_back():
    left, right = number("27", 50, 40)
    right.next, left.next = (left.x, left.y), None
    assert texts([left, right]) == ["2 7"]


def test_of_two_digits_that_point_at_the_same_one_only_one_is_followed():
    """The surer link wins; the other digit stays, alone."""
    upper, lower = number("12", 50, 40), [Mark("8", 50, 62, next=(76, 42), goes_on=0.6)]
    assert sorted(texts(upper + lower)) == ["12", "8"]
    upper[0].goes_on, lower[0].goes_on = 0.6, 0.95
    upper[0].y, lower[0].y = 24, 46
    assert sorted(texts(upper + lower)) == ["1", "82"]


def test_what_stands_within_a_number_is_part_of_it():
    """A digit that the links skipped, and the second of two marks on one digit; not what stands above or below."""
    marks = number("27435", 50, 40)
    marks[1].next, marks[2].next = (marks[3].x, marks[3].y), None
    assert texts(marks) == ["27435"]
    twice = Mark("4", marks[2].x + 9, marks[2].y, score=0.4, next=(marks[3].x, marks[3].y))
    (row,), found = rows([*number("27435", 50, 40), twice])
    assert made.text(row, found) == "274435" and len(row.numbers) == 1
    for above in (-22, 22):
        assert sorted(texts([*number("27435", 50, 60), Mark("9", 102, 60 + above)])) == ["27435", "9"]


@pytest.mark.parametrize("degrees", [-8, 8])
def test_what_stands_beside_a_number_or_in_the_next_line_is_not_within_it(degrees):
    lines = [*number("27435", 50, 40), *number("11", 190, 40), *number("806", 76, 74)]
    assert texts(turned(lines, degrees)) == ["27435 11", "806"]


def apart(text, goes_on, *, pitch=40.0, y=40.0):
    """Digits that stand apart at even distances, each linked to the next one with its own probability."""
    marks = number(text, 50, y, pitch=pitch)
    for mark, probability in zip(marks, goes_on, strict=False):
        mark.goes_on = probability
    return marks


def test_digits_at_even_distances_are_one_number_or_one_each():
    """As in the squares of paper, or in the columns of a table: what is doubtful of one link is told by the others."""
    assert texts(apart("27435", [0.9, 0.3, 0.95, 0.3])) == ["27435"]
    assert texts(apart("27435", [0.1, 0.55, 0.05, 0.1])) == ["2 7 4 3 5"]
    assert texts(apart("27", [0.3])) == ["2 7"] and texts(apart("27", [0.55])) == ["27"]  # a pair is no row
    # Where digits stand close their links are told one by one.
    assert texts(apart("27435", [0.9, 0.3, 0.95, 0.9], pitch=22)) == ["27 435"]


def test_a_gap_in_a_row_parts_numbers_and_rows_are_told_one_by_one():
    wide = [*apart("274", [0.9, 0.9]), *[Mark(m.sign, m.x + 190, m.y, next=m.next and (m.next[0] + 190, m.next[1]))
            for m in apart("358", [0.9, 0.9])]]  # fmt: skip
    assert texts(wide) == ["274 358"]
    other = apart("98160", [0.1, 0.2, 0.1, 0.1], y=110)
    assert texts([*apart("27435", [0.9, 0.9, 0.3, 0.9]), *other]) == ["27435", "9 8 1 6 0"]


def test_a_digit_is_not_its_own_next_one():
    assert texts([Mark("5", 50, 40, next=(51, 40))]) == ["5"]


@pytest.mark.parametrize("sign", list(".,-/:"))
def test_a_separator_stands_between_the_digits_that_it_is_between(sign):
    assert texts(number(f"6{sign}5", 50, 40)) == [f"6{sign}5"]
    assert texts(number(f"12{sign}34{sign}56", 50, 40)) == [f"12{sign}34{sign}56"]


@pytest.mark.parametrize("sign", list(".,-/:"))
def test_a_separator_joins_numbers_that_are_not_linked(sign):
    marks = number(f"12{sign}34", 50, 40)
    marks[1].next = None
    (row,), found = rows(marks)
    assert made.text(row, found) == f"12{sign}34" and len(row.numbers) == 1 and len(row.numbers[0]) == 4


def test_a_separator_far_away_joins_nothing():
    marks = [*number("12", 50, 40), *number("34", 300, 40), Mark("-", 190, 40, height=6)]
    assert texts(marks) == ["12 34"]


def test_a_sign_before_a_number_is_kept_and_one_behind_its_last_digit_is_not():
    assert texts(number("-5", 50, 40)) == ["-5"] and texts(number("/12", 50, 40)) == ["/12"]
    assert texts(number("12-", 50, 40)) == ["12"] and texts(number("12.", 50, 40)) == ["12"]


def test_a_separator_above_or_below_the_line_is_none_of_its():
    assert texts([*number("12", 50, 60), Mark("-", 63, 25, height=6)]) == ["12"]
    assert texts([*number("12", 50, 60), Mark("-", 63, 100, height=6)]) == ["12"]


def test_a_separator_that_is_improbable_is_none():
    marks = number("6,5", 50, 40)
    marks[1].score = 0.2
    assert texts(marks) == ["65"]


def test_a_comma_before_digits_that_are_small_and_high_is_kept():
    """Cents, written small beside the upper half of the others."""
    marks = [*number("27", 50, 40), Mark(",", 92, 54, 6, 6), *number("50", 108, 30, height=14, pitch=14)]
    marks[1].next = (108, 30)
    assert texts(marks) == ["27,50"]


def test_separators_in_boxes_of_their_own_are_kept():
    """A comb: the digits' middles are three times their height apart, and linked."""
    assert texts(number("12/05/26", 50, 40, pitch=48)) == ["12/05/26"]


def test_the_points_of_a_colon_are_no_signs_of_their_own():
    """Whichever of them is surer; and what stands side by side is two signs."""
    for sign, score in ((".", 0.6), ("-", 0.95)):
        part = Mark(sign, 77, 46, 5, 5, score=score)
        assert texts([*number("12:45", 50, 40, pitch=14), part]) == ["12:45"]
    assert texts([*number("12.", 50, 40, pitch=14), Mark("-", 77, 41, 4, score=0.95), *number("45", 100, 40)]) == [
        "12-45"
    ]
    assert texts([*number("12.", 50, 40, pitch=14), Mark("-", 88, 41, 4), *number("45", 104, 40)]) == ["12.-45"]


def test_a_separator_that_two_numbers_end_before_joins_one_of_them():
    """No digit is read twice, and none is lost."""
    marks = [
        *number("12", 50, 40),
        *number("34", 50, 62),
        Mark("-", 92, 50, 6),
        Mark("-", 91, 53, 6),
        *number("5", 104, 51),
    ]
    (joined, alone) = sorted(texts(marks), key=len, reverse=True)
    assert joined in ("12-5", "34-5") and alone in ("34", "12") and alone not in joined


def everything_once(lines, found, chosen):
    tokens = [token.mark for row in lines for token in row.tokens if not token.text]
    assert sorted(tokens) == sorted(i for row in lines for number in row.numbers for i in number)
    assert sorted(tokens) == np.flatnonzero(chosen).tolist()
    for row in lines:
        said = made.text(row, found)
        assert said == said.strip() and "  " not in said and said[-1].isdigit()


def test_every_digit_is_read_once_wherever_marks_stand():
    """Marks strewn at random, as in noise: crowded, of many heights, linked without sense."""
    for seed in range(60):
        random = np.random.default_rng(seed)
        side = float(random.choice([60, 150, 400]))
        marks = [
            Mark(str(random.choice(list("0123456789.,-/:"), p=[0.06] * 10 + [0.08] * 5)), *random.uniform(0, side, 2),
                 float(random.uniform(2, 40)), float(random.uniform(2, 30)), tuple(random.uniform(0, side, 2)),
                 float(random.uniform(0.3, 1)))
            for _ in range(60)
        ]  # fmt: skip
        for mark in marks:
            mark.next = mark.next if mark.sign.isdigit() and random.random() < 0.7 else None
        found = made.found(marks)
        chosen = (found.kinds < 2) & (random.random(60) < 0.9)
        everything_once(numbers.rows(found, chosen), found, chosen)


def test_only_chosen_digits_are_read():
    lines, found = rows(number("274", 50, 40), chosen=np.array([True, False, True]))
    assert [made.text(row, found) for row in lines] == ["2 4"]
    assert rows(number("274", 50, 40), chosen=np.zeros(3, bool))[0] == [] and rows([])[0] == []


def test_lines_are_told_from_top_to_bottom():
    marks = number("98", 60, 300) + number("3141", 50, 40) + number("606", 300, 220) + number("27182", 40, 130)
    assert texts(marks) == ["3141", "27182", "606", "98"]


def test_the_cells_of_a_tables_row_are_one_line():
    table = [("12", "407", "88"), ("35", "926", "71"), ("60", "153", "94")]
    marks = []
    for i, row in enumerate(table):
        for j, cell in enumerate(row):
            marks += number(cell, 40 + 180 * j, 40 + 60 * i + (7, -8, 4)[j], height=(30, 22, 36)[j])
    assert texts(marks) == [" ".join(row) for row in table]


@pytest.mark.parametrize("degrees", [-10, -4, 4, 10])
def test_lines_that_are_askew_stay_lines(degrees):
    marks = []
    for i, row in enumerate(["12 407 88", "35 926 71", "60 153 94", "27 480 56"]):
        x = 60.0
        for cell in row.split():
            marks += number(cell, x, 60 + 55 * i)
            x += 26 * len(cell) + 120
    assert texts(turned(marks, degrees)) == ["12 407 88", "35 926 71", "60 153 94", "27 480 56"]
    assert numbers.angle(made.found(turned(marks, degrees))) == pytest.approx(np.radians(degrees), abs=0.01)


@pytest.mark.parametrize("degrees", [-10, 10])
def test_separators_are_found_on_lines_that_are_askew(degrees):
    marks = number("24/11/26", 60, 60) + number("1,50", 60, 120) + number("12-7", 400, 120)
    assert texts(turned(marks, degrees)) == ["24/11/26", "1,50 12-7"]


def test_a_line_that_wanders_stays_one():
    """It falls by two heights over a dozen numbers, each a little lower than the one before."""
    marks = []
    for i in range(12):
        marks += number("47", 50 + 110 * i, 60 + 5.5 * i)
    assert texts(marks) == [" ".join(["47"] * 12)]


def test_close_lines_of_single_digits_are_not_one():
    marks = [mark for i in range(6) for mark in number("5", 50 + 40 * (i % 2), 40 + 34 * i)]
    assert texts(marks) == ["5"] * 6


def test_without_numbers_of_two_digits_a_page_is_level():
    assert numbers.angle(made.found([])) == 0
    assert numbers.angle(made.found([Mark("1", 10, 10), Mark("2", 200, 90)])) == 0
    unsure = number("12", 50, 40, slope=0.2)
    for mark in unsure:
        mark.score = 0.1
    assert numbers.angle(made.found(unsure)) == 0


def test_two_thousand_digits_are_told_once_each():
    """Forty lines of ten numbers, with points in them: as many tokens as there are signs and spaces."""
    lines = [[f"{(1000 * i + j) % 100000:05d}" for j in range(10)] for i in range(40)]
    marks = [
        mark
        for i, line in enumerate(lines)
        for j, text in enumerate(line)
        for mark in number(f"{text[:3]}.{text[3:]}", 30 + 200 * j, 40 + 45 * i, pitch=24)
    ]
    got, found = rows(marks, np.random.default_rng(0).permutation(len(marks)).tolist())
    assert [made.text(row, found) for row in got] == [" ".join(f"{t[:3]}.{t[3:]}" for t in line) for line in lines]
    everything_once(got, found, found.kinds < 2)
    assert sum(len(row.tokens) for row in got) == 40 * (10 * 6 + 9)
