"""Errors are one line, whatever they quote, and survive the way between processes."""

import pickle

from hypothesis import given
from hypothesis import strategies as st

from inkdigits.errors import InputError


@given(st.text(), st.text(max_size=50), st.text(max_size=50))
def test_one_line(source, problem, remedy):
    error = InputError(source, problem, remedy)
    assert len(str(error).splitlines()) <= 1
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert isinstance(error, ValueError)
