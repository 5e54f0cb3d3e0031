"""Any data set of labelled digits, by name or path: MNIST, IDX files, class folders, a CSV, an .npz."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from inkdigits.datasets import idx, mnist
from inkdigits.datasets.dataset import Dataset
from inkdigits.errors import InputError
from inkdigits.image import decode
from inkdigits.image.load import Source, to_uint8
from inkdigits.reading.single import prepare

_EXPECTED = (
    "expected mnist, a folder of IDX files, a folder of class folders 0 to 9, a .csv (label, 784 pixels) or an .npz"
)
_NPZ_KEYS = (("x_{}", "y_{}"), ("{}_images", "{}_labels"), ("images_{}", "labels_{}"))

OnError = Callable[[InputError], None]


@dataclass(frozen=True)
class Data:
    """A data set that is read half by half: `train()`, and `test()` where it has a test half of its own."""

    name: str
    train: Callable[[], Dataset]
    test: Callable[[], Dataset] | None


def raise_error(error: InputError) -> None:
    """Stop at the first bad picture: what happens unless the caller prefers to hear of it and go on."""
    raise error


def find(spec: str, on_error: OnError = raise_error) -> Data:
    """Return the data set that a name or path means. Nothing is read before one of its halves is asked for.

    `on_error` is called with each bad picture of a folder, which is then left out. Raises InputError, also from the
    halves: which file is malformed, what is wrong with it and what was expected.
    """
    if spec == "mnist":
        return Data("mnist", mnist.train, mnist.test)
    path = Path(spec)
    try:
        if not path.exists():
            raise InputError(spec, "does not exist", _EXPECTED)
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(spec, "is no path", _EXPECTED) from None
    if path.is_dir():
        return _find_in_folder(path, on_error)
    if path.name.lower().endswith((".csv", ".csv.gz")):
        return Data(path.name, lambda: _read_csv(path), None)
    if path.suffix.lower() == ".npz":
        return _find_in_npz(path, on_error)
    raise InputError(spec, "is not a data set of a known kind", _EXPECTED)


def _find_in_folder(path: Path, on_error: OnError) -> Data:
    def idx_half(prefix: str) -> tuple[Path, Path] | None:
        found = (sorted(path.glob(f"{prefix}-{what}*idx*ubyte*")) for what in ("images", "labels"))
        files = [[file for file in half if file.is_file()] for half in found]
        return (files[0][0], files[1][0]) if all(files) else None

    halves = {"train": idx_half("train"), "test": idx_half("t10k") or idx_half("test")}
    pairs = {half: pair for half, pair in halves.items() if pair is not None}
    if pairs:
        first = pairs.get("train") or pairs["test"]
        test = pairs.get("test") if "train" in pairs else None
        name = path.name
        return Data(
            name,
            lambda: _read_idx(*first, f"{name} train"),
            None if test is None else lambda: _read_idx(*test, f"{name} test"),
        )
    if (path / "train").is_dir() and (path / "test").is_dir():
        return Data(
            path.name,
            lambda: _read_class_folders(path / "train", on_error),
            lambda: _read_class_folders(path / "test", on_error),
        )
    return Data(path.name, lambda: _read_class_folders(path, on_error), None)


def _read_idx(images: Path, labels: Path, name: str) -> Dataset:
    x, y = idx.read(images), idx.read(labels)
    if x.dtype != np.uint8 or x.shape[1:] != (28, 28) or not len(x):
        raise InputError(images, f"holds {x.dtype} {x.shape}", "expected uint8 (N, 28, 28), N above 0")
    if y.ndim != 1 or len(y) != len(x):
        raise InputError(labels, f"holds labels {y.shape} for {len(x)} images", "expected one label an image")
    return Dataset(name, x, _check_labels(y, labels))


def _read_class_folders(path: Path, on_error: OnError) -> Dataset:
    folders = [path / str(digit) for digit in range(10)]
    if not any(folder.is_dir() for folder in folders):
        raise InputError(path, "has no folders named 0 to 9 and no IDX files", _EXPECTED)
    files = [
        (file, digit)
        for digit, folder in enumerate(folders)
        if folder.is_dir()
        for file in sorted(folder.iterdir())
        if file.suffix.lower() in decode.ENDINGS
    ]
    images, labels = _glyphs([file for file, _ in files], [digit for _, digit in files], path, on_error)
    return Dataset(path.name, images, labels)


def _read_csv(path: Path) -> Dataset:
    try:
        with np.lib.npyio.DataSource().open(str(path), "rt", encoding="utf-8-sig") as file:
            lines = [line for line in file if line.strip()]
        header = 0 if lines and lines[0].split(",")[0].strip('" \r\n').isdigit() else 1
        if len(lines) <= header:
            raise ValueError("it has no rows")
        table = np.loadtxt(lines[header:], np.int16, delimiter=",", comments=None, ndmin=2, quotechar='"')
    # NumPy, gzip and the text decoder each raise what they like for a damaged file.
    except Exception as error:
        reason = str(error).split(";")[0]
        raise InputError(path, f"is malformed ({reason})", "expected lines of a label and 784 pixels, 0-255") from None
    if table.shape[1] != 785:
        raise InputError(
            path, f"has {table.shape[1]} columns", "expected 785: a label and 784 pixels, as Kaggle's train.csv"
        )
    pixels = table[:, 1:]
    if pixels.min() < 0 or pixels.max() > 255:
        row = int(np.argmax(((pixels < 0) | (pixels > 255)).any(axis=1))) + 1
        raise InputError(path, f"has a pixel outside 0-255 in data row {row}", "expected whole numbers 0 to 255")
    images = to_uint8(pixels.astype(np.uint8), str(path), any_scale=True).reshape(-1, 28, 28)
    return Dataset(path.name, images, _check_labels(table[:, 0], path))


def _find_in_npz(path: Path, on_error: OnError) -> Data:
    names = set(_read_arrays(path))

    def half(x: str, y: str) -> Callable[[], Dataset] | None:
        return partial(_read_npz, path, x, y, on_error) if {x, y} <= names else None

    for x, y in _NPZ_KEYS:
        train = half(x.format("train"), y.format("train"))
        if train is not None:
            return Data(path.name, train, half(x.format("test"), y.format("test")))
    for x, y in (("x", "y"), ("images", "labels"), ("X", "y")):
        whole = half(x, y)
        if whole is not None:
            return Data(path.name, whole, None)
    raise InputError(path, f"holds {sorted(names)}", "expected x and y, or x_train, y_train, x_test and y_test")


def _read_arrays(path: Path, *wanted: str) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays of an .npz by name: the wanted ones, or, where none are named, all names with empty arrays."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = {name: stored[name] if wanted else np.empty(0) for name in wanted or stored.files}
        if not all(isinstance(array, np.ndarray) for array in arrays.values()):
            raise ValueError("its members are no arrays")
    # What is damaged may be the zip, a member's header or its values: each raises something of its own.
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else "it is damaged"
        raise InputError(path, f"is not an .npz of plain arrays ({reason})", "save x and y with numpy.savez") from None
    return arrays


def _read_npz(path: Path, x_name: str, y_name: str, on_error: OnError) -> Dataset:
    arrays = _read_arrays(path, x_name, y_name)
    x, y = arrays[x_name], arrays[y_name]
    if x.ndim == 4 and x.shape[3] == 1:
        x = x[..., 0]
    if x.ndim == 2 and x.shape[1] == 784:
        x = x.reshape(-1, 28, 28)
    if x.ndim != 3 or not x.size or y.shape != (len(x),):
        raise InputError(
            path, f"holds {x_name} {x.shape} and {y_name} {y.shape}", "expected (N, H, W) and (N,), N above 0"
        )
    labels = _check_labels(y, path)
    images = to_uint8(x, f"{path}: {x_name}", any_scale=True)
    if x.shape[1:] == (28, 28) and _is_mnist_like(images):
        return Dataset(path.name, images, labels)
    images, labels = _glyphs(list(images), labels.tolist(), path, on_error)
    return Dataset(path.name, images, labels)


def _is_mnist_like(images: npt.NDArray[np.uint8]) -> bool:
    """Tell whether 28×28 pictures are white on black with a margin, as MNIST's: those are taken as they are."""
    rim = np.concatenate([images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]], axis=1)
    return float(rim.mean()) < 16


