"""Writers, forms and fonts that are held out are in no training page, and no other is in a validation page."""

import numpy as np

from inkdigits.synthetic import fonts, outlines
from inkdigits.synthetic.forms import FORMS, LETTERS
from inkdigits.synthetic.held_out import is_held_out
from inkdigits.synthetic.pages import sources


def test_a_thing_is_in_one_part():
    for index in range(100):
        assert is_held_out(index, "training") != is_held_out(index, "validation")
    assert sum(is_held_out(i, "training") for i in range(700)) == 100


def test_print_fonts(training, validation):
    mine, theirs = {f.name for f in training.fonts}, {f.name for f in validation.fonts}
    drawn = {"print-013"}  # imitates a pen
    assert not mine & theirs and mine | theirs == {f.name for f in outlines.fonts("print")} - drawn
    assert len(theirs) >= 10


def test_no_letter_of_one_part_is_in_the_other(training, validation):
    every = fonts.characters()
    own = 60 + 10  # hands that write letters of our own
    assert len(training.letters_of) + len(validation.letters_of) == len(np.unique(every.fonts)) + own

    def paths(part):
        return {
            b"".join(p.tobytes() for p in part.letters[int(row)])
            for hand in part.letters_of
            for rows in hand.values()
            for row in rows
        }

    assert not paths(training) & paths(validation)
    for part in (training, validation):
        assert not any(sign.isdigit() for hand in part.letters_of for sign in hand)  # script fonts write no digits


def test_hands_of_our_own_write_every_letter_each_time_otherwise(training):
    for hand in training.letters_of[-60:]:
        assert set(hand) == set(LETTERS)
        for rows in hand.values():
            one, other = (training.letters[int(row)] for row in rows)
            assert len(one) == len(other) and not all(map(np.array_equal, one, other))
    for paths in map(training.letters.__getitem__, range(len(training.letters))):
        every = np.concatenate(paths)
        assert every.min() >= 0 and every[:, 1].max() <= 1.02  # 1 high, the upper left corner at (0, 0)


def test_forms_of_digits(training, validation):
    for label in range(10):
        mine, theirs = len(training.own_of[label]), len(validation.own_of[label])
        assert mine + theirs == len(FORMS[label]) and mine > theirs >= 1

    def curves(part):
        return {p.tobytes() for rows in part.own_of for form in rows for row in form for p in part.own[int(row)]}

    assert not curves(training) & curves(validation)


def test_writers_are_those_that_were_given(people, training, validation):
    names = np.unique(people.writers).tolist()
    mine, theirs = set(training.writers.tolist()), set(validation.writers.tolist())
    assert mine <= set(names[:6]) and theirs <= set(names[6:])
    assert len(mine) >= 3 and len(theirs) >= 1
    assert set(training.rows_of) == mine and set(validation.rows_of) == theirs


def test_rows_are_digits_of_their_writer_and_label(people, training):
    """Each row's paths are those of a digit that this writer wrote and that has this label, but for specks beside it."""
    from inkdigits.synthetic.skeletons import skeletons, without_specks

    for writer in training.writers[:1]:
        for label in range(10):
            own = people.images[(people.writers == writer) & (people.labels == label)]
            redrawn = skeletons(own)
            known = {b"".join(p.tobytes() for p in without_specks(redrawn[i])) for i in range(len(own))}
            for row in training.rows_of[writer][label]:
                assert b"".join(p.tobytes() for p in training.mnist[int(row)]) in known


def test_equal_arguments_give_equal_sources(people, validation):
    rest = people.subset(np.isin(people.writers, np.unique(people.writers)[6:]))
    again = sources.build(rest.images, rest.labels, rest.writers, "validation")
    np.testing.assert_array_equal(again.own.points, validation.own.points)
    np.testing.assert_array_equal(again.letters.points, validation.letters.points)
    np.testing.assert_array_equal(again.mnist.points, validation.mnist.points)
