from decimal import Decimal

import numpy as np
import pytest

from inkdigits.forms import deciding, rules, solving, summing
from inkdigits.forms.checking import PlaceError
from inkdigits.forms.places import slots
from inkdigits.forms.solving import Choice
from inkdigits.forms.template import Field, Number, Table, Template

SLOTS = slots(
    Template(
        name="x",
        fields={
            "task": Field(table=Table(left=10, top=40, width=20, height=60, rows="1..3", columns=["points"])),
            "total": Field(number=Number(left=100, top=40, width=20, height=10)),
            "day": Field(table=Table(left=10, top=120, width=60, height=60, rows="1..3", columns=["max", "min"])),
        },
    )
)
KEYS = [slot.key for slot in SLOTS]


def values(**given):
    known = {"task": (7, 2, 3), "total": 12, "max": (9, 8, 7), "min": (1, 2, 3)} | given
    row = [*known["task"], known["total"]]
    for pair in zip(known["max"], known["min"], strict=True):
        row += pair
    return dict(enumerate(row))


@pytest.mark.parametrize(
    ("text", "given", "kept"),
    [
        ("total = sum(task)", {}, True),
        ("total = sum(task)", {"total": 13}, False),
        ("total = sum(task)", {"task": (7, 2, None), "total": 9}, True),
        ("total = sum(task)", {"total": None}, True),
        ("total == task[1] + task[2] + 3", {}, True),
        ("total - 2 * task[1] < 0", {}, True),
        ("total = product(task)", {"total": 42}, True),
        ("day.max >= day.min", {}, True),
        ("day.max >= day.min", {"min": (1, 9, 3)}, False),
        ("decreasing(day.max)", {}, True),
        ("increasing(day.max)", {}, False),
        ("distinct(task)", {"task": (7, 7, 3)}, False),
        ("total <= 12.5", {"total": Decimal("12.5")}, True),
        ("total <= 12.5", {"total": Decimal("12.51")}, False),
    ],
)
def test_rules_hold_or_not(text, given, kept):
    assert all(rule.holds(values(**given)) for rule in rules.parse([text], SLOTS)) is kept


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("totl = sum(task)", "did you mean total?"),
        ("total = smu(task)", "did you mean sum?"),
        ("day.mix >= day.min", "did you mean"),
        ("total", "compares nothing"),
        ("day >= 3", "speaks of all columns of day"),
        ("__import__('os').system('x') = 1", "rules[0]"),
        ("total = sum(task", "is no rule"),
        ("1 = 1", "speaks of no field"),
        ("total = " + "(" * 300, "is no rule"),
    ],
)
def test_a_rule_that_means_nothing_is_told(text, words):
    with pytest.raises(PlaceError) as error:
        rules.parse([text], SLOTS)
    assert words in f"{error.value} {error.value.remedy}"


def test_a_rule_about_a_column_is_one_for_each_row():
    assert [rule.slots for rule in rules.parse(["total >= task"], SLOTS)] == [(3, 0), (3, 1), (3, 2)]


def choice(value, probability):
    return Choice(str(value), value, probability)


def test_a_sum_settles_a_doubtful_digit():
    choices = [
        [choice(7, 0.55), choice(1, 0.44)],
        [choice(2, 0.99)],
        [choice(3, 0.99)],
        [choice(6, 0.98), choice(12, 0.01)],
    ]
    choices += [[] for _ in KEYS[4:]]
    solved = solving.solve(choices, rules.parse(["total = sum(task)"], SLOTS))
    assert solved.choices[0][0].value == 1
    assert solved.choices[0][0].probability > 0.9
    assert not solved.broken


def test_the_probabilities_are_those_of_bayes():
    choices = [[choice(4, 0.6), choice(9, 0.4)], [choice(0, 1.0)], [choice(0, 1.0)], [choice(4, 0.3), choice(9, 0.7)]]
    choices += [[] for _ in KEYS[4:]]
    solved = solving.solve(choices, rules.parse(["total = sum(task)"], SLOTS))
    both_four, both_nine = 0.6 * 0.3, 0.4 * 0.7
    expected = both_nine / (both_four + both_nine)
    assert solved.choices[0][0].value == 9
    assert solved.choices[0][0].probability == pytest.approx(expected, abs=2e-3)


