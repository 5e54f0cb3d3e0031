"""The batches of engines: dicts of arrays, Arrow tables and pandas frames, and the same kind with more columns."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from inkdigits.distributed import columns
from inkdigits.errors import InputError

CONTENTS = ("bytes", "image", "path")


def rows(batch: Any) -> Iterator[dict[str, Any]]:
    """Yield the `path`, `bytes` and `image` of each row of a batch, those of them that it has.

    Raises InputError for what is no batch, or one without any of these columns.
    """
    have = [name for name in CONTENTS if name in _names(batch)]
    if not have:
        there = ", ".join(map(str, list(_names(batch))[:10])) or "none"
        raise InputError("a batch", f"has no column path, bytes or image (columns: {there})", "rename the column")
    for values in zip(*(_values(batch, name) for name in have), strict=True):
        yield dict(zip(have, values, strict=True))


def with_columns(batch: Any, verb: str, made: Sequence[Mapping[str, Any]]) -> Any:
    """Return a batch of the same kind, its rows as they were, with a column for each name of `columns.names`.

    A column of that name that is there is replaced.
    """
    names = columns.names(verb)
    if _is("pyarrow", "Table", batch) or _is("pyarrow", "RecordBatch", batch):
        return _to_arrow(batch, columns.arrow_types(verb), made)
    if _is("pandas", "DataFrame", batch):
        return batch.assign(**{name: _series(batch, name, [row[name] for row in made]) for name in names})
    arrays = {name: _array(name, [row[name] for row in made]) for name in names}
    return {**batch, **arrays}


def _is(module: str, name: str, value: Any) -> bool:
    """Tell whether a value is of a class of a package, which is not imported for it: if it is, it has been already."""
    kind = getattr(sys.modules.get(module), name, None)
    return kind is not None and isinstance(value, kind)


def _names(batch: Any) -> Sequence[str]:
    if isinstance(batch, Mapping):
        return list(batch)
    if _is("pandas", "DataFrame", batch):
        return list(batch.columns)
    if _is("pyarrow", "Table", batch) or _is("pyarrow", "RecordBatch", batch):
        return list(batch.schema.names)
    remedy = "give a dict of arrays, an Arrow table or a pandas frame"
    raise InputError("a batch", f"is a {type(batch).__name__}", remedy)


def _values(batch: Any, name: str) -> Iterator[Any]:
    column = batch[name]
    if _is("pyarrow", "ChunkedArray", column) or _is("pyarrow", "Array", column):
        chunks = column.chunks if hasattr(column, "chunks") else [column]
        for chunk in chunks:
            if name == "image" and hasattr(chunk.type, "storage_type"):  # an engine's tensors
                yield from chunk.to_numpy(zero_copy_only=False)
            else:
                yield from (value.as_py() for value in chunk)  # one at a time: a column of pictures is large
        return
    yield from column


def _array(name: str, values: list[Any]) -> Any:
    if name == "confidence":
        return np.array([np.nan if value is None else value for value in values], np.float64)
    if name == "pages":
        return np.array(values, np.int32)
    made = np.empty(len(values), object)  # a list of lists of one length would become a matrix
    for i, value in enumerate(values):
        made[i] = value
    return made


def _series(frame: Any, name: str, values: list[Any]) -> Any:
    import pandas

    return pandas.Series(
        _array(name, values), index=frame.index, dtype=None if name in ("confidence", "pages") else object
    )


def _to_arrow(batch: Any, types: Mapping[str, Any], made: Sequence[Mapping[str, Any]]) -> Any:
    import pyarrow

    kept = [name for name in batch.schema.names if name not in types]
    fields = [batch.schema.field(name) for name in kept]
    arrays = [batch[name] for name in kept]
    for name, kind in types.items():
        fields.append(pyarrow.field(name, kind))
        arrays.append(pyarrow.array([row[name] for row in made], kind))
    return type(batch).from_arrays(arrays, schema=pyarrow.schema(fields, batch.schema.metadata))
