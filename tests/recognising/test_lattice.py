"""The best reading of a lattice, against all its readings one by one; and what hostile or large expectations cost."""

import re
import time

import numpy as np
import pytest

from inkdigits.recognising import expect, lattice, pattern
from inkdigits.recognising.automata import Walk
from inkdigits.recognising.lattice import UNEXPECTED, Cut, Node

DIGITS = "0123456789"
SEPARATORS = ".,-/:"


def walk(*descriptions):
    return Walk([e.automaton for e in expect.parse(list(descriptions))])


def node(mark, present=1.0, **known):
    """A digit: what is not `known` (d7=0.9 of its presence) is shared evenly."""
    shares = {int(name[1:]): share for name, share in known.items()}
    rest = (1 - sum(shares.values())) / (10 - len(shares))
    taken = np.array([present * shares.get(digit, rest) for digit in range(10)])
    return Node(mark, DIGITS, taken, 1 - present)


def sign(mark, text, present):
    return Node(mark, text, np.array([present]), 1 - present)


def alone(*nodes):
    """Each mark a piece of its own."""
    return [[Cut(1.0, (one,))] for one in nodes]


# What each description means, in other words than the automata's.
def digits_of(text):
    return "".join(c for c in text if c.isdigit())


def luhn(text):
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits_of(text)))]
    return len(doubled) > 1 and sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def mod11(text):
    digits = digits_of(text)
    return len(digits) > 1 and sum(int(d) * (i + 1) for i, d in enumerate(reversed(digits))) % 11 == 0


PATTERNS = [
    r"\d{3}", r"[^0]\d+", r"(\d+)\1", r"(?=.*7)\d+", r"\d+([.,]\d)?", r"(?!.*3)\d\d\d?", r"\d*-?\d\b", r"^(1|2)*\d$",
    r"(?<!2)[1-5]+", r"\d/\d", r"(?:\d\d)+", r"-?\d+",
]  # fmt: skip
MEANING = {
    "length:2": lambda t: len(digits_of(t)) == 2,
    "length:4": lambda t: len(digits_of(t)) == 4,
    "range:7-25": lambda t: t.isdigit() and 7 <= int(t) <= 25,
    "range:0-0": lambda t: t.isdigit() and int(t) == 0,
    "range:95-1204": lambda t: t.isdigit() and 95 <= int(t) <= 1204,
    "values:12,1.5,312,0,77": lambda t: t in ("12", "1.5", "312", "0", "77"),
    "luhn": luhn,
    "mod11": mod11,
    "mod97": lambda t: len(digits_of(t)) > 1 and int(digits_of(t)) % 97 == 1,
    **{pattern: (lambda t, pattern=pattern: re.fullmatch(pattern, t) is not None) for pattern in PATTERNS},
}


def paths(given):
    """All paths through a lattice: probability, marks with their signs, cuts."""
    every = [(1.0, (), ())]
    for piece in given:
        longer = []
        for number, cut in enumerate(piece):
            ways = [(cut.probability, ())]
            for one in cut.nodes:
                options = [
                    (one.left_out, ()),
                    *((p, ((one.mark, s),)) for p, s in zip(one.taken, one.signs, strict=True)),
                ]
                ways = [(p * q, s + t) for p, s in ways for q, t in options if q > 0]
            longer += [(p * q, s + t, (*c, number)) for p, s, c in every for q, t in ways]
        every = longer
    return every


def written(signs):
    text = "".join(s for _, s in signs)
    return text.rstrip(SEPARATORS)


