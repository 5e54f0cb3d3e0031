"""MNIST from inside the package: decoded once per process, and checked byte by byte."""

from __future__ import annotations

import hashlib
import lzma
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from inkdigits.datasets import idx, protocol
from inkdigits.datasets.dataset import Dataset
from inkdigits.errors import DamagedInstallationError, InputError

# SHA-256 of the uncompressed files; the first four are those of the original distribution.
SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    "train-writers-idx1-short": "d35a9f2f67cffc42cffa71f2ea3836057010e277931851a38fa1d336c9b60df4",
    "t10k-writers-idx1-short": "73ea42627e35f032384d76b5a63c6aaadec08acaa425def0f7321e13231927ca",
}


def _load(name: str) -> npt.NDArray[Any]:
    """Return one packed file's array. Raises DamagedInstallationError if its bytes are not the published ones."""
    packed = files("inkdigits.datasets").joinpath("mnist_files", f"{name}.xz")
    try:
        data = lzma.decompress(packed.read_bytes())
    except (OSError, lzma.LZMAError, EOFError) as error:
        raise DamagedInstallationError(f"MNIST's {name}.xz cannot be read ({error}); reinstall inkdigits") from None
    if hashlib.sha256(data).hexdigest() != SHA256[name]:
        raise DamagedInstallationError(f"MNIST's {name} is not the original (SHA-256 differs); reinstall inkdigits")
    return idx.parse(data, name)


def _split(prefix: str, name: str) -> Dataset:
    writers = _load(f"{prefix}-writers-idx1-short").astype(np.int16)
    images, labels = _load(f"{prefix}-images-idx3-ubyte"), _load(f"{prefix}-labels-idx1-ubyte")
    return Dataset(name, images, labels, writers)


@lru_cache(maxsize=1)
def train() -> Dataset:
    """Return the 60,000 training digits of 539 writers. The arrays are read-only and shared."""
    return _split("train", "MNIST train")


def test() -> Dataset:
    """Return the 10,000 test digits of 297 other writers. Only a finished recipe's evaluation opens them.

    Raises RuntimeError while a training is under way. Ask by evaluation.test_set, which writes each opening down.
    """
    protocol.check_open()
    return _test()


@lru_cache(maxsize=1)
def _test() -> Dataset:
    return _split("t10k", "MNIST test")


def test_rows(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.intp]:
    """Return for each picture which of the test digits it is, counted from 0, or -1: uint8 (N, 28, 28) → intp (N,).

    Nothing else of them comes out, so this may be asked while the test set is closed: it is how that is seen to where the
    test digits come under another name, in another order or among others.
    """
    known, rows = _test_digests()
    digests = _digests(images)
    places = np.minimum(np.searchsorted(known, digests), len(known) - 1)
    return np.where(known[places] == digests, rows[places], -1)


def check_without_test_digits(data: Dataset) -> Dataset:
    """Return digits that are to be learned from. Raises InputError if some of the test digits are among them."""
    count = int((test_rows(data.images) >= 0).sum())
    if count:
        what = f"holds {count:,} of MNIST's test digits, which nothing may learn from"
        raise InputError(data.name, what, "leave them out, or train on --data mnist")
    return data


@lru_cache(maxsize=1)
def _test_digests() -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.intp]]:
    """Return the test digits' digests in ascending order, and whose they are."""
    digests = _digests(_test().images)
    order = np.argsort(digests, kind="stable")
    return digests[order], order


def _digests(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    """Return 64 bits for each picture that hardly another has: the sum of its words, mixed, times odd random numbers."""
    words = np.ascontiguousarray(images).reshape(len(images), -1).view(np.uint64)
    factors = np.random.default_rng(0).integers(0, 2**64, words.shape[1], np.uint64) | np.uint64(1)
    mixed = words ^ (words >> np.uint64(29))
    return np.asarray((mixed * factors).sum(axis=1, dtype=np.uint64), np.uint64)
