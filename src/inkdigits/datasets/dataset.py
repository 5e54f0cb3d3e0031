"""What a data set is here: glyphs, labels, and who wrote them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class Dataset:
    """Digits in MNIST's form with their labels.

    `images` is uint8 (N, 28, 28), white ink on black; `labels` uint8 (N,), 0 to 9; `writers` int16 (N,), a number per
    person, or None where that is not known.
    """

    name: str
    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.uint8]
    writers: npt.NDArray[np.int16] | None = None

    def __len__(self) -> int:
        return len(self.labels)

    def subset(self, rows: npt.NDArray[np.bool_] | npt.NDArray[np.intp], name: str | None = None) -> Dataset:
        """Return the rows that a mask or an array of indices picks, under a new name if one is given."""
        writers = None if self.writers is None else self.writers[rows]
        return Dataset(name or self.name, self.images[rows], self.labels[rows], writers)

    def distinct(self) -> Dataset:
        """Return the digits without copies, in their order: of equal images with equal labels the first one."""
        rows = np.column_stack([self.labels, self.images.reshape(len(self), -1)])
        return self.subset(np.sort(np.unique(rows, axis=0, return_index=True)[1]))

    def fingerprint(self) -> str:
        """Return the SHA-256 of images and labels: equal if and only if the data are equal."""
        digest = hashlib.sha256(np.ascontiguousarray(self.images).data)
        digest.update(np.ascontiguousarray(self.labels).data)
        return digest.hexdigest()
