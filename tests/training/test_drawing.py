"""What is trained on is drawn ahead by other processes: in order, without TensorFlow, and a death among them is told."""

import os
import sys

import pytest

from inkdigits.errors import InputError
from inkdigits.training import drawing


def begin():
    return "sources"


def draft(sources, number):
    return sources, number, os.getpid(), sorted({"tensorflow", "keras"} & set(sys.modules))


def dies(sources, number):
    if number == 3:
        os._exit(9)
    return number


def test_drafts_come_in_order_from_processes_that_have_not_imported_tensorflow():
    with drawing.ahead(begin, draft, 2) as drafts:
        for first, end in ((0, 9), (20, 24)):
            made = list(drafts(first, end))
            assert [number for _, number, _, _ in made] == list(range(first, end))
            assert all(sources == "sources" and not modules for sources, _, _, modules in made)
            assert os.getpid() not in {process for _, _, process, _ in made}


def test_without_processes_this_one_draws():
    with drawing.ahead(begin, draft, 0) as drafts:
        assert [(number, process) for _, number, process, _ in drafts(3, 6)] == [(n, os.getpid()) for n in (3, 4, 5)]


def test_a_process_that_dies_is_told():
    with pytest.raises(InputError, match="a process that draws them has died"), drawing.ahead(begin, dies, 1) as drafts:
        list(drafts(0, 5))
