"""Folders: everything that is meant is found once, in a fixed order, and nothing that would hang is opened."""

import os
from pathlib import Path

from inkdigits.batch import inputs


def find(*sources, endings=inputs.DOCUMENTS):
    errors, warned = [], []
    found = list(inputs.find(map(str, sources), endings, errors.append, warned.append))
    return found, [str(e) for e in errors], warned


def make(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_a_folder_is_its_pictures_and_those_below_by_name(tmp_path):
    make(tmp_path, "b.png", "a.JPG", "z/c.pdf", "k/d.tiff", "k/k/e.webp", "notes.txt", "run.jsonl", "png")
    found, errors, warned = find(tmp_path)
    assert [os.path.relpath(f, tmp_path) for f in found] == ["a.JPG", "b.png", "k/d.tiff", "k/k/e.webp", "z/c.pdf"]
    assert not errors
    what = "3 files are passed over, not being named as pictures are: notes.txt, png, run.jsonl"
    assert warned == [f"{tmp_path}: {what}"]
    found, _, (warned,) = find(tmp_path, endings=inputs.PICTURES)
    assert not any(f.endswith(".pdf") for f in found) and "4 files" in warned and "c.pdf" in warned


def test_every_ending_of_a_picture_is_taken(tmp_path):
    """Those of formats without a decoder as well: each shall be told, and not passed over."""
    names = [f"x.{ending}" for ending in ("JFIF", "apng", "avif", "heic", "heif", "hif", "jif", "jxl", "pjp", "pjpeg")]
    make(tmp_path, *names, "x.svg", "x.jpg.part")
    found, errors, _ = find(tmp_path)
    assert [os.path.relpath(f, tmp_path) for f in found] == names and not errors


def test_hidden_and_half_written_files_are_left_out(tmp_path):
    make(tmp_path, "a.png", ".part-b.png", ".cache/c.png")
    assert find(tmp_path)[0] == [str(tmp_path / "a.png")]


def test_what_is_named_is_taken_as_it_is(tmp_path):
    make(tmp_path, "notes.txt", ".hidden.png")
    named = ["-", str(tmp_path / "notes.txt"), str(tmp_path / ".hidden.png"), "./nothing.png"]
    assert find(*named) == (named, [], [])


def test_links_are_followed_and_loops_end(tmp_path):
    make(tmp_path, "a/x.png", "b/y.png")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "c").symlink_to(tmp_path / "b")
    (tmp_path / "gone.png").symlink_to(tmp_path / "nowhere.png")
    found = find(tmp_path)[0]
    # A link to nothing is found, so that reading it says so.
    assert [os.path.relpath(f, tmp_path) for f in found] == ["gone.png", "a/x.png", "b/y.png"]


def test_a_pipe_with_a_pictures_name_is_left_alone(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    make(tmp_path, "a.png")
    assert find(tmp_path)[0] == [str(tmp_path / "a.png")]


def test_an_empty_folder_is_an_error_of_one_line(tmp_path):
    found, errors, _ = find(tmp_path)
    assert not found and len(errors) == 1 and "holds no pictures" in errors[0]


def test_a_locked_folder_is_said_and_the_rest_found(tmp_path, monkeypatch):
    make(tmp_path, "a.png", "locked/b.png")
    (tmp_path / "locked").chmod(0)
    if os.access(tmp_path / "locked", os.R_OK):  # root may list every folder: refused as for everybody else
        scandir = os.scandir

        def refused(path):
            if Path(path).name == "locked":
                raise PermissionError(13, "Permission denied", path)
            return scandir(path)

        monkeypatch.setattr(os, "scandir", refused)
    try:
        found, errors, _ = find(tmp_path)
    finally:
        (tmp_path / "locked").chmod(0o700)
    assert found == [str(tmp_path / "a.png")] and "cannot be listed" in errors[0]


def test_names_without_an_encoding(tmp_path):
    make(tmp_path, os.fsdecode(b"caf\xe9\n.png"))
    assert [os.fsencode(f) for f in find(tmp_path)[0]] == [os.fsencode(tmp_path) + b"/caf\xe9\n.png"]
