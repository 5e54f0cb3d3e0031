"""Digits that are stored in another way than MNIST's are put right where that is certain, and doubted where it is not."""

import numpy as np
import pytest

from inkdigits.datasets import doubts, mnist
from inkdigits.datasets.dataset import Dataset


def told_of(data):
    heard = []
    return doubts.upright(data, "mine", "mine.csv", heard.append), heard


def of(digits, images, labels=None):
    return Dataset("mine", np.ascontiguousarray(images), digits.labels[: len(images)] if labels is None else labels)


def test_digits_as_they_should_be_are_left_without_a_word(digits):
    after, heard = told_of(digits)
    assert after is digits and heard == []


@pytest.mark.parametrize(("how", "stored"), [
    ("transposed", lambda x: x.swapaxes(1, 2)),
    ("mirrored", lambda x: x[:, :, ::-1]),
    ("upside down", lambda x: np.rot90(x, 2, (1, 2))),
    ("mirrored and upside down", lambda x: x[:, ::-1]),
    ("turned to the left", lambda x: np.rot90(x, 1, (1, 2))),
    ("turned to the right", lambda x: np.rot90(x, -1, (1, 2))),
])  # fmt: skip
def test_digits_that_are_stored_turned_are_turned_back(digits, how, stored):
    some = digits.images[:200]
    after, (told,) = told_of(of(digits, stored(some)))
    assert np.array_equal(after.images, some)
    assert told.startswith(f"mine: its digits are {how}") and "turned back" in told


def test_a_few_digits_that_look_transposed_are_left_and_that_is_told(digits):
    data = of(digits, digits.images[:15].swapaxes(1, 2))
    after, (told,) = told_of(data)
    assert after is data and "look transposed" in told and told.endswith("inkdigits data show mine.csv")


def test_labels_that_the_network_contradicts_in_most_rows(digits):
    _, (told,) = told_of(of(digits, digits.images[:200], (digits.labels[:200] + 1) % 10))
    assert "of 200 digits are read as they are labelled" in told and "check labels and pictures" in told
    right = digits.labels[:200].copy()
    right[:60] = (right[:60] + 1) % 10  # not in most
    assert told_of(of(digits, digits.images[:200], right))[1] == []


def test_labels_that_are_all_alike(digits):
    _, (told,) = told_of(of(digits, digits.images[:200], np.zeros(200, np.uint8)))
    assert told.startswith("mine: all 200 labels are 0") and "check which column or folder" in told


def test_no_test_digit_is_shown_to_the_network(monkeypatch, digits):
    """A person's copy of MNIST's test digits is no way to open them unseen."""
    shown = []
    monkeypatch.setattr(doubts, "_read", lambda glyphs: shown.append(glyphs) or np.zeros(len(glyphs), int))
    monkeypatch.setattr(mnist, "test_rows", lambda images: np.where(np.arange(len(images)) < 150, 7, -1))
    told_of(of(digits, digits.images[:200]))
    assert len(shown[0]) == 50 and np.array_equal(shown[0], digits.images[150:200])


def test_dark_digits_on_light_are_inverted_and_a_mixture_is_told(digits):
    heard = []
    some = digits.images[:100]
    assert doubts.light_on_dark(some, "mine", heard.append) is some and heard == []
    assert np.array_equal(doubts.light_on_dark(255 - some, "mine", heard.append), some)
    assert "dark on light; they were inverted" in heard[0]
    mixed = np.where(np.arange(100)[:, None, None] < 30, 255 - some, some)
    assert doubts.light_on_dark(mixed, "mine", heard.append) is mixed
    assert "30 of its 100 digits are dark on light and the others light on dark" in heard[1]
