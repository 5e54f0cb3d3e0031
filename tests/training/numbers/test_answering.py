"""How strips and marks are weighed: the least weight that is hardly worse than the best, by one standard error."""

import numpy as np

from inkdigits.synthetic.pages.truth import Mark
from inkdigits.training.numbers import answering


def pages(right):
    return np.asarray(right, np.intp)


def test_what_chance_gains_is_no_reason_for_a_higher_weight():
    """Of 100 pages one more right by the higher weight, where ten were read otherwise."""
    base = np.full(100, 8)
    chance = base.copy()
    chance[:6] += 1
    chance[6:11] -= 1
    assert answering._chosen({(0.5, -2.5): pages(base), (2.0, -2.5): pages(chance)}) == (0.5, -2.5)


def test_what_is_clearly_better_is_taken_whatever_its_weight():
    base = np.full(100, 8)
    better = base.copy()
    better[:40] += 1
    assert answering._chosen({(0.5, -2.5): pages(base), (2.0, -2.5): pages(better)}) == (2.0, -2.5)


def test_of_one_weight_the_best_is_taken():
    base = np.full(100, 8)
    other = base.copy()
    other[:2] -= 1
    tried = {(0.5, -8.0): pages(other), (0.5, -2.5): pages(base), (3.0, -2.5): pages(base)}
    assert answering._chosen(tried) == (0.5, -2.5)


def line(*numbers: tuple[list[int], bool | None]) -> list[answering.Known]:
    """Numbers of a line as they were read: which true digits, all of them read right, and whether each is open."""
    return [answering.Known(list(truth), list(truth), [True] * len(truth), whole) for truth, whole in numbers]


def test_a_line_is_right_where_its_digits_are_all_those_of_its_numbers():
    """The truth: 12 and 345. How they are parted does not matter, nor what stands between."""
    digits = [
        Mark(sign, (0, 0, 1, 1), number, place)
        for sign, number, place in zip("12345", (1, 1, 2, 2, 2), (0, 1, 0, 2, 3), strict=True)
    ]
    assert answering._is_line(line(([0, 1], True), ([2, 3, 4], True)), digits) is True
    assert answering._is_line(line(([0, 1, 2, 3, 4], False)), digits) is True
    assert answering._is_line(line(([0, 1], True), ([2, 4], False)), digits) is False  # 4 was missed
    assert answering._is_line(line(([1, 0], False)), digits) is False
    assert answering._is_line(line(([0, 1], None)), digits) is None
    read = line(([0, 1], False))
    wrong = [one._replace(right=[True, False]) for one in read]
    assert answering._is_line(wrong, digits) is False