def by_all(given, accepts):
    """The reading that `lattice.best` promises, by trying every path: marks with signs, confidence, each; or None."""
    every = paths(given)
    fitting = [path for path in every if written(path[1]) and accepts(written(path[1]))]
    total = sum(p for p, _, _ in fitting)
    if total < UNEXPECTED * (1 - total):
        return None
    whole = total + UNEXPECTED * (1 - total)
    # The cut of each piece, and the marks in it, that are more probable than not.
    cuts, taken = [], set()
    for place, piece in enumerate(given):
        shares = [sum(p for p, _, c in fitting if c[place] == number) for number in range(len(piece))]
        cuts.append(int(np.argmax(shares)))
        for one in piece[cuts[-1]].nodes:
            with_it = sum(p for p, s, c in fitting if c[place] == cuts[-1] and one.mark in dict(s))
            if with_it >= 0.5 * max(shares):
                taken.add(one.mark)
    _, signs, best_cuts = max(fitting, key=lambda path: path[0])
    options = [
        [path for path in fitting if path[2] == c and set(dict(path[1])) == marks]
        for c, marks in ((tuple(cuts), taken), (best_cuts, set(dict(signs))))
    ]
    _, signs, _ = max(max(options, key=lambda option: sum(path[0] for path in option)), key=lambda path: path[0])
    text = written(signs)
    confidence = sum(p for p, s, _ in fitting if written(s) == text) / whole
    each = {}
    for p, s, _ in every:
        weight = p if written(s) and accepts(written(s)) else UNEXPECTED * p
        for mark, what in s:
            each[mark, what] = each.get((mark, what), 0) + weight / whole
    return text, confidence, each


def lattice_at_random(random):
    """Up to five marks of a few signs each; some in pieces that are cut in two ways."""
    marks = iter(range(100))

    def any_node():
        if random.random() < 0.25:
            signs = "".join(random.choice(list(SEPARATORS), int(random.integers(1, 3)), replace=False))
        else:
            signs = "".join(sorted(random.choice(list(DIGITS), int(random.integers(1, 4)), replace=False)))
        present = 1.0 if random.random() < 0.3 else random.uniform(0.05, 1)
        return Node(next(marks), signs, present * random.dirichlet(np.full(len(signs), 0.7)), 1 - present)

    pieces = []
    for _ in range(int(random.integers(1, 4))):
        if random.random() < 0.3:
            share = random.uniform(0.1, 0.9)
            shared = any_node()
            first = (any_node(),)
            other = (any_node(), shared) if random.random() < 0.5 else (any_node(),)
            pieces.append([Cut(share, (*first, shared) if len(other) > 1 else first), Cut(1 - share, other)])
        else:
            pieces.append([Cut(1.0, (any_node(),))])
    return pieces


@pytest.mark.parametrize("seed", range(8))
def test_against_every_path_of_small_lattices(seed):
    """Every kind of expectation, alone and two at a time."""
    random = np.random.default_rng(seed)
    names = list(MEANING)
    satisfied = 0
    for trial in range(50):
        given = lattice_at_random(random)
        chosen = [names[(trial + 50 * seed) % len(names)]]
        if random.random() < 0.3:
            chosen.append(names[int(random.integers(len(names)))])
        wanted = by_all(given, lambda text, chosen=chosen: all(MEANING[name](text) for name in chosen))
        got = lattice.best(given, walk(*chosen))
        assert (got is None) == (wanted is None), (chosen, given)
        if wanted is None or got is None:
            continue
        satisfied += 1
        text, confidence, each = wanted
        assert "".join(got.signs.values()) == text and got.confidence == pytest.approx(confidence, abs=1e-6)
        for piece in given:
            for cut in piece:
                for one in cut.nodes:
                    expected = [each.get((one.mark, s), 0) for s in one.signs]
                    assert got.each[one.mark] == pytest.approx(expected, abs=1e-6)
    assert satisfied > 5


def sure(text, share=0.98):
    """Digits that are all but sure, each a mark of its own, numbered from left to right."""
    return [node(place, 0.99, **{f"d{digit}": share}) for place, digit in enumerate(text)]


def text_of(reading):
    return None if reading is None else "".join(reading.signs.values())