def test_a_conflict_is_told_and_changes_nothing():
    choices = [[choice(7, 0.999)], [choice(2, 0.999)], [choice(3, 0.999)], [choice(99, 0.999)]] + [[] for _ in KEYS[4:]]
    solved = solving.solve(choices, rules.parse(["total = sum(task)"], SLOTS))
    assert [rule.slots for rule in solved.broken] == [(3, 0, 1, 2)]
    assert solved.choices[3][0].value == 99


def test_many_doubtful_cells_take_bounded_time():
    table = Table(left=10, top=40, width=20, height=200, rows="1..60", columns=["points"])
    number = Number(left=100, top=40, width=20, height=10)
    many = slots(Template(name="x", fields={"task": Field(table=table), "total": Field(number=number)}))
    choices = [[choice(v, 0.2) for v in range(5)] for _ in range(60)] + [[choice(100 + v, 0.1) for v in range(10)]]
    solved = solving.solve(choices, rules.parse(["total = sum(task)"], many))
    assert len(solved.choices) == 61


def test_the_sum_of_a_long_column_settles_its_cells():
    """Sixty cells, each doubtful between two values, and a total that only the first ones sum to."""
    table = Table(left=10, top=40, width=20, height=200, rows="1..60", columns=["points"])
    number = Number(left=100, top=40, width=20, height=10)
    many = slots(Template(name="x", fields={"task": Field(table=table), "total": Field(number=number)}))
    choices = [[choice(10 + i % 7, 0.95), choice(90 + i % 7, 0.0499)] for i in range(60)]
    choices += [[choice(sum(10 + i % 7 for i in range(60)), 0.9999)]]
    solved = solving.solve(choices, rules.parse(["total = sum(task)"], many))
    assert not solved.broken
    assert min(one[0].probability for one in solved.choices) > 0.995


@pytest.mark.parametrize(
    "text", ["total = sum(task)", "2 * task[1] - 3 <= task[2]", "task[1] > task[2]", "total >= task"]
)
def test_rules_that_are_followed_by_sums_are_those_that_are_gone_through(text):
    random = np.random.default_rng(4)
    known = {i: [int(v) for v in random.permutation(12)[:3]] for i in range(4)}
    known[1][2] = None  # an empty cell: a sum leaves it out, other rules say nothing
    weights = {i: np.array([*random.dirichlet([3, 2, 1]), 0.0]) for i in range(4)}
    for rule in rules.parse([text], SLOTS):
        own = {slot: known[slot] for slot in rule.slots}
        exact = summing.kept(rule, own, weights)
        assert exact is not None
        for slot, expected in solving._gone_through(rule, own, weights).items():
            assert exact[slot][:3] == pytest.approx(expected[:3], abs=1e-5)


def test_a_wrong_total_takes_only_doubtful_cells_with_it():
    sure, doubtful = 0.9999, 0.97
    choices = [[choice(7, sure)], [choice(2, doubtful), choice(3, 0.02)], [choice(3, sure)], [choice(99, sure)]]
    choices += [[] for _ in KEYS[4:]]
    own = rules.parse(["total = sum(task)"], SLOTS)
    texts, doubts = deciding._broken(solving.solve(choices, own))
    assert set(texts) == {0, 1, 2, 3}
    assert doubts[3] == 1.0  # the total is seen in any case
    assert doubts[1] > 0.9
    assert max(doubts[0], doubts[2]) < 0.01


@pytest.mark.parametrize("text", ["total = sum(task)", "total >= task[1]"])
@pytest.mark.parametrize("unread", range(4))
def test_a_rule_of_which_a_value_was_not_read_at_all_says_nothing(text, unread):
    """As on a sheet that nobody has filled in: a slot may have no reading that could be added."""
    choices = [[choice(7, 0.9)], [choice(2, 0.9)], [choice(3, 0.9)], [choice(12, 0.9)], *([] for _ in KEYS[4:])]
    choices[unread] = [choice(None, 0.9)]
    solved = solving.solve(choices, rules.parse([text], SLOTS))
    assert [one[0].value for one in solved.choices[:4]] == [
        None if i == unread else v for i, v in enumerate((7, 2, 3, 12))
    ]
    choices[unread] = [choice(5, 1e-12)]  # and nothing else: that is as good as none
    solving.solve(choices, rules.parse([text], SLOTS))
