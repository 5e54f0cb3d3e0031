"""How strips and marks are weighed: the least weight that is hardly worse than the best, by one standard error."""

import numpy as np

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
