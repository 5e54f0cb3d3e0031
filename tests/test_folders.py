"""What a folder holds: every file once, none that is hidden, and a line about those that are passed over."""

import os

import pytest

from inkdigits import folders
from inkdigits.errors import InputError


def never(error):
    raise AssertionError(error)


def test_every_file_once_by_name_and_none_that_nobody_put_there(tmp_path):
    for name in ("b.png", "a.png", "in/c.png", ".hidden.png", "Thumbs.db", "in/desktop.ini", "__MACOSX/d.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "in" / "up").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.png")
    found = [os.path.relpath(path, tmp_path) for path in folders.walk(str(tmp_path), never)]
    assert found == ["a.png", "b.png", "in/c.png"]
    assert [path.name for path in folders.below(tmp_path)] == ["in"]


def test_a_folder_that_is_not_there():
    heard = []
    assert list(folders.walk("no/such", heard.append)) == [] and "cannot be listed" in str(heard[0])
    with pytest.raises(InputError, match="cannot be listed"):
        folders.below(folders.Path("no/such"))


def test_what_is_passed_over_is_told_in_one_line():
    assert folders.passed_over("in", []) is None
    assert (
        folders.passed_over("in", ["in/a.txt"]) == "in: 1 file is passed over, not being named as pictures are: a.txt"
    )
    told = folders.passed_over("in", [f"in/{n}.txt" for n in range(7)])
    assert told is not None and "7 files are passed over" in told and told.endswith("3.txt, 4.txt and 2 more")