def test_without_a_choice_nothing_changes():
    """What is expected of all lines alike leaves each as it is, a mark that may be any digit included."""
    smudge = node(2, 0.7)
    given = alone(*sure("12"), smudge, node(3, 0.99, d4=0.9))
    reading = lattice.best(given, walk(r"\d+"))
    assert list(reading.signs) == [0, 1, 2, 3] and reading.confidence < 0.1
    assert reading.each[2].sum() == pytest.approx(0.7, abs=1e-3)
    assert reading.each[3][4] == pytest.approx(0.99 * 0.9, abs=1e-3)


def test_a_wall_of_a_box_is_left_out():
    given = alone(*sure("47"), node(2, 0.6, d1=0.95), *[node(3, 0.99, d2=0.98)])
    assert text_of(lattice.best(given, walk("length:4"))) == "4712"
    three = lattice.best(given, walk("length:3"))
    assert text_of(three) == "472" and three.confidence > 0.85 and three.each[2].sum() < 0.06


def test_a_faint_1_is_taken_in():
    given = alone(*sure("47"), node(2, 0.04, d1=0.95))
    assert text_of(lattice.best(given, walk("length:2"))) == "47"
    three = lattice.best(given, walk("length:3"))
    assert text_of(three) == "471" and three.confidence > 0.85 and three.each[2][1] > 0.9
    # But not what is all but surely not there.
    assert lattice.best(alone(*sure("47"), node(2, 0.0005, d1=0.95)), walk("length:3")) is None


def test_one_wide_mark_or_two_narrow_ones():
    wide, narrow = node(1, 0.9, d0=0.9), (node(2, d1=0.95), node(3, d1=0.95))
    given = [[Cut(1.0, (node(0, 0.99, d4=0.98),))], [Cut(0.8, (wide,)), Cut(0.2, narrow)]]
    assert text_of(lattice.best(given, walk("length:2"))) == "40"
    three = lattice.best(given, walk("length:3"))
    assert text_of(three) == "411" and set(three.signs) == {0, 2, 3} and three.each[1].sum() < 0.01
    assert text_of(lattice.best(given, walk(r"4\d+"))) == "40"
    assert lattice.best(given, walk("length:4")) is None  # never both


def test_two_readings_that_fit_equally_well_are_even():
    given = alone(node(0, 0.99, d4=0.98), node(1, 0.99, d1=0.49, d7=0.49))
    both = lattice.best(given, walk("values:41,47"))
    assert both.confidence == pytest.approx(0.5, abs=0.01) and both.each[1][[1, 7]] == pytest.approx(0.5, abs=0.01)
    # Which of two marks is the one that is wanted does not matter for the text.
    ones = lattice.best(alone(node(0, 0.5, d1=0.98), node(1, 0.5, d1=0.98)), walk("length:1"))
    assert text_of(ones) == "1" and ones.confidence > 0.9 and ones.each[0][1] == pytest.approx(0.5, abs=0.02)


def test_separators_are_exchanged_and_dropped():
    point = Node(1, ".,", np.array([0.8, 0.15]), 0.05)
    slash = [[Cut(0.7, (node(3, d1=0.95),)), Cut(0.3, (sign(4, "/", 1.0),))]]
    first, second = node(0, 0.99, d6=0.98), node(2, 0.99, d5=0.98)
    for expected, text in [
        (r"\d\.\d", "6.5"),
        (r"\d,\d", "6,5"),
        (r"\d\d", "65"),
        ("length:2", "6.5"),
        ("values:6.5,7.0", "6.5"),
    ]:
        assert text_of(lattice.best(alone(first, point, second), walk(expected))) == text
    given = [*alone(first), *slash, *alone(second)]
    assert text_of(lattice.best(given, walk(r"\d{3}"))) == "615"
    assert text_of(lattice.best(given, walk(r"\d/\d"))) == "6/5"
    # What stands behind the last digit is no part of the number.
    assert text_of(lattice.best(alone(first, sign(1, ".", 0.9999)), walk("values:6"))) == "6"


def test_a_line_without_digits_is_no_reading():
    assert lattice.best(alone(node(0, 0.3), sign(1, ".", 0.5)), walk(r"[\d.]*")).signs.keys() == {0}
    assert lattice.best(alone(node(0, 0.0005)), walk(r"\d*")) is None


