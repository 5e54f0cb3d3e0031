"""Pictures as they lie in the world: files, archives and Parquet; what tests of sources and of tables share."""

import importlib.util
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.conftest import drawing, encoded

HAS_EXTRA = all(importlib.util.find_spec(name) for name in ("fsspec", "pyarrow"))
needs_extra = pytest.mark.skipif(not HAS_EXTRA, reason="not installed: pip install '.[scale]'")


def picture(label):
    return encoded(drawing(label, pen=14, height=60))


def write_tar(path, members, mode="w"):
    with tarfile.open(path, mode) as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


def write_zip(path, members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def write_parquet(path, **columns):
    import pyarrow
    from pyarrow import parquet

    parquet.write_table(pyarrow.table(columns), path)


def scans(folder):
    """Write 12 files, one of them bad, and a tar, a zip and a Parquet file of ten pictures each; return all their names."""
    folder.mkdir()
    for n in range(12):
        (folder / f"{n:02}.png").write_bytes(picture(n % 10) if n != 7 else b"no picture")
    (folder / "notes.txt").write_text("not a picture")
    ten = {f"set/{n}.png": picture(n) for n in range(10)}
    # As WebDataset writes them: what belongs to a picture stands beside it.
    write_tar(folder / "a.tar", {**ten, **{f"set/{n}.cls": b"1" for n in range(10)}, "set/.hidden.png": b""})
    write_zip(folder / "b.zip", ten)
    write_parquet(folder / "c.parquet", bytes=list(ten.values()), label=list(range(10)))
    place = Path(folder).absolute()
    names = [str(place / f"{n:02}.png") for n in range(12)]
    names += [
        f"{kind}://{member}::{place}/{file}" for kind, file in (("tar", "a.tar"), ("zip", "b.zip")) for member in ten
    ]
    return [*names, *(f"{place}/c.parquet#{n}" for n in range(10))]
