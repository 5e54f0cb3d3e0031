"""Every kind of data set gives the same digits, and every malformed one a clear error."""

import gzip
import io
import struct
import zipfile

import numpy as np
import pytest
from PIL import Image

from inkdigits.datasets import idx, load, mnist
from inkdigits.errors import InputError

X, Y = mnist.train().images[:40], mnist.train().labels[:40]


def idx_bytes(array):
    return struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def write_idx(folder, packed=False):
    for half, rows in (("train", slice(0, 30)), ("t10k", slice(30, 40))):
        for what, array in (("images-idx3", X[rows]), ("labels-idx1", Y[rows])):
            data = idx_bytes(array)
            name = f"{half}-{what}-ubyte" + (".gz" if packed else "")
            (folder / name).write_bytes(gzip.compress(data) if packed else data)


def write_csv(path, x=X, y=Y, header=True):
    rows = [",".join(map(str, [label, *image.ravel().tolist()])) for image, label in zip(x, y, strict=True)]
    head = ["label," + ",".join(f"pixel{i}" for i in range(784))] if header else []
    path.write_text("\n".join(head + rows) + "\n")


@pytest.mark.parametrize("packed", [False, True])
def test_idx(tmp_path, packed):
    write_idx(tmp_path, packed)
    data = load.find(str(tmp_path))
    assert np.array_equal(data.train().images, X[:30]) and np.array_equal(data.train().labels, Y[:30])
    assert data.test is not None and np.array_equal(data.test().images, X[30:])


@pytest.mark.parametrize("header", [False, True])
def test_csv(tmp_path, header):
    write_csv(tmp_path / "train.csv", header=header)
    data = load.find(str(tmp_path / "train.csv"))
    assert np.array_equal(data.train().images, X) and np.array_equal(data.train().labels, Y)
    assert data.test is None


@pytest.mark.parametrize("names", [("x", "y"), ("images", "labels"), ("x_train", "y_train")])
@pytest.mark.parametrize("form", ["uint8", "float", "flat", "channel"])
def test_npz(tmp_path, names, form):
    x = {"uint8": X, "float": X / 255, "flat": X.reshape(40, 784), "channel": X[..., None]}[form]
    arrays = {names[0]: x, names[1]: Y.astype(np.int64)}
    if names[0] == "x_train":
        arrays |= {"x_test": X[:5], "y_test": Y[:5]}
    np.savez(tmp_path / "d.npz", **arrays)
    data = load.find(str(tmp_path / "d.npz"))
    assert np.array_equal(data.train().images, X) and np.array_equal(data.train().labels, Y)
    assert (data.test is not None) == (names[0] == "x_train")


def test_npz_of_other_pictures(tmp_path):
    """Pictures of another size or polarity take the way that every picture takes."""
    large = np.stack([np.pad(255 - image, 10, constant_values=255) for image in X])
    np.savez(tmp_path / "d.npz", x=large, y=Y)
    data = load.find(str(tmp_path / "d.npz")).train()
    assert np.abs(data.images.astype(int) - X).mean() < 3


def class_folders(folder):
    for i, (image, label) in enumerate(zip(X, Y, strict=True)):
        (folder / str(label)).mkdir(exist_ok=True, parents=True)
        Image.fromarray(255 - image).save(folder / str(label) / f"{i:03}.png")


def test_class_folders(tmp_path):
    class_folders(tmp_path)
    data = load.find(str(tmp_path)).train()
    assert np.array_equal(np.sort(data.labels), np.sort(Y))
    assert np.abs(data.images[data.labels == 5].astype(int) - X[Y == 5]).mean() < 3