def _glyphs(
    sources: list[Source], labels: list[int], path: Path, on_error: OnError
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Return every picture's glyph, by the one path that classify takes too, with its label; bad ones are reported."""

    def one(numbered: tuple[int, Source]) -> npt.NDArray[np.uint8] | InputError:
        number, source = numbered
        name = source if isinstance(source, Path) else f"{path}, row {number}"
        try:
            glyph = prepare(source).glyph
        except InputError as error:
            return InputError(name, error.problem, error.remedy)
        return InputError(name, "is blank", "remove it, or write the digit darker") if glyph is None else glyph

    with ThreadPoolExecutor() as pool:
        results = list(pool.map(one, enumerate(sources)))
    images, kept = [], []
    for result, label in zip(results, labels, strict=True):
        if isinstance(result, InputError):
            on_error(result)
        else:
            images.append(result)
            kept.append(label)
    if not images:
        raise InputError(path, "holds no readable picture", _EXPECTED)
    return np.stack(images), np.array(kept, np.uint8)


def _check_labels(labels: npt.NDArray[Any], path: Path) -> npt.NDArray[np.uint8]:
    if labels.dtype.kind not in "ui":
        raise InputError(path, f"holds labels of type {labels.dtype}", "expected whole numbers 0 to 9")
    wrong = (labels < 0) | (labels > 9)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InputError(path, f"has the label {labels[row]} in data row {row + 1}", "expected 0 to 9")
    return labels.astype(np.uint8)
