"""The forms of digits and letters: every sign is there, each form once, within its lines."""

import string
from itertools import combinations

import numpy as np
import pytest

from inkdigits.synthetic.forms import FORMS, LETTERS

SIGNS = {**FORMS, **LETTERS}


def test_every_digit_and_letter_has_forms():
    assert set(FORMS) == set(range(10)) and set(LETTERS) == set(string.ascii_letters)
    assert all(len(forms) >= 2 for forms in SIGNS.values())


@pytest.mark.parametrize("sign", SIGNS, ids=str)
def test_forms_differ_and_keep_to_their_lines(sign):
    for one, other in combinations(SIGNS[sign], 2):
        assert one != other
    for form in SIGNS[sign]:
        assert all(len(stroke) >= 2 for stroke in form)
        x, y = np.concatenate(form).T
        assert x.min() >= -0.3 and x.max() <= 1.0
        small = isinstance(sign, str) and sign.islower()
        assert y.min() >= -0.1 and y.max() <= (1.4 if small or sign == "Q" else 1.1)
        assert np.ptp(y) >= 0.4