def test_a_bad_picture_in_a_folder_is_named_and_left_out(tmp_path):
    class_folders(tmp_path)
    (tmp_path / "3" / "bad.png").write_bytes(b"oops")
    (tmp_path / "3" / "notes.txt").write_text("not a picture, and not taken for one")
    Image.new("L", (30, 30), 255).save(tmp_path / "4" / "blank.png")
    heard = []
    warned = []
    data = load.find(str(tmp_path), heard.append, warned.append).train()
    assert len(data) == len(Y)
    assert sorted(str(e).split(":")[0].rsplit("/", 1)[1] for e in heard) == ["bad.png", "blank.png"]
    assert len(warned) == 1 and warned[0].endswith("notes.txt")
    with pytest.raises(InputError, match=r"bad\.png"):
        load.find(str(tmp_path), on_warning=warned.append).train()


def malformed(tmp_path, name):
    path = tmp_path / "d"
    path.mkdir()
    if name.startswith("idx"):
        write_idx(path)
        images = path / "train-images-idx3-ubyte"
        labels = path / "train-labels-idx1-ubyte"
        good = images.read_bytes()
        {
            "idx cut off": lambda: images.write_bytes(good[:-5]),
            "idx too long": lambda: images.write_bytes(good + b"x"),
            "idx magic": lambda: images.write_bytes(b"\1" + good[1:]),
            "idx header": lambda: images.write_bytes(good[:9]),
            "idx no digits": lambda: images.write_bytes(idx_bytes(X[:0])),
            "idx 255 dimensions": lambda: images.write_bytes(b"\0\0\x08\xff" + bytes(1200)),
            "idx empty": lambda: images.write_bytes(b""),
            "idx fewer labels": lambda: labels.write_bytes(idx_bytes(Y[:7])),
            "idx wrong label": lambda: labels.write_bytes(idx_bytes(np.full(30, 10, np.uint8))),
            "idx shape": lambda: images.write_bytes(idx_bytes(np.zeros((30, 27, 28), np.uint8))),
            "idx broken gz": lambda: images.write_bytes(gzip.compress(good)[:50]),
        }[name]()
        return path
    if name == "csv broken gz":
        file = path / "d.csv.gz"
        file.write_bytes(gzip.compress(b"1,2,3" * 100)[:-30])
        return file
    if name.startswith("csv"):
        file = path / "d.csv"
        write_csv(file)
        lines = file.read_text().splitlines()
        text = {
            "csv short row": "\n".join([*lines[:5], "1,2,3"]),
            "csv a word": "\n".join([*lines[:5], lines[5].replace(",0,", ",zero,", 1)]),
            "csv too bright": "\n".join([*lines[:5], lines[5].replace(",0,", ",256,", 1)]),
            "csv label": "\n".join([*lines[:5], "12" + lines[5][1:]]),
            "csv columns": "\n".join(line.rsplit(",", 1)[0] for line in lines),
            "csv empty": "",
            "csv header only": lines[0],
        }[name]
        file.write_text(text)
        return file
    file = path / "d.npz"
    objects = np.empty(40, object)
    npy, zipped = io.BytesIO(), io.BytesIO()
    np.save(npy, X)
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("x.npy", b"no array")
        archive.writestr("y.txt", b"no array")
    arrays = {
        "npz names": {"a": X},
        "npz lengths": {"x": X, "y": Y[:5]},
        "npz shape": {"x": X[0], "y": Y},
        "npz labels": {"x": X, "y": Y.astype(float)},
        "npz label 10": {"x": X, "y": np.full(40, 10)},
        "npz negative": {"x": X.astype(int) - 300, "y": Y},
        "npz nan": {"x": np.full(X.shape, np.nan), "y": Y},
        "npz pickle": {"x": objects, "y": Y},
        "npz none": {"x": X[:0], "y": Y[:0]},
        "npz no pixels": {"x": np.zeros((5, 0, 0), np.uint8), "y": Y[:5]},
        "npz not zip": b"not a zip",
        "npz empty file": b"",
        "npz is npy": npy.getvalue(),
        "npz members": zipped.getvalue(),
    }[name]
    if isinstance(arrays, bytes):
        file.write_bytes(arrays)
    else:
        np.savez(file, **arrays)
    return file


