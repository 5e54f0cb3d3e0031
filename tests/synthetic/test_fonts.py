"""The packed characters are whole, and letters that look like digits are on neither side."""

import numpy as np

from inkdigits.synthetic import fonts, not_digits


def test_characters():
    whole = fonts.characters()
    assert whole.pictures.shape[1:] == (32, 32) and len(whole.codes) == len(whole.fonts) == len(whole.pictures) > 3000
    assert (whole.pictures.max(axis=(1, 2)) > 150).all()
    assert len(np.unique(whole.fonts)) == 38


def test_digits_and_others():
    digits, others = fonts.digits(), fonts.others()
    assert {chr(c) for c in digits.codes} == set("0123456789")
    assert not {chr(c) for c in others.codes} & (fonts.LOOK_ALIKES | set("0123456789"))
    assert {"A", "M", "k", "+", "?"} <= {chr(c) for c in others.codes}


def test_what_is_no_digit_is_ink():
    random = np.random.default_rng(0)
    for family in not_digits.FAMILIES:
        for _ in range(20):
            ink = family(random)
            assert ink.dtype == np.uint8 and ink.ndim == 2 and ink.max() > 100


def test_letters_and_signs_that_look_like_digits_are_on_neither_side():
    assert {"A", "k", "M"} <= set(not_digits.WRITTEN) and {"%", "A", "&"} <= set(not_digits.PRINTED)
    assert not (set(not_digits.WRITTEN) | set(not_digits.PRINTED)) & (fonts.LOOK_ALIKES | set("0123456789"))
    random = np.random.default_rng(0)
    for family in (not_digits.letter, not_digits.character):
        drawn = [family(random) for _ in range(40)]
        assert all(ink.max() > 200 and min(ink.shape) >= 4 for ink in drawn)
        assert len({ink.shape for ink in drawn}) > 20


def test_a_half_of_a_digit_is_a_half_and_of_a_digit_that_it_may_be_of(digits):
    random = np.random.default_rng(0)
    asked = []

    def cut(row):
        asked.append(row)
        return digits.images[row][4:24, 4:24]

    sizes = {not_digits.half(digits.labels, cut, random).shape for _ in range(60)}
    assert {max(size) for size in sizes} == {20} and all(8 <= min(size) <= 11 for size in sizes)
    assert set(digits.labels[asked].tolist()) <= {0, 2, 3, 4, 5, 6, 9}  # halves of an 8 are a 3 and a 0


def test_several_digits_touch(digits):
    import cv2

    random = np.random.default_rng(0)
    touching = 0
    for i in range(100):
        ink = not_digits.several([digits.images[i][4:24, 4:24], digits.images[i + 1][4:24, 4:24]], random)
        parts = cv2.connectedComponentsWithStats((ink > 100).astype(np.uint8))[2][1:, cv2.CC_STAT_WIDTH]
        touching += parts.max() > 0.6 * ink.shape[1]
    assert touching >= 90  # strokes that are broken, or hardly reach each other, are few
