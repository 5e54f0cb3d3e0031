"""A table of digits, one a line: a label and the 784 pixels of the digit, as CSV."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from inkdigits.errors import InputError
from inkdigits.files import encoding_of

_SIDE = 28
_MAX_CHARACTERS = 2**31  # five times EMNIST's 240,000 digits
# Names of the column of labels, and of a column that numbers the rows, in small letters.
_LABELS = ("label", "labels", "class", "digit", "target", "y", "number", "label_id", "class_id", "digit_label")
_ROW_NUMBERS = {"", "index", "id", "row", "unnamed: 0"}
_LAYOUT = "expected lines of a label and 784 pixels, 0-255"

Table = tuple[npt.NDArray[Any], npt.NDArray[Any]]  # pixels, int16 (N, 784), and labels, int16 (N,)


def read(path: Path, on_warning: Callable[[str], None]) -> Table:
    """Return the pixels, int16 (N, 784), 0 to 255, and the labels, int16 (N,), of a CSV, plain or .gz.

    The header decides which column holds the labels. Where none does, it is the first or, if that is the same in every row
    and the last is not, the last, which is told. Raises InputError.
    """
    try:
        lines = _lines(path)
        separator = max(",;\t", key=lines[0].count) if lines else ","
        header = _header(lines[0], separator) if lines else None
        rows = lines[1:] if header else lines
        if not rows:
            raise ValueError("it has no rows")
        numbered = [at for at, name in enumerate(header or []) if name in _ROW_NUMBERS]
        kept = [at for at in range(len(header or [])) if at not in numbered] if numbered else None
        table = np.loadtxt(
            rows, np.int16, delimiter=separator, comments=None, ndmin=2, quotechar='"', usecols=kept
        )  # fmt: skip
    # NumPy, gzip and the text decoder each raise what they like for a damaged file.
    except Exception as error:
        reason = str(error).split(";")[0]
        raise InputError(path, f"is malformed ({reason})", _LAYOUT) from None
    if table.shape[1] != _SIDE**2 + 1:
        raise InputError(
            path, f"has {table.shape[1]} columns", "expected 785: a label and 784 pixels, as Kaggle's train.csv"
        )
    names = [name for at, name in enumerate(header or []) if at not in numbered]
    column = _label_column(names, table, path, on_warning)
    labels, pixels = table[:, column], np.delete(table, column, axis=1)
    if pixels.min() < 0 or pixels.max() > 255:
        row = int(np.argmax(((pixels < 0) | (pixels > 255)).any(axis=1))) + 1
        raise InputError(path, f"has a pixel outside 0-255 in data row {row}", "expected whole numbers 0 to 255")
    return pixels, labels


def _lines(path: Path) -> list[str]:
    """Return the lines that are not empty. Raises ValueError for a file that would fill the memory."""
    lines, size = [], 0
    with path.open("rb") as file:
        is_packed = file.peek(2)[:2] == b"\x1f\x8b"
        unpacked = gzip.GzipFile(fileobj=file) if is_packed else file
        encoding = encoding_of(unpacked.peek(4)[:4])
        with io.TextIOWrapper(unpacked, encoding=encoding) as text:
            # By hand, since a line of any length would be read whole.
            while line := text.readline(_MAX_CHARACTERS):
                size += len(line)
                if size >= _MAX_CHARACTERS:
                    raise ValueError("it is longer than 2 GB")
                if line.strip():
                    lines.append(line)
    return lines


def _header(line: str, separator: str) -> list[str] | None:
    """Return the names of the columns in small letters, or None where the first line is one of values."""
    names = [name.strip().casefold() for name in next(csv.reader([line], delimiter=separator))]
    words = sum(not name.lstrip("-").isdigit() for name in names)
    is_header = words > len(names) / 2 or not names[0].lstrip("-").isdigit() or bool(set(names) & set(_LABELS))
    return names if is_header else None


def _label_column(names: list[str], table: npt.NDArray[np.int16], path: Path, on_warning: Callable[[str], None]) -> int:
    named = [names.index(label) for label in _LABELS if label in names]
    if named:
        return named[0]
    distinct = {at: _labels_in(table[:, at]) for at in (0, -1)}
    if distinct[-1] > 1 >= distinct[0]:
        why = "the first is the same in every row" if distinct[0] else "the first holds other numbers than 0 to 9"
        on_warning(f"{path}: has no header that names the labels; they are taken from the last column, since {why}")
        return len(table[0]) - 1
    return 0


def _labels_in(column: npt.NDArray[np.int16]) -> int:
    """Return how many different labels a column holds; 0 if it holds what is none."""
    return 0 if column.min() < 0 or column.max() > 9 else len(np.unique(column))
