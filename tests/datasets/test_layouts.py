"""Folders of digits as people have them: each gives the right labels, and what is left out is told."""

import gzip
import struct

import numpy as np
import pytest
from PIL import Image

from inkdigits.datasets import layouts, load, mnist
from inkdigits.errors import InputError

X, Y = mnist.train().images[:60], mnist.train().labels[:60]
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def tree(folder, rows, name=str, below=lambda _row: "", above=lambda _row: ""):
    for row in rows:
        place = folder / above(row) / name(int(Y[row])) / below(row)
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(255 - X[row]).save(place / f"{row:03}.png")
    return folder


def read(path):
    heard = []
    data = load.find(str(path), load.raise_error, heard.append)
    return data, heard


def labelled_right(data, rows):
    """Digits come in the order of their classes and files."""
    order = sorted(rows, key=lambda row: (Y[row], row))
    return data.labels.tolist() == Y[order].tolist() and np.abs(data.images.astype(int) - X[order]).mean() < 3


@pytest.mark.parametrize("name", [
    str, "0{}".format, "{:03}".format, WORDS.__getitem__, lambda d: WORDS[d].title(), "digit_{}".format, "Class {}".format,
    lambda d: f"Sample{d + 1:03}", "sample_{}".format, lambda d: f"{ord(str(d)):x}",
])  # fmt: skip
def test_names_of_classes(tmp_path, name):
    data, heard = read(tree(tmp_path, range(60), name))
    assert labelled_right(data.train(), range(60)) and heard == [] and data.test is None


def test_letters_beside_digits_are_passed_over_and_told(tmp_path):
    """Chars74K's eleventh class is A."""
    tree(tmp_path, range(60), lambda d: f"Sample{d + 1:03}")
    (tmp_path / "Sample011").mkdir()
    data, heard = read(tmp_path)
    assert labelled_right(data.train(), range(60))
    assert heard == [f"{tmp_path}: passed over, not being named as digits are: Sample011"]


@pytest.mark.parametrize("names", [("train", "test"), ("training", "testing"), ("Train_Set", "Test Images")])
def test_halves(tmp_path, names):
    tree(tmp_path / names[0], range(50))
    tree(tmp_path / names[1], range(50, 60))
    data, heard = read(tmp_path)
    assert labelled_right(data.train(), range(50)) and heard == []
    assert data.test is not None and labelled_right(data.test(), range(50, 60))


@pytest.mark.parametrize("name", ["val", "valid", "validation"])
def test_digits_for_validation(tmp_path, name):
    """Beside a test half they are learned from, since validation digits are drawn by every run itself; else they are it."""
    tree(tmp_path / "train", range(40))
    tree(tmp_path / name, range(40, 50))
    data, heard = read(tmp_path)
    assert (
        data.test is not None and labelled_right(data.test(), range(40, 50)) and f"{name}/ is taken for it" in heard[0]
    )
    tree(tmp_path / "test", range(50, 60))
    data, heard = read(tmp_path)
    assert len(data.train()) == 50 and f"{name}/ is learned from" in heard[0]
    assert data.test is not None and labelled_right(data.test(), range(50, 60))


def test_a_test_half_without_labels_is_passed_over_and_told(tmp_path):
    tree(tmp_path / "train", range(60))
    (tmp_path / "test").mkdir()
    Image.fromarray(X[0]).save(tmp_path / "test" / "1.png")
    data, heard = read(tmp_path)
    assert data.test is None and len(data.train()) == 60
    assert heard == [f"{tmp_path}: passed over, having no class folders or no name of a half: test"]


def test_the_only_folder_in_a_folder_is_meant(tmp_path):
    tree(tmp_path / "archive" / "mnist_png" / "training", range(50))
    tree(tmp_path / "archive" / "mnist_png" / "testing", range(50, 60))
    (tmp_path / "__MACOSX").mkdir()
    data, _ = read(tmp_path)
    assert len(data.train()) == 50 and data.test is not None and len(data.test()) == 10