def test_what_is_forgotten_between_lines_is_worked_out_again(monkeypatch):
    """An expression with many derivatives, and few of them remembered: each line is as if it were the first."""
    monkeypatch.setattr(pattern, "_MOST_TERMS", 90)
    forget, forgotten = pattern.Derivatives._forget, []
    monkeypatch.setattr(pattern.Derivatives, "_forget", lambda self: (forgotten.append(self), forget(self)))
    expected = r".*1.{3}.*2.{2}", "length:9"
    asked = walk(*expected)
    asked_for = forgotten[0]
    random, satisfied = np.random.default_rng(2), 0
    for _ in range(40):
        given = alone(*(node(i, 0.9, **{f"d{random.integers(3, 10)}": 0.6, "d1": 0.2, "d2": 0.1}) for i in range(10)))
        first, later = lattice.best(given, walk(*expected)), lattice.best(given, asked)
        assert text_of(first) == text_of(later) and first.confidence == pytest.approx(later.confidence)
        satisfied += re.fullmatch(expected[0], text_of(later)) is not None
    assert satisfied == 40 and forgotten.count(asked_for) > 3


def flat(count):
    """Digits of which nothing is known."""
    return alone(*(node(i, 0.9) for i in range(count)))


@pytest.mark.parametrize("expected", [
    r"(\d+)+x", r"(\d*)*(\d*)*x", r"((\d{1,100}){1,100}){1,100}x", r"(.*1.*)*x", r".*1.{12}x", r"(?:(?:\d+)+)+(?<=x)",
    r"(\d+)+\1x", r"(\d*)*(\d*)*\2\1(?<=x)", r"(\d)(\d)(\d)(\d)(\d)(\d)\6\5\4\3\2\1x", r"(?!(\d+)+x)(\d+)+x",
    ["mod97", "mod11", "luhn", "length:40"], "(" * 60 + r"\d+" + ")*" * 60 + "x", r"\d?" * 300 + "x",
])  # fmt: skip
def test_hostile_expectations_end(expected):
    """Lines of thirty digits of which nothing is known: the clock of the processor, in one line's time."""
    started = time.process_time()
    patterns = [expected] if isinstance(expected, str) else expected
    assert lattice.best(flat(30), walk(*patterns)) is None
    assert time.process_time() - started < 5


def test_a_list_of_ten_thousand():
    random = np.random.default_rng(4)
    values = sorted({str(v) for v in random.integers(10**6, 10**8, 10_000)})
    asked = walk("values:" + ",".join(values))
    started = time.process_time()
    for wanted in values[::500]:
        # Two digits are read as something else, one is faint; a wall stands before it.
        digits = [node(i + 1, 0.95, **{f"d{d}": 0.9}) for i, d in enumerate(wanted)]
        digits[2] = node(3, 0.95, **{f"d{(int(wanted[2]) + 1) % 10}": 0.7, f"d{wanted[2]}": 0.28})
        digits[5] = node(6, 0.1, **{f"d{wanted[5]}": 0.9})
        reading = lattice.best(alone(node(0, 0.5, d1=0.9), *digits), asked)
        assert text_of(reading) == wanted and reading.confidence > 0.5
    assert time.process_time() - started < 8


def test_a_card_number_of_twelve_digits():
    """The check digit mends a doubtful digit wherever it stands, and only that one."""
    number = "793927439831"
    number = next(number[:-1] + d for d in DIGITS if luhn(number[:-1] + d))
    for place in range(12):
        digits = [node(i, 0.999, **{f"d{d}": 0.999}) for i, d in enumerate(number)]
        other = (int(number[place]) + 3) % 10
        digits[place] = node(place, 0.999, **{f"d{other}": 0.6, f"d{number[place]}": 0.39})
        reading = lattice.best(alone(*digits), walk("luhn", "length:12"))
        assert text_of(reading) == number and reading.confidence > 0.85
        assert reading.each[place][int(number[place])] > 0.85