MALFORMED = """
idx cut off, idx too long, idx magic, idx header, idx no digits, idx 255 dimensions,
idx empty, idx fewer labels, idx wrong label, idx shape, idx broken gz,
csv short row, csv broken gz, csv a word, csv too bright, csv label, csv columns, csv empty, csv header only,
npz names, npz lengths, npz shape, npz labels, npz label 10, npz negative, npz nan, npz pickle, npz none,
npz not zip, npz empty file, npz is npy, npz no pixels, npz members
"""


@pytest.mark.parametrize("name", [name.strip() for name in MALFORMED.split(",")])
def test_malformed(tmp_path, name):
    """Which file, what is wrong, what was expected: on one line."""
    path = malformed(tmp_path, name)
    with pytest.raises(InputError) as caught:
        load.find(str(path)).train()
    message = str(caught.value)
    assert str(path) in message and "\n" not in message and message.count(";") >= 1


@pytest.mark.parametrize("spec", ["no/such/thing", "README.md", "tests"])
def test_what_is_no_data_set(spec):
    with pytest.raises(InputError, match="expected"):
        load.find(spec).train()


def test_idx_types():
    for code, kind in ((0x08, "u1"), (0x0B, ">i2"), (0x0C, ">i4"), (0x0E, ">f8")):
        values = np.arange(6).reshape(2, 3).astype(kind)
        parsed = idx.parse(struct.pack(">HBBII", 0, code, 2, 2, 3) + values.tobytes(), "x")
        assert np.array_equal(parsed, values)


@pytest.mark.parametrize("kind", ["npz", "csv"])
def test_black_and_white_values_of_0_and_1_are_scaled(tmp_path, kind):
    binary = (X > 127).astype(np.uint8)
    if kind == "npz":
        np.savez(tmp_path / "d.npz", x=binary, y=Y)
    else:
        write_csv(tmp_path / "d.csv", binary)
    assert np.array_equal(load.find(str(tmp_path / f"d.{kind}")).train().images, binary * 255)


def test_a_byte_order_mark_and_capital_letters_are_no_trouble(tmp_path):
    write_csv(tmp_path / "d.csv", header=False)
    (tmp_path / "D.CSV").write_bytes(b"\xef\xbb\xbf" + (tmp_path / "d.csv").read_bytes())
    assert len(load.find(str(tmp_path / "D.CSV")).train()) == len(Y)


@pytest.mark.parametrize("packed", [False, True])
def test_more_than_fits_into_memory_is_refused(tmp_path, monkeypatch, packed):
    write_idx(tmp_path, packed)
    monkeypatch.setattr(idx, "_MAX_BYTES", 2000)
    with pytest.raises(InputError, match=r"holds more than 0 GB; give fewer digits"):
        load.find(str(tmp_path)).train()


@pytest.mark.parametrize("kind", ["csv", "npz"])
def test_digits_stored_in_another_way_are_put_right_in_every_kind_of_file(tmp_path, kind):
    """Dark on light in a table, and columns for rows in both; they were learned from as they stood, without a word."""
    path = tmp_path / f"d.{kind}"
    for stored in (X.swapaxes(1, 2), 255 - X):
        if kind == "csv":
            write_csv(path, stored)
        else:
            np.savez(path, x=stored, y=Y)
        warned = []
        data = load.find(str(path), on_warning=warned.append).train()
        assert np.abs(data.images.astype(int) - X).mean() < 3
        assert warned or kind == "npz"


def test_a_folder_of_the_name_of_an_idx_file_is_passed_over(tmp_path):
    write_idx(tmp_path)
    for what in ("images-idx3", "labels-idx1"):
        (tmp_path / f"train-{what}-ubyte").rename(tmp_path / f"train-{what.replace('-', '.')}-ubyte")
        (tmp_path / f"train-{what}-ubyte").mkdir()
    assert len(load.find(str(tmp_path)).train()) == 30