@pytest.mark.parametrize("where", ["below", "above"])
def test_folders_of_writers(tmp_path, where):
    tree(tmp_path, range(60), **{where: lambda row: f"writer {row % 12:02}"})
    data = read(tmp_path)[0].train()
    assert sorted(data.labels) == sorted(Y) and data.writers is not None
    order = sorted(range(60), key=lambda row: (Y[row], row % 12) if where == "below" else (row % 12, Y[row]))
    assert data.writers.tolist() == [row % 12 for row in order]


def test_folders_that_are_no_people(tmp_path):
    """Two kinds of paper; or one folder more for each class: to hold out whole ones of these would be no fair split."""
    paper = read(tree(tmp_path / "paper", range(60), below=lambda row: ("white", "grey")[row % 2]))[0].train()
    kinds = read(tree(tmp_path / "kinds", range(60), below=lambda row: f"kind of {Y[row]}"))[0].train()
    some = read(tree(tmp_path / "some", range(60), below=lambda row: f"w{row % 12}" if row else ""))[0].train()
    assert len(paper) == len(kinds) == len(some) == 60
    assert paper.writers is None and kinds.writers is None and some.writers is None


def test_writers_whose_folders_are_named_as_digits(tmp_path):
    tree(tmp_path / "many", range(60), above=lambda row: f"{row % 20:02}")
    order = sorted(range(60), key=lambda row: (row % 20, Y[row]))
    assert read(tmp_path / "many")[0].train().labels.tolist() == Y[order].tolist()
    tree(tmp_path / "ten", range(60), above=lambda row: str(row % 10))
    with pytest.raises(
        InputError, match="folders named as digits in folders named as digits; name those of the writers"
    ):
        read(tmp_path / "ten")


def test_files_that_are_no_pictures_are_told(tmp_path):
    tree(tmp_path, range(60))
    (tmp_path / "3" / "notes.txt").write_text("x")
    (tmp_path / "3" / "Thumbs.db").write_text("x")
    data, heard = read(tmp_path)
    assert len(data.train()) == 60
    assert heard == [f"{tmp_path}: 1 file is passed over, not being named as pictures are: notes.txt"]


def test_a_data_file_in_a_folder_is_to_be_named(tmp_path):
    (tmp_path / "mnist_train.csv").write_text("")
    with pytest.raises(InputError, match=r"name one of them: .*mnist_train\.csv"):
        read(tmp_path)


def write_idx(folder, prefix, half, x, y):
    for what, array in (("images-idx3", x), ("labels-idx1", y)):
        header = struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
        data = gzip.compress(header + np.ascontiguousarray(array, np.uint8).tobytes())
        (folder / f"{prefix}{half}-{what}-ubyte.gz").write_bytes(data)


def test_emnists_files(tmp_path):
    """Six data sets in a folder, columns for rows: the one of digits is taken, and they are turned back."""
    stored = X.swapaxes(1, 2)
    for name in ("letters", "digits", "mnist", "byclass"):
        write_idx(tmp_path, f"emnist-{name}-", "train", stored[:30], Y[:30] + (1 if name == "letters" else 0))
        write_idx(tmp_path, f"emnist-{name}-", "test", stored[30:], Y[30:])
    data, heard = read(tmp_path)
    assert np.array_equal(data.train().images, X[:30]) and np.array_equal(data.train().labels, Y[:30])
    assert data.test is not None and np.array_equal(data.test().images, X[30:])
    assert "emnist-digits is taken and not emnist-mnist, emnist-byclass, emnist-letters" in heard[0]
    assert "train half: its digits are transposed" in heard[1]


def test_digits_dark_on_light_in_files(tmp_path):
    """Inverted to the pixel on white; on grey paper they go the way of pictures."""
    white, grey = tmp_path / "white", tmp_path / "grey"
    for folder, stored in ((white, 255 - X), (grey, (200 - X * 0.6).astype(np.uint8))):
        folder.mkdir()
        write_idx(folder, "", "train", stored, Y)
        data, heard = read(folder)
        assert np.abs(data.train().images.astype(int) - X).mean() < (1 if folder is white else 4)
        assert "dark on light; they were inverted" in heard[0]


def test_a_folder_that_holds_no_digits(tmp_path):
    (tmp_path / "cats").mkdir()
    with pytest.raises(InputError, match="has no folders named 0 to 9 and no IDX files"):
        layouts.find(tmp_path, lambda _: None)
