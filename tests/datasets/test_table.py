"""Tables of digits as programs write them: the labels first or last, with a header or without, in any encoding."""

import gzip

import numpy as np
import pytest

from inkdigits.datasets import mnist, table

X, Y = mnist.train().images[:40].reshape(40, 784), mnist.train().labels[:40]


def text(last=False, header=True, separator=",", numbered=False, name="label"):
    rows = []
    if header:
        pixels = [f"pixel{i}" for i in range(784)]
        rows.append([*([""] if numbered else []), *(pixels if last else []), name, *([] if last else pixels)])
    for number, (image, label) in enumerate(zip(X.tolist(), Y.tolist(), strict=True)):
        rows.append([*([number] if numbered else []), *(image if last else []), label, *([] if last else image)])
    return "\n".join(separator.join(map(str, row)) for row in rows) + "\n"


def read(path, content):
    path.write_bytes(content)
    heard = []
    pixels, labels = table.read(path, heard.append)
    assert np.array_equal(pixels, X) and np.array_equal(labels, Y)
    return heard


@pytest.mark.parametrize("name", ["label", "Class", '"digit"', "y", " target "])
@pytest.mark.parametrize("last", [False, True])
def test_the_header_says_which_column_holds_the_labels(tmp_path, last, name):
    """OpenML's table has them last; they were pixels, and 784 pixels too many 0s were labels."""
    assert read(tmp_path / "d.csv", text(last, name=name).encode()) == []


def test_without_a_header_the_labels_are_first_or_else_last_which_is_told(tmp_path):
    assert read(tmp_path / "d.csv", text(header=False).encode()) == []
    (told,) = read(tmp_path / "d.csv", text(header=False, last=True).encode())
    assert "has no header that names the labels; they are taken from the last column" in told


def test_columns_that_are_named_by_numbers(tmp_path):
    """As pandas writes a table that it has made of an array."""
    lines = text(last=True).splitlines()
    lines[0] = ",".join([*map(str, range(784)), "label"])
    assert read(tmp_path / "d.csv", "\n".join(lines).encode()) == []


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_and_a_column_that_numbers_the_rows(tmp_path, separator):
    assert read(tmp_path / "d.csv", text(separator=separator, numbered=True).encode()) == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_with_a_byte_order_mark(tmp_path, encoding):
    mark = "" if encoding in ("utf-8-sig", "utf-16") else "\ufeff"
    content = (mark + text()).encode(encoding)
    assert read(tmp_path / "d.csv", content) == []
    assert read(tmp_path / "d.csv.gz", gzip.compress(content)) == []


def test_a_table_that_would_fill_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(table, "_MAX_CHARACTERS", 1000)
    with pytest.raises(table.InputError, match="longer than"):
        read(tmp_path / "d.csv", b"1," * 1000)
