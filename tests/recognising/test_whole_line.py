"""A line is as sure as its digits are, and less where one may be missing."""

import numpy as np

from inkdigits.recognising import posterior, whole_line


def test_there_are_as_many_features_as_weights():
    known, features = posterior.with_numbers(), whole_line.features(np.ones(2, np.float32), 0.0, np.ones(1, np.float32))
    assert len(posterior.answering().line) == len(features) == 4
    assert known is not None and len(known.line) == len(features) + len(posterior.NO_NUMBER)


def test_a_line_is_as_sure_as_its_digits_and_less_if_one_may_be_missing():
    links = np.array([0.9], np.float32)
    sure = whole_line.confidence(np.array([0.999, 0.998], np.float32), 0.001, links)
    doubtful = whole_line.confidence(np.array([0.999, 0.6], np.float32), 0.001, links)
    missing = whole_line.confidence(np.array([0.999, 0.998], np.float32), 0.49, links)
    assert 1 >= sure > doubtful > 0 and sure > missing > 0
    for right, rejected in ((1.0, 0.0), (0.0, 1.0)):
        assert 0 <= whole_line.confidence(np.array([right], np.float32), rejected, np.zeros(0, np.float32)) <= 1


def test_a_line_is_as_sure_as_its_least_sure_number() -> None:
    one, other = np.array([3.0, 1.0, 1.0], np.float32), np.array([2.0, 4.0, 0.0], np.float32)
    np.testing.assert_array_equal(whole_line.least_sure([one, other]), [2.0, 1.0, 0.0])
    assert not whole_line.least_sure([one, posterior.NO_NUMBER]).any()
    assert not whole_line.least_sure([]).any()
