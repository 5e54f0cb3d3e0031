"""Any data set of labelled digits, by name or path: MNIST, IDX files, class folders, a CSV, an .npz."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from inkdigits.datasets import doubts, idx, layouts, mnist, table
from inkdigits.datasets.dataset import Dataset
from inkdigits.datasets.layouts import OnError, OnWarning
from inkdigits.errors import InputError
from inkdigits.image.load import Source, to_uint8
from inkdigits.reading.single import prepare

_EXPECTED = (
    "expected mnist, a folder of IDX files, a folder of class folders 0 to 9, a .csv (label, 784 pixels) or an .npz"
)
_NPZ_KEYS = (("x_{}", "y_{}"), ("{}_images", "{}_labels"), ("images_{}", "labels_{}"))


@dataclass(frozen=True)
class Data:
    """A data set that is read half by half: `train()`, and `test()` where it has a test half of its own."""

    name: str
    train: Callable[[], Dataset]
    test: Callable[[], Dataset] | None


def raise_error(error: InputError) -> None:
    """Stop at the first bad picture: what happens unless the caller prefers to hear of it and go on."""
    raise error


def find(spec: str, on_error: OnError = raise_error, on_warning: OnWarning = warnings.warn) -> Data:
    """Return the data set that a name or path means. Nothing is read before one of its halves is asked for.

    `on_error` is called with each bad picture of a folder, which is then left out; `on_warning` with a line for what else
    is not as it should be: what was put right (digits dark on light, or transposed), passed over, or is doubtful. Raises
    InputError, also from the halves: which file is malformed, what is wrong with it and what was expected.
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
    told = _Told(on_error, on_warning)
    if path.is_dir():
        return _find_in_folder(path, told)
    if path.name.lower().endswith((".csv", ".csv.gz")):
        return Data(path.name, _upright(lambda: _read_csv(path, told), "", path, told), None)
    if path.suffix.lower() == ".npz":
        return _find_in_npz(path, told)
    raise InputError(spec, "is not a data set of a known kind", _EXPECTED)


class _Told(NamedTuple):
    """Whom to tell what."""

    error: OnError
    warning: OnWarning


def _upright(half: Callable[[], Dataset], which: str, path: Path, told: _Told) -> Callable[[], Dataset]:
    """Return how to read a half of a data set so that its digits are upright, and what is doubtful in it is told."""
    return lambda: doubts.upright(half(), f"{path}{which}", str(path), told.warning)


def _find_in_folder(path: Path, told: _Told) -> Data:
    found = layouts.find(path, told.warning)
    several = found.test is not None

    def half(of: layouts.IdxPair | list[tuple[Path, str]], what: str) -> Callable[[], Dataset]:
        name, which = (f"{path.name} {what}", f", {what} half") if several else (path.name, "")
        if isinstance(of, tuple):
            return _upright(lambda: _read_idx(*of, name, told), which, path, told)
        return _upright(lambda: _read_class_folders(of, path, name, told), which, path, told)

    return Data(path.name, half(found.train, "train"), None if found.test is None else half(found.test, "test"))


def _read_idx(images: Path, labels: Path, name: str, told: _Told) -> Dataset:
    x, y = idx.read(images), idx.read(labels)
    if x.dtype != np.uint8 or x.shape[1:] != (28, 28) or not len(x):
        raise InputError(images, f"holds {x.dtype} {x.shape}", "expected uint8 (N, 28, 28), N above 0")
    if y.ndim != 1 or len(y) != len(x):
        raise InputError(labels, f"holds labels {y.shape} for {len(x)} images", "expected one label an image")
    return _in_the_form_of_mnist(x, _check_labels(y, labels), images, name, told)


def _read_class_folders(places: list[tuple[Path, str]], path: Path, name: str, told: _Told) -> Dataset:
    found = layouts.pictures(places, told.error, told.warning)
    images, kept = _glyphs(list(found.files), path, told)
    writers = None
    if found.writers is not None:
        writers = np.unique(found.writers, return_inverse=True)[1].astype(np.int16)[kept]
    return Dataset(name, images, np.array(found.labels, np.uint8)[kept], writers)


def _read_csv(path: Path, told: _Told) -> Dataset:
    pixels, labels = table.read(path, told.warning)
    images = to_uint8(pixels.astype(np.uint8), str(path), any_scale=True).reshape(-1, 28, 28)
    return _in_the_form_of_mnist(images, _check_labels(labels, path), path, path.name, told)


def _in_the_form_of_mnist(
    images: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8], path: Path, name: str, told: _Told
) -> Dataset:
    """Return digits of 28×28 as they are; inverted where they are dark on light, and as `classify` has them if on grey."""
    light = doubts.light_on_dark(images, str(path), told.warning)
    if light is images or _is_mnist_like(light):
        return Dataset(name, light, labels)
    glyphs, kept = _glyphs(list(light), path, told)
    return Dataset(name, glyphs, labels[kept])


def _find_in_npz(path: Path, told: _Told) -> Data:
    names = set(_read_arrays(path))

    def half(x: str, y: str) -> Callable[[], Dataset] | None:
        return _upright(partial(_read_npz, path, x, y, told), "", path, told) if {x, y} <= names else None

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


def _read_npz(path: Path, x_name: str, y_name: str, told: _Told) -> Dataset:
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
    images, kept = _glyphs(list(images), path, told)
    return Dataset(path.name, images, labels[kept])


def _is_mnist_like(images: npt.NDArray[np.uint8]) -> bool:
    """Tell whether 28×28 pictures are white on black with a margin, as MNIST's: those are taken as they are."""
    rim = np.concatenate([images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]], axis=1)
    return float(rim.mean()) < 16


def _glyphs(sources: list[Source], path: Path, told: _Told) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.intp]]:
    """Return every picture's glyph, by the one path that classify takes too, and which these are; bad ones are told."""

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
    for row, result in enumerate(results):
        if isinstance(result, InputError):
            told.error(result)
        else:
            images.append(result)
            kept.append(row)
    if not images:
        raise InputError(path, "holds no readable picture", _EXPECTED)
    return np.stack(images), np.array(kept, np.intp)


def _check_labels(labels: npt.NDArray[Any], path: Path) -> npt.NDArray[np.uint8]:
    if labels.dtype.kind not in "ui":
        raise InputError(path, f"holds labels of type {labels.dtype}", "expected whole numbers 0 to 9")
    wrong = (labels < 0) | (labels > 9)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InputError(path, f"has the label {labels[row]} in data row {row + 1}", "expected 0 to 9")
    return labels.astype(np.uint8)
