"""MNIST inside the package is the published one, and its writers are on one side each."""

import dataclasses
import hashlib
import lzma

import numpy as np
import pytest

from inkdigits.datasets import load, mnist
from inkdigits.errors import DamagedInstallationError
from inkdigits.training import fit, recipe


def test_the_known_facts():
    train, test = mnist.train(), mnist.test()
    assert train.images.shape == (60_000, 28, 28) and test.images.shape == (10_000, 28, 28)
    assert train.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert np.bincount(test.labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    # The mean and the spread that every tutorial normalises by.
    assert train.images.mean() / 255 == pytest.approx(0.1307, abs=1e-4)
    assert train.images.std() / 255 == pytest.approx(0.3081, abs=1e-4)


def test_no_writer_is_on_both_sides():
    train, test = mnist.train().writers, mnist.test().writers
    assert train is not None and test is not None
    assert len(np.unique(train)) == 539 and len(np.unique(test)) == 297
    assert not np.intersect1d(train, test).size


def test_the_test_set_is_closed_while_a_training_is_under_way():
    """Even to a callback, and even if it has been read before; afterwards it is open again."""
    small = mnist.train().subset(np.arange(200), "small")
    mnist.test()

    def peek(_row):
        load.find("mnist").test()

    chosen = recipe.load("classic").with_epochs(1)
    chosen = dataclasses.replace(chosen, training=dataclasses.replace(chosen.training, batch=50))
    with pytest.raises(RuntimeError, match="closed"):
        fit.fit(chosen, 0, small, small, on_epoch=peek)
    assert len(mnist.test()) == 10_000


def test_a_damaged_file_is_noticed(monkeypatch):
    good = lzma.decompress
    monkeypatch.setattr(lzma, "decompress", lambda data: good(data)[:-1] + b"\x07")
    with pytest.raises(DamagedInstallationError, match="not the original"):
        mnist._load("t10k-labels-idx1-ubyte")


def test_the_hashes_are_of_the_original_files():
    """The first four hashes are those of the files as LeCun published them."""
    data = lzma.decompress(
        (mnist.files("inkdigits.datasets") / "mnist_files" / "t10k-labels-idx1-ubyte.xz").read_bytes()
    )
    assert hashlib.sha256(data).hexdigest() == "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"
