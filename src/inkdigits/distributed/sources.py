"""Where pictures lie, and the tasks that they are read in: groups of files, tar and zip archives, Parquet files.

A task is a few words that any machine understands: it opens what they name by itself. Each picture has a name that is an
address, from which its row has its id: the file's own; `tar://member::archive` of one in an archive, as fsspec has it; and
`file.parquet#17` of a row of a Parquet file, counted from 0.
"""

from __future__ import annotations

import posixpath
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import IO, Any, Literal

from inkdigits import folders
from inkdigits.batch import inputs
from inkdigits.batch.shards import Shard
from inkdigits.distributed import addresses
from inkdigits.distributed.reader import Picture
from inkdigits.errors import InputError
from inkdigits.image import decode

Kind = Literal["files", "tar", "zip", "parquet"]

_TARS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
_CONTAINERS: dict[str, Kind] = {**dict.fromkeys(_TARS, "tar"), ".zip": "zip", ".parquet": "parquet"}
# Columns of Parquet that hold pictures, the first of these that is there: `content` is Spark's, `image` Hugging Face's.
_PICTURES = ("bytes", "image", "content")
# What a member of an archive that is passed over may unpack to: more than that is no archive of pictures.
_MOST_SKIPPED = 16 << 30
_READ_TOGETHER = 32  # rows of a Parquet file


@dataclass(frozen=True)
class Task:
    """Pictures that one machine reads, one after the other: so many files, or all that is in one archive."""

    kind: Kind
    places: tuple[str, ...]

    @property
    def key(self) -> str:
        """What tells this task from every other: of an archive its address, of files the addresses of all of them."""
        return sha256("\0".join((self.kind, *self.places)).encode("utf-8", "surrogateescape")).hexdigest()[:24]


def id_of(name: str) -> str:
    """Return the id of a picture's row: the same in every run, 32 hexadecimal digits."""
    return sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def kind_of(place: str) -> Kind:
    """Return what lies at a place, by its name: what is no archive is a file."""
    name = place.lower()
    return next((kind for ending, kind in _CONTAINERS.items() if name.endswith(ending)), "files")


def find(
    sources: Iterable[str],
    endings: frozenset[str],
    shard: Shard | None,
    on_error: Callable[[InputError], None],
    on_warning: Callable[[str], None],
) -> tuple[list[str], list[Task]]:
    """Return the files that are meant, each once and in order, and a task for each archive; with `shard`, those in it.

    A source is a path or an address; a folder stands for the pictures and archives in it and below. Local paths are
    made absolute, so that a name is the same from wherever a run is started.
    """
    files: dict[str, None] = {}
    tasks: dict[Task, None] = {}
    for source in sources:
        try:
            places = _below(source, endings, on_error, on_warning)
            for place in places:
                if shard is not None and not shard.has(place):
                    continue
                kind = kind_of(place)
                if kind == "files":
                    files[place] = None
                else:
                    tasks[Task(kind, (place,))] = None
        except InputError as error:
            on_error(error)
    return list(files), list(tasks)


def _below(
    source: str, endings: frozenset[str], on_error: Callable[[InputError], None], on_warning: Callable[[str], None]
) -> Iterator[str]:
    """Yield a source, or if it is a folder the pictures and archives below it."""
    if not addresses.is_address(source):
        meant = endings | {"." + ending.rpartition(".")[2] for ending in _CONTAINERS}
        for path in inputs.find([source], frozenset(meant), on_error, on_warning):
            if kind_of(path) != "files" or folders.has_ending(path, endings) or path == source:
                yield posixpath.abspath(path)
        return
    filesystem, path = addresses.found(source)
    try:
        if "::" in source or filesystem.isfile(path):
            yield source
            return
        empty = True
        for place, _, names in filesystem.walk(path):
            for name in sorted(names):
                if not name.startswith(".") and (kind_of(name) != "files" or folders.has_ending(name, endings)):
                    empty = False
                    yield filesystem.unstrip_protocol(f"{place}/{name}")
    except Exception as error:
        raise addresses.failed(source, error) from None
    if empty:
        raise InputError(source, "holds no pictures", "give another address")


def pictures(task: Task) -> Iterator[Picture]:
    """Yield the pictures of a task in their order; what cannot be opened has its error as content."""
    if task.kind == "files":
        yield from map(Picture, task.places)
        return
    (place,) = task.places
    try:
        filesystem, path = addresses.found(place)
        with filesystem.open(path, "rb") as file:
            yield from {"tar": _tar, "zip": _zip, "parquet": _parquet}[task.kind](file, place)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        if isinstance(error, InputError):
            yield Picture(place, error)
        else:
            yield Picture(place, InputError(place, f"is damaged ({error or type(error).__name__})", "write it again"))
    except Exception as error:
        yield Picture(place, addresses.failed(place, error))


def _tar(file: IO[bytes], place: str) -> Iterator[Picture]:
    """Read a tar archive from its beginning to its end, as it comes over a network."""
    with tarfile.open(fileobj=file, mode="r|*") as archive:
        for member in archive:
            if member.size > _MOST_SKIPPED:
                raise InputError(place, f"has a member of {member.size >> 30:,} GB", "take it out")
            if not (member.isfile() and _is_picture(member.name)):
                continue
            name = f"tar://{member.name}::{place}"
            if member.size > decode.MAX_BYTES:
                problem = f"is longer than {decode.MAX_BYTES >> 20} MB"
                yield Picture(name, InputError(name, problem, "reduce the picture"))
                continue
            content = archive.extractfile(member)
            yield Picture(name, b"" if content is None else content.read())


def _zip(file: IO[bytes], place: str) -> Iterator[Picture]:
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            if member.is_dir() or not _is_picture(member.filename):
                continue
            name = f"zip://{member.filename}::{place}"
            try:
                with archive.open(member) as content:
                    yield Picture(name, content.read(decode.MAX_BYTES + 1))
            except (RuntimeError, zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, OSError) as error:
                problem = f"cannot be unpacked ({error})"
                yield Picture(name, InputError(name, problem, "write the archive again, without a password"))


def _parquet(file: IO[bytes], place: str) -> Iterator[Picture]:
    import pyarrow
    from pyarrow import parquet

    try:
        table = parquet.ParquetFile(file)
    except pyarrow.ArrowException as error:
        raise InputError(place, f"is no Parquet file ({error})", "write it again") from None
    names = table.schema_arrow.names
    column = next((name for name in _PICTURES if name in names), None)
    if column is None:
        raise InputError(place, f"has no column {', '.join(_PICTURES)}", "rename the column that holds the pictures")
    number = 0
    try:
        for batch in table.iter_batches(_READ_TOGETHER, columns=[column]):
            for value in batch.column(0):
                content: Any = value.as_py()
                content = content.get("bytes") if isinstance(content, dict) else content
                name = f"{place}#{number}"
                number += 1
                if isinstance(content, bytes):
                    yield Picture(name, content)
                else:
                    remedy = "store each picture as the bytes of its file"
                    yield Picture(name, InputError(name, "holds no bytes", remedy))
    except (pyarrow.ArrowException, OSError) as error:
        raise InputError(place, f"is damaged after row {number:,} ({error})", "write it again") from None


def _is_picture(name: str) -> bool:
    """Tell whether a member of an archive is meant: by its ending, and neither hidden nor of what systems leave there."""
    parts = name.split("/")
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts if part not in (".", ""))
    return not hidden and folders.has_ending(name, inputs.DOCUMENTS)
